/* up: apply what is pending. */
#include "cmd/dump.h"
#include "cmd/migrate.h"

struct up_args {
    const char *to;
    uint64_t steps;
    bool dry_run, dump, fresh, relink, no_relink;
};

static const struct option_row options[] = {
    { .name = "to",
      .letter = 't',
      .kind = OPTION_TEXT,
      .offset = offsetof(struct up_args, to),
      .value = "<version>",
      .help = "stop after this version",
      .completes = "version" },
    { .name = "steps",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct up_args, steps),
      .value = "<n>",
      .help = "apply at most this many" },
    { .name = "dry-run",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, dry_run),
      .help = "show what would be applied, and run nothing" },
    { .name = "relink",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, relink),
      .help = "a pending version with the script of a missing one is that one, renamed: move its row, run nothing" },
    { .name = "no-relink",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, no_relink),
      .help = "run such a version as a new one" },
    { .name = "fresh",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, fresh),
      .help = "go on although the database has tables and records nothing as applied" },
    DUMP_OPTION(up_args),
    { 0 },
};

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct up_args *args = raw;
    struct migrate_request r = {
        .go_up = true,
        .up = { .to = args->to,
                .steps = args->steps,
                .renamed = args->relink      ? RENAMED_RELINK
                           : args->no_relink ? RENAMED_RUN
                                             : RENAMED_REFUSE },
        .dry_run = args->dry_run,
        .fresh = args->fresh,
    };

    if (args->relink && args->no_relink) {
        err_plain(e, ERR_USAGE, "--relink and --no-relink exclude each other");
        return err_hint(e, "give one of them; `merganser help up` says what each does");
    }
    return migrate_run_and_dump(s, &r, args->dump, e);
}

static bool only_looks(const void *raw)
{
    return ((const struct up_args *)raw)->dry_run;
}

const struct command up_command = {
    .name = "up",
    .alias = "migrate",
    .group = GROUP_EVERY_DAY,
    .summary = "apply what is pending",
    .details = "Every migration is applied together with its version row, exactly once, oldest first, each in its own "
               "transaction. It stops at the first that fails and says what stands. Relinking asks first.",
    .examples = (const char *const[]) { "merganser up", "merganser up --dry-run",
                                        "merganser up --ref origin/main --to 20240320123000", NULL },
    .options = options,
    .args_size = sizeof(struct up_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .only_looks = only_looks,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
