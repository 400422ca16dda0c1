/* down: roll back the newest applied. */
#include "cmd/dump.h"
#include "cmd/migrate.h"

struct down_args {
    const char *to, *version, *down_from;
    uint64_t steps;
    bool dry_run, dump;
};

static const struct option_row options[] = {
    { .name = "steps",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct down_args, steps),
      .value = "<n>",
      .help = "roll back this many (1)" },
    { .name = "to",
      .letter = 't',
      .kind = OPTION_TEXT,
      .offset = offsetof(struct down_args, to),
      .value = "<version>",
      .help = "roll back everything newer than this version, which stays",
      .completes = "version" },
    { .name = "version",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct down_args, version),
      .value = "<version>",
      .help = "roll back this one alone",
      .completes = "version" },
    { .name = "down-from",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct down_args, down_from),
      .value = "<where>",
      .help = "run the down script of the file, or the one the history recorded",
      .choices = (const char *const[]) { "file", "history", NULL } },
    { .name = "dry-run",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct down_args, dry_run),
      .help = "show what would be rolled back, and run nothing" },
    DUMP_OPTION(down_args),
    { 0 },
};

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct down_args *args = raw;
    struct migrate_request r = {
        .go_down = true,
        .down = { .to = args->to, .version = args->version, .steps = args->steps },
        .dry_run = args->dry_run,
        .down_from = !args->down_from                       ? DOWN_FROM_ANY
                     : strcmp(args->down_from, "file") == 0 ? DOWN_FROM_FILE
                                                            : DOWN_FROM_HISTORY,
    };

    if ((args->version != NULL) + (args->to != NULL) + (args->steps != 0) > 1) {
        err_plain(e, ERR_USAGE, "--steps, --to and --version exclude each other");
        return err_hint(e, "give one of them; `merganser help down` says what each does");
    }
    return migrate_run_and_dump(s, &r, args->dump, e);
}

static bool only_looks(const void *raw)
{
    return ((const struct down_args *)raw)->dry_run;
}

const struct command down_command = {
    .name = "down",
    .alias = "rollback",
    .group = GROUP_EVERY_DAY,
    .summary = "roll back the newest applied",
    .details =
        "What is rolled back is what was applied: the file's down script when its up script is still the applied "
        "one, else the copy that the history kept, else the recorded commit's. Nothing is passed over on the way "
        "down.",
    .examples = (const char *const[]) { "merganser down", "merganser down --steps 3",
                                        "merganser down --to 20240320121000", NULL },
    .options = options,
    .args_size = sizeof(struct down_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .only_looks = only_looks,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
