#include "tests/support/verbs.h"

#include <criterion/criterion.h>

#include "cmd/reference_rows.h"
#include "core/base/text.h"

struct up_args {
    const char *to, *at, *how;
    uint64_t steps;
    bool exit_code;
};

static const char *const ways[] = { "slow", "fast", NULL };

static const struct option_row up_rows[] = {
    { .name = "to",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct up_args, to),
      .value = "<version>",
      .help = "stop behind it: 'quoted', [bracketed], back\\slashed, $(dollared), \"doubly\" and `merganser up`",
      .completes = "version" },
    { .letter = 'n',
      .name = "steps",
      .kind = OPTION_COUNT,
      .offset = offsetof(struct up_args, steps),
      .value = "<n>",
      .help = "apply no more than that many",
      .from_environment = true },
    { .name = "at",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct up_args, at),
      .value = "<rev>",
      .help = "'as of",
      .completes = "ref" },
    { .name = "how",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct up_args, how),
      .value = "<way>",
      .help = "which way",
      .choices = ways },
    { .name = "exit-code",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, exit_code),
      .help = ".begins with a dot" },
    { 0 },
};

static const char *const json_only[] = { "json", NULL };
static const char *const up_examples[] = { "merganser up --ref origin/main", "merganser up --steps 1", NULL };
static const struct operand_row changed_operands[] = {
    { .name = "<A..B>", .help = "two commits \xc3\xa4\xc3\xb6\xc3\xbc", .required = true, .completes = "ref" },
    { .name = "<file>", .help = "where to", .completes = "file" },
    { 0 },
};
static const struct operand_row help_operands[] = { { .name = "<verb>", .help = "which", .completes = "verb" }, { 0 } };

static const struct command up = {
    .name = "up",
    .alias = "migrate",
    .group = GROUP_EVERY_DAY,
    .summary = "apply what's pending",
    .details = "Each migration is applied together with its version row, in one transaction where the database can do "
               "so.\nNothing is pending: `merganser status --format json --exit-code` says so, too.",
    .examples = up_examples,
    .options = up_rows,
    .args_size = sizeof(struct up_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .formats = json_only,
};
static const struct command changed = {
    .name = "changed",
    .group = GROUP_LOOK,
    .summary = "list what differs: between two commits",
    .operands = changed_operands,
    .needs = NEED_SOURCE,
};
static const struct command help = {
    .name = "help", .group = GROUP_HELP, .summary = "explain", .operands = help_operands
};
const struct command *const verbs_sample[] = { &up, &changed, &help, NULL };

struct text verbs_written(enum verbs_text what, bool color, int width, struct arena *a)
{
    char *at;
    size_t len;
    FILE *to = open_memstream(&at, &len);
    struct text all;

    cr_assert(to);
    switch (what) {
    case VERBS_HELP:
        reference_help(to, verbs_sample, color, width);
        break;
    case VERBS_UP:
    case VERBS_CHANGED:
    case VERBS_HELP_HELP:
        reference_verb(to, verbs_sample[what - VERBS_UP], color, width);
        break;
    case VERBS_MAN:
        reference_man(to, verbs_sample);
        break;
    case VERBS_BASH:
    case VERBS_ZSH:
    case VERBS_FISH:
        cr_assert(reference_completion(to, reference_shells[what - VERBS_BASH], verbs_sample));
        break;
    }
    fclose(to);
    all = arena_text(a, at, len);
    free(at);
    return all;
}
