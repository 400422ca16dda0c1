/* Which scripts go through a connection pooler: those that leave nothing in a session that others use. Pure. */
#ifndef DIALECTS_POSTGRES_POOLER_SCRIPT_H
#define DIALECTS_POSTGRES_POOLER_SCRIPT_H

#include "dialects/postgres/script.h"

/* What to do about all that a pooler can't carry. */
#define POOLER_REMEDY                                                                                                  \
    "give the server's own address beside the pooler's: `database: {url: ..., direct: ...}` in merganser.yml"

/* Why a script's statement can't go through a pooler: "it changes a setting of the session"; NULL where it can.
 * `at` is the byte of the statement that says so. */
const char *pooler_refuses(struct text statement, size_t *at);

/* The same as ERR_POOLER without a place. */
bool pooler_allows(size_t *at, struct text statement, struct err *e);
/* ERR_POOLER at its place for a script that is not one transaction. */
bool pooler_check_script(const struct pg_script *s, struct err *e);

#endif
