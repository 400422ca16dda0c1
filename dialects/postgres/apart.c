/* Rows written in a transaction of their own: before a script that commits by itself, and behind one that ran outside
 * any transaction. */
#include "dialects/postgres/apply.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/retry.h"

struct apart {
    const char *sql;
    size_t failed_at;
    PGresult *result;
};

static bool write_once(void *to, struct retry *r, struct err *e)
{
    struct apart *x = to;

    return pg_query(&x->result, r->pg, x->sql, &x->failed_at, e);
}

bool apply_rows(struct applying *p, const struct row_change *changes, size_t n, bool check, struct err *e)
{
    const char *started = *p->started ? p->started : NULL;
    struct rows_sql before = rows_sql_open(p->pg, true, started, p->arena);
    struct rows_sql after = rows_sql_open(p->pg, true, started, p->arena);
    struct buf sql = buf_open(p->arena, SIZE_MAX / 2);
    struct apart x = { 0 };
    size_t at_lock = SIZE_MAX, at_check = SIZE_MAX, at;
    struct retry r;
    int64_t key;
    bool ok;

    after.waited_ms = p->result->lock_wait_ms;
    after.attempts = p->result->attempts ? p->result->attempts : 1;
    at = pg_begin(&sql, p->pg, PG_WRITING);
    if (!p->pg->options.lease && rows_lock_key(&key, p->unit->rows, p->unit->nrows)) {
        buf_printf(&sql, "%s;", rows_lock_sql(key, p->arena));
        at_lock = at++;
    }
    if (check) {
        rows_check_before(&before, p->unit->rows, p->unit->nrows);
        buf_printf(&sql, "%s;", buf_cstr(&before.sql));
        at_check = at++;
    }
    changes = lease_fenced(p->pg, changes, &n, p->arena);
    rows_change(&after, changes, n);
    buf_printf(&sql, "%s;", buf_cstr(&after.sql));
    buf_string(&sql, "SELECT pg_catalog.to_char(pg_catalog.transaction_timestamp() AT TIME ZONE 'UTC', "
                     "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), session_user, pg_catalog.current_setting('role');COMMIT");
    x.sql = buf_cstr(&sql);
    ok = retry_run(&r, p->pg, p->unit, write_once, &x, e);
    p->result->lock_wait_ms += r.waited_ms;
    if (ok && !started) {
        snprintf(p->started, sizeof p->started, "%s", PQgetvalue(x.result, 0, 0));
        p->user = arena_string(p->arena, PQgetvalue(x.result, 0, 1));
        p->role = arena_string(p->arena, PQgetvalue(x.result, 0, 2));
    }
    PQclear(x.result);
    if (!ok && strcmp(e->sqlstate, "22012") == 0)
        return x.failed_at == at_lock    ? rows_busy(e, p->unit->rows[0].table)
               : x.failed_at == at_check ? rows_moved(e, p->unit->rows, p->unit->nrows)
                                         : rows_moved(e, changes, n);
    return ok;
}
