/* Annotations of GitHub Actions: ::error file=…,line=…::…. Format: docs.github.com, "Workflow commands for GitHub
 * Actions"; its escapes are those of @actions/core's command.ts. */
#include "cmd/render/render.h"
#include "core/base/text.h"

static void put(FILE *to, const char *text, const char *escaped)
{
    for (; text && *text; text++) {
        if (strchr(escaped, *text))
            fprintf(to, "%%%02X", (unsigned)(unsigned char)*text);
        else
            fputc(*text, to);
    }
}

static void put_property(FILE *to, const char *text)
{
    put(to, text, "%\r\n:,");
}

static void put_message(FILE *to, const char *text)
{
    put(to, text, "%\r\n");
}

static void annotate(FILE *to, const char *command, struct pos at, int end_line, int end_column, const char *title,
                     const char *message, const char *hint)
{
    fprintf(to, "::%s ", command);
    if (at.path) {
        struct arena *a = arena_open();

        fputs("file=", to);
        put_property(to, text_shown(a, text_from(at.path)));
        fputc(',', to);
        arena_close(a);
    }
    if (at.path && at.line)
        fprintf(to, "line=%d,", at.line);
    if (at.path && end_line)
        fprintf(to, "endLine=%d,", end_line);
    if (at.path && at.line && at.column)
        fprintf(to, "col=%d,", at.column);
    /* GitHub wants the columns of one line only. */
    if (at.path && end_column && end_line == at.line)
        fprintf(to, "endColumn=%d,", end_column);
    fputs("title=", to);
    put_property(to, title);
    fputs("::", to);
    put_message(to, message);
    if (hint && *hint) {
        put_message(to, "\nhint: ");
        put_message(to, hint);
    }
    fputc('\n', to);
}

void render_github(struct session *s, FILE *to, const struct err *e)
{
    static const char *const commands[] = { "", "notice", "warning", "error" };

    for (size_t i = 0; s->review && i < s->review->findings.len; i++) {
        const struct finding *f = &s->review->findings.at[i];

        annotate(to, commands[f->severity], f->at, f->end_line, f->end_column,
                 arena_printf(s->arena, "merganser %s", f->rule), f->message, f->hint);
    }
    if (e)
        annotate(to, "error", e->at, 0, 0, arena_printf(s->arena, "merganser %s", err_word(e->kind)), e->message,
                 e->hint);
}
