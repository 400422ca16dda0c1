/* redo: roll back the newest applied and apply them again. */
#include "cmd/dump.h"
#include "cmd/migrate.h"

struct redo_args {
    uint64_t steps;
    bool dry_run, dump;
};

static const struct option_row options[] = {
    { .name = "steps",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct redo_args, steps),
      .value = "<n>",
      .help = "redo this many (1)" },
    { .name = "dry-run",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct redo_args, dry_run),
      .help = "show what would be done, and run nothing" },
    DUMP_OPTION(redo_args),
    { 0 },
};

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct redo_args *args = raw;
    struct migrate_request r = {
        .go_down = true,
        .go_up = true,
        .down = { .steps = args->steps },
        .dry_run = args->dry_run,
    };

    return migrate_run_and_dump(s, &r, args->dump, e);
}

static bool only_looks(const void *raw)
{
    return ((const struct redo_args *)raw)->dry_run;
}

const struct command redo_command = {
    .name = "redo",
    .group = GROUP_EVERY_DAY,
    .summary = "roll back the newest applied and apply it again",
    .details = "For a migration that is still being written: what was applied is rolled back by the down script that "
               "belongs to it, then today's file is applied.",
    .examples = (const char *const[]) { "merganser redo", "merganser redo --steps 2", NULL },
    .options = options,
    .args_size = sizeof(struct redo_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .only_looks = only_looks,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
