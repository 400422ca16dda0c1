#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/watch.h"

enum {
    CONNECT_SECONDS = 10, /* unless connect_timeout or PGCONNECT_TIMEOUT says otherwise */
    CONNECT_SECONDS_MAX = 1000000000,
    LOOK_MS = 200,       /* how long a signal may go unnoticed */
    SERVER_MIN = 130000, /* PostgreSQL 13: pg_current_xact_id */
    STALE_MS = 10000,    /* a server gives up those who keep it waiting: authentication_timeout, 60 s */
};

/* Takes the SQLSTATE out of a verbose message: "FATAL:  3D000: database …". False: there is none. */
static bool take_sqlstate(char state[6], struct text *line, struct arena *a)
{
    static const char before[] = ":  ", behind[] = ": ";
    size_t at, end;

    if (!text_find(*line, before, &at))
        return false;
    at += strlen(before);
    for (end = at; end < line->len && (text_is_digit(line->at[end]) || (line->at[end] >= 'A' && line->at[end] <= 'Z'));)
        end++;
    if (end - at != 5 || !text_starts(text_cut(*line, end, line->len), behind))
        return false;
    memcpy(state, line->at + at, 5);
    state[5] = '\0';
    *line = text_from(arena_printf(a, "%.*s%.*s", (int)at, line->at, (int)(line->len - end - strlen(behind)),
                                   line->at + end + strlen(behind)));
    return true;
}

/* What libpq says of a setting before it connects to anything: PGPORT, a service, a list of hosts and ports. */
static bool is_of_settings(struct text said)
{
    static const char *const begins[] = { "invalid ", "could not match ", "definition of service ", "service file " };

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (text_starts(said, begins[i]))
            return true;
    return false;
}

/* libpq's message has some lines for each address it tried; what a server answered matters more than that another
 * address has none. While connecting, an error has no result to ask: what verbose messages say takes its place, and the
 * place in the server's source that they end with is left out. */
static bool connect_error(struct err *e, const struct pg *pg)
{
    struct arena *a = arena_open();
    struct text rest = text_from(PQerrorMessage(pg->conn)), line, first = TEXT("no connection");
    struct buf detail = buf_open(a, SIZE_MAX / 2);
    char state[6] = "";
    bool any = false;

    while (text_line(&rest, &line)) {
        line = text_trim(line);
        if (!line.len || text_starts(line, "LOCATION:"))
            continue;
        if (take_sqlstate(state, &line, a) || !any) {
            first = line;
            any = true;
            detail.len = 0;
            continue;
        }
        if (detail.len)
            buf_char(&detail, ' ');
        buf_text(&detail, line);
    }
    if (!*state && is_of_settings(first)) {
        err_plain(e, ERR_USAGE, "the database's address can't be used: %s", pg_shown(pg, arena_cstr(a, first), a));
        arena_close(a);
        return err_hint(e, "look at --database, and at libpq's own variables: `env | grep ^PG`");
    }
    err_plain(e, ERR_CONNECTION, "can't connect to the database: %s", pg_shown(pg, arena_cstr(a, first), a));
    if (detail.len)
        err_detail(e, "%s", pg_shown(pg, buf_cstr(&detail), a));
    arena_close(a);
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", state);
    err_hint(e, "check host, port, user and database of --database, and that the server runs");
    if (PQconnectionNeedsPassword(pg->conn))
        return err_hint(e, "give the password: in --database, PGPASSWORD, a password or a service file");
    return pg_hint(e);
}

/* In seconds, 0: for ever. libpq itself keeps to it only when it does the waiting. */
static int64_t connect_timeout(const struct pg *pg)
{
    PQconninfoOption *options = PQconninfo(pg->conn);
    uint64_t seconds = CONNECT_SECONDS;

    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, "connect_timeout") == 0 && o->val && *o->val)
            text_to_u64(text_from(o->val), &seconds);
    PQconninfoFree(options);
    if (pg->options.connect_seconds && (!seconds || seconds > (uint64_t)pg->options.connect_seconds))
        return pg->options.connect_seconds;
    return seconds < CONNECT_SECONDS_MAX ? (int64_t)seconds : CONNECT_SECONDS_MAX;
}

