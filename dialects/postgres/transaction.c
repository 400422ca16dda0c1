/* One migration in one transaction: BEGIN, lock and checks, the script, the rows, COMMIT. Sent as one string, one round
 * trip, wherever the script's statements are known. Where they are not (a syntax newer than the parser's), or where the
 * script drops what the tail needs, the script is sent without its tail, and the rows follow once it is seen that the
 * transaction still stands. */
#include "dialects/postgres/exchange.h"

#include "dialects/postgres/copy.h"
#include "dialects/postgres/large.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/retry.h"
#include "dialects/postgres/waiting.h"

static bool pooled(const struct exchange *x)
{
    return x->p->pg->local != NULL;
}

static void build_rows(struct exchange *x)
{
    struct applying *p = x->p;
    const struct row_change *rows = x->t->rows;
    size_t n = x->t->nrows;
    struct row_change journal;
    int64_t key;

    if (!x->t->last && x->t->before && journal_change(&journal, p, &x->t->behind)) {
        rows = &journal;
        n = 1;
    }
    rows = lease_fenced(p->pg, rows, &n, p->arena);

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

static bool is_sent_in_batches(const struct exchange *x)
{
    return !x->p->script.whole && x->t->part.sent && !x->t->part.sql.at;
}

static void add_body(struct exchange *x)
{
    const struct script_part *part = &x->t->part;

    x->body_from = x->sent.len;
    x->body = part->sent;
    if (!x->body || is_sent_in_batches(x))
        return;
    buf_text(&x->sent, x->p->script.whole ? text_cut(x->p->script.body, part->from, part->to) : part->sql);
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
    struct copy_blocks_sent rows = copy_of_script(&x->p->script, (size_t)x->t->part.first);

    x->p->pg->rows = &rows.rows;
    exchange(x, e);
    x->p->pg->rows = NULL;
}

static bool send_large(struct exchange *x, struct err *e)
{
    struct transaction *t = x->t;
    struct journal_count none = { 0 };
    struct resumed_chain chain = journal_chain(t->before ? t->before : &none, x->p);

    if (!is_sent_in_batches(x))
        return true;
    if (t->last)
        chain.link = NULL;
    if (!large_send(x->p, &t->part, &chain, e))
        return false;
    memcpy(t->behind.hash, chain.hex, sizeof chain.hex);
    build_rows(x);
    return true;
}

/* PREPARE looks at the tables too: as ourselves, where the script may have taken a role that can't see them. */
static bool prepare(struct exchange *x, struct err *e)
{
    struct applying *p = x->p;
    struct buf around[2] = { buf_open(p->arena, SIZE_MAX / 2), buf_open(p->arena, SIZE_MAX / 2) };

    if (x->t->as_another) {
        pg_begin(&around[0], p->pg, PG_WRITING);
        role_borrow(&around[0], p);
        buf_string(&around[1], "COMMIT;");
        role_return(&around[1]);
    }
    return rows_prepare(p->pg, x->sql, x->nsql, buf_cstr(&around[0]), buf_cstr(&around[1]), e);
}

static bool attempt(struct exchange *x, struct err *e)
{
    struct pg *pg = x->p->pg;

    x->sent = buf_open(x->p->arena, SIZE_MAX / 2);
    x->results = x->tail = 0;
    x->commit_sent = pg->transaction_odd = false;
    x->t->outcome = UNIT_ROLLED_BACK;
    if (!prepare(x, e))
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
    return x->error || pg_lost(pg) ? exchange_failed(x, e) : false;
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
    while (!ok && pooled(x) && exchange_is_busy(x) && time_monotonic_ms() < until) {
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

    if (t->before)
        t->behind = journal_behind(t->before, p, &t->part);
    x.one_trip = (t->parsed || !p->unit->script.script) && !p->script.traits.forgets;
    ok = retry_run(&r, p->pg, p->unit, attempt_anew, &x, e);
    p->result->lock_wait_ms += r.waited_ms;
    p->result->attempts = r.attempts > p->result->attempts ? r.attempts : p->result->attempts;
    if (ok)
        t->outcome = UNIT_APPLIED;
    return ok;
}
