/* Applying one migration: what the two ways of it share. */
#ifndef DIALECTS_POSTGRES_APPLY_H
#define DIALECTS_POSTGRES_APPLY_H

#include "dialects/postgres/rows.h"
#include "dialects/postgres/script.h"

struct applying {
    struct pg *pg;
    const struct unit *unit;
    struct pg_script script;
    struct unit_result *result;
    struct arena *arena; /* for this migration only */
    /* Of the rows before the script, once they are written: when, as a timestamptz text, and who we are. */
    char started[64];
    const char *user, *role;
};

/* Where the script is in what was sent: the server's positions count in the latter. */
struct sent_script {
    struct text sent;
    size_t from;   /* byte of sent where the script's text begins */
    size_t offset; /* byte of the script that stands there */
};

/* place.c: an error of the script as ERR_SCRIPT_FAILED at its line and column. nth is the failing statement among those
 * sent, as far as results tell. */
bool place_error(struct err *e, const struct applying *p, const PGresult *r, struct sent_script at, size_t nth);
/* True for an error in the script's text, or right behind it: also for one that came before any result. */
bool place_is_in_script(const struct pg_script *s, const PGresult *r, struct sent_script at);

/* apart.c: writes rows in a transaction of their own; with `check` the unit's rows are checked in it, as before a
 * script. The first time sets started, user and role. */
bool apply_rows(struct applying *p, const struct row_change *changes, size_t n, bool check, struct err *e);
/* atomic.c: in a transaction of ours, SCRIPT_ATOMIC and SCRIPT_REOPENING. */
bool apply_atomic(struct applying *p, struct err *e);
/* statements.c: SCRIPT_STATEMENTS. */
bool apply_statements(struct applying *p, struct err *e);

#endif
