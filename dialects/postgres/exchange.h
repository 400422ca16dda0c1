/* What is sent for one transaction of ours, and what came back: transaction.c's, and of what says why it failed. */
#ifndef DIALECTS_POSTGRES_EXCHANGE_H
#define DIALECTS_POSTGRES_EXCHANGE_H

#include "dialects/postgres/transaction.h"

struct exchange {
    struct transaction *t;
    struct applying *p;
    struct rows_sql before, after;
    const char *lock;   /* NULL: no row of a ledger is touched */
    const char *sql[3]; /* what has to be prepared */
    size_t nsql;
    bool one_trip;
    size_t head, body, tail; /* statements of each part */
    size_t check_at;         /* which of head is the check */
    struct buf sent;
    size_t body_from; /* byte of sent */

    /* what came back */
    size_t results; /* good ones, over both trips */
    PGresult *error;
    char xid[32];
    bool commit_sent;

    /* What the history's row says of the attempts so far, this one counted. */
    int64_t waited_ms;
    unsigned attempt;
};

/* Another transaction holds the ledger's key. */
bool exchange_is_busy(const struct exchange *x);
/* x->error, or a lost connection, as *e; what is open is rolled back, and x->t->outcome set. Returns false. */
bool exchange_failed(struct exchange *x, struct err *e);

#endif
