/* What a version that stopped midway has left, and what to do about it. */
#include "cmd/render/render.h"
#include "core/base/text.h"

static const char *label_word(enum evidence_label label)
{
    static const char *const words[] = { "done", "not_done", "unclear" };

    return words[label];
}

static void print_label(struct session *s, enum evidence_label label)
{
    static const char *const shown[] = { "done    ", "not done", "unclear " };
    static const enum style styles[] = { STYLE_GOOD, STYLE_BAD, STYLE_WARN };

    fprintf(s->out, "%s%s%s", render_style(s->color_out, styles[label]), shown[label],
            render_style(s->color_out, STYLE_END));
}

static void print_statements(struct session *s, const struct repair_statement *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(s->out, "%4llu  ", (unsigned long long)list[i].nth);
        print_label(s, list[i].label);
        fprintf(s->out, "  %s:%d: %s\n                %s%s%s\n", text_shown(s->arena, text_from(list[i].at.path)),
                list[i].at.line, list[i].sql, render_style(s->color_out, STYLE_DIM),
                text_shown(s->arena, text_from(list[i].why)), render_style(s->color_out, STYLE_END));
    }
}

static void print_journal(struct session *s, const struct repair_look *look)
{
    const struct history_entry *open = look->open;
    const char *total = look->total ? arena_printf(s->arena, " of %llu", (unsigned long long)look->total) : "";

    fprintf(s->out, "%s stopped midway: its %s script, run %s", render_id(look->version, s->arena),
            look->down ? "down" : "up", render_time(s, open->started_at));
    if (open->database_user)
        fprintf(s->out, " by %s", text_shown(s->arena, text_from(open->database_user)));
    if (open->client_host)
        fprintf(s->out, " from %s", text_shown(s->arena, text_from(open->client_host)));
    fprintf(s->out, "\nthe journal says that %llu%s statements are done", (unsigned long long)look->done, total);
    if (look->begun)
        fprintf(s->out, ", and that statement %llu was begun", (unsigned long long)look->begun);
    fputc('\n', s->out);
    if (open->error)
        fprintf(s->out, "it failed with: %s\n", text_shown(s->arena, text_from(open->error)));
    if (look->edited)
        fputs("the script was edited since; this is about the one that ran\n", s->out);
}

static size_t met(const struct repair_look *look, enum evidence_label label)
{
    size_t n = 0;

    for (size_t i = 0; i < look->nundo; i++)
        n += look->undo_statements[i].label == label;
    return n;
}

static void print_choice(struct session *s, const struct repair_look *look, const char *option, const char *what)
{
    fprintf(s->out, "  merganser repair %s %-18s  %s\n", text_shown(s->arena, text_from(look->version->version)),
            option, what);
}

static void print_choices(struct session *s, const struct repair_look *look)
{
    const char *version = text_shown(s->arena, text_from(look->version->version));
    const char *on = look->down ? arena_printf(s->arena, "down --version %s", version) : "up";
    struct resume journalled;

    fputs("go on with one of\n", s->out);
    if (look->path && !look->disputed && history_resume(&journalled, look->open))
        fprintf(s->out, "  merganser %-*s  %s\n", (int)strlen(version) + 26, on,
                look->total && look->next > look->total
                    ? "records it: all its statements have run"
                    : arena_printf(s->arena, "runs what is not done, from statement %llu on",
                                   (unsigned long long)look->next));
    if (!look->down && look->undo.script.read)
        print_choice(s, look, "--undo",
                     arena_printf(s->arena, "run its down script, %s: %zu of its %zu statements find what they undo",
                                  text_shown(s->arena, text_from(look->undo.path)), met(look, EVIDENCE_NOT_DONE),
                                  look->nundo));
    print_choice(s, look, "--mark-applied",
                 look->down ? "it is applied: what the rollback did was taken back by hand"
                            : "it is applied: the rest was done by hand");
    print_choice(s, look, "--mark-rolled-back",
                 look->down ? "it is rolled back: the rest was done by hand" : "the same as --forget");
    print_choice(s, look, "--forget", "as if that run had not begun: what it left was undone by hand");
}

void render_look(struct session *s, const struct repair_look *look)
{
    print_journal(s, look);
    if (look->nstatements)
        fputc('\n', s->out);
    print_statements(s, look->statements, look->nstatements);
    if (look->disputed)
        fprintf(s->out, "\nit is not certain where to go on: %s\n", text_shown(s->arena, text_from(look->disputed)));
    fputc('\n', s->out);
    print_choices(s, look);
}

void render_undo(struct session *s, FILE *to, const struct repair_look *look)
{
    fprintf(to, "what the down script %s will meet:\n", text_shown(s->arena, text_from(look->undo.path)));
    for (size_t i = 0; i < look->nundo; i++)
        fprintf(to, "  %s:%d: %s\n      %s\n", text_shown(s->arena, text_from(look->undo_statements[i].at.path)),
                look->undo_statements[i].at.line, look->undo_statements[i].sql,
                text_shown(s->arena, text_from(look->undo_statements[i].why)));
}

static struct json *statements_json(const struct repair_statement *list, size_t n)
{
    struct json *array = json_new_array();

    for (size_t i = 0; i < n; i++) {
        struct json *o = json_new_object();

        json_set_integer(o, "statement", (int64_t)list[i].nth);
        json_set_string(o, "path", list[i].at.path);
        json_set_integer(o, "line", list[i].at.line);
        json_set_integer(o, "column", list[i].at.column);
        json_set_string(o, "sql", list[i].sql);
        json_set_string(o, "label", label_word(list[i].label));
        json_set_string(o, "why", list[i].why);
        json_add(array, o);
    }
    return array;
}

void json_look(struct json *object, const void *from, struct arena *a)
{
    const struct repair_look *look = from;
    struct json *journal;

    (void)a;
    if (!look->version)
        return;
    journal = json_new_object();
    json_set_string(object, "version", look->version->version);
    json_set_string(object, "direction", look->down ? "down" : "up");
    json_set_string(object, "path", look->path);
    json_set_string(journal, "run_id", look->open->run_id);
    json_set_string(journal, "started_at", look->open->started_at);
    json_set_string(journal, "outcome", look->open->outcome);
    json_set_integer(journal, "statements_done", (int64_t)look->done);
    if (look->begun)
        json_set_integer(journal, "statement_begun", (int64_t)look->begun);
    else
        json_set_null(journal, "statement_begun");
    if (look->total)
        json_set_integer(journal, "statements_total", (int64_t)look->total);
    else
        json_set_null(journal, "statements_total");
    json_set_string(journal, "error", look->open->error);
    json_set(object, "journal", journal);
    json_set_bool(object, "edited", look->edited);
    json_set(object, "statements", statements_json(look->statements, look->nstatements));
    if (look->disputed)
        json_set_null(object, "resume_from");
    else
        json_set_integer(object, "resume_from", (int64_t)look->next);
    json_set_string(object, "disputed", look->disputed);
    json_set_string(object, "down_path", look->undo.script.read ? look->undo.path : NULL);
    json_set(object, "down_statements", statements_json(look->undo_statements, look->nundo));
}
