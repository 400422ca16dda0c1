/* One migration in one transaction: BEGIN, lock and checks, the script, the rows, COMMIT. Sent as one string, one round
 * trip, wherever the script's statements are known. Where they are not (a syntax newer than the parser's), or where the
 * script drops what the tail needs, the script is sent without its tail, and the rows follow once it is seen that the
 * transaction still stands. */
#include "dialects/postgres/transaction.h"

#include "dialects/postgres/copy.h"
#include "dialects/postgres/large.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/retry.h"
#include "dialects/postgres/waiting.h"

struct exchange {
    struct transaction *t;
    struct applying *p;
    struct rows_sql before, after;
    const char *lock;   /* NULL: no row of a ledger is touched */
    const char *sql[3]; /* what has to be prepared */
    size_t nsql;
    bool one_trip;
    size_t head, body, tail; /* statements of each part */
    size_t check_at;         /* which of head is the check */
    struct buf sent;
    size_t body_from; /* byte of sent */

    /* what came back */
    size_t results; /* good ones, over both trips */
    PGresult *error;
    char xid[32];
    bool commit_sent;

    /* What the history's row says of the attempts so far, this one counted. */
    int64_t waited_ms;
    unsigned attempt;
};

static bool pooled(const struct exchange *x)
{
    return x->p->pg->local != NULL;
}

static void build_rows(struct exchange *x)
{
    struct applying *p = x->p;
    size_t n = x->t->nrows;
    const struct row_change *rows = lease_fenced(p->pg, x->t->rows, &n, p->arena);
    int64_t key;

    /* A pooler may lend us another session for the next transaction, without what was prepared in this one. */
    x->before = rows_sql_open(p->pg, pooled(x), NULL, p->arena);
    x->after = rows_sql_open(p->pg, pooled(x), *p->started ? p->started : NULL, p->arena);
    x->after.waited_ms = x->waited_ms;
    x->after.attempts = x->attempt;
    x->nsql = 0;
    x->before.marked = x->after.marked = true;
    rows_check_before(&x->before, p->unit->rows, x->t->as_another ? 0 : p->unit->nrows);
    rows_change(&x->after, rows, n);
    if (!p->pg->options.lease && rows_lock_key(&key, p->unit->rows, p->unit->nrows))
        x->lock = rows_lock_sql(key, p->arena);
    if (pooled(x))
        return;
    x->sql[x->nsql++] = buf_cstr(&x->before.sql);
    x->sql[x->nsql++] = buf_cstr(&x->after.sql);
    if (x->lock)
        x->sql[x->nsql++] = x->lock;
}

static void execute(struct exchange *x, const struct rows_sql *sql, const char *first)
{
    bool arguments = first || sql->arguments.len;

    if (pooled(x)) {
        buf_printf(&x->sent, "%s;", buf_cstr(&sql->sql));
        return;
    }
    buf_printf(&x->sent, "EXECUTE %s", rows_prepared(x->p->pg, buf_cstr(&sql->sql)));
    if (arguments) {
        buf_printf(&x->sent, "(%s%s", first ? first : "", first && sql->arguments.len ? ", " : "");
        buf_text(&x->sent, buf_content(&sql->arguments));
        buf_char(&x->sent, ')');
    }
    buf_char(&x->sent, ';');
}

static void add_head(struct exchange *x)
{
    const char *options = x->t->part.options;

    /* Later options win over earlier ones. */
    x->head =
        pg_begin(&x->sent, x->p->pg, options ? arena_printf(x->p->arena, PG_WRITING ", %s", options) : PG_WRITING);
    if (x->lock) {
        buf_printf(&x->sent, pooled(x) ? "%s;" : "EXECUTE %s;", pooled(x) ? x->lock : rows_prepared(x->p->pg, x->lock));
        x->head++;
    }
    x->check_at = x->head++;
    execute(x, &x->before, NULL);
}

static void add_body(struct exchange *x)
{
    const struct script_part *part = &x->t->part;

    x->body_from = x->sent.len;
    x->body = part->sent;
    if (!x->body || !x->p->script.whole)
        return;
    buf_text(&x->sent, text_cut(x->p->script.body, part->from, part->to));
    /* The script may end in a comment. */
    buf_string(&x->sent, "\n;");
}

