/* show: one migration, with its history and its scripts. */
#include "cmd/render/render.h"
#include "core/base/text.h"
#include "core/prepare.h"

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "the version", .required = true, .completes = "version" },
    { 0 },
};

struct shown {
    const struct version_entry *version;
    struct history_entries history;
    struct text up;
    struct down_script down;
};

static void json_shown(struct json *object, const void *from, struct arena *a)
{
    const struct shown *shown = from;
    struct json *history = json_new_array();

    json_set(object, "migration", json_version(shown->version, a));
    for (size_t i = 0; i < shown->history.len; i++)
        json_add(history, json_history_entry(&shown->history.at[i]));
    json_set(object, "history", history);
    json_set_text(object, "up", shown->up);
    json_set_text(object, "down", shown->down.script);
    json_set_string(object, "down_from", shown->down.script.at ? script_from_word(shown->down.from) : NULL);
}

/* SQL as it is, but with nothing in it that a terminal would obey. */
static void print_script(struct session *s, const char *title, const char *path, struct text script)
{
    struct text line;

    fprintf(s->out, "\n%s%s%s  %s\n", render_style(s->color_out, STYLE_BOLD), title,
            render_style(s->color_out, STYLE_END), path ? text_shown(s->arena, text_from(path)) : "");
    while (text_line(&script, &line)) {
        struct text part = line;
        size_t tab;

        fputs("    ", s->out);
        while (text_find(part, "\t", &tab)) {
            fprintf(s->out, "%s    ", text_shown(s->arena, text_cut(part, 0, tab)));
            part = text_cut(part, tab + 1, part.len);
        }
        fprintf(s->out, "%s\n", text_shown(s->arena, part));
    }
}

static void print(struct session *s, const struct shown *shown)
{
    static const char *const states[] = { "applied", "pending", "missing: applied, and its file is not here" };
    const struct version_entry *v = shown->version;
    const char *flags = render_flags(v, s->arena);

    fprintf(s->out, "%s%s%s\n%s%s%s%s\n", render_style(s->color_out, STYLE_BOLD),
            text_shown(s->arena, text_from(v->id)), render_style(s->color_out, STYLE_END), states[v->state],
            *flags ? "  [" : "", flags, *flags ? "]" : "");
    if (shown->history.len) {
        fputc('\n', s->out);
        render_history(s, &shown->history);
    }
    if (shown->up.at)
        print_script(s, "up", v->migration->up.path, shown->up);
    if (shown->down.script.at)
        print_script(s, shown->down.from == FROM_FILE ? "down" : "down (recorded)", shown->down.path,
                     shown->down.script);
    else
        fputs("\nno down script\n", s->out);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct shown *shown = arena_make(s->arena, struct shown, 1);
    const struct migration *m;
    size_t at;

    (void)raw;
    if (!workspace_survey(&s->work, e) || !prepare_flags(&s->work, e))
        return false;
    if (!resolve_version(&at, &s->work.versions, s->parsed->operands[0], s->arena, e))
        return false;
    shown->version = &s->work.versions.at[at];
    m = shown->version->migration;
    if (m && m->up.path && !source_read(&shown->up, &s->work.source, &m->up, e))
        return false;
    if (!history_list(&shown->history, s->work.db, &s->work.ledger.history, shown->version->version, 0, s->arena, e) ||
        !prepare_down_script(&shown->down, &s->work, shown->version, DOWN_FROM_ANY, e))
        return false;
    s->add_json = json_shown;
    s->json_from = shown;
    if (s->format == FORMAT_HUMAN)
        print(s, shown);
    return true;
}

const struct command show_command = {
    .name = "show",
    .group = GROUP_LOOK,
    .summary = "show one migration: state, history, up and down",
    .details = "The down script shown is the one that `merganser down` would run.",
    .examples = (const char *const[]) { "merganser show 20240320123000", NULL },
    .operands = operands,
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
