/* Connecting again: a server that restarts, or whose standby takes over, is away for a while. */
#include "core/base/interrupt.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/watch.h"

enum { PAUSE_MS = 100, PAUSE_MOST_MS = 2000 };

static const char *const ended_by_server[] = {
    "57P01", /* admin_shutdown: pg_terminate_backend, and the server's own end */
    "57P02", /* crash_shutdown: another session has brought it down */
    "57P05", /* idle_session_timeout */
    "25P03", /* idle_in_transaction_session_timeout */
    NULL
};

static bool was_said(const char *state)
{
    for (size_t i = 0; ended_by_server[i]; i++)
        if (strcmp(state, ended_by_server[i]) == 0)
            return true;
    return false;
}

/* Nobody who can't log in, and no missing database, gets better by waiting. */
static bool may_come_back(const struct err *e)
{
    return e->kind == ERR_READ_ONLY ||
           (e->kind == ERR_CONNECTION && (!*e->sqlstate || strcmp(e->sqlstate, "57P03") == 0 ||
                                          strcmp(e->sqlstate, "53300") == 0 || was_said(e->sqlstate)));
}

static bool open_once(struct pg *pg, bool was_read_only, struct err *e)
{
    lease_close(pg);
    watch_close(pg);
    PQfinish(pg->conn);
    pg->conn = NULL;
    pg->prepared.len = 0;
    *pg->ending = '\0';
    pg->dirty = pg->locked = pg->cancelled = false;
    if (!pg_connect(pg, e))
        return false;
    if (!pg->db.info.read_only || was_read_only)
        return true;
    /* The standby that answers now may be the primary in a moment. */
    PQfinish(pg->conn);
    pg->conn = NULL;
    return err_plain(e, ERR_READ_ONLY, "the server that answers now can only be read");
}

static bool open_in_time(bool *away, struct pg *pg, const struct reopen *how, bool was_read_only, struct err *e)
{
    int64_t until = time_monotonic_ms() + how->wait_ms, pause = PAUSE_MS;

    *away = false;
    while (!open_once(pg, was_read_only, e)) {
        struct err why = *e;

        if (!may_come_back(e) || time_monotonic_ms() >= until)
            return false;
        if (!*away && pg->options.notices)
            notice_add(pg->options.notices, NOTICE_NOTE, "reconnecting", NOWHERE, NULL,
                       "the connection was lost, and the server is away: it is waited for");
        *away = true;
        if (!interrupt_pause(pause, e)) {
            *e = why;
            return false;
        }
        pause = pause * 2 < PAUSE_MOST_MS ? pause * 2 : PAUSE_MOST_MS;
    }
    return true;
}

bool postgres_reopen(struct db *db, struct reopen *how, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    const char *started = pg->server_started;
    bool was_read_only = pg->db.info.read_only, away;

    if (!open_in_time(&away, pg, how, was_read_only, e))
        return false;
    if (away)
        how->why = was_said(how->said) ? LOSS_RESTART : LOSS_CRASH;
    else if (strcmp(how->said, "57P02") == 0 || !started || strcmp(started, pg->server_started) != 0)
        how->why = LOSS_RESTART;
    else
        how->why = was_said(how->said) ? LOSS_ENDED : LOSS_CUT;
    return true;
}
