/* A second connection, which sees what the first one is waiting for. Opened the first time that it is asked, closed
 * with the first one; where there can't be one, nobody knows and nothing fails. It holds no snapshot and no lock. */
#ifndef DIALECTS_POSTGRES_WATCH_H
#define DIALECTS_POSTGRES_WATCH_H

#include "dialects/postgres/session.h"

/* What a query has to select, in this order, to be read by watch_sessions_add: `a` is pg_stat_activity, `pid` a number
 * that `a` may have no row for. What the server hides of another user's session is "", an age -1. */
#define WATCH_COLUMNS(pid)                                                                                             \
    pid ", coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(pg_catalog.host(a.client_addr), ''), "  \
        "coalesce(nullif(a.query, '<insufficient privilege>'), ''), coalesce(a.state, ''), "                           \
        "coalesce(pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()"                                    \
        " - coalesce(a.xact_start, a.state_change)) * 1000), -1)::bigint"
/* The same of `x`, a row of pg_prepared_xacts: its pid is 0, its state "prepared". */
#define WATCH_PREPARED_COLUMNS                                                                                         \
    "0, x.owner, '', '', 'PREPARE TRANSACTION ' || pg_catalog.quote_literal(x.gid), 'prepared', "                      \
    "pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - x.prepared) * 1000)::bigint"

/* Who blocks the first connection's statement now; empty where nobody does, or nobody can tell. */
void watch_blockers(struct db_sessions *out, struct pg *pg, struct arena *a);
/* A query on the second connection; *out NULL where there is none, or it failed. The caller clears it. */
void watch_query(PGresult **out, struct pg *pg, const char *sql);
/* Reads the columns above, from column `from` on. */
void watch_sessions_add(struct db_sessions *out, const struct pg *pg, const PGresult *r, int from, struct arena *a);
void watch_close(struct pg *pg);
/* Begins one more connection to where the first one was led; the caller polls and finishes it. NULL: no memory. */
PGconn *watch_connect_start(const struct pg *pg, const char *application);

#endif