/* Goes on with a connection that is being made, once the server has said something: waits timeout_ms at most. */
static bool connect_step(bool *moved, struct pg *pg, int timeout_ms, struct err *e)
{
    struct pollfd p = { .fd = PQsocket(pg->conn),
                        .events = pg->connecting == PGRES_POLLING_READING ? POLLIN : POLLOUT };

    if (poll(&p, 1, timeout_ms) < 0 && errno != EINTR)
        return err_plain(e, ERR_SYSTEM, "can't wait for the database: %s", strerror(errno));
    *moved = p.revents;
    if (*moved)
        pg->connecting = PQconnectPoll(pg->conn);
    return true;
}

static bool connect_failed(const struct pg *pg)
{
    return pg->connecting == PGRES_POLLING_FAILED || PQstatus(pg->conn) == CONNECTION_BAD;
}

static bool connect_wait(struct pg *pg, struct err *e)
{
    int64_t seconds = connect_timeout(pg), began = time_monotonic_ms();
    bool moved;

    while (pg->connecting != PGRES_POLLING_OK) {
        if (connect_failed(pg))
            return connect_error(e, pg);
        if (!interrupt_check(e))
            return false;
        if (seconds && time_monotonic_ms() - began > seconds * 1000) {
            err_plain(e, ERR_CONNECTION, "the database did not answer within %lld s", (long long)seconds);
            return err_hint(e, "check host and port of --database; connect_timeout=SECONDS in it waits longer");
        }
        if (!connect_step(&moved, pg, LOOK_MS, e))
            return false;
    }
    return true;
}

static bool connect_start(struct pg *pg, struct err *e)
{
    /* What stands before dbname is a default, what stands behind it is ours. */
    const char *const keys[] = { "fallback_application_name",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "dbname",
                                 "client_encoding",
                                 NULL };
    const char *const values[] = { pg->options.application, "30", "10", "3", pg->target.conninfo, "UTF8", NULL };

    pg->conn = PQconnectStartParams(keys, values, 1);
    if (!pg->conn)
        return err_plain(e, ERR_SYSTEM, "no memory for a connection");
    PQsetNoticeReceiver(pg->conn, pg_notice, pg);
    PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
    pg->connecting = PGRES_POLLING_WRITING;
    pg->connect_started = time_monotonic_ms();
    return true;
}

static bool connect_finish(struct pg *pg, struct err *e)
{
    if (!connect_wait(pg, e))
        return false;
    PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
    PQsetnonblocking(pg->conn, 1);
    if (PQserverVersion(pg->conn) < SERVER_MIN) {
        err_plain(e, ERR_NOT_SUPPORTED, "the server is PostgreSQL %s; version 13 or later is needed",
                  PQparameterStatus(pg->conn, "server_version"));
        return err_hint(e, "upgrade the server, or name a newer one with --database");
    }
    return true;
}

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