/* Role first: a script may have left another one. With `session` it is only touched where the script may have: these
 * statements then follow. */
static void add_our_role(struct exchange *x)
{
    const struct pg *pg = x->p->pg;
    size_t session = 0;

    if (pooled(x)) {
        if (pg->dirty) {
            buf_printf(&x->sent, "SET LOCAL SESSION AUTHORIZATION DEFAULT;SET LOCAL ROLE NONE;%s", pg->local);
            x->tail += 2 + pg->nlocal;
        }
        return;
    }
    while (pg->options.session && pg->options.session[session])
        session++;
    if (session && !pg->dirty)
        return;
    buf_string(&x->sent, "RESET SESSION AUTHORIZATION;RESET ROLE;");
    pg_session_statements(&x->sent, pg);
    x->tail += 2 + session;
}

static void add_tail(struct exchange *x, const char *guard)
{
    size_t prepared = x->p->pg->prepared_ever;

    if (x->t->last)
        add_our_role(x);
    else if (x->p->pg->dirty)
        x->tail += role_borrow(&x->sent, x->p);
    /* In the second trip what the script has let go, under our role. */
    rows_prepare_text(&x->sent, x->p->pg, x->sql, x->nsql);
    x->tail += x->p->pg->prepared_ever - prepared + 2;
    execute(x, &x->after, guard);
    buf_string(&x->sent, "COMMIT");
    x->commit_sent = true;
}

static void exchange(struct exchange *x, struct err *e)
{
    struct pg *pg = x->p->pg;

    if (!pg_send(pg, buf_cstr(&x->sent), e))
        return;
    pg_rows_singly(pg);
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (pg_failed(r) && !x->error) {
            x->error = r;
            continue;
        }
        if (PQresultStatus(r) != PGRES_SINGLE_TUPLE)
            x->results += !x->error;
        else if (x->results == x->check_at)
            snprintf(x->xid, sizeof x->xid, "%s", PQgetvalue(r, 0, 0));
        PQclear(r);
    }
}

/* Our COMMIT was under way, or done. */
static bool may_have_committed(const struct exchange *x)
{
    return x->commit_sent && x->results + 1 >= x->head + x->body + x->tail;
}

/* The server said itself that it ends the session: then it has rolled back what was not committed. */
static bool server_ended(const struct exchange *x)
{
    static const char *const states[] = { "57P01", "25P03", "57P05" };

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(pg_sqlstate(x->error), states[i]) == 0)
            return true;
    return false;
}

static bool lost(struct exchange *x, struct err *e)
{
    pg_error_lost(e, x->p->pg, x->error);
    if (may_have_committed(x) || (!server_ended(x) && x->commit_sent))
        x->t->outcome = UNIT_UNKNOWN;
    return false;
}

static bool is_rows_table(const struct exchange *x, const PGresult *r)
{
    const char *table = PQresultErrorField(r, PG_DIAG_TABLE_NAME);

    for (size_t i = 0; table && i < x->p->unit->nrows; i++)
        if (strcmp(table, x->p->unit->rows[i].table.table) == 0)
            return true;
    return false;
}

/* Another transaction holds the ledger's key. */
static bool is_busy(const struct exchange *x)
{
    return x->results < x->check_at && strcmp(pg_sqlstate(x->error), "22012") == 0;
}

static bool head_error(struct exchange *x, struct err *e)
{
    const struct unit *unit = x->p->unit;

    if (is_busy(x))
        return rows_busy(e, unit->rows[0].table);
    if (strcmp(pg_sqlstate(x->error), "22012") == 0)
        return rows_moved(e, unit->rows, unit->nrows);
    return pg_error(e, x->p->pg, ERR_DATABASE, x->error);
}

