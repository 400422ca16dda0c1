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
    size_t offset;              /* of the member it sets */
    const char *value;          /* "<rev>": how the value is shown; NULL for a flag */
    const char *help;           /* a clause in lower case */
    const char *const *choices; /* OPTION_CHOICE: NULL-ended */
    const char *implies;        /* a flag that stands for another option's choice: "format=json"; or NULL */
    bool from_environment;      /* MERGANSER_ and the name in capitals */
    const char *completes;      /* "file", "folder", "ref", "version", or NULL */
};

/* The options every verb takes. */
struct common_options {
    const char *directory;
    const char *config;
    const char *environment; /* --env */
    const char *database;
    const char *const *migrations;
    const char *layout;
    const char *ref;
    bool staged;
    const char *format;
    const char *color;
    bool quiet, verbose, yes, help;
};

extern const struct option_row common_option_rows[];

struct command;

struct parsed {
    const struct command *command; /* NULL: none was named */
    struct common_options common;
    void *args;                  /* of command->args_size, filled by its rows */
    const char *const *operands; /* what is no option, NULL-ended */
    size_t noperands;
    /* Which common options came from the command line rather than a variable, by their offset: for precedence. */
    bool version; /* --version */
};

/* argv[0] is skipped. lookup reads a variable (getenv's like). Common options stand before or after the verb, a
 * verb's own behind it; "--x=v", "--x v", "-xv", "-x v"; "--" ends them. ERR_USAGE for an unknown verb or option
 * (hint: the nearest), a missing or superfluous value, a repeated option that is no list, a count that is none. */
bool options_parse(struct parsed *out, const struct command *const *commands, char *const *argv,
                   const char *(*lookup)(void *from, const char *name), void *from, struct arena *a, struct err *e);

#endif
