/* A script that an earlier run has begun: whether what was done of it is how it begins now, and what has to be known
 * of the statement that was under way. Pure. */
#ifndef DIALECTS_POSTGRES_RESUMED_H
#define DIALECTS_POSTGRES_RESUMED_H

#include "dialects/postgres/segments.h"

/* ERR_PARTIAL, with a place, where it can't go on: the done part is another one now, or nobody can tell whether the
 * statement that was begun is done. */
bool resumed_check(const struct pg_script *s, const struct script_request *r, struct err *e);

/* True for a statement that can be begun again when nobody knows whether it was done. */
bool resumed_repeats(const struct pg_script *s, const struct statement *statement);

/* The chain over one more statement: hex goes in as it is before it, "" before the first. */
void resumed_link(char hex[65], const struct pg_script *s, const struct statement *statement,
                  void (*chain)(char hex[65], struct text statement));

bool postgres_chained(const char **hash, const struct script_request *r, uint64_t n,
                      void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e);

#endif