static bool tail_error(struct exchange *x, bool in_block, struct err *e)
{
    const struct unit *unit = x->p->unit;
    const char *state = pg_sqlstate(x->error), *path = x->p->script.path;
    bool commit = x->results + 1 >= x->head + x->body + x->tail;

    if (!commit && strcmp(state, "22012") == 0) {
        if (!in_block) {
            x->t->outcome = UNIT_PARTIAL;
            return err_set(e, ERR_SCRIPT_FAILED, IN_FILE(path), "the script ended merganser's transaction");
        }
        if (unit->nrows && (unit->rows[0].kind == ROW_EXPECT || unit->rows[0].kind == ROW_EXPECT_GONE))
            return err_set(e, ERR_SCRIPT_FAILED, IN_FILE(path), "after the script its own row in %s is not as it says",
                           unit->rows[0].table.table);
        /* A row that was there before is a unique violation. */
        if (unit->nrows && unit->rows[0].kind == ROW_INSERT) {
            err_plain(e, ERR_DATABASE, "after the script, %s did not take the version's row as it is",
                      unit->rows[0].table.table);
            return err_hint(e, "look at its triggers and rules, and at what the script does to them");
        }
        return rows_moved(e, unit->rows, unit->nrows);
    }
    if (!commit && strcmp(state, "23505") == 0 && is_rows_table(x, x->error))
        return rows_moved(e, unit->rows, unit->nrows);
    if (strcmp(state, "25006") == 0) {
        err_set(e, ERR_SCRIPT_FAILED, IN_FILE(path),
                "the script made its transaction read-only, and its version's row could not be written");
        return err_hint(e, "take READ ONLY out of its SET TRANSACTION or BEGIN, and run it again");
    }
    pg_error(e, x->p->pg, commit ? ERR_SCRIPT_FAILED : ERR_DATABASE, x->error);
    if (e->kind == ERR_SCRIPT_FAILED)
        e->at = IN_FILE(path);
    else if (e->kind == ERR_DATABASE)
        err_prefix(e, "after the script, where the rows are written: ");
    if (strcmp(state, "42501") == 0)
        err_hint(e,
                 "grant SELECT, INSERT, UPDATE and DELETE on the ledger and the history to this user, or name a role "
                 "that has them under `session` in merganser.yml");
    return false;
}

/* All that was sent is read first: an error in it comes before any result. Our own part has none, so that it is the
 * script's even where its BEGIN's options, which went onto ours, are wrong. What is not UTF-8 has no position. */
static bool is_of_the_text(const struct exchange *x, struct sent_script at)
{
    const char *state = pg_sqlstate(x->error);

    return x->p->script.path && (place_is_in_script(&x->p->script, x->error, at) || strcmp(state, "42601") == 0 ||
                                 strcmp(state, "22021") == 0);
}

static bool failed(struct exchange *x, struct err *e)
{
    struct pg *pg = x->p->pg;
    struct sent_script at = { buf_content(&x->sent), x->body_from, x->t->part.from, x->t->part.before };
    bool in_block;

    if (pg_lost(pg))
        return lost(x, e);
    in_block = PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
    pg_rollback(pg);
    if (x->results == 0 && is_of_the_text(x, at))
        return place_error(e, x->p, x->error, at, 0);
    if (x->results < x->head)
        return head_error(x, e);
    if (x->results < x->head + x->body)
        return place_error(e, x->p, x->error, at, x->results - x->head);
    return tail_error(x, in_block, e);
}

/* Behind the script alone our transaction has to stand. */
static bool still_open(struct exchange *x, struct err *e)
{
    struct pg *pg = x->p->pg;

    if (PQtransactionStatus(pg->conn) == PQTRANS_INTRANS && !pg->transaction_odd)
        return true;
    pg_rollback(pg);
    x->t->outcome = UNIT_PARTIAL;
    err_set(e, ERR_SCRIPT_FAILED, IN_FILE(x->p->script.path), "the script ended merganser's transaction");
    return err_hint(e, "put `-- merganser: no-transaction` at its top, after a look at what it has left");
}

static bool second_trip(struct exchange *x, struct err *e)
{
    struct applying *p = x->p;
    size_t prepared;

    x->sent = buf_open(p->arena, SIZE_MAX / 2);
    x->body_from = 0;
    if (p->script.traits.forgets)
        p->pg->prepared.len = 0;
    prepared = p->pg->prepared.len;
    /* The parser and the server may count the script's statements differently. */
    x->results = x->head + x->body;
    add_tail(x, arena_printf(p->arena, "'%s'", x->xid));
    exchange(x, e);
    if (!x->error && !pg_lost(p->pg))
        return true;
    p->pg->prepared.len = prepared;
    return false;
}

