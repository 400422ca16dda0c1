/* lock_timeout and statement_timeout: what is set where, and whose setting ended a statement. */
#ifndef DIALECTS_POSTGRES_TIMEOUTS_H
#define DIALECTS_POSTGRES_TIMEOUTS_H

#include "dialects/postgres/session.h"

enum { TIMEOUTS_LOCK_MS = 5000 }; /* where neither timeouts.lock nor a setting of the user's says otherwise */

/* One statement of a session's beginning: the server ends it soon after we are gone, since what it holds, our lock
 * among it, would keep the next run waiting. Behind a pooler it would become somebody else's. */
void timeouts_orphan(struct buf *sql);

/* The columns of a query that timeouts_read reads: the session's lock_timeout (as current_setting has it), and where
 * that is 0, who says so (pg_settings.source); "" where it does not matter. */
const char *timeouts_columns(const struct pg *pg);
/* Settles pg->lock_timeout_ms from these two columns of the only row. */
void timeouts_read(struct pg *pg, const PGresult *r, int column);

/* Behind a BEGIN of ours: this transaction's lock_timeout. How many statements it added: none where the session's own
 * setting holds. */
size_t timeouts_head(struct buf *sql, const struct pg *pg);

/* Hint of a statement that was cancelled (57014): the setting that applied, and where it is from. Asks the server, so
 * nothing may be open. Returns false. */
bool timeouts_hint(struct err *e, struct pg *pg);

#endif
