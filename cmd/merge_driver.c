/* merge-driver: merge a file that every branch appends to; git calls it. */
#include "core/merge_driver.h"
#include "cmd/session.h"
#include "core/base/text.h"

enum { MARKER_MOST = 1000 };

struct merge_driver_args {
    uint64_t marker_size;
};

static const struct option_row options[] = {
    { .name = "marker-size",
      .kind = OPTION_COUNT,
      .offset = offsetof(struct merge_driver_args, marker_size),
      .value = "<n>",
      .help = "how long conflict markers are: git's %L" },
    { 0 },
};

static const struct operand_row operands[] = {
    { .name = "<kind>", .help = "journal (Drizzle's _journal.json) or structure (structure.sql)", .required = true },
    { .name = "<ancestor>", .help = "git's %O", .required = true, .completes = "file" },
    { .name = "<ours>", .help = "git's %A, overwritten with the result", .required = true, .completes = "file" },
    { .name = "<theirs>", .help = "git's %B", .required = true, .completes = "file" },
    { .name = "<path>", .help = "git's %P; without it nothing is known to be published", .completes = "file" },
    { 0 },
};

static bool check_kind(struct session *s, const char *kind, struct err *e)
{
    const char *nearest = text_nearest(kind, merge_driver_kinds);

    for (size_t i = 0; merge_driver_kinds[i]; i++)
        if (strcmp(kind, merge_driver_kinds[i]) == 0)
            return true;
    err_plain(e, ERR_USAGE, "there is no merge driver \"%s\"", text_shown(s->arena, text_from(kind)));
    return err_hint(e, "write `merganser merge-driver %s %%O %%A %%B %%P`", nearest ? nearest : merge_driver_kinds[0]);
}

/* A merge goes on without a repository: no more is known then than the three files say. */
static struct vcs *repository(struct session *s)
{
    struct vcs_options o = { .start = ".", .from_environment = true };
    struct err e = { 0 };

    return vcs_open(&s->vcs, &o, s->arena, &e) ? s->vcs : NULL;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct merge_driver_args *args = raw;
    const char *const *operand = s->parsed->operands;
    struct merge_driver_request r = {
        .kind = operand[0],
        .ancestor = operand[1],
        .ours = operand[2],
        .theirs = operand[3],
        .path = operand[4],
        .marker_size = (unsigned)(args->marker_size < MARKER_MOST ? args->marker_size : MARKER_MOST),
    };
    struct merge_driver_result result;

    if (!check_kind(s, r.kind, e) || !merge_driver_run(&result, &r, repository(s), s->arena, &s->notices, e))
        return false;
    s->exit_code = result.conflicted;
    return true;
}

const struct command merge_driver_command = {
    .name = "merge-driver",
    .group = GROUP_MAINTAIN,
    .summary = "merge a Drizzle journal or a structure.sql; git calls it",
    .details =
        "`merganser hook install --merge-drivers` tells git of it. In a journal the entries of both sides survive: "
        "first what is published on the default branch, then ours, then theirs, with an idx and a `when` that "
        "go upward. In a structure.sql the list of versions is merged as a set and the rest as lines. Exits with "
        "1 where a conflict stays, with markers in the file.",
    .examples = (const char *const[]) { "merganser merge-driver journal --marker-size=%L -- %O %A %B %P",
                                        "merganser merge-driver structure %O %A %B %P", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct merge_driver_args),
    .needs = NEED_NOTHING,
    .run = run,
};
