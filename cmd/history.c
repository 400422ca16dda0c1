/* history: the audit trail, newest first. */
#include "cmd/render/render.h"

struct history_args {
    uint64_t limit;
    const char *show;
};

struct told {
    struct history_entries entries;
    struct schema_made made; /* of NULL: it was not asked for */
};

static const struct option_row options[] = {
    { .name = "limit",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct history_args, limit),
      .value = "<n>",
      .help = "show the newest n rows" },
    { .name = "show",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct history_args, show),
      .value = "<version>",
      .help = "show what this migration made of the schema",
      .completes = "version" },
    { 0 },
};

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "only this version's rows", .completes = "version" },
    { 0 },
};

static void json_told(struct json *object, const void *from, struct arena *a)
{
    const struct told *told = from;

    json_history(object, &told->entries, a);
    if (told->made.of)
        json_made(object, &told->made, a);
}

static bool show(struct session *s, struct told *told, const char *version, struct err *e)
{
    if (!schema_made_find(&told->made, &s->work, version, e) ||
        !history_list(&told->entries, s->work.db, &s->work.ledger.history, told->made.of->version, 0, s->arena, e))
        return false;
    if (s->format == FORMAT_HUMAN)
        render_made(s, &told->made);
    return true;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct history_args *args = raw;
    struct told *told = arena_make(s->arena, struct told, 1);
    const char *version = s->parsed->noperands ? s->parsed->operands[0] : NULL;

    if (args->show && (version || args->limit)) {
        err_plain(e, ERR_USAGE, "--show stands alone: it is told of one version");
        return err_hint(e, "`merganser history --show %s`, or `merganser history VERSION` for its rows", args->show);
    }
    s->add_json = json_told;
    s->json_from = told;
    if (!workspace_survey(&s->work, e))
        return false;
    if (args->show)
        return show(s, told, args->show, e);
    if (!history_list(&told->entries, s->work.db, &s->work.ledger.history, version, args->limit, s->arena, e))
        return false;
    if (s->format == FORMAT_HUMAN)
        render_history(s, &told->entries);
    return true;
}

const struct command history_command = {
    .name = "history",
    .group = GROUP_LOOK,
    .summary = "show the audit trail, newest first",
    .details = "One row for every attempt: when, what, by whom, from which commit, and how it ended. --show tells what "
               "one of them made of the schema, from what was recorded before and behind it.",
    .examples = (const char *const[]) { "merganser history", "merganser history 20240320123000 --json",
                                        "merganser history --show 20240320123000", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct history_args),
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
