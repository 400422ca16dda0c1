/* Option rows, argv and the environment in; a verb's own struct out. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "core/base/err.h"

enum option_kind {
    OPTION_FLAG,  /* bool */
    OPTION_TEXT,  /* const char * */
    OPTION_LIST,  /* const char *const *, NULL-ended; the option may be repeated */
    OPTION_COUNT, /* uint64_t, 1 or more; 0: not given */
    OPTION_CHOICE /* const char *, one of choices */
};

struct option_row {
    char letter;      /* 0: none */
    const char *name; /* "dry-run"; NULL ends the list */
    enum option_kind kind;
    size_t offset;              /* of the member it sets; unused where it implies another option */
    const char *value;          /* "<rev>": how the value is shown; NULL for a flag */
    const char *help;           /* a clause in lower case */
    const char *const *choices; /* OPTION_CHOICE: NULL-ended */
    const char *implies;        /* a flag that stands for another option's choice: "format=json"; or NULL */
    bool from_environment;      /* MERGANSER_ and the name in capitals; a list's parts are separated by ':' */
    const char *completes;      /* "file", "folder", "ref", "version", or NULL */
    const char *with;           /* the verb's first operand that it goes with ("install"); NULL: any */
};

/* The options every verb takes. What was not given is NULL or false, but for format and color. */
struct common_options {
    const char *directory; /* -C */
    const char *config;
    const char *environment; /* --env */
    const char *database;
    const char *const *migrations;
    const char *layout;
    const char *ref;
    bool staged;
    const char *format; /* "human" where it was not given; else one that the verb has */
    const char *color;  /* "auto" where it was not given */
    bool quiet, verbose, yes, help;
    bool database_from_variable;    /* database is MERGANSER_DATABASE's, not --database's */
    bool environment_from_variable; /* environment is MERGANSER_ENV's, not --env's */
};

/* Offsets are into struct common_options. Ended by a NULL name. */
extern const struct option_row common_option_rows[];

struct command;

struct parsed {
    const struct command *command; /* NULL: none was named, or --help or --version stood before it */
    struct common_options common;
    void *args;                  /* of command->args_size, filled by its rows */
    const char *const *operands; /* what is no option, NULL-ended */
    size_t noperands;
    bool version; /* --version, before any verb */
};

/* argv[0] is skipped. lookup reads a variable (getenv's like); an empty one counts as not set. Common options stand
 * before or after the verb, a verb's own behind it; "--x=v", "--x v", "-xv", "-x v"; "--" ends them. The command line
 * wins over a variable. Nothing behind --help is read; `merganser --help` and `--version` need no verb.
 * ERR_USAGE for an unknown verb or option (hint: the nearest), a missing or superfluous value or operand, an option
 * with a value that is repeated and no list, a count that is none, a format that the verb does not have, options that
 * exclude each other. Then *out holds what was understood, so that the error can be shown in the format asked for. */
bool options_parse(struct parsed *out, const struct command *const *commands, char *const *argv,
                   const char *(*lookup)(void *from, const char *name), void *from, struct arena *a, struct err *e);

/* The verb or alias that is nearest to what was typed, or NULL. */
const char *options_nearest_verb(const struct command *const *commands, const char *typed);
/* The variable of an option: "MERGANSER_DRY_RUN". */
const char *options_variable(struct arena *a, const struct option_row *row);

#endif
