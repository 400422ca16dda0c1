#include "tests/support/postgres.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>
#include <unistd.h>

#include "tests/support/await.h"

struct postgres_session {
    PGconn *conn;
};

static void quiet(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static PGconn *connect_to(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);

    cr_assert(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
    PQsetNoticeProcessor(conn, quiet, NULL);
    return conn;
}

static const char *run(struct arena *a, PGconn *conn, const char *sql)
{
    PGresult *r = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(r);
    const char *cell = "";

    cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(conn));
    if (a && PQntuples(r) > 0 && PQnfields(r) > 0)
        cell = arena_string(a, PQgetvalue(r, 0, 0));
    PQclear(r);
    return cell;
}

const char *postgres_server(void)
{
    const char *server = getenv("MERGANSER_TEST_POSTGRES");

    cr_assert(server && *server, "MERGANSER_TEST_POSTGRES is not set; ./dev test sets it");
    return server;
}

const char *postgres_make(struct arena *a)
{
    PGconn *conn = connect_to(arena_printf(a, "%s dbname=postgres", postgres_server()));
    struct timespec now;
    const char *name;

    clock_gettime(CLOCK_MONOTONIC, &now);
    name = arena_printf(a, "mg_%d_%lld_%ld", (int)getpid(), (long long)now.tv_sec, now.tv_nsec);
    run(NULL, conn, arena_printf(a, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", name));
    PQfinish(conn);
    return arena_printf(a, "%s dbname=%s", postgres_server(), name);
}

void postgres_drop(const char *conninfo)
{
    struct arena *a = arena_open();
    PGconn *conn = connect_to(arena_printf(a, "%s dbname=postgres", postgres_server()));

    run(NULL, conn, arena_printf(a, "DROP DATABASE %s WITH (FORCE)", postgres_part(a, conninfo, "dbname")));
    PQfinish(conn);
    arena_close(a);
}

const char *postgres_ask(struct arena *a, const char *conninfo, const char *sql)
{
    PGconn *conn = connect_to(conninfo);
    const char *cell = run(a, conn, sql);

    PQfinish(conn);
    return cell;
}

void postgres_await(const char *conninfo, const char *sql, const char *answer)
{
    struct postgres_session *s = postgres_session_open(conninfo);

    postgres_session_await(s, sql, answer);
    postgres_session_close(s);
}

struct postgres_session *postgres_session_open(const char *conninfo)
{
    struct postgres_session *s = calloc(1, sizeof *s);

    cr_assert(s);
    s->conn = connect_to(conninfo);
    return s;
}

void postgres_session_run(struct postgres_session *s, const char *sql)
{
    run(NULL, s->conn, sql);
}

void postgres_session_await_end(struct postgres_session *s)
{
    struct pollfd p = { .fd = PQsocket(s->conn), .events = POLLIN };

    do
        cr_assert(poll(&p, 1, -1) == 1);
    while (PQconsumeInput(s->conn) && PQstatus(s->conn) == CONNECTION_OK);
}

const char *postgres_session_ask(struct postgres_session *s, struct arena *a, const char *sql)
{
    return run(a, s->conn, sql);
}

void postgres_session_send(struct postgres_session *s, const char *sql)
{
    cr_assert(PQsendQuery(s->conn, sql), "%s", PQerrorMessage(s->conn));
}

void postgres_session_wait(struct postgres_session *s)
{
    for (PGresult *r = PQgetResult(s->conn); r; r = PQgetResult(s->conn)) {
        cr_assert(PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK, "%s",
                  PQerrorMessage(s->conn));
        PQclear(r);
    }
}

void postgres_session_await(struct postgres_session *s, const char *sql, const char *answer)
{
    struct await w = await_begin(sql);
    bool is = false;

    while (!is) {
        struct arena *a = arena_open();

        is = strcmp(run(a, s->conn, sql), answer) == 0;
        arena_close(a);
        if (!is)
            await_again(&w);
    }
}

struct postgres_session *postgres_gate_close(const char *conninfo)
{
    struct postgres_session *s = postgres_session_open(conninfo);

    postgres_session_run(s, "CREATE TABLE gate (id integer)");
    postgres_session_run(s, "BEGIN; LOCK TABLE gate");
    return s;
}

void postgres_gate_await(const char *conninfo)
{
    postgres_await(conninfo,
                   "SELECT count(*) > 0 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                   " WHERE d.datname = current_database() AND l.relation = 'gate'::regclass AND NOT l.granted",
                   "t");
}

void postgres_session_close(struct postgres_session *s)
{
    PQfinish(s->conn);
    free(s);
}

const char *postgres_part(struct arena *a, const char *conninfo, const char *key)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    const char *value = "";

    cr_assert(options, "%s", conninfo);
    for (PQconninfoOption *o = options; o->keyword; o++)
        if (strcmp(o->keyword, key) == 0 && o->val)
            value = arena_string(a, o->val);
    PQconninfoFree(options);
    return value;
}
