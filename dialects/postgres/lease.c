#include "dialects/postgres/lease.h"

#include <unistd.h>

#include "dialects/postgres/rows.h"
#include "dialects/postgres/waiting.h"

enum { TAKE_MS = 2000 }; /* how long a taking may wait for the row: who has it may be committing */

bool lease_wanted(const struct pg *pg)
{
    return pg->options.lease || pg->local;
}

/* ---- taking and giving back ---- */

/* Ours, another's that was given back, or one that nobody has been heard of for too long. */
static const char *take_sql(const struct pg *pg, struct arena *a)
{
    static const char *const columns[] = { "holder", "client_host", "client_pid", "application" };
    const char *const values[] = { pg->lease.holder, pg->db.info.client, arena_printf(a, "%lld", (long long)getpid()),
                                   pg->options.application ? pg->options.application : "" };
    struct buf sql = buf_open(a, SIZE_MAX / 2);

    pg_begin(&sql, pg, PG_WRITING);
    buf_printf(&sql, "SET LOCAL lock_timeout = %d;INSERT INTO ", TAKE_MS);
    pg_table(&sql, pg->lease.table);
    buf_string(&sql, " AS l (id, ledger, token, database_user, taken_at, renewed_at");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        buf_printf(&sql, ", %s", columns[i]);
    buf_string(&sql, ") VALUES (1, ");
    pg_literal(&sql, pg, text_from(pg->lease.ledger));
    buf_string(&sql, ", 1, session_user, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp()");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        buf_string(&sql, ", ");
        pg_literal(&sql, pg, text_from(values[i]));
    }
    buf_string(&sql, ") ON CONFLICT (id) DO UPDATE SET token = l.token + 1, ledger = EXCLUDED.ledger,"
                     " database_user = EXCLUDED.database_user,"
                     " taken_at = pg_catalog.clock_timestamp(), renewed_at = pg_catalog.clock_timestamp()");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        buf_printf(&sql, ", %s = EXCLUDED.%s", columns[i], columns[i]);
    buf_printf(&sql,
               " WHERE l.holder IS NULL OR l.holder = EXCLUDED.holder"
               " OR l.renewed_at < pg_catalog.clock_timestamp() - interval '%d s' RETURNING l.token;COMMIT",
               LEASE_SECONDS);
    return buf_cstr(&sql);
}

static bool is_absent(const struct err *e)
{
    return strcmp(e->sqlstate, "42P01") == 0 || strcmp(e->sqlstate, "3F000") == 0;
}

/* One try. Not had is no error. */
static bool take(struct pg *pg, struct arena *a, struct err *e)
{
    uint64_t token = 0;
    PGresult *r;

    if (!pg_query(&r, pg, take_sql(pg, a), NULL, e))
        return strcmp(e->sqlstate, "55P03") == 0;
    pg->locked = PQntuples(r) == 1 && text_to_u64(text_from(PQgetvalue(r, 0, 0)), &token);
    pg->lease.token = (int64_t)token;
    pg->lease.renewed_at = time_monotonic_ms();
    PQclear(r);
    return true;
}

/* "merganser up on ci-7 (user deployer, pid 123), for 2 min 05 s, last heard of 3 s ago"; NULL: nobody. */
static const char *holder(struct pg *pg, struct arena *a)
{
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    const char *said = NULL;
    struct err ignored;
    uint64_t taken, renewed;
    PGresult *r;

    buf_string(&sql,
               "SELECT application, client_host, database_user, client_pid,"
               " pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - taken_at) * 1000)::bigint,"
               " pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - renewed_at) * 1000)::bigint FROM ");
    pg_table(&sql, pg->lease.table);
    buf_string(&sql, " WHERE holder IS NOT NULL");
    if (!pg_query(&r, pg, buf_cstr(&sql), NULL, &ignored))
        return NULL;
    if (PQntuples(r) == 1 && text_to_u64(text_from(PQgetvalue(r, 0, 4)), &taken) &&
        text_to_u64(text_from(PQgetvalue(r, 0, 5)), &renewed))
        said =
            arena_printf(a, "%s on %s (user %s, pid %s), for %s, last heard of %s ago",
                         text_shown(a, text_from(PQgetvalue(r, 0, 0))), text_shown(a, text_from(PQgetvalue(r, 0, 1))),
                         text_shown(a, text_from(PQgetvalue(r, 0, 2))), PQgetvalue(r, 0, 3),
                         text_duration(a, (int64_t)taken), text_duration(a, (int64_t)renewed));
    PQclear(r);
    return said;
}

static bool locked_out(struct pg *pg, int64_t waited, struct arena *a, struct err *e)
{
    const char *who = holder(pg, a);

    err_plain(e, ERR_LOCKED, "the lease on %s was not had within %s: it is held by %s", pg->lease.ledger,
              text_duration(a, waited), who ? who : "a run that has ended meanwhile");
    return err_hint(
        e,
        "wait for that run to end, then run it again; one that was killed loses its lease %d s after it was "
        "last heard of",
        LEASE_SECONDS);
}

/* What is to be had without the right to make the table: through a pooler the transactions' own locks still keep two
 * runs apart, migration by migration. */
