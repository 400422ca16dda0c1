/* Command lines for a sample of verbs: what options_parse makes of them. */
#ifndef TESTS_SUPPORT_COMMAND_LINE_H
#define TESTS_SUPPORT_COMMAND_LINE_H

#include "cmd/command.h"

enum { COMMAND_LINE_WORDS = 8 };

struct command_line {
    const char *argv[COMMAND_LINE_WORDS];      /* without the program's name */
    const char *variables[COMMAND_LINE_WORDS]; /* "NAME=value" */
    const char *want;                          /* what was understood as one line, or the error's message */
    const char *hint;                          /* of an error; NULL: it is expected to succeed */
};

/* up (alias migrate), down, show and status, with options of every kind; NULL-ended. */
extern const struct command *const command_line_verbs[];

/* The environment of options_parse; pairs is a NULL-ended list of "NAME=value". */
const char *command_line_variable(void *pairs, const char *name);
bool command_line_parse(struct parsed *out, const struct command_line *line, struct arena *a, struct err *e);
/* Fails the test where the line gives something else than it wants. */
void command_line_check(const struct command_line *line);

#endif
