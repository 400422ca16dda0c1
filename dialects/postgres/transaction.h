/* One transaction of ours: a head (BEGIN, lock, checks), a run of the script's statements, a tail (role, rows, COMMIT).
 * All of it stands or none of it. */
#ifndef DIALECTS_POSTGRES_TRANSACTION_H
#define DIALECTS_POSTGRES_TRANSACTION_H

#include "dialects/postgres/journal.h"

struct transaction {
    struct applying *p;
    struct script_part part;       /* what runs in it; empty: rows only */
    const struct row_change *rows; /* what the tail writes */
    size_t nrows;
    /* What it writes in their place where it is not the last: the journal's count behind the part. */
    const struct journal_count *before; /* NULL: none */
    struct journal_count behind;        /* set by transaction_run */
    bool parsed;                        /* PostgreSQL 15's own grammar knows what is in the part */
    bool last;                          /* nothing of the script follows: role and session are ours again behind it */
    bool as_another; /* the script's role may not read the ledger: its rows were checked before the first segment */

    /* What became of it. PARTIAL: the script has ended it by itself. */
    enum unit_outcome outcome;
};

/* Errors as those of struct dialect's apply. Sends everything again where prepared statements of ours are gone. */
bool transaction_run(struct transaction *t, struct err *e);

#endif
