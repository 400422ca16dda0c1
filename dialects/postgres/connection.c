#include <unistd.h>

#include "dialects/postgres/cancel.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/pooler.h"
#include "dialects/postgres/timeouts.h"
#include "dialects/postgres/watch.h"

enum {
    STALE_MS = 10000,      /* a server gives up those who keep it waiting: authentication_timeout, 60 s */
    OLDER_MS = 1000,       /* what a session of the server's may seem older than its connection */
    MUCH_OLDER_MS = 10000, /* the same before the answer is here */
};

static size_t session_count(const struct pg *pg)
{
    size_t n = 0;

    while (pg->options.session && pg->options.session[n])
        n++;
    return n;
}

void pg_session_statements(struct buf *out, const struct pg *pg)
{
    for (size_t i = 0; i < session_count(pg); i++)
        buf_printf(out, "%s\n;", pg->options.session[i]);
}

size_t pg_settings(struct buf *out, const struct pg *pg, bool local)
{
    const char *set = local ? "SET LOCAL" : "SET";

    if (!local)
        timeouts_orphan(out);
    if (pg->target.search_path) {
        buf_string(out, "SELECT pg_catalog.set_config('search_path', ");
        pg_literal(out, pg, text_from(pg->target.search_path));
        buf_printf(out, ", %s);", local ? "true" : "false");
    }
    if (pg->options.lock_timeout_ms >= 0)
        buf_printf(out, "%s lock_timeout = %lld;", set, (long long)pg->options.lock_timeout_ms);
    if (pg->options.statement_timeout_ms >= 0)
        buf_printf(out, "%s statement_timeout = %lld;", set, (long long)pg->options.statement_timeout_ms);
    return (size_t)!local + (pg->target.search_path != NULL) + (pg->options.lock_timeout_ms >= 0) +
           (pg->options.statement_timeout_ms >= 0);
}

/* The session statements are sent behind `before` other ones: says which of them failed. */
static bool session_error(struct err *e, const struct pg *pg, size_t failed_at, size_t before)
{
    if (failed_at >= before && failed_at - before < session_count(pg) && e->kind == ERR_DATABASE) {
        struct arena *a = arena_open();

        err_prefix(e,
                   "the session statement \"%s\" failed: ", pg_shown(pg, pg->options.session[failed_at - before], a));
        arena_close(a);
        err_hint(e, "correct `session` in merganser.yml");
    }
    return false;
}

static bool is_on(const PGresult *r, int column)
{
    const char *value = PQgetvalue(r, 0, column);

    return strcmp(value, "on") == 0 || strcmp(value, "t") == 0;
}

static void read_info(struct pg *pg, const PGresult *r)
{
    struct db_info *info = &pg->db.info;

    info->name = arena_string(pg->arena, PQgetvalue(r, 0, 0));
    info->user = arena_string(pg->arena, PQgetvalue(r, 0, 1));
    info->version = PQserverVersion(pg->conn);
}

/* A pooler makes the process id up: it has no process of its own for us. And the session that it lends us is older than
 * our connection; no clock of ours is compared with the server's for that. */
static bool is_lent(const struct pg *pg, const PGresult *r)
{
    uint64_t pid = 0, age_ms = 0;

    text_to_u64(text_from(PQgetvalue(r, 0, 2)), &pid);
    text_to_u64(text_from(PQgetvalue(r, 0, 3)), &age_ms);
    return (int)pid != PQbackendPID(pg->conn) || (int64_t)age_ms > time_monotonic_ms() - pg->connect_started + OLDER_MS;
}

#define AGE                                                                                                            \
    "(SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) * 1000)::bigint"      \
    " FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)"

static const char whoami[] =
    "SELECT pg_catalog.current_database(), session_user, pg_catalog.pg_backend_pid(), " AGE ";";
static const char writing[] = "SELECT pg_catalog.pg_is_in_recovery(), "
                              "pg_catalog.current_setting('default_transaction_read_only'), "
                              "extract(epoch FROM pg_catalog.pg_postmaster_start_time()), ";

/* Fails with 22012, and with it all that follows in the string, where what follows would be left in a session that is
 * somebody else's next. */
static void guard(struct buf *sql, const struct pg *pg)
{
    buf_printf(sql, "SELECT 1/(pg_catalog.pg_backend_pid() = %d AND " AGE " < %lld)::int;", PQbackendPID(pg->conn),
               (long long)(time_monotonic_ms() - pg->connect_started + MUCH_OLDER_MS));
}

static void take_writing(struct pg *pg, const PGresult *r)
{
    pg->db.info.read_only = is_on(r, 0) || is_on(r, 1);
    pg->server_started = arena_string(pg->arena, PQgetvalue(r, 0, 2));
    timeouts_read(pg, r, 3);
}

