/* A database in memory that fails call N: every way a run can be cut short, without a server. */
#ifndef TESTS_SUPPORT_FAKE_H
#define TESTS_SUPPORT_FAKE_H

#include "dialects/dialect.h"

enum fake_fault {
    FAKE_REFUSES,     /* the call fails, and nothing of it happened */
    FAKE_LOST_BEFORE, /* the connection is lost before the call took effect */
    FAKE_LOST_AFTER   /* it took effect, and the connection was lost before the answer */
};

struct fake_row {
    const char *table;
    struct cell *cells;
    size_t len;
};

/* What the server keeps. Scripts are words: "make NAME" and "drop NAME", a line each. */
struct fake_state {
    struct fake_row *rows;
    size_t nrows, ids; /* every row gets the next id */
    const char **objects;
    size_t nobjects;
    bool has_ledger, has_history, has_schemas;
};

struct fake_server {
    struct arena *arena;
    struct fake_state state;
    bool locked, in_transaction, connected;
    size_t made_twice;  /* a "make" of what was there already */
    int calls, fail_at; /* fail_at 0: never */
    enum fake_fault fault;
    bool unlock_failed; /* the fault hit the unlocking itself: only closing releases the lock then */
    bool stays_down;    /* after the fault the server can't be reached again */
    enum db_loss loss;  /* what connecting again tells */
};

/* A connection to it; close with db_close. */
struct db *fake_connect(struct fake_server *server, struct arena *a);
bool fake_has_version(const struct fake_server *server, const char *version);
bool fake_has_object(const struct fake_server *server, const char *name);
/* Whether the history's newest row of a version has this outcome. */
bool fake_history_says(const struct fake_server *server, const char *version, const char *outcome);

#endif
