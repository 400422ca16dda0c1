/* history: the audit trail, newest first. */
#include "cmd/render/render.h"
#include "core/base/text.h"

struct history_args {
    uint64_t limit;
    const char *since, *show;
};

static const struct option_row options[] = {
    { .name = "limit",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct history_args, limit),
      .value = "<n>",
      .help = "show the newest n rows" },
    { .name = "since",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct history_args, since),
      .value = "<rev>",
      .help = "only what ran from commits that this one does not have: what a deploy did; or from a time on (UTC)",
      .completes = "ref" },
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

static bool since(struct session *s, struct history_report *r, const struct history_args *args, struct err *e)
{
    struct history_since *from = arena_make(s->arena, struct history_since, 1);

    r->since = from;
    return history_since_find(from, s->vcs, args->since, s->arena, e) &&
           history_since_keep(&r->entries, from, args->limit, s->vcs, s->arena, e);
}

static bool show(struct session *s, struct history_report *r, const char *version, struct err *e)
{
    struct schema_made *made = arena_make(s->arena, struct schema_made, 1);

    if (!schema_made_find(made, &s->work, version, e) ||
        !history_list(&r->entries, s->work.db, &s->work.ledger.history, made->of->version, 0, s->arena, e))
        return false;
    r->made = made;
    if (s->format == FORMAT_HUMAN)
        render_made(s, made);
    if (s->format == FORMAT_MARKDOWN)
        render_made_markdown(s, made);
    return true;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct history_args *args = raw;
    struct history_report *r = arena_make(s->arena, struct history_report, 1);
    const char *version = s->parsed->noperands ? s->parsed->operands[0] : NULL;

    if (args->show && (version || args->limit || args->since)) {
        err_plain(e, ERR_USAGE, "--show stands alone: it is told of one version");
        return err_hint(e, "`merganser history --show VERSION`, or `merganser history VERSION` for its rows");
    }
    s->add_json = json_history;
    s->json_from = r;
    if (!workspace_survey(&s->work, e))
        return false;
    if (args->show)
        return show(s, r, args->show, e);
    if (!history_list(&r->entries, s->work.db, &s->work.ledger.history, version, args->since ? 0 : args->limit,
                      s->arena, e) ||
        (args->since && !since(s, r, args, e)))
        return false;
    if (s->format == FORMAT_HUMAN && args->since && !r->entries.len)
        fprintf(s->out, "nothing was run since %s\n", text_shown(s->arena, text_from(args->since)));
    else if (s->format == FORMAT_HUMAN)
        render_history(s, &r->entries);
    if (s->format == FORMAT_MARKDOWN)
        render_history_markdown(s, s->out, r);
    return true;
}

const struct command history_command = {
    .name = "history",
    .group = GROUP_LOOK,
    .summary = "show the audit trail, newest first",
    .details = "One row for every attempt: when, what, by whom, from which commit, and how it ended. --show tells what "
               "one of them made of the schema, from what was recorded before and behind it.",
    .examples = (const char *const[]) { "merganser history", "merganser history 20240320123000 --json",
                                        "merganser history --since v1.2 --format markdown",
                                        "merganser history --show 20240320123000", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct history_args),
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", "markdown", NULL },
    .run = run,
};
