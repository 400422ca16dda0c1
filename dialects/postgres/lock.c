/* The run's lock: session advisory locks, tried and never waited for on the server. The first is Rails' own key, so
 * that the two exclude each other; the others are those of the tools whose ledgers are in the database. */
#include "dialects/postgres/lease.h"
#include "dialects/postgres/waiting.h"

struct taking {
    struct pg *pg;
    const struct lock_request *r;
    struct arena *arena;
    struct foreign_locks *locks; /* pg's */
    int64_t began;
    bool told;
};

static bool is_true(const PGresult *r, int row, int column)
{
    return *PQgetvalue(r, row, column) == 't';
}

/* The tools' tables that are there: schema, name, and whether there is a column `dirty`. */
static void add_tables(struct buf *sql, const struct taking *t)
{
    bool any = false;

    buf_string(sql, "SELECT (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace) AS place,"
                    " c.relname, EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid"
                    " AND a.attname = 'dirty' AND NOT a.attisdropped) AS dirty FROM pg_catalog.pg_class c"
                    " WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.relname IN (");
    for (size_t i = 0; i < t->r->ntools; i++) {
        if (!foreign_lock_known(t->r->tools[i].tool))
            continue;
        buf_string(sql, any ? ", " : "");
        pg_literal(sql, t->pg, text_from(t->r->tools[i].table));
        any = true;
    }
    buf_string(sql, any ? ")" : "NULL)");
}

static void take_tables(struct taking *t, const PGresult *r)
{
    struct arena *a = t->pg->arena;

    for (int row = 0; row < PQntuples(r); row++) {
        struct table_name table = { PQgetvalue(r, row, 1), PQgetvalue(r, row, 2) };

        if (PQgetisnull(r, row, 1))
            continue;
        for (size_t i = 0; i < t->r->ntools; i++)
            if (strcmp(t->r->tools[i].table, table.table) == 0)
                foreign_locks_add(t->locks, t->r->tools[i].tool,
                                  (struct table_name) { arena_string(a, table.schema), arena_string(a, table.table) },
                                  is_true(r, row, 3), t->pg->db.info.name, a);
    }
}

/* Tries our own, and looks for the other tools' tables on the way. Materialized: tried once, whatever is joined. */
static bool try_own(struct taking *t, struct err *e)
{
    struct foreign_lock *own = &t->locks->at[0];
    struct buf sql = buf_open(t->arena, SIZE_MAX / 2);
    PGresult *r;

    buf_printf(&sql,
               "WITH own AS MATERIALIZED (SELECT pg_catalog.pg_try_advisory_lock(%lld) AS held)"
               " SELECT own.held, t.place, t.relname, t.dirty FROM own LEFT JOIN (",
               (long long)own->key);
    add_tables(&sql, t);
    buf_string(&sql, ") t ON true");
    if (!pg_query(&r, t->pg, buf_cstr(&sql), NULL, e))
        return false;
    own->held = t->pg->locked = is_true(r, 0, 0);
    if (own->held)
        take_tables(t, r);
    PQclear(r);
    return true;
}

/* One statement for all of them; those that are wanted, and in which state they must be. */
static bool ask_each(const struct taking *t, const char *function, bool held, bool *all, struct err *e)
{
    struct buf sql = buf_open(t->arena, SIZE_MAX / 2);
    int column = 0;
    PGresult *r;

    for (size_t i = 0; i < t->locks->len; i++)
        if (t->locks->at[i].held == held)
            buf_printf(&sql, "%spg_catalog.%s(%lld)", sql.len ? ", " : "SELECT ", function,
                       (long long)t->locks->at[i].key);
    *all = true;
    if (!sql.len)
        return true;
    if (!pg_query(&r, t->pg, buf_cstr(&sql), NULL, e))
        return false;
    for (size_t i = 0; i < t->locks->len; i++) {
        struct foreign_lock *l = &t->locks->at[i];

        if (l->held != held)
            continue;
        if (is_true(r, 0, column++))
            l->held = !held;
        else
            *all = false;
    }
    PQclear(r);
    return true;
}

static const struct foreign_lock *first_absent(const struct taking *t)
{
    for (size_t i = 0; i < t->locks->len; i++)
        if (!t->locks->at[i].held)
            return &t->locks->at[i];
    return NULL;
}