static bool denied(struct pg *pg, struct err *e)
{
    if (pg->options.lease || strcmp(e->sqlstate, "42501") != 0)
        return false;
    notice_add(pg->options.notices, NOTICE_WARNING, "no-lease", NOWHERE,
               "let the role make the schema `merganser`, or name a table it may make as `history:`",
               "through a connection pooler the run's lock is a row, which this role can't write: two runs at once are "
               "kept apart migration by migration");
    return true;
}

static bool wait_for(struct pg *pg, const struct lock_request *r, int64_t *waited_ms, struct arena *a, struct err *e)
{
    int64_t began = time_monotonic_ms();
    bool told = false;

    for (;;) {
        const char *who;

        if (!take(pg, a, e)) {
            if (!is_absent(e) || !postgres_table_create(&pg->db, TABLE_LEASE, pg->lease.table, e))
                return denied(pg, e);
            continue;
        }
        *waited_ms = time_monotonic_ms() - began;
        if (pg->locked)
            return true;
        if (*waited_ms >= r->wait_ms)
            return locked_out(pg, *waited_ms, a, e);
        who = !told && r->waiting ? holder(pg, a) : NULL;
        if (who)
            r->waiting(r->to, who);
        told = told || who;
        if (!waiting_pause(r->wait_ms - *waited_ms, e))
            return false;
    }
}

bool lease_lock(struct pg *pg, const struct lock_request *r, int64_t *waited_ms, struct err *e)
{
    struct arena *a = arena_open();
    bool ok;

    *waited_ms = 0;
    pg->lease.table = (struct table_name) { r->lease.schema ? arena_string(pg->arena, r->lease.schema) : NULL,
                                            arena_string(pg->arena, r->lease.table) };
    pg->lease.ledger = arena_string(pg->arena, r->ledger);
    if (!pg->lease.holder)
        pg->lease.holder = arena_printf(pg->arena, "%08x%08x", arc4random(), arc4random());
    ok = pg_restore(pg, e) && wait_for(pg, r, waited_ms, a, e);
    arena_close(a);
    return ok;
}

/* UPDATE of our row, as long as it is ours. */
static const char *ours_sql(const struct pg *pg, const char *set, struct arena *a)
{
    struct buf sql = buf_open(a, SIZE_MAX / 2);

    buf_string(&sql, "UPDATE ");
    pg_table(&sql, pg->lease.table);
    buf_printf(&sql, " SET %s WHERE id = 1 AND token = %lld RETURNING token", set, (long long)pg->lease.token);
    return buf_cstr(&sql);
}

static bool lost(struct pg *pg, struct arena *a, struct err *e)
{
    const char *who = holder(pg, a);

    err_plain(e, ERR_LOCK_LOST, "the lease on %s was lost during the run%s%s", pg->lease.ledger, who ? " to " : "",
              who ? who : "");
    return err_hint(e,
                    "this run stood still for more than %d s, or its row was changed: look at `merganser status`, then "
                    "run it again",
                    LEASE_SECONDS);
}

bool lease_unlock(struct pg *pg, struct err *e)
{
    struct arena *a = arena_open();
    bool before = pg->uninterrupted, ok;
    PGresult *r;

    lease_close(pg);
    pg->locked = false;
    pg->uninterrupted = true;
    ok = pg_query(&r, pg, ours_sql(pg, "holder = NULL, renewed_at = pg_catalog.clock_timestamp()", a), NULL, e);
    if (ok && PQntuples(r) != 1)
        ok = lost(pg, a, e);
    pg->uninterrupted = before;
    PQclear(r);
    arena_close(a);
    return ok;
}

/* ---- fencing ---- */

const struct row_change *lease_fenced(const struct pg *pg, const struct row_change *changes, size_t *n, struct arena *a)
{
    struct row_change *all;
    struct cell *cells;

    if (!pg->locked || !lease_wanted(pg))
        return changes;
    cells = arena_make(a, struct cell, 3);
    cells[0] = (struct cell) { .column = "id", .kind = CELL_INTEGER, .text = TEXT("1"), .key = true, .constant = true };
    cells[1] = (struct cell) { .column = "token",
                               .kind = CELL_INTEGER,
                               .text = text_from(arena_printf(a, "%lld", (long long)pg->lease.token)),
                               .key = true,
                               .constant = true };
    cells[2] = (struct cell) { .column = "renewed_at", .kind = CELL_NOW };
    all = arena_make(a, struct row_change, *n + 1);
    if (*n)
        memcpy(all, changes, *n * sizeof *all);
    all[(*n)++] = (struct row_change) { ROW_UPDATE, pg->lease.table, cells, 3 };
    return all;
}

bool lease_explain(struct pg *pg, struct err *e)
{
    struct arena *a;
    struct err ignored;
    PGresult *r;

    if (!pg->locked || !lease_wanted(pg) || e->kind != ERR_LEDGER_MOVED || pg_lost(pg))
        return false;
    a = arena_open();
    if (pg_query(&r, pg, ours_sql(pg, "renewed_at = pg_catalog.clock_timestamp()", a), NULL, &ignored) &&
        PQntuples(r) != 1)
        lost(pg, a, e);
    PQclear(r);
    arena_close(a);
    return false;
}
