/* Help, the manual page and shell completions, all from the rows of the verbs. */
#ifndef CMD_REFERENCE_H
#define CMD_REFERENCE_H

#include "cmd/command.h"

/* The overview: usage, the verbs by group, the options every verb takes. width in columns; under 40 counts as 40, 0 as
 * 80. color makes headings bold. */
void reference_help(FILE *to, const struct command *const *commands, bool color, int width);
/* One verb: usage, operands, options, examples, exit codes. */
void reference_verb(FILE *to, const struct command *c, bool color, int width);
/* merganser(1) in roff, with the man macros. */
void reference_man(FILE *to, const struct command *const *commands);
/* The completion script of a shell; false where there is none for it. */
bool reference_completion(FILE *to, const char *shell, const struct command *const *commands);

/* The shells that have one. NULL-ended. */
extern const char *const reference_shells[];

#endif