/* One round trip: who the server is, our settings, the user's statements, and whether these let us write. */
static bool introduce_session(struct pg *pg, struct err *e)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    PGresult *first = NULL, *last = NULL;
    size_t n = 0, before;
    bool ok;

    buf_string(&sql, whoami);
    guard(&sql, pg);
    before = 2 + pg_settings(&sql, pg, false);
    pg_session_statements(&sql, pg);
    buf_string(&sql, writing);
    buf_string(&sql, timeouts_columns(pg));
    ok = pg_send(pg, buf_cstr(&sql), e);
    for (PGresult *r = ok ? pg_next(pg) : NULL; r; r = pg_next(pg)) {
        if (!first) {
            first = r;
        } else if (!pg_failed(first) && (!last || !pg_failed(last))) {
            PQclear(last);
            last = r;
            n++;
        } else {
            PQclear(r);
        }
    }
    if (ok && first && !pg_failed(first) && !pg_lost(pg)) {
        read_info(pg, first);
        pg->db.info.pooled = is_lent(pg, first);
    }
    if (ok && !pg->db.info.pooled && (!last || pg_failed(last) || pg_lost(pg))) {
        const PGresult *failed = last ? last : first;

        ok = pg_lost(pg) ? pg_error_lost(e, pg, failed) : pg_error(e, pg, ERR_DATABASE, failed);
        session_error(e, pg, n, before);
    } else if (ok && !pg->db.info.pooled) {
        take_writing(pg, last);
    }
    PQclear(first);
    PQclear(last);
    arena_close(a);
    return ok;
}

static bool introduce_pooled(struct pg *pg, struct err *e)
{
    struct arena *a = arena_open();
    PGresult *r = NULL;
    bool ok = pooler_settings(pg, e) && pg_query(&r, pg, whoami, NULL, e);

    if (ok) {
        read_info(pg, r);
        PQclear(r);
        ok = pg_query(&r, pg, arena_printf(a, "%s%s", writing, timeouts_columns(pg)), NULL, e);
    }
    if (ok)
        take_writing(pg, r);
    PQclear(r);
    arena_close(a);
    return ok;
}

static bool introduce(struct pg *pg, struct err *e)
{
    pg->local = NULL;
    pg->nlocal = 0;
    pg->lock_timeout_ms = -1;
    pg->db.info.pooled = pg->target.pooled;
    if (!pg->db.info.pooled && !introduce_session(pg, e))
        return false;
    if (pg->db.info.pooled && !introduce_pooled(pg, e))
        return false;
    pg->db.info.leased = lease_wanted(pg);
    return true;
}

/* What writes goes around the pooler where there is a way. */
static bool is_direct(const struct pg *pg)
{
    return pg->options.direct && (!pg->options.read_only || pg->options.session_needed);
}

static bool connect_to(struct pg *pg, struct err *e)
{
    if (pg_connect_finish(pg, e) && introduce(pg, e) && (!is_direct(pg) || pooler_same_database(pg, e)))
        return true;
    PQfinish(pg->conn);
    pg->conn = NULL;
    return false;
}

static void name_client(struct pg *pg)
{
    char host[256] = "";

    gethostname(host, sizeof host - 1);
    pg->db.info.client = arena_string(pg->arena, host);
}

bool postgres_start(struct db **out, const struct db_options *o, struct arena *a, struct err *e)
{
    struct pg *pg = arena_make(a, struct pg, 1);

    *out = NULL;
    pg->db.dialect = &postgres_dialect;
    pg->arena = a;
    pg->options = *o;
    if (!url_read(&pg->target, arena_string(a, is_direct(pg) ? o->direct : o->url), o->notices, a, e) ||
        !pg_connect_start(pg, e))
        return false;
    *out = &pg->db;
    pg_connect_advance(pg);
    return true;
}

void postgres_advance(struct db *db)
{
    pg_connect_advance((struct pg *)db);
}

bool postgres_finish(struct db *db, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    bool stale = pg->connecting != PGRES_POLLING_OK && time_monotonic_ms() - pg->connect_started > STALE_MS;

    if (stale)
        PQfinish(pg->conn);
    if ((stale && !pg_connect_start(pg, e)) || !connect_to(pg, e))
        return false;
    name_client(pg);
    pg->db.info.dialect = "postgres";
    pg->db.info.host = arena_string(pg->arena, PQhost(pg->conn));
    pg->db.info.shown = url_redact(pg->arena, is_direct(pg) ? pg->options.direct : pg->options.url);
    pg->db.info.exists = true;
    return true;
}

bool postgres_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e)
{
    return postgres_start(out, o, a, e) && db_finish(out, o, a, e);
}

void postgres_close(struct db *db)
{
    struct pg *pg = (struct pg *)db;

    pg_rollback(pg);
    cancel_finish(pg);
    lease_close(pg);
    watch_close(pg);
    PQfinish(pg->conn);
    pg->conn = NULL;
}

bool pg_connect(struct pg *pg, struct err *e)
{
    return pg_connect_start(pg, e) && connect_to(pg, e);
}

bool pg_restore(struct pg *pg, struct err *e)
{
    struct arena *a;
    struct buf sql;
    PGresult *r;
    size_t failed_at, before;
    bool ok;

    /* Through a pooler what a transaction changes ends with it. */
    pg->dirty = pg->dirty && !pg->local;
    if (!pg->dirty)
        return true;
    a = arena_open();
    sql = buf_open(a, SIZE_MAX / 2);
    /* Not DISCARD ALL: it would let the advisory lock go. */
    buf_string(&sql, "RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;");
    before = 3 + pg_settings(&sql, pg, false);
    pg_session_statements(&sql, pg);
    ok = pg_query(&r, pg, buf_cstr(&sql), &failed_at, e);
    PQclear(r);
    arena_close(a);
    pg->dirty = !ok;
    return ok || session_error(e, pg, failed_at, before);
}
