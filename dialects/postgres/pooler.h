/* A connection pooler between us and the server. Unless it is told otherwise, each transaction of ours may run in
 * another session of the server's, which others use before and behind us: nothing may be left in it, and nothing can be
 * kept there. What one transaction can hold is carried all the same. */
#ifndef DIALECTS_POSTGRES_POOLER_H
#define DIALECTS_POSTGRES_POOLER_H

#include "dialects/postgres/pooler_script.h"
#include "dialects/postgres/session.h"

/* Sets pg->local: settings and session statements as every transaction begins with them. ERR_POOLER for a session
 * statement that outlives a transaction. */
bool pooler_settings(struct pg *pg, struct err *e);

/* A session statement as one that ends with the transaction: SET name becomes SET LOCAL name. False for all others.
 * Pure. */
bool pooler_as_local(const char **out, const char *statement, struct arena *a);

/* `database.direct` and `database` lead to one database: else ERR_POOLER. pg is connected to the direct one. */
bool pooler_same_database(struct pg *pg, struct err *e);

#endif
