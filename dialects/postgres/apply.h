/* Applying one migration: what its parts share. */
#ifndef DIALECTS_POSTGRES_APPLY_H
#define DIALECTS_POSTGRES_APPLY_H

#include "dialects/postgres/passage.h"
#include "dialects/postgres/rows.h"
#include "dialects/postgres/segments.h"

struct applying {
    struct pg *pg;
    const struct unit *unit;
    struct pg_script script;
    struct unit_result *result;
    struct arena *arena;    /* for this migration only */
    struct passage passage; /* through a large script */
    /* Of a large script, what is sent without others of it; NULL: none is, or the script is whole. */
    const struct read_statement *alone;
    int64_t told; /* when the progress was told last */
    /* Of the rows before the script, once they are written: when, as a timestamptz text, and who we are. */
    char started[64];
    const char *user, *role;
};

/* Where the script is in what was sent: the server's positions count in the latter. */
struct sent_script {
    struct text sent;
    size_t from;   /* byte of sent where the script's text begins */
    size_t offset; /* byte of the script that stands there */
    size_t first;  /* the statement that stands there, among all that are sent */
};

/* place.c: an error of the script as ERR_SCRIPT_FAILED at its line and column. nth is the failing statement of what was
 * sent, from 0, as far as results tell. */
bool place_error(struct err *e, const struct applying *p, const PGresult *r, struct sent_script at, size_t nth);
/* True for an error in the script's text, or right behind it: also for one that came before any result. */
bool place_is_in_script(const struct pg_script *s, const PGresult *r, struct sent_script at);

/* apart.c: writes rows in a transaction of their own; with `check` the unit's rows are checked in it, as before a
 * script. The first time sets started, user and role. */
bool apply_rows(struct applying *p, const struct row_change *changes, size_t n, bool check, struct err *e);

/* role.c: in the middle of a script that may have changed the role, rows are written as ourselves. Appends what takes
 * the role for the rest of a transaction, and gives how many statements that is. */
size_t role_borrow(struct buf *sql, const struct applying *p);
/* Appends what makes the role the script's again, behind the COMMIT. */
void role_return(struct buf *sql);

/* segmented.c: a script of several segments, with its journal. */
bool apply_segments(struct applying *p, struct err *e);

#endif