static void settings(struct buf *out, const struct pg *pg)
{
    if (pg->target.search_path) {
        buf_string(out, "SELECT pg_catalog.set_config('search_path', ");
        pg_literal(out, pg, text_from(pg->target.search_path));
        buf_string(out, ", false);");
    }
    if (pg->options.lock_timeout_ms >= 0)
        buf_printf(out, "SET lock_timeout = %lld;", (long long)pg->options.lock_timeout_ms);
    if (pg->options.statement_timeout_ms >= 0)
        buf_printf(out, "SET statement_timeout = %lld;", (long long)pg->options.statement_timeout_ms);
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

static size_t settings_count(const struct pg *pg)
{
    return (size_t)(pg->target.search_path != NULL) + (pg->options.lock_timeout_ms >= 0) +
           (pg->options.statement_timeout_ms >= 0);
}

static bool is_on(const PGresult *r, int column)
{
    const char *value = PQgetvalue(r, 0, column);

    return strcmp(value, "on") == 0 || strcmp(value, "t") == 0;
}

static void read_info(struct pg *pg, const PGresult *r)
{
    struct db_info *info = &pg->db.info;
    uint64_t pid = 0;

    /* A pooler makes the process id up: it has no process of its own for us. */
    text_to_u64(text_from(PQgetvalue(r, 0, 0)), &pid);
    info->pooled = pg->target.pooled || (int)pid != PQbackendPID(pg->conn);
    info->name = arena_string(pg->arena, PQgetvalue(r, 0, 1));
    info->user = arena_string(pg->arena, PQgetvalue(r, 0, 2));
}

/* One round trip: who the server is, our settings, the user's statements, and whether these let us write. */
static bool introduce(struct pg *pg, struct err *e)
{
    static const char whoami[] = "SELECT pg_catalog.pg_backend_pid(), "
                                 "pg_catalog.current_database(), current_user;";
    static const char writing[] = "SELECT pg_catalog.pg_is_in_recovery(), "
                                  "pg_catalog.current_setting('default_transaction_read_only')";
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    PGresult *first = NULL, *last = NULL;
    size_t n = 0;
    bool ok;

    buf_string(&sql, whoami);
    settings(&sql, pg);
    pg_session_statements(&sql, pg);
    buf_string(&sql, writing);
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
    if (ok && (!last || pg_failed(last) || pg_lost(pg))) {
        const PGresult *failed = last ? last : first;

        ok = pg_lost(pg) ? pg_error_lost(e, pg, failed) : pg_error(e, pg, ERR_DATABASE, failed);
        session_error(e, pg, n, 1 + settings_count(pg));
    } else if (ok) {
        read_info(pg, first);
        pg->db.info.read_only = is_on(last, 0) || is_on(last, 1);
    }
    PQclear(first);
    PQclear(last);
    arena_close(a);
    return ok;
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
    if (!url_read(&pg->target, arena_string(a, o->url), o->notices, a, e) || !connect_start(pg, e))
        return false;
    *out = &pg->db;
    postgres_advance(*out);
    return true;
}

void postgres_advance(struct db *db)
{
    struct pg *pg = (struct pg *)db;
    struct err ignored;
    bool moved = true;

    while (moved && pg->connecting != PGRES_POLLING_OK && !connect_failed(pg))
        if (!connect_step(&moved, pg, 0, &ignored))
            return;
}

bool postgres_finish(struct db *db, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    bool stale = pg->connecting != PGRES_POLLING_OK && time_monotonic_ms() - pg->connect_started > STALE_MS;

    if (stale)
        PQfinish(pg->conn);
    if ((stale && !connect_start(pg, e)) || !connect_finish(pg, e) || !introduce(pg, e)) {
        PQfinish(pg->conn);
        pg->conn = NULL;
        return false;
    }
    name_client(pg);
    pg->db.info.dialect = "postgres";
    pg->db.info.host = arena_string(pg->arena, PQhost(pg->conn));
    pg->db.info.shown = url_redact(pg->arena, pg->options.url);
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
    watch_close(pg);
    PQfinish(pg->conn);
    pg->conn = NULL;
}

bool postgres_reopen(struct db *db, struct err *e)
{
    struct pg *pg = (struct pg *)db;

    watch_close(pg);
    PQfinish(pg->conn);
    pg->conn = NULL;
    pg->prepared.len = 0;
    pg->dirty = pg->locked = pg->cancelled = false;
    if (connect_start(pg, e) && connect_finish(pg, e) && introduce(pg, e))
        return true;
    PQfinish(pg->conn);
    pg->conn = NULL;
    return false;
}

bool pg_restore(struct pg *pg, struct err *e)
{
    struct arena *a;
    struct buf sql;
    PGresult *r;
    size_t failed_at = 0;
    bool ok;

    if (!pg->dirty)
        return true;
    a = arena_open();
    sql = buf_open(a, SIZE_MAX / 2);
    /* Not DISCARD ALL: it would let the advisory lock go. */
    buf_string(&sql, "RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;");
    settings(&sql, pg);
    pg_session_statements(&sql, pg);
    ok = pg_query(&r, pg, buf_cstr(&sql), &failed_at, e);
    PQclear(r);
    arena_close(a);
    pg->dirty = !ok;
    return ok || session_error(e, pg, failed_at, 3 + settings_count(pg));
}
