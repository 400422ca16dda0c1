/* show: one migration, with its history and its scripts. */
#include "cmd/render/render.h"
#include "core/base/text.h"
#include "core/scripts.h"

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "the version", .required = true, .completes = "version" },
    { 0 },
};

static void json_shown(struct json *object, const void *from, struct arena *a)
{
    const struct shown *shown = from;
    struct json *history = json_new_array();

    struct json *migration = json_version(shown->workspace, shown->version, a);

    if (shown->gone) {
        json_set_null(migration, "state");
        json_set_bool(migration, "reversible", shown->down.script.read != NULL);
    }
    json_set(object, "migration", migration);
    for (size_t i = 0; i < shown->history.len; i++)
        json_add(history, json_history_entry(&shown->history.at[i]));
    json_set(object, "history", history);
    json_set_text(object, "up", shown->up);
    json_set_text(object, "down", shown->down_text);
    json_set_string(object, "down_from", shown->down.script.read ? script_from_word(shown->down.from) : NULL);
}

/* What the history alone knows: applied and rolled back, by a file that is not here. */
static bool gone_find(struct shown *shown, struct session *s, const char *typed)
{
    const struct history_entries *all = &s->work.ledger.history.entries;
    struct version_entry *v = arena_make(s->arena, struct version_entry, 1);
    struct history_record *r = arena_make(s->arena, struct history_record, 1);

    for (size_t i = 0; i < all->len; i++) {
        const struct history_entry *entry = &all->at[i];
        const char *name = entry->name ? entry->name : "";

        if (strcmp(entry->version, typed) != 0 &&
            strcmp(version_id_of_gone(entry->version, name, s->arena), typed) != 0)
            continue;
        *v = (struct version_entry) { .version = entry->version,
                                      .name = name,
                                      .id = version_id_of_gone(entry->version, name, s->arena),
                                      .state = STATE_PENDING,
                                      .record = r };
        r->version = entry->version;
        if (entry->outcome && strcmp(entry->outcome, "applied") == 0)
            r->applied = entry;
    }
    shown->version = v;
    shown->gone = v->version != NULL;
    return shown->gone;
}

static bool find(struct shown *shown, struct session *s, struct err *e)
{
    const char *typed = s->parsed->operands[0];
    size_t at;

    shown->workspace = &s->work;
    if (!resolve_version(&at, &s->work.versions, typed, s->arena, e))
        return e->kind == ERR_UNKNOWN_VERSION && gone_find(shown, s, typed);
    shown->version = &s->work.versions.at[at];
    return true;
}

static bool take_text(struct text *out, struct session *s, const struct script *script, struct err *e)
{
    if (!script->read)
        return true;
    if (script->size <= SCRIPTS_SHOWN_MAX)
        return script_whole(out, script, s->arena, e);
    notice_add(s->work.notices, NOTICE_NOTE, "not-shown", IN_FILE(script->path), NULL,
               "the script has %zu MB: too large to be shown", script->size / 1000000);
    return true;
}

/* The file's; of a version without one, the applied script where git still has it. */
static bool up_script(struct script *up, struct shown *shown, struct session *s, struct err *e)
{
    const struct version_entry *v = shown->version;
    const struct history_entry *applied = v->record ? v->record->applied : NULL;
    const struct recovered *found = workspace_recovered(&s->work, v);
    struct object_id blob;
    bool here;

    if (v->migration) {
        shown->up_path = v->migration->up.path;
        return !shown->up_path || scripts_open(up, &s->work.source, &v->migration->up, e);
    }
    shown->up_path = found && found->path ? found->path : applied ? applied->path : NULL;
    if (!applied || !applied->blob || !object_id_parse(&blob, text_from(applied->blob)))
        return !found || !found->path || !found->seen.id.known ||
               scripts_open_at(up, &here, &s->work.source, found->seen.id, found->path, e);
    return vcs_script_blob(up, &here, s->vcs, blob, SOURCE_FILE_MAX, s->arena, e);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct shown *shown = arena_make(s->arena, struct shown, 1);
    struct script up = { 0 };

    (void)raw;
    if (!workspace_survey(&s->work, e) || !prepare_flags(&s->work, e) || !workspace_origins(&s->work, e))
        return false;
    if (!find(shown, s, e) || !up_script(&up, shown, s, e) || !take_text(&shown->up, s, &up, e) ||
        !history_list(&shown->history, s->work.db, &s->work.ledger.history, shown->version->version, 0, s->arena, e) ||
        !prepare_down_script(&shown->down, &s->work, shown->version, DOWN_FROM_ANY, e) ||
        !take_text(&shown->down_text, s, &shown->down.script, e))
        return false;
    s->add_json = json_shown;
    s->json_from = shown;
    if (s->format == FORMAT_HUMAN)
        render_shown(s, shown);
    return true;
}

const struct command show_command = {
    .name = "show",
    .group = GROUP_LOOK,
    .summary = "show one migration: state, provenance, history, up and down",
    .details =
        "The down script shown is the one that `merganser down` would run. A version that was rolled back and whose "
        "file is gone is shown as the history has it.",
    .examples = (const char *const[]) { "merganser show 20240320123000", NULL },
    .operands = operands,
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
