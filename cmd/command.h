/* The one list of verbs, and the session that a verb works in. */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "cmd/options.h"

struct session;

enum command_needs {
    NEED_NOTHING = 0,
    NEED_SOURCE = 1 << 0,   /* the repository and the configuration */
    NEED_DATABASE = 1 << 1, /* opened for writing */
    NEED_READING = 1 << 2,  /* opened for reading only: nothing is made */
    NEED_SESSION = 1 << 3,  /* with NEED_READING: to the server itself, around a pooler */
};

struct operand_row {
    const char *name; /* "<version>"; NULL ends the list */
    const char *help;
    bool required;
    const char *completes;      /* as an option's, and "verb" and "shell"; or NULL */
    const char *const *choices; /* what it may be, NULL-ended; NULL: anything */
    bool repeated;              /* the last one: any number of them */
};

/* Under which heading help lists a verb. */
enum command_group { GROUP_START, GROUP_EVERY_DAY, GROUP_LOOK, GROUP_MAINTAIN, GROUP_HELP };

struct command {
    const char *name;
    const char *alias; /* "migrate" for up; NULL: none */
    enum command_group group;
    const char *summary;                /* one clause in lower case */
    const char *details;                /* further sentences for --help and the man page, or NULL */
    const char *const *examples;        /* NULL-ended command lines */
    const struct operand_row *operands; /* ended by a NULL name; NULL: none */
    const struct option_row *options;   /* ended by a NULL name; NULL: none */
    size_t args_size;
    unsigned needs;
    bool late; /* it finds out first what to open, and opens it itself: session_open_work */
    /* Whether with these arguments the database is only looked at (--dry-run); NULL: needs says it all. */
    bool (*only_looks)(const void *args);
    /* The revision that its own arguments name, as --ref does; NULL: they name none. */
    const char *(*ref)(const void *args);
    const char *const *formats; /* beside "human": NULL-ended; NULL: none */
    bool (*run)(struct session *s, const void *args, struct err *e);
};

/* Every verb, in the order that help lists them. NULL-ended. */
const struct command *const *command_list(void);
const struct command *command_find(struct text name); /* by name or alias; NULL */

#endif
