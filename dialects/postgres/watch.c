#include "dialects/postgres/watch.h"

#include <errno.h>
#include <poll.h>

#include "core/base/interrupt.h"

enum {
    CONNECT_MS = 2000,
    QUERY_MS = 2000,   /* what the server gives a look */
    GIVE_UP_MS = 3000, /* what we give it */
    LOOK_MS = 100,     /* how long a signal may go unnoticed */
    QUERY_SHOWN = 160, /* characters of another session's query */
};

static void nothing(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

void watch_close(struct pg *pg)
{
    PQfinish(pg->watching);
    pg->watching = NULL;
    pg->watch_failed = false;
}

static void give_up(struct pg *pg)
{
    watch_close(pg);
    pg->watch_failed = true;
}

/* Waits until the socket can be read, or written. A signal ends it: somebody waits for us to stop. */
static bool wait_socket(const PGconn *conn, short events, int64_t until)
{
    while (!interrupt_requested() && time_monotonic_ms() < until) {
        struct pollfd p = { .fd = PQsocket(conn), .events = events };
        int n = poll(&p, 1, LOOK_MS);

        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
    return false;
}

/* Where the first connection was led to, among the hosts and addresses of its URL, this one goes too. */
PGconn *watch_connect_start(const struct pg *pg, const char *application)
{
    const char *const keys[] = {
        "dbname", "application_name", "client_encoding", "host", "hostaddr", "port", "target_session_attrs", NULL
    };
    const char *const values[] = { pg->target.conninfo,  application,      "UTF8", PQhost(pg->conn),
                                   PQhostaddr(pg->conn), PQport(pg->conn), "any",  NULL };
    PGconn *conn = PQconnectStartParams(keys, values, 1);

    /* Else libpq would print the server's notices. */
    PQsetNoticeReceiver(conn, nothing, NULL);
    return conn;
}

static bool connect_wait(PGconn *conn)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    int64_t until = time_monotonic_ms() + CONNECT_MS;

    while (state != PGRES_POLLING_OK) {
        if (PQstatus(conn) == CONNECTION_BAD || state == PGRES_POLLING_FAILED ||
            !wait_socket(conn, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
            return false;
        state = PQconnectPoll(conn);
    }
    return true;
}

/* The last result, NULL where the query failed; false where the connection is of no use any more. */
static bool answer(PGresult **out, PGconn *conn, const char *sql)
{
    int64_t until = time_monotonic_ms() + GIVE_UP_MS;

    *out = NULL;
    if (!PQsendQuery(conn, sql))
        return false;
    for (;;) {
        PGresult *r;

        while (PQisBusy(conn))
            if (!wait_socket(conn, POLLIN, until) || !PQconsumeInput(conn))
                return false;
        r = PQgetResult(conn);
        if (!r)
            return PQstatus(conn) == CONNECTION_OK;
        PQclear(*out);
        *out = r;
    }
}

/* Through a pooler, and on another server than the first connection's, that one's process is not to be seen. */
static bool introduce(const struct pg *pg, PGconn *conn)
{
    struct arena *a = arena_open();
    const char *there =
        arena_printf(a,
                     "SELECT FROM pg_catalog.pg_stat_activity WHERE pid = %d"
                     " AND datname = pg_catalog.current_database() AND pg_catalog.pg_backend_pid() = %d",
                     PQbackendPID(pg->conn), PQbackendPID(conn));
    const char *settings = arena_printf(a, "SET statement_timeout = %d", QUERY_MS);
    PGresult *r;
    bool ok = answer(&r, conn, there) && PQntuples(r) == 1;

    PQclear(r);
    r = NULL;
    /* Only then: behind a pooler it would be somebody else's setting too. */
    ok = ok && answer(&r, conn, settings);
    PQclear(r);
    arena_close(a);
    return ok;
}

static bool opened(struct pg *pg)
{
    if (pg->watching || pg->watch_failed || pg_lost(pg))
        return pg->watching != NULL;
    pg->watching = watch_connect_start(pg, "merganser watch");
    if (pg->watching && connect_wait(pg->watching) && introduce(pg, pg->watching))
        return true;
    /* What a signal broke off may work the next time. */
    if (interrupt_requested())
        watch_close(pg);
    else
        give_up(pg);
    return false;
}

void watch_query(PGresult **out, struct pg *pg, const char *sql)
{
    *out = NULL;
    if (!opened(pg))
        return;
    if (!answer(out, pg->watching, sql)) {
        /* One that was ended is opened again; one that answers nobody would only keep us. */
        bool ended = PQstatus(pg->watching) != CONNECTION_OK;

        if (ended)
            watch_close(pg);
        else
            give_up(pg);
    }
    if (*out && PQresultStatus(*out) != PGRES_TUPLES_OK) {
        PQclear(*out);
        *out = NULL;
    }
}

static const char *value(const PGresult *r, int row, int column, struct arena *a)
{
    return arena_string(a, PQgetvalue(r, row, column));
}

static int64_t number(const PGresult *r, int row, int column)
{
    uint64_t n;

    return text_to_u64(text_from(PQgetvalue(r, row, column)), &n) ? (int64_t)n : -1;
}

void watch_sessions_add(struct db_sessions *out, const struct pg *pg, const PGresult *r, int from, struct arena *a)
{
    for (int i = 0; i < PQntuples(r); i++)
        *(struct db_session *)arena_push(a, out) = (struct db_session) {
            .pid = number(r, i, from),
            .user = value(r, i, from + 1, a),
            .application = value(r, i, from + 2, a),
            .client = value(r, i, from + 3, a),
            .query = pg_sql_shown(pg, PQgetvalue(r, i, from + 4), QUERY_SHOWN, a),
            .state = value(r, i, from + 5, a),
            .age_ms = number(r, i, from + 6),
        };
}

void watch_blockers(struct db_sessions *out, struct pg *pg, struct arena *a)
{
    PGresult *r;
    int pid;

    *out = (struct db_sessions) { 0 };
    if (pg_lost(pg))
        return;
    pid = PQbackendPID(pg->conn);
    /* A prepared transaction has no process: it is given as 0. */
    watch_query(
        &r, pg,
        arena_printf(a,
                     "SELECT " WATCH_COLUMNS(
                         "b.pid") " FROM (SELECT DISTINCT pg_catalog.unnest(pg_catalog.pg_blocking_pids(%d)) AS pid) b"
                                  " LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid WHERE b.pid <> 0"
                                  " UNION ALL SELECT " WATCH_PREPARED_COLUMNS " FROM pg_catalog.pg_prepared_xacts x"
                                  " WHERE x.database = pg_catalog.current_database() AND 0 = ANY "
                                  "(pg_catalog.pg_blocking_pids(%d))"
                                  " ORDER BY 7 DESC",
                     pid, pid));
    watch_sessions_add(out, pg, r, 0, a);
    PQclear(r);
}
