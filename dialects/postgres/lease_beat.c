/* The sign of life: one UPDATE every few seconds over a connection of its own, which is free while the first one waits.
 * Nothing here waits: each call does what can be done at once. */
#include <poll.h>

#include "dialects/postgres/lease.h"
#include "dialects/postgres/watch.h"

static bool is_due(const struct pg *pg)
{
    return time_monotonic_ms() - pg->lease.renewed_at >= LEASE_BEAT_SECONDS * 1000;
}

void lease_close(struct pg *pg)
{
    PQfinish(pg->lease.conn);
    pg->lease.conn = NULL;
}

/* The next try is a beat away. */
static void give_up(struct pg *pg)
{
    lease_close(pg);
    pg->lease.renewed_at = time_monotonic_ms();
}

static void open_connection(struct pg *pg)
{
    pg->lease.conn = watch_connect_start(pg, "merganser lease");
    pg->lease.connecting = PGRES_POLLING_WRITING;
    pg->lease.busy = false;
}

static void connect_on(struct pg *pg)
{
    struct pollfd p = { .fd = PQsocket(pg->lease.conn),
                        .events = pg->lease.connecting == PGRES_POLLING_READING ? POLLIN : POLLOUT };

    if (poll(&p, 1, 0) > 0)
        pg->lease.connecting = PQconnectPoll(pg->lease.conn);
    if (pg->lease.connecting == PGRES_POLLING_OK)
        PQsetnonblocking(pg->lease.conn, 1);
}

/* In one string, and so in one transaction: as the first connection is set, so is this one. */
static void send_beat(struct pg *pg)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);

    if (pg->local) {
        buf_string(&sql, pg->local);
    } else {
        pg_settings(&sql, pg, true);
        pg_session_statements(&sql, pg);
    }
    buf_string(&sql, "UPDATE ");
    pg_table(&sql, pg->lease.table);
    buf_string(&sql, " SET renewed_at = pg_catalog.clock_timestamp() WHERE id = 1");
    buf_printf(&sql, " AND token = %lld", (long long)pg->lease.token);
    pg->lease.busy = PQsendQuery(pg->lease.conn, buf_cstr(&sql)) && PQflush(pg->lease.conn) >= 0;
    pg->lease.renewed_at = time_monotonic_ms();
    arena_close(a);
}

/* What it answers is not looked at: a lease that was lost fails the next transaction. */
static void read_on(struct pg *pg)
{
    if (!PQconsumeInput(pg->lease.conn) || PQflush(pg->lease.conn) < 0) {
        give_up(pg);
        return;
    }
    while (pg->lease.busy && !PQisBusy(pg->lease.conn)) {
        PGresult *r = PQgetResult(pg->lease.conn);

        pg->lease.busy = r != NULL;
        PQclear(r);
    }
}

void lease_beat(struct pg *pg)
{
    if (!pg->locked || !lease_wanted(pg))
        return;
    if (!pg->lease.conn && is_due(pg))
        open_connection(pg);
    if (!pg->lease.conn)
        return;
    if (PQstatus(pg->lease.conn) == CONNECTION_BAD || pg->lease.connecting == PGRES_POLLING_FAILED)
        give_up(pg);
    else if (pg->lease.connecting != PGRES_POLLING_OK)
        connect_on(pg);
    else if (pg->lease.busy)
        read_on(pg);
    else if (is_due(pg))
        send_beat(pg);
}
