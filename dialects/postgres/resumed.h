/* A script that an earlier run has begun: whether what was done of it is how it begins now, and what has to be known
 * of the statement that was under way. Pure. */
#ifndef DIALECTS_POSTGRES_RESUMED_H
#define DIALECTS_POSTGRES_RESUMED_H

#include "dialects/postgres/segments.h"

/* ERR_PARTIAL, with a place, where it can't go on: the done part is another one now, or nobody can tell whether the
 * statement that was begun is done. */
bool resumed_check(const struct pg_script *s, const struct script_request *r, struct err *e);

/* True for a statement that can be begun again when nobody knows whether it was done. sql is its text. */
bool resumed_repeats(const struct pg_script *s, const struct statement *statement, struct text sql);

/* The chain over what is done. Rows of COPY are linked in blocks, however they come. */
struct resumed_chain {
    void (*link)(char hex[65], struct text text); /* NULL: none is kept */
    char hex[65];
    char *block;
    size_t held;
    struct arena *arena;
};

/* hex: the chain so far, "" before the first statement. */
struct resumed_chain resumed_chain_open(const char *hex, void (*link)(char hex[65], struct text text), struct arena *a);
void resumed_chain_statement(struct resumed_chain *c, struct text sql);
/* Its rows, piece by piece; an empty one is their end. */
void resumed_chain_rows(struct resumed_chain *c, struct text piece);
/* A statement of a script that is whole, and its rows. */
void resumed_chain_listed(struct resumed_chain *c, const struct pg_script *s, uint64_t nth);

bool postgres_chained(const char **hash, const struct script_request *r, uint64_t n,
                      void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e);

#endif
