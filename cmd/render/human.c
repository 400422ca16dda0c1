#include "cmd/render/render.h"
#include "core/base/text.h"

const char *render_style(bool color, enum style style)
{
    static const char *const codes[] = { "\033[32m", "\033[31m", "\033[33m", "\033[2m", "\033[1m", "\033[0m" };

    return color ? codes[style] : "";
}

int render_width(const char *text)
{
    struct text t = text_from(text);
    int width = 0;

    while (t.len) {
        size_t len = text_char_len(t);

        t = text_cut(t, len ? len : 1, t.len);
        width++;
    }
    return width;
}

void render_place(FILE *to, struct pos at)
{
    struct arena *a;

    if (!at.path)
        return;
    a = arena_open();
    fprintf(to, "%s:", text_shown(a, text_from(at.path)));
    arena_close(a);
    if (at.line)
        fprintf(to, "%d:", at.line);
    if (at.line && at.column)
        fprintf(to, "%d:", at.column);
    fputc(' ', to);
}

/* A message of several lines (a database's context) stays together by its indentation. */
static void render_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        fputc(*text, to);
        if (*text == '\n' && text[1])
            fputs("    ", to);
    }
    fputc('\n', to);
}

void render_error(FILE *to, const struct err *e, bool color, struct arena *a)
{
    (void)a;
    render_place(to, e->at);
    fprintf(to, "%serror:%s ", render_style(color, STYLE_BAD), render_style(color, STYLE_END));
    if (*e->sqlstate)
        fprintf(to, "%s [%s]\n", e->message, e->sqlstate);
    else
        render_text(to, e->message);
    if (*e->excerpt) {
        fprintf(to, "%5d | %s\n", e->at.line, e->excerpt);
        if (e->caret)
            fprintf(to, "      | %*s%s^%s\n", e->caret - 1, "", render_style(color, STYLE_BAD),
                    render_style(color, STYLE_END));
    }
    if (*e->detail) {
        fputs("detail: ", to);
        render_text(to, e->detail);
    }
    if (*e->state)
        render_text(to, e->state);
    for (size_t i = 0; i < 2; i++) {
        const char *hint = i ? e->hint : e->server_hint;

        if (!*hint)
            continue;
        fputs("hint: ", to);
        render_text(to, hint);
    }
}

void render_notice(FILE *to, const struct notice *n, bool color, struct arena *a)
{
    bool warning = n->level == NOTICE_WARNING;

    (void)a;
    render_place(to, n->at);
    fprintf(to, "%s%s:%s ", render_style(color, warning ? STYLE_WARN : STYLE_DIM), warning ? "warning" : "note",
            render_style(color, STYLE_END));
    render_text(to, n->message);
    if (n->hint) {
        fputs("hint: ", to);
        render_text(to, n->hint);
    }
}

const char *render_flags(const struct version_entry *v, struct arena *a)
{
    struct buf out = buf_open(a, 1024);

    for (unsigned bit = 0; version_flag_word(bit); bit++) {
        if (!(v->flags & (1u << bit)))
            continue;
        buf_printf(&out, "%s%s", out.len ? ", " : "", version_flag_word(bit));
        if (1u << bit == FLAG_RENAMED)
            buf_printf(&out, " %s", text_shown(a, text_from(v->renamed->version)));
        if (1u << bit == FLAG_PARTIAL && v->record->open->statements_total)
            buf_printf(&out, " %s of %s statements",
                       v->record->open->statements_done ? v->record->open->statements_done : "0",
                       v->record->open->statements_total);
    }
    return buf_cstr(&out);
}

const char *render_id(const struct version_entry *v, struct arena *a)
{
    return text_shown(a, text_from(v->id));
}

enum { SHORT_ID = 7 };

const char *render_commit(const struct vcs_commit *c, const char *ref, struct arena *a)
{
    size_t name = c->author ? strcspn(c->author, "<") : 0;

    while (name && c->author[name - 1] == ' ')
        name--;
    return arena_printf(a, "%.*s%s%s, %s, %.10s", SHORT_ID, object_id_hex(a, c->id), ref ? " on " : "",
                        ref ? text_shown(a, text_from(ref)) : "",
                        text_shown(a, text_cut(text_from(c->author), 0, name)), text_time(a, c->date_ms));
}
