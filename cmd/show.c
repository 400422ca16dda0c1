/* show: one migration, with its history and its scripts. */
#include "cmd/render/render.h"
#include "core/base/text.h"
#include "core/prepare.h"

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "the version", .required = true, .completes = "version" },
    { 0 },
};

struct shown {
    const struct workspace *workspace;
    const struct version_entry *version;
    struct history_entries history;
    struct text up;
    const char *up_path;
    struct down_script down;
};

static void json_shown(struct json *object, const void *from, struct arena *a)
{
    const struct shown *shown = from;
    struct json *history = json_new_array();

    json_set(object, "migration", json_version(shown->workspace, shown->version, a));
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

/* What the state means here, in a sentence. */
static const char *explained(struct session *s, const struct version_entry *v)
{
    if (v->state == STATE_PENDING)
        return v->flags & FLAG_RENAMED
                   ? arena_printf(s->arena,
                                  "pending: its script is that of %s, which is applied and has no file here; `merganser "
                                  "up --relink` makes them one",
                                  text_shown(s->arena, text_from(v->renamed->version)))
                   : "pending";
    if (v->state == STATE_APPLIED)
        return v->flags & FLAG_COSMETIC ? "applied; its comments or white space were edited since"
               : v->flags & FLAG_EDITED ? "applied; its up script was edited since"
                                        : "applied";
    if (v->flags & FLAG_RETIRED)
        return "missing: applied, and its file was deleted on this line of history";
    if (v->flags & FLAG_ELSEWHERE)
        return "missing: applied, and its file belongs to another line of history";
    return "missing: applied, and neither git nor the history knows its file";
}

static void print_commit(struct session *s, const char *title, const struct vcs_commit *c, const char *ref)
{
    if (!c->id.known)
        return;
    fprintf(s->out, "%-10s  %s", title, render_commit(c, ref, s->arena));
    if (c->subject)
        fprintf(s->out, ": %s", text_shown(s->arena, text_from(c->subject)));
    fputc('\n', s->out);
}

static void print_provenance(struct session *s, const struct version_entry *v)
{
    const struct origin *origin = workspace_origin(&s->work, v);
    const struct recovered *found = workspace_recovered(&s->work, v);

    if (origin) {
        print_commit(s, "introduced", &origin->introduced, NULL);
        print_commit(s, "edited", &origin->edited, NULL);
    }
    if (found && v->state == STATE_MISSING && found->seen.id.known)
        print_commit(s, "last seen", &found->seen, found->ref);
    else if (found && v->state == STATE_MISSING)
        fprintf(s->out, "not found in %s\n", s->work.places);
}

static void print(struct session *s, const struct shown *shown)
{
    const struct version_entry *v = shown->version;
    const char *flags = render_flags(v, s->arena), *down = "down";

    fprintf(s->out, "%s%s%s\n%s%s%s%s\n", render_style(s->color_out, STYLE_BOLD),
            text_shown(s->arena, text_from(v->id)), render_style(s->color_out, STYLE_END), explained(s, v),
            *flags ? "  [" : "", flags, *flags ? "]" : "");
    print_provenance(s, v);
    if (shown->history.len) {
        fputc('\n', s->out);
        render_history(s, &shown->history);
    }
    if (shown->up.at)
        print_script(s, "up", shown->up_path, shown->up);
    if (shown->down.from != FROM_FILE)
        down = arena_printf(s->arena, "down (from %s)", script_from_word(shown->down.from));
    if (shown->down.script.at)
        print_script(s, down, shown->down.path, shown->down.script);
    else
        fputs("\nno down script\n", s->out);
}

/* The file's; of a version without one, the applied script where git still has it. */
static bool up_script(struct shown *shown, struct session *s, struct err *e)
{
    const struct version_entry *v = shown->version;
    const struct history_entry *applied = v->record ? v->record->applied : NULL;
    const struct recovered *found = workspace_recovered(&s->work, v);
    struct object_id blob;
    bool here;

    if (v->migration) {
        shown->up_path = v->migration->up.path;
        return !shown->up_path || source_read(&shown->up, &s->work.source, &v->migration->up, e);
    }
    shown->up_path = found && found->path ? found->path : applied ? applied->path : NULL;
    if (!applied || !applied->blob || !object_id_parse(&blob, text_from(applied->blob)))
        return !found || !found->path || !found->seen.id.known ||
               vcs_read_commit_path(&shown->up, &here, s->vcs, found->seen.id, found->path, SOURCE_FILE_MAX, s->arena,
                                    e);
    return vcs_read_blob(&shown->up, &here, s->vcs, blob, SOURCE_FILE_MAX, s->arena, e);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct shown *shown = arena_make(s->arena, struct shown, 1);
    size_t at;

    (void)raw;
    if (!workspace_survey(&s->work, e) || !prepare_flags(&s->work, e) || !workspace_origins(&s->work, e))
        return false;
    if (!resolve_version(&at, &s->work.versions, s->parsed->operands[0], s->arena, e))
        return false;
    shown->workspace = &s->work;
    shown->version = &s->work.versions.at[at];
    if (!up_script(shown, s, e) || !history_list(&shown->history, s->work.db, &s->work.ledger.history, shown->version->version, 0, s->arena, e) ||
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
    .summary = "show one migration: state, provenance, history, up and down",
    .details = "The down script shown is the one that `merganser down` would run.",
    .examples = (const char *const[]) { "merganser show 20240320123000", NULL },
    .operands = operands,
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
