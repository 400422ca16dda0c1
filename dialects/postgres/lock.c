#include <poll.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/session.h"

/* Rails' own key, so that the two exclude each other: the salt of ActiveRecord::Migrator times the CRC32 of the
 * database's name (activerecord/lib/active_record/migration.rb). */
static const int64_t rails_salt = 2053462845;

enum { PAUSE_MIN_MS = 50, PAUSE_MAX_MS = 500, LOOK_MS = 100 };

/* CRC-32 as zlib computes it. */
static uint32_t crc32_of(const char *s)
{
    uint32_t crc = 0xffffffffu;

    for (; *s; s++) {
        crc ^= (unsigned char)*s;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static int64_t lock_key(const struct pg *pg)
{
    return rails_salt * (int64_t)crc32_of(pg->db.info.name);
}

static bool one_boolean(bool *out, struct pg *pg, const char *sql, struct err *e)
{
    PGresult *r;

    if (!pg_query(&r, pg, sql, NULL, e))
        return false;
    *out = PQntuples(r) == 1 && *PQgetvalue(r, 0, 0) == 't';
    PQclear(r);
    return true;
}

/* Sleeps here, not on the server: a waiting statement would hold a snapshot, and a signal could not end it. */
static bool pause_for(int64_t ms, struct err *e)
{
    int64_t until = time_monotonic_ms() + ms;

    for (int64_t left = ms; left > 0; left = until - time_monotonic_ms()) {
        if (!interrupt_check(e))
            return false;
        poll(NULL, 0, (int)(left < LOOK_MS ? left : LOOK_MS));
    }
    return true;
}

static int64_t jittered(int64_t left)
{
    int64_t ms = PAUSE_MIN_MS + (int64_t)arc4random_uniform(PAUSE_MAX_MS - PAUSE_MIN_MS + 1);

    return ms < left ? ms : left;
}

/* "pid 123, rails from 10.0.0.5, connected for 12 s"; what the server does not let us see is left out. */
static const char *holder(struct pg *pg, int64_t key, struct arena *a)
{
    uint64_t bits = (uint64_t)key;
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

    if (!pg_query(&r, pg, sql, NULL, &ignored))
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

static bool locked_out(const struct lock_request *r, const char *who, int64_t waited, struct arena *a, struct err *e)
{
    err_plain(e, ERR_LOCKED, "the lock on %s was not had within %s: it is held by %s", r->ledger,
              text_duration(a, waited), who ? who : "a session that has ended meanwhile");
    return err_hint(e, "wait for that run to end, then run it again; an earlier run's session may still be finishing");
}

bool postgres_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct arena *a = arena_open();
    int64_t key = lock_key(pg), began = time_monotonic_ms();
    const char *sql = arena_printf(a, "SELECT pg_catalog.pg_try_advisory_lock(%lld)", (long long)key);
    bool ok = pg_restore(pg, e), told = false;

    while (ok) {
        const char *who;

        ok = one_boolean(&pg->locked, pg, sql, e);
        *waited_ms = time_monotonic_ms() - began;
        if (!ok || pg->locked)
            break;
        if (*waited_ms >= r->wait_ms) {
            ok = locked_out(r, holder(pg, key, a), *waited_ms, a, e);
            break;
        }
        if (!told && r->waiting && (who = holder(pg, key, a)))
            r->waiting(r->to, who);
        told = true;
        ok = pause_for(jittered(r->wait_ms - *waited_ms), e);
    }
    arena_close(a);
    return ok;
}

bool postgres_unlock(struct db *db, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    char sql[96];
    bool held, ok;

    if (!pg->locked)
        return true;
    pg->locked = false;
    pg->uninterrupted = true;
    snprintf(sql, sizeof sql, "SELECT pg_catalog.pg_advisory_unlock(%lld)", (long long)lock_key(pg));
    ok = one_boolean(&held, pg, sql, e);
    pg->uninterrupted = false;
    if (!ok || held)
        return ok;
    err_plain(e, ERR_DATABASE, "the lock was lost during the run");
    return err_hint(e, "a script called pg_advisory_unlock, or a pooler moved the session; look at `merganser status`");
}