/* "pid 123, rails from 10.0.0.5, connected for 12 s"; what the server does not let us see is left out. */
static const char *holder(const struct taking *t, int64_t key)
{
    uint64_t bits = (uint64_t)key;
    struct arena *a = t->arena;
    const char *sql = arena_printf(
        a,
        "SELECT a.pid, a.application_name, coalesce(pg_catalog.host(a.client_addr), 'this host'),"
        " pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) * 1000)::bigint, l.pid"
        " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %u::oid AND l.objid = %u::oid"
        " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d"
        "  WHERE d.datname = pg_catalog.current_database())",
        (unsigned)(bits >> 32), (unsigned)bits);
    const char *said = NULL;
    struct err ignored;
    PGresult *r;
    uint64_t ms;

    if (!pg_query(&r, t->pg, sql, NULL, &ignored))
        return NULL;
    if (PQntuples(r) > 0) {
        bool visible = text_to_u64(text_from(PQgetvalue(r, 0, 3)), &ms);
        const char *name = text_shown(a, text_from(PQgetvalue(r, 0, 1)));

        said = visible ? arena_printf(a, "pid %s, %s from %s, connected for %s", PQgetvalue(r, 0, 0),
                                      *name ? name : "a program without a name", PQgetvalue(r, 0, 2),
                                      text_duration(a, (int64_t)ms))
                       : arena_printf(a, "pid %s, another user's", PQgetvalue(r, 0, 4));
    }
    PQclear(r);
    return said;
}

static bool locked_out(const struct taking *t, const struct foreign_lock *l, int64_t waited, struct err *e)
{
    const char *who = holder(t, l->key), *within = text_duration(t->arena, waited);

    who = who ? who : "a session that has ended meanwhile";
    if (!l->tool) {
        err_plain(e, ERR_LOCKED, "the lock on %s was not had within %s: it is held by %s", t->r->ledger, within, who);
        return err_hint(e,
                        "wait for that run to end, then run it again; an earlier run's session may still be finishing");
    }
    err_plain(e, ERR_LOCKED, "%s's lock, which belongs to %s, was not had within %s: it is held by %s", l->tool,
              text_shown(t->arena, text_from(arena_printf(t->arena, "%s.%s", l->table.schema, l->table.table))), within,
              who);
    return err_hint(e, "%s works on this database too: wait for its run to end, then run this again", l->tool);
}

static void tell(struct taking *t, const struct foreign_lock *l)
{
    const char *who = !t->told && t->r->waiting ? holder(t, l->key) : NULL;

    if (who && l->tool)
        who = arena_printf(t->arena, "%s (%s's lock)", who, l->tool);
    if (who)
        t->r->waiting(t->r->to, who);
    t->told = true;
}

static bool release(const struct taking *t, bool *all, struct err *e)
{
    bool before = t->pg->uninterrupted, ok;

    t->pg->uninterrupted = true;
    ok = ask_each(t, "pg_advisory_unlock", true, all, e);
    t->pg->uninterrupted = before;
    t->pg->locked = false;
    return ok;
}

/* Until all are had. What is had already stays: the others wait for no more than one lock each. */
static bool take(struct taking *t, int64_t *waited_ms, struct err *e)
{
    const struct foreign_lock *absent;
    bool all;

    for (;;) {
        if (!t->pg->locked && !try_own(t, e))
            return false;
        if (t->pg->locked && !ask_each(t, "pg_try_advisory_lock", false, &all, e))
            return false;
        *waited_ms = time_monotonic_ms() - t->began;
        absent = first_absent(t);
        if (!absent)
            return true;
        if (*waited_ms >= t->r->wait_ms)
            return locked_out(t, absent, *waited_ms, e);
        tell(t, absent);
        if (!waiting_pause(t->r->wait_ms - *waited_ms, e))
            return false;
    }
}

bool postgres_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct taking t = { pg, r, NULL, &pg->locks, time_monotonic_ms(), false };
    struct err ignored;
    bool ok, all;

    pg->lock_wait_ms = r->wait_ms;
    pg->locks.len = 0;
    if (lease_wanted(pg))
        return lease_lock(pg, r, waited_ms, e);
    t.arena = arena_open();
    ok = pg_restore(pg, e);
    *(struct foreign_lock *)arena_push(pg->arena, &pg->locks) =
        (struct foreign_lock) { .key = foreign_lock_rails(pg->db.info.name) };
    ok = ok && take(&t, waited_ms, e);
    if (!ok)
        release(&t, &all, &ignored);
    arena_close(t.arena);
    return ok;
}

bool postgres_unlock(struct db *db, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct taking t = { .pg = pg, .locks = &pg->locks };
    const struct foreign_lock *lost = NULL;
    bool all, ok;

    if (!pg->locked)
        return true;
    if (lease_wanted(pg))
        return lease_unlock(pg, e);
    t.arena = arena_open();
    ok = release(&t, &all, e);
    arena_close(t.arena);
    if (!ok || all)
        return ok;
    for (size_t i = pg->locks.len; i-- > 0;)
        if (pg->locks.at[i].held)
            lost = &pg->locks.at[i];
    if (lost->tool)
        err_plain(e, ERR_DATABASE, "%s's lock, which merganser held too, was lost during the run", lost->tool);
    else
        err_plain(e, ERR_DATABASE, "the lock was lost during the run");
    return err_hint(e, "a script called pg_advisory_unlock, or a pooler moved the session; look at `merganser status`");
}
