/* What a version that stopped midway has left, and what to do about it. */
#include "cmd/render/render.h"
#include "core/base/text.h"

static const char *label_word(enum evidence_label label)
{
    static const char *const words[] = { "done", "not_done", "unclear" };

    return words[label];
}

static void print_label(struct session *s, FILE *to, enum evidence_label label)
{
    static const char *const shown[] = { "done    ", "not done", "unclear " };
    static const enum style styles[] = { STYLE_GOOD, STYLE_BAD, STYLE_WARN };

    fprintf(to, "%s%s%s", render_style(s->color_out, styles[label]), shown[label],
            render_style(s->color_out, STYLE_END));
}

/* Those from one on, counted from 1. */
static void print_statements(struct session *s, FILE *to, const struct repair_statements *list, uint64_t from)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct repair_statement *x = &list->at[i];

        if (x->nth < from)
            continue;
        fprintf(to, "%4llu  ", (unsigned long long)x->nth);
        print_label(s, to, x->label);
        fprintf(to, "  %s:%d: %s\n                %s%s%s\n", text_shown(s->arena, text_from(x->at.path)), x->at.line,
                x->sql, render_style(s->color_out, STYLE_DIM), text_shown(s->arena, text_from(x->why)),
                render_style(s->color_out, STYLE_END));
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
    if (look->as_it_ran)
        fputs("the script was edited since; this is about the one that ran\n", s->out);
    else if (look->edited)
        fputs("the script was edited since, and git does not have the one that ran: this is about today's\n", s->out);
}

static const char *undo_words(const struct repair_look *look, struct arena *a)
{
    size_t met = 0;

    if (!look->undo_statements.len)
        return "";
    for (size_t i = 0; i < look->undo_statements.len; i++)
        met += look->undo_statements.at[i].label == EVIDENCE_NOT_DONE;
    return arena_printf(a, ": %zu of its %zu statements find what they undo", met, look->undo_statements.len);
}

static void print_choice(struct session *s, const struct repair_look *look, const char *option, const char *what)
{
    fprintf(s->out, "  merganser repair %s %-18s  %s\n", text_shown(s->arena, text_from(look->version->version)),
            option, what);
}

/* What going on comes to. */
static const char *rest_words(const struct repair_look *look, struct arena *a)
{
    if (look->disputed)
        return arena_printf(a, "goes by the journal alone, from statement %llu on", (unsigned long long)look->done + 1);
    if (look->next > look->today.statements)
        return "records it: all its statements have run";
    return arena_printf(a, "runs what is not done, from statement %llu on", (unsigned long long)look->next);
}

static void print_choices(struct session *s, const struct repair_look *look)
{
    bool undone = repair_is_undone(look->version); /* it is its own undoing that stopped */
    int width = (int)strlen(text_shown(s->arena, text_from(look->version->version))) + 36;

    fputs("go on with one of\n", s->out);
    if (look->goes_on)
        fprintf(s->out, "  %-*s  %s\n", width, look->goes_on, rest_words(look, s->arena));
    if (look->path && !look->disputed && look->resumable)
        print_choice(s, look, "--resume", look->goes_on ? "the same, and nothing else" : rest_words(look, s->arena));
    else if (look->path && look->resumable)
        print_choice(s, look, "--resume --from N",
                     "runs its statements from N on; what stands before is taken as done");
    if (look->undo.script.read)
        print_choice(s, look, "--undo",
                     arena_printf(s->arena, "run its down script, %s%s",
                                  text_shown(s->arena, text_from(look->undo.path)), undo_words(look, s->arena)));
    print_choice(s, look, "--mark-applied",
                 undone       ? "it is applied: all of its up script was done by hand"
                 : look->down ? "it is applied: what the rollback did was taken back by hand"
                              : "it is applied: the rest was done by hand");
    print_choice(s, look, "--mark-rolled-back",
                 look->down ? "it is rolled back: the rest was done by hand" : "the same as --forget");
    print_choice(s, look, "--forget",
                 undone ? "as if its down script had not begun: what that did was taken back by hand"
                        : "as if that run had not begun: what it left was undone by hand");
}

void render_look(struct session *s, const struct repair_look *look)
{
    print_journal(s, look);
    if (look->statements.len)
        fputc('\n', s->out);
    print_statements(s, s->out, &look->statements, 1);
    if (look->as_it_ran) {
        fputs("\nthe script of today\n", s->out);
        print_statements(s, s->out, &look->rest, 1);
    }
    if (look->disputed)
        fprintf(s->out, "\nit is not certain where to go on: %s\n", text_shown(s->arena, text_from(look->disputed)));
    fputc('\n', s->out);
    print_choices(s, look);
}

void render_undo(struct session *s, FILE *to, const struct repair_look *look)
{
    const char *path = text_shown(s->arena, text_from(look->undo.path));

    if (!look->undo_statements.len)
        fprintf(to, "what is run is the down script %s\n", path);
    else
        fprintf(to, "what the down script %s will meet:\n", path);
    for (size_t i = 0; i < look->undo_statements.len; i++) {
        const struct repair_statement *x = &look->undo_statements.at[i];

        fprintf(to, "  %s:%d: %s\n      %s\n", text_shown(s->arena, text_from(x->at.path)), x->at.line, x->sql,
                text_shown(s->arena, text_from(x->why)));
    }
}

void render_rest(struct session *s, FILE *to, const struct repair_look *look, uint64_t from)
{
    const char *version = render_id(look->version, s->arena);

    if (look->path && from > look->today.statements)
        fprintf(to, "all statements of %s are taken as done: what is left is to record that\n", version);
    else
        fprintf(to, "what is run of %s:\n", version);
    print_statements(s, to, &look->rest, from);
}

static struct json *statements_json(const struct repair_statements *list)
{
    struct json *array = json_new_array();

    for (size_t i = 0; i < list->len; i++) {
        const struct repair_statement *x = &list->at[i];
        struct json *o = json_new_object();

        json_set_integer(o, "statement", (int64_t)x->nth);
        json_set_string(o, "path", x->at.path);
        json_set_integer(o, "line", x->at.line);
        json_set_integer(o, "column", x->at.column);
        json_set_string(o, "sql", x->sql);
        json_set_string(o, "label", label_word(x->label));
        json_set_string(o, "why", x->why);
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
    json_set(object, "statements", statements_json(&look->statements));
    if (look->as_it_ran)
        json_set(object, "statements_today", statements_json(&look->rest));
    if (look->disputed || !look->resumable)
        json_set_null(object, "resume_from");
    else
        json_set_integer(object, "resume_from", (int64_t)look->next);
    json_set_string(object, "disputed", look->disputed);
    json_set_string(object, "down_path", look->undo.script.read ? look->undo.path : NULL);
    json_set(object, "down_statements", statements_json(&look->undo_statements));
}
