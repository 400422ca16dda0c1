#include <errno.h>
#include <poll.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/session.h"

enum {
    CONNECT_SECONDS = 10, /* unless connect_timeout or PGCONNECT_TIMEOUT says otherwise */
    CONNECT_SECONDS_MAX = 1000000000,
    LOOK_MS = 200,       /* how long a signal may go unnoticed */
    SERVER_MIN = 130000, /* PostgreSQL 13: pg_current_xact_id */
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

bool pg_connect_start(struct pg *pg, struct err *e)
{
    /* What stands before dbname is a default, what stands behind it is ours. */
    const char *const keys[] = { "fallback_application_name", "keepalives_idle",
                                 "keepalives_interval",       "keepalives_count",
                                 "tcp_user_timeout",          "dbname",
                                 "client_encoding",           NULL };
    const char *const values[] = {
        pg->options.application, "30", "10", "3", "60000", pg->target.conninfo, "UTF8", NULL
    };

    pg->conn = PQconnectStartParams(keys, values, 1);
    if (!pg->conn)
        return err_plain(e, ERR_SYSTEM, "no memory for a connection");
    PQsetNoticeReceiver(pg->conn, pg_notice, pg);
    PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
    pg->connecting = PGRES_POLLING_WRITING;
    pg->connect_started = time_monotonic_ms();
    return true;
}

bool pg_connect_finish(struct pg *pg, struct err *e)
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

void pg_connect_advance(struct pg *pg)
{
    struct err ignored;
    bool moved = true;

    while (moved && pg->connecting != PGRES_POLLING_OK && !connect_failed(pg))
        if (!connect_step(&moved, pg, 0, &ignored))
            return;
}
