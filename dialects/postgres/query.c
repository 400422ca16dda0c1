#include <errno.h>
#include <poll.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/cancel.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/timeouts.h"

enum {
    /* How long a signal may go unnoticed when it comes between the look and the wait. */
    LOOK_MS = 200,
    /* How long a cancelled query may take to end before the connection is given up. */
    CANCEL_MS = 10000,
    SILENT_MS = 1000, /* whoever pressed ^C is told then why nothing happens */
};

bool pg_lost(const struct pg *pg)
{
    return !pg->conn || PQstatus(pg->conn) != CONNECTION_OK;
}

static void drop_connection(struct pg *pg)
{
    PQfinish(pg->conn);
    pg->conn = NULL;
}

bool pg_send(struct pg *pg, const char *sql, struct err *e)
{
    /* A cancel that is still on its way would end the next query. */
    cancel_finish(pg);
    pg->cancelled = false;
    pg->sent_at = pg->ticked_at = time_monotonic_ms();
    if (pg_lost(pg) || !PQsendQuery(pg->conn, sql) || PQflush(pg->conn) < 0)
        return pg_error_lost(e, pg, NULL);
    return true;
}

static void tick(struct pg *pg)
{
    int64_t now = time_monotonic_ms();

    if (!pg->tick || pg->cancelled || now - pg->ticked_at < LOOK_MS)
        return;
    pg->tick(pg, now - pg->sent_at);
    pg->ticked_at = time_monotonic_ms();
}

static void say_stopping(struct pg *pg)
{
    if (!pg->stopping_said && pg->options.notices)
        notice_add(pg->options.notices, NOTICE_NOTE, "stopping", NOWHERE, NULL,
                   "stopping: the server was asked to cancel what runs; a second signal does not wait for it");
    pg->stopping_said = true;
}

/* Sends what is left, and where `result` is asked for reads until there is one. False: the connection is gone. */
static bool wait_for(struct pg *pg, bool result)
{
    int64_t give_up = 0;

    for (;;) {
        struct pollfd p = { .fd = PQsocket(pg->conn), .events = POLLIN };
        int flushed = PQflush(pg->conn);

        if (flushed < 0 || PQstatus(pg->conn) != CONNECTION_OK)
            return false;
        if (flushed == 0 && !(result && PQisBusy(pg->conn)))
            return true;
        if (interrupt_requested() && !pg->cancelled && !pg->uninterrupted) {
            cancel_start(pg);
            pg->cancelled = true;
            give_up = time_monotonic_ms() + CANCEL_MS;
        }
        if (give_up && time_monotonic_ms() > give_up)
            return false;
        if (give_up && give_up - time_monotonic_ms() < CANCEL_MS - SILENT_MS)
            say_stopping(pg);
        p.events = (short)(p.events | (flushed > 0 ? POLLOUT : 0));
        if (poll(&p, 1, LOOK_MS) < 0 && errno != EINTR)
            return false;
        lease_beat(pg);
        tick(pg);
        /* Its failure shows in the results, with what the server may have said before. */
        if (p.revents & (POLLIN | POLLERR | POLLHUP) && !PQconsumeInput(pg->conn))
            return true;
    }
}

bool pg_flush(struct pg *pg)
{
    return wait_for(pg, false);
}

static void answer_copy(struct pg *pg, ExecStatusType status)
{
    char *row;

    if (status == PGRES_COPY_IN)
        copy_send(pg);
    else if (status != PGRES_COPY_OUT)
        PQputCopyEnd(pg->conn, "merganser sends no rows");
    /* 0 is "not yet": the rows are thrown away as they come. */
    while (status != PGRES_COPY_IN) {
        int len = PQgetCopyData(pg->conn, &row, 1);

        if (len > 0)
            PQfreemem(row);
        else if (len < 0 || !wait_for(pg, true))
            break;
    }
}

PGresult *pg_next(struct pg *pg)
{
    PGresult *r;
    ExecStatusType status;

    for (;;) {
        if (!pg->conn || (!wait_for(pg, true) && pg->cancelled)) {
            if (pg->conn)
                drop_connection(pg);
            return NULL;
        }
        r = PQgetResult(pg->conn);
        status = PQresultStatus(r);
        if (!r || (status != PGRES_COPY_IN && status != PGRES_COPY_OUT && status != PGRES_COPY_BOTH))
            return r;
        PQclear(r);
        answer_copy(pg, status);
    }
}

void pg_rows_singly(struct pg *pg)
{
    PQsetSingleRowMode(pg->conn);
}

bool pg_failed(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);

    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE &&
           status != PGRES_EMPTY_QUERY;
}

size_t pg_begin(struct buf *out, const struct pg *pg, const char *mode)
{
    buf_printf(out, "BEGIN %s;", mode);
    buf_string(out, pg->local ? pg->local : "");
    return 1 + pg->nlocal + (text_starts(text_from(mode), PG_WRITING) ? timeouts_head(out, pg) : 0);
}

/* Several statements in one string are one transaction: a pooler's settings end with it. *before is how many results
 * come first. */
static bool send_whole(size_t *before, struct pg *pg, const char *sql, struct err *e)
{
    struct arena *a;
    bool ok;

    *before = 0;
    if (!pg->nlocal || text_starts(text_from(sql), "BEGIN "))
        return pg_send(pg, sql, e);
    a = arena_open();
    *before = pg->nlocal;
    ok = pg_send(pg, arena_printf(a, "%s%s", pg->local, sql), e);
    arena_close(a);
    return ok;
}

