/* sync: make the database match the source. */
#include "core/sync.h"
#include "cmd/dump.h"
#include "cmd/migrate.h"

struct sync_args {
    struct sync_options sync;
    const char *to_ref;
    bool dry_run, dump;
};

static const struct option_row options[] = {
    { .name = "to-ref",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct sync_args, to_ref),
      .value = "<rev>",
      .help = "match the branch that is about to be checked out; the same as --ref",
      .completes = "ref" },
    { .name = "include-retired",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct sync_args, sync.include_retired),
      .help = "roll back also what this line of history had and deleted" },
    { .name = "include-foreign",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct sync_args, sync.include_foreign),
      .help = "roll back also what nothing shows that this repository applied" },
    { .name = "redo-edited",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct sync_args, sync.redo_edited),
      .help = "roll back edited versions with the down script that was applied, and apply them again" },
    { .name = "skip-irreversible",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct sync_args, sync.skip_irreversible),
      .help = "leave what has no down script, instead of refusing" },
    { .name = "max-rollback",
      .kind = OPTION_COUNT,
      .offset = offsetof(struct sync_args, sync.max_rollback),
      .value = "<n>",
      .help = "roll back up to this many (5)" },
    { .name = "dry-run",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct sync_args, dry_run),
      .help = "show what would be done, and run nothing" },
    DUMP_OPTION(sync_args),
    { 0 },
};

static const char *ref(const void *raw)
{
    return ((const struct sync_args *)raw)->to_ref;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct sync_args *args = raw;
    struct migrate_request r = { .sync = &args->sync, .dry_run = args->dry_run };

    return migrate_run_and_dump(s, &r, args->dump, e);
}

static bool only_looks(const void *raw)
{
    return ((const struct sync_args *)raw)->dry_run;
}

const struct command sync_command = {
    .name = "sync",
    .group = GROUP_EVERY_DAY,
    .summary = "make the database match the source",
    .details =
        "Relinks what was renamed; rolls back, newest first, applied versions whose files belong to another line of "
        "history and that this repository applied, with the down scripts that the history or git still has; applies "
        "what is pending. It shows all of it and asks first, and refuses as a whole what it can't do.",
    .examples = (const char *const[]) { "merganser sync --dry-run", "merganser sync",
                                        "merganser sync --to-ref main && git switch main", NULL },
    .options = options,
    .args_size = sizeof(struct sync_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .only_looks = only_looks,
    .ref = ref,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
