/* A fresh database, a connection of merganser's to it with a Rails ledger, and scripts given as text. */
#ifndef TESTS_SUPPORT_POSTGRES_UNIT_H
#define TESTS_SUPPORT_POSTGRES_UNIT_H

#include "core/base/text.h"
#include "dialects/dialect.h"

struct unit_db {
    struct arena *arena;
    const char *conninfo; /* the database's own, direct */
    struct db *db;
    struct notices notices;
    bool history;              /* its table is there */
    struct script_facts facts; /* of the last script */
    struct unit_result result; /* of the last apply */
    struct err err;            /* of the last call that failed */
    /* For the next script: what an earlier run has done of it, and who is told while it runs; may be NULL. */
    const struct resume *resume;
    void (*progress)(void *to, const struct db_progress *p);
    void *progress_to;
};

/* session may be NULL; through is what merganser connects to, NULL: the database itself. */
struct unit_db *unit_open(const char *const *session, const char *through);
/* The same without a connection of merganser's: db is NULL. */
struct unit_db *unit_bare(void);
bool unit_connect(struct unit_db *b, const char *const *session, const char *url);
void unit_close(struct unit_db *b);

/* Inspects and applies a script as the version's up or down; its ledger row and a history row
 * go with it: one behind an atomic script, one before any other that is brought up to date behind it. */
bool unit_up(struct unit_db *b, const char *version, const char *sql);
bool unit_down(struct unit_db *b, const char *version, const char *sql);
/* The same with the layout's wish to stay outside a transaction. */
bool unit_up_outside(struct unit_db *b, const char *version, const char *sql);
bool unit_inspect(struct unit_db *b, const char *version, const char *sql);

/* What the database answers, over a connection of its own. */
const char *unit_ask(struct unit_db *b, const char *sql);
/* The versions in the ledger, joined by a blank. */
const char *unit_ledger(struct unit_db *b);
/* "path:line:column kind sqlstate" of the last error. */
const char *unit_error(struct unit_db *b);
/* True when a warning with that code was given. */
bool unit_warned(const struct unit_db *b, const char *code);

struct script_request unit_request(struct unit_db *b, const char *version, enum direction direction, const char *sql,
                                   size_t len);

#endif
