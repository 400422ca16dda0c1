#include "dialects/postgres/concurrent.h"

bool concurrent_timeouts(const char **restore, struct pg *pg, bool scripts, struct arena *a, struct err *e)
{
    const struct db_options *o = &pg->options;
    long long ours = o->index_timeout_ms > 0 ? (long long)o->index_timeout_ms : 0;
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    PGresult *r;

    *restore = NULL;
    /* A lock_timeout would also end the waits for old transactions, in the middle of the work. */
    if (!pg_query(&r, pg,
                  arena_printf(a,
                               "SELECT s.name, s.setting, pg_catalog.set_config(s.name, CASE"
                               " WHEN s.name <> 'statement_timeout' THEN '0'"
                               " WHEN %s AND s.source = 'session' AND s.setting <> '%lld' THEN s.setting"
                               " ELSE '%lld' END, false) FROM pg_catalog.pg_settings s"
                               " WHERE s.name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout')",
                               scripts ? "true" : "false", (long long)o->statement_timeout_ms, ours),
                  NULL, e))
        return false;
    for (int i = 0; i < PQntuples(r); i++)
        buf_printf(&sql, "%s pg_catalog.set_config('%s', '%s', false)", i ? "," : "SELECT", PQgetvalue(r, i, 0),
                   PQgetvalue(r, i, 1));
    *restore = buf_cstr(&sql);
    PQclear(r);
    return true;
}

bool concurrent_timeouts_end(const char *restore, struct pg *pg, struct err *e)
{
    bool before = pg->uninterrupted, ok;

    if (!restore || pg_lost(pg))
        return true;
    pg->uninterrupted = true;
    ok = pg_run(pg, restore, e);
    pg->uninterrupted = before;
    return ok;
}
