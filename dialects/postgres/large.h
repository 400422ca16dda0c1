/* Scripts that are too large for one string: read and sent piece by piece, in memory that does not grow with them. */
#ifndef DIALECTS_POSTGRES_LARGE_H
#define DIALECTS_POSTGRES_LARGE_H

#include "dialects/postgres/apply.h"

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

/* Sends the statements from the first-th up to (not with) the end-th, all counted, in the transaction that is open.
 * False: *e has its place, and the transaction was rolled back; or the connection is lost. Also where the script is not
 * the one that was looked at. */
bool large_send(struct applying *p, uint64_t first, uint64_t end, struct err *e);

/* place.c: an error of a batch, as ERR_SCRIPT_FAILED at its line and column. nth is the failing statement as far as
 * results tell. */
bool place_batch_error(struct err *e, const struct pg *pg, const struct batch *b, const PGresult *r, size_t nth);

#endif
