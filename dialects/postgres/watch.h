/* A second connection, which sees what the first one is waiting for. Opened the first time that it is asked, closed
 * with the first one; where there can't be one, nobody knows and nothing fails. It holds no snapshot and no lock. */
#ifndef DIALECTS_POSTGRES_WATCH_H
#define DIALECTS_POSTGRES_WATCH_H

#include "dialects/postgres/session.h"

/* Who blocks the first connection's statement now; empty where nobody does, or nobody can tell. */
void watch_blockers(struct db_sessions *out, struct pg *pg, struct arena *a);
/* A query on the second connection; *out NULL where there is none, or it failed. The caller clears it. */
void watch_query(PGresult **out, struct pg *pg, const char *sql);
void watch_close(struct pg *pg);

/* "pid 123 (app, psql from 10.0.0.5), in a transaction for 12 s: UPDATE …", as messages and details have it. */
const char *watch_session_words(const struct db_session *s, struct arena *a);

#endif
