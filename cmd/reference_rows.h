/* What the reference asks of verbs and rows. Shared by reference*.c only. */
#ifndef CMD_REFERENCE_ROWS_H
#define CMD_REFERENCE_ROWS_H

#include "cmd/reference.h"

enum { FORMATS_MAX = 16 };

/* The formats of a verb, "human" first; of all verbs where c is NULL. NULL-ended; only "human" where there is one. */
void reference_formats(const char *out[FORMATS_MAX], const struct command *const *commands, const struct command *c);
/* Whether the common row says anything to a verb (or to any, where c is NULL): --format needs several formats. */
bool reference_row_applies(const struct option_row *row, const struct command *const *commands,
                           const struct command *c);
/* The choices of a row, those of --format being the verb's; NULL for a row without. */
const char *const *reference_choices(const struct option_row *row, const char *formats[FORMATS_MAX]);
/* "merganser show [options] <version>". */
const char *reference_usage(struct arena *a, const struct command *c);
/* The row's help with its choices behind it: "how it is printed (human or json)". */
const char *reference_row_help(struct arena *a, const struct option_row *row, const char *const *choices);

const char *reference_operand_help(struct arena *a, const struct operand_row *row);

struct exit_row {
    int code;
    const char *meaning; /* NULL ends the rows */
    const char *option;  /* that a verb has which can end so; NULL: its needs tell */
};

/* Every exit code, in order. */
extern const struct exit_row reference_exits[];
/* Whether a verb (or any, where c is NULL) can end so. */
bool reference_exit_applies(const struct exit_row *row, const struct command *const *commands, const struct command *c);

/* One a shell. */
void reference_bash(FILE *to, const struct command *const *commands);
void reference_zsh(FILE *to, const struct command *const *commands);
void reference_fish(FILE *to, const struct command *const *commands);

#endif
