/* Scripts that are too large for one string: read and sent piece by piece, in memory that does not grow with them. */
#ifndef DIALECTS_POSTGRES_LARGE_H
#define DIALECTS_POSTGRES_LARGE_H

#include "dialects/postgres/apply.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/resumed.h"

/* Several statements in one string. */
struct batch_statement {
    size_t from; /* byte of the string */
    struct pos at;
};

struct batch {
    struct arena *arena;
    struct buf sql;
    struct {
        struct batch_statement *at;
        size_t len, cap;
    } statements;
    bool copies;         /* the last one is COPY … FROM stdin: */
    struct pos rows;     /* where its rows begin */
    uint64_t end, bytes; /* of the script, up to its end: statements that are sent, bytes */
};

/* Sends a part's statements in the transaction that is open, and links them to the chain. False: *e has its place, and
 * the transaction was rolled back; or the connection is lost. Also where the script is not the one that was looked at.
 */
bool large_send(struct applying *p, const struct script_part *part, struct resumed_chain *chain, struct err *e);

/* Behind the last statement, before what it did is kept: what ran is what was looked at. */
bool large_is_unchanged(const struct applying *p, struct err *e);

/* What pg->rows points to where the statement that p->passage stands at is sent. chain may be NULL. */
struct large_rows {
    struct copy_rows rows;
    struct applying *p;
    struct resumed_chain *chain;
    uint64_t sent, bytes; /* for the progress: statements before it, and bytes of the script */
};
struct large_rows large_rows(struct applying *p, struct resumed_chain *chain, uint64_t sent);

/* Tells the unit's progress, now and then. */
void large_tell(struct applying *p, uint64_t statements, uint64_t bytes);

/* place.c: an error of a batch, as ERR_SCRIPT_FAILED at its line and column. nth is the failing statement as far as
 * results tell. */
bool place_batch_error(struct err *e, const struct pg *pg, const struct batch *b, const PGresult *r, size_t nth);

#endif
