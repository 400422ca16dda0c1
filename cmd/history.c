/* history: the audit trail, newest first. */
#include "cmd/render/render.h"

struct history_args {
    uint64_t limit;
};

static const struct option_row options[] = {
    { .name = "limit",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct history_args, limit),
      .value = "<n>",
      .help = "show the newest n rows" },
    { 0 },
};

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "only this version's rows", .completes = "version" },
    { 0 },
};

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct history_args *args = raw;
    struct history_entries *entries = arena_make(s->arena, struct history_entries, 1);
    const char *version = s->parsed->noperands ? s->parsed->operands[0] : NULL;

    s->add_json = json_history;
    s->json_from = entries;
    if (!workspace_survey(&s->work, e) ||
        !history_list(entries, s->work.db, &s->work.ledger.history, version, args->limit, s->arena, e))
        return false;
    if (s->format == FORMAT_HUMAN)
        render_history(s, entries);
    return true;
}

const struct command history_command = {
    .name = "history",
    .group = GROUP_LOOK,
    .summary = "show the audit trail, newest first",
    .details = "One row for every attempt: when, what, by whom, from which commit, and how it ended.",
    .examples = (const char *const[]) { "merganser history", "merganser history 20240320123000 --json", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct history_args),
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
