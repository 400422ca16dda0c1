#include "dialects/postgres/concurrent.h"

#include "dialects/postgres/watch.h"

enum { EVERY_MS = 1000 };

void concurrent_awaited(struct db_sessions *out, struct pg *pg, const struct concurrent *c, struct arena *a)
{
    /* Those that conflict with SHARE, which a build waits for; dropping and detaching wait for readers too. */
    static const char writers[] = " AND l.mode IN ('RowExclusiveLock', 'ShareUpdateExclusiveLock',"
                                  " 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";
    bool builds = c->kind == CONCURRENT_CREATE || c->kind == CONCURRENT_REINDEX;
    struct err ignored;
    PGresult *r;

    *out = (struct db_sessions) { 0 };
    if (!pg_query(
            &r, pg,
            arena_printf(a,
                         "WITH l AS (SELECT l.pid, l.virtualtransaction FROM pg_catalog.pg_locks l"
                         "  WHERE l.granted AND l.locktype = 'relation' AND l.relation IN (%s)%s AND l.database ="
                         "  (SELECT d.oid FROM pg_catalog.pg_database d"
                         "   WHERE d.datname = pg_catalog.current_database()))"
                         " SELECT " WATCH_COLUMNS(
                             "a.pid") ", a.state LIKE 'idle%%' AS sits"
                                      " FROM pg_catalog.pg_stat_activity a WHERE a.pid <> pg_catalog.pg_backend_pid()"
                                      " AND a.datname = pg_catalog.current_database() AND (a.pid IN (SELECT pid FROM l)"
                                      "  OR (a.backend_type = 'client backend'"
                                      "   AND (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL)))"
                                      " UNION ALL SELECT " WATCH_PREPARED_COLUMNS ", true"
                                      " FROM pg_catalog.pg_prepared_xacts x"
                                      " WHERE '-1/' || x.transaction IN (SELECT virtualtransaction FROM l)"
                                      " ORDER BY sits DESC NULLS LAST, 7 DESC",
                         concurrent_tables_sql(pg, c, a), builds ? writers : ""),
            NULL, &ignored))
        return;
    watch_sessions_add(out, pg, r, 0, a);
    PQclear(r);
}

void concurrent_crossing(struct db_sessions *out, struct pg *pg, struct arena *a)
{
    struct err ignored;
    PGresult *r;

    *out = (struct db_sessions) { 0 };
    if (!pg_query(&r, pg,
                  "SELECT " WATCH_COLUMNS("a.pid") " FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks h"
                                                   " ON (h.locktype, h.database, h.classid, h.objid, h.objsubid)"
                                                   " = (w.locktype, w.database, w.classid, w.objid, w.objsubid)"
                                                   " JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid"
                                                   " WHERE w.locktype = 'advisory' AND NOT w.granted AND h.granted AND "
                                                   "h.pid = pg_catalog.pg_backend_pid()",
                  NULL, &ignored))
        return;
    watch_sessions_add(out, pg, r, 0, a);
    PQclear(r);
}

static double percent_of(const PGresult *r, int done, int total)
{
    uint64_t part, whole;

    if (!text_to_u64(text_from(PQgetvalue(r, 0, done)), &part) ||
        !text_to_u64(text_from(PQgetvalue(r, 0, total)), &whole) || !whole || part > whole)
        return -1;
    return 100.0 * (double)part / (double)whole;
}

/* What counts depends on the phase; the counters of an earlier one may still stand there. */
static double percent(const PGresult *r, const char *phase)
{
    enum { LOCKERS = 1, BLOCKS = 3, TUPLES = 5 };
    int at = strstr(phase, "waiting") ? LOCKERS : strstr(phase, "tuples") ? TUPLES : BLOCKS;

    return percent_of(r, at, at + 1);
}

static void tell(struct concurrent_watch *w, struct pg *pg)
{
    struct arena *a = arena_open();
    enum { OBJECT = 7 };
    struct db_progress said = { .kind = PROGRESS_BUILD, .object = w->object, .phase = w->what, .percent = -1 };
    PGresult *r;

    watch_query(&r, pg,
                arena_printf(a,
                             "SELECT p.phase, p.lockers_done, p.lockers_total, p.blocks_done, p.blocks_total,"
                             " p.tuples_done, p.tuples_total, (SELECT pg_catalog.quote_ident(n.nspname) || '.' ||"
                             "  pg_catalog.quote_ident(c.relname) FROM pg_catalog.pg_class c"
                             "  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = p.index_relid)"
                             " FROM pg_catalog.pg_stat_progress_create_index p WHERE p.pid = %d",
                             PQbackendPID(pg->conn)));
    if (PQntuples(r) == 1 && *PQgetvalue(r, 0, 0)) {
        said.phase = arena_string(a, PQgetvalue(r, 0, 0));
        said.percent = percent(r, said.phase);
        if (!PQgetisnull(r, 0, OBJECT))
            said.object = arena_string(a, PQgetvalue(r, 0, OBJECT));
    }
    PQclear(r);
    watch_blockers(&said.blockers, pg, a);
    w->p->unit->progress(w->p->unit->progress_to, &said);
    arena_close(a);
}

static void tick(struct pg *pg, int64_t running_ms)
{
    struct concurrent_watch *w = pg->tick_to;

    (void)running_ms;
    if (time_monotonic_ms() - w->looked_at < EVERY_MS)
        return;
    tell(w, pg);
    w->looked_at = time_monotonic_ms();
}

void concurrent_watch(struct concurrent_watch *w, const struct applying *p, const char *object, const char *what)
{
    *w = (struct concurrent_watch) { p, object, what, time_monotonic_ms(), p->pg->tick, p->pg->tick_to };
    p->pg->tick = p->unit->progress ? tick : NULL;
    p->pg->tick_to = w;
}

void concurrent_unwatch(struct concurrent_watch *w)
{
    w->p->pg->tick = w->tick;
    w->p->pg->tick_to = w->tick_to;
}