bool pg_query(PGresult **out, struct pg *pg, const char *sql, size_t *failed_at, struct err *e)
{
    PGresult *r, *failed = NULL;
    size_t n = 0, before;

    *out = NULL;
    if (failed_at)
        *failed_at = SIZE_MAX;
    if (!send_whole(&before, pg, sql, e))
        return false;
    while ((r = pg_next(pg))) {
        if (before && !pg_failed(r)) {
            PQclear(r);
            before--;
            continue;
        }
        if (pg_failed(r)) {
            /* What follows a first error only repeats that the connection is gone. */
            if (failed)
                PQclear(r);
            else if (failed_at)
                *failed_at = n;
            failed = failed ? failed : r;
        } else if (PQresultStatus(r) == PGRES_TUPLES_OK || !*out) {
            PQclear(*out);
            *out = r;
        } else {
            PQclear(r);
        }
        n++;
    }
    if (failed || pg_lost(pg)) {
        PQclear(*out);
        *out = NULL;
        if (pg_lost(pg))
            pg_error_lost(e, pg, failed);
        else
            pg_error(e, pg, ERR_DATABASE, failed);
        PQclear(failed);
        pg_rollback(pg);
        return false;
    }
    return true;
}

bool pg_run(struct pg *pg, const char *sql, struct err *e)
{
    PGresult *r;
    bool ok = pg_query(&r, pg, sql, NULL, e);

    PQclear(r);
    return ok;
}

void pg_rollback(struct pg *pg)
{
    PGTransactionStatusType status = pg_lost(pg) ? PQTRANS_UNKNOWN : PQtransactionStatus(pg->conn);
    bool before = pg->uninterrupted, cancelled = pg->cancelled;
    struct err ignored;

    if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)
        return;
    pg->uninterrupted = true;
    if (pg_send(pg, "ROLLBACK", &ignored))
        for (PGresult *r = pg_next(pg); r; r = pg_next(pg))
            PQclear(r);
    pg->uninterrupted = before;
    pg->cancelled = cancelled;
}

const char *pg_sqlstate(const PGresult *r)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;

    return state ? state : "";
}

static struct text without_passwords(const struct pg *pg, const char *message, struct arena *a)
{
    struct text t = text_trim(text_from(message));
    const char *password = pg->conn ? PQpass(pg->conn) : NULL;

    t = text_from(text_without_secrets(a, t, password));
    return text_from(text_without_secrets(a, t, pg->target.password));
}

const char *pg_shown(const struct pg *pg, const char *message, struct arena *a)
{
    return text_shown(a, without_passwords(pg, message, a));
}

const char *pg_sql_shown(const struct pg *pg, const char *sql, size_t most, struct arena *a)
{
    return text_summary(a, without_passwords(pg, sql, a), most);
}

/* Its lines stay lines. */
static void add_lines(struct buf *out, const struct pg *pg, const char *said)
{
    struct text rest, line;

    if (!said)
        return;
    rest = without_passwords(pg, said, out->arena);
    while (text_line(&rest, &line))
        buf_printf(out, "%s%s", out->len ? "\n" : "", text_shown(out->arena, line));
}

bool pg_error_lost(struct err *e, const struct pg *pg, const PGresult *r)
{
    const char *said = *pg_sqlstate(r) ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    struct text rest = text_from(said ? said : pg->conn ? PQerrorMessage(pg->conn) : "it did not answer"), line;
    struct arena *a;

    if (pg->cancelled && !interrupt_check(e))
        return false;
    a = arena_open();
    /* libpq explains itself over several lines. */
    if (!text_line(&rest, &line))
        line = TEXT("the server is gone");
    err_plain(e, ERR_CONNECTION, "the connection to the database was lost: %s", pg_shown(pg, arena_cstr(a, line), a));
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", *pg_sqlstate(r) ? pg_sqlstate(r) : pg->ending);
    arena_close(a);
    return err_hint(e, "run `merganser status` once the server answers");
}

bool pg_error(struct err *e, const struct pg *pg, enum err_kind kind, const PGresult *r)
{
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(r, PG_DIAG_MESSAGE_HINT);
    const char *state = pg_sqlstate(r);
    struct buf detail;
    struct arena *a;

    if (pg->cancelled && strcmp(state, "57014") == 0 && !interrupt_check(e))
        return false;
    a = arena_open();
    err_plain(e, strcmp(state, "25006") == 0 && kind == ERR_DATABASE ? ERR_READ_ONLY : kind, "%s",
              pg_shown(pg, message ? message : PQresultErrorMessage(r), a));
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", state);
    detail = buf_open(a, SIZE_MAX / 2);
    add_lines(&detail, pg, PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL));
    add_lines(&detail, pg, PQresultErrorField(r, PG_DIAG_CONTEXT));
    err_detail(e, "%s", buf_cstr(&detail));
    if (hint)
        err_server_hint(e, "%s", pg_shown(pg, hint, a));
    pg_hint(e);
    arena_close(a);
    return false;
}

void pg_notice(void *arg, const PGresult *r)
{
    struct pg *pg = arg;
    const char *state = pg_sqlstate(r), *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    struct arena *a;

    /* A server that crashes or is stopped at once has no time for more than a warning. */
    if (strcmp(state, "57P01") == 0 || strcmp(state, "57P02") == 0)
        snprintf(pg->ending, sizeof pg->ending, "%s", state);
    /* active_sql_transaction and no_active_sql_transaction, as warnings */
    if (strcmp(state, "25001") == 0 || strcmp(state, "25P01") == 0)
        pg->transaction_odd = true;
    if (!pg->options.notices || !message)
        return;
    a = arena_open();
    notice_add(pg->options.notices, NOTICE_VERBOSE, "server", IN_FILE(pg->path), NULL, "%s: %s",
               severity ? severity : "NOTICE", pg_shown(pg, message, a));
    arena_close(a);
}