/* The first trip: all of it, or its head where the script is large. */
static void first_trip(struct exchange *x, struct err *e)
{
    struct copy_blocks_sent rows = copy_of_script(&x->p->script, x->t->part.first);

    x->p->pg->rows = &rows.rows;
    exchange(x, e);
    x->p->pg->rows = NULL;
}

static bool send_large(struct exchange *x, struct err *e)
{
    const struct script_part *part = &x->t->part;

    return x->p->script.whole || !part->sent || large_send(x->p, part->before, UINT64_MAX, e);
}

static bool attempt(struct exchange *x, struct err *e)
{
    struct pg *pg = x->p->pg;

    x->sent = buf_open(x->p->arena, SIZE_MAX / 2);
    x->results = x->tail = 0;
    x->commit_sent = pg->transaction_odd = false;
    x->t->outcome = UNIT_ROLLED_BACK;
    if (!rows_prepare(pg, x->sql, x->nsql, e))
        return false;
    add_head(x);
    add_body(x);
    if (x->one_trip)
        add_tail(x, "pg_catalog.current_setting('merganser.xid', true)");
    first_trip(x, e);
    if (!x->error && !pg_lost(pg) && !send_large(x, e))
        return false;
    if (!x->error && !pg_lost(pg) && (x->one_trip || (still_open(x, e) && second_trip(x, e))))
        return true;
    return x->error || pg_lost(pg) ? failed(x, e) : false;
}

/* A script has dropped our prepared statements unseen: nothing was executed, so once more. */
static bool attempt_prepared(struct exchange *x, struct err *e)
{
    bool ok = attempt(x, e);

    if (ok || x->results >= x->head || strcmp(pg_sqlstate(x->error), "26000") != 0)
        return ok;
    PQclear(x->error);
    x->error = NULL;
    x->p->pg->prepared.len = 0;
    return attempt(x, e);
}

/* What a script prepares outlives its transaction, and can't be prepared twice. */
static bool forget_prepared(struct pg *pg, struct err *e)
{
    pg->prepared.len = 0;
    return pg->local || pg_run(pg, "DEALLOCATE ALL", e);
}

static bool attempt_anew(void *to, struct retry *r, struct err *e)
{
    struct exchange *x = to;
    struct unit_result *result = x->p->result;
    int64_t until = time_monotonic_ms() + x->p->pg->lock_wait_ms;
    bool ok;

    x->waited_ms = result->lock_wait_ms + r->waited_ms;
    x->attempt = r->attempts > result->attempts ? r->attempts : result->attempts;
    build_rows(x);
    x->t->outcome = UNIT_ROLLED_BACK;
    ok = (r->attempts == 1 || forget_prepared(x->p->pg, e)) && attempt_prepared(x, e);
    /* Without a lock of the session somebody else's transaction is ordinary, and ends. */
    while (!ok && pooled(x) && is_busy(x) && time_monotonic_ms() < until) {
        if (!waiting_pause(until - time_monotonic_ms(), e))
            break;
        PQclear(x->error);
        x->error = NULL;
        ok = attempt(x, e);
    }
    PQclear(x->error);
    x->error = NULL;
    r->final = x->t->outcome != UNIT_ROLLED_BACK;
    return ok;
}

bool transaction_run(struct transaction *t, struct err *e)
{
    struct applying *p = t->p;
    struct exchange x = { .t = t, .p = p };
    struct retry r;
    bool ok;

    x.one_trip = (p->unit->facts.parsed || !p->unit->script.script) && !p->script.traits.forgets;
    ok = retry_run(&r, p->pg, p->unit, attempt_anew, &x, e);
    p->result->lock_wait_ms += r.waited_ms;
    p->result->attempts = r.attempts > p->result->attempts ? r.attempts : p->result->attempts;
    if (ok)
        t->outcome = UNIT_APPLIED;
    return ok;
}
