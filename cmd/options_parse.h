/* What options_parse knows midway. Shared by options*.c only. */
#ifndef CMD_OPTIONS_PARSE_H
#define CMD_OPTIONS_PARSE_H

#include "cmd/command.h"

/* Which rows were set, and from where. */
struct given {
    const struct option_row *row;
    const char *shown;
    bool from_variable;
};

struct givens {
    struct given *at;
    size_t len, cap;
};

struct parse {
    struct parsed *out;
    const struct command *const *commands;
    char *const *argv;
    size_t next; /* the word of argv that comes next */
    struct givens given;
    bool ended; /* "--" stood */
    struct arena *arena;
};

/* The row of a name, or of a letter where that is not 0; NULL. rows may be NULL. */
const struct option_row *option_row_find(const struct option_row *rows, struct text name, char letter);
/* The same among what may stand here: the verb's own rows, then the common ones. */
const struct option_row *option_find(const struct parse *p, struct text name, char letter);
/* The struct that a row's offset is in. */
void *option_target(const struct parse *p, const struct option_row *row);
struct given *option_given(struct parse *p, const struct option_row *row);

/* ERR_USAGE for what does not exist, with the nearest that does. Each returns false. */
bool option_unknown(const struct parse *p, struct text name, struct err *e);
bool option_letter_unknown(const struct parse *p, const char *word, size_t at, struct err *e);
bool option_verb_unknown(const struct parse *p, const char *word, struct err *e);

/* Fills in from variables what the command line left open. */
bool option_variables_read(struct parse *p, const char *(*lookup)(void *from, const char *name), void *from,
                           struct err *e);
/* What excludes each other, the verb's formats, the number of operands. */
bool option_check(struct parse *p, struct err *e);

#endif
