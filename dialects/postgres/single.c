#include "dialects/postgres/single.h"

#include "dialects/postgres/concurrent.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/large.h"

bool single_find(struct single *x, uint64_t at, struct err *e)
{
    struct applying *p = x->p;
    const struct statements *list = &p->script.statements;
    size_t i = segments_listed(list, at);

    x->s = i < list->len && list->at[i].nth == at ? list->at[i] : (struct statement) { .nth = at };
    if (p->script.whole) {
        x->sql = text_cut(p->script.body, x->s.from, x->s.to);
        return true;
    }
    if (!passage_to(&p->passage, at, e))
        return false;
    x->s.at = p->passage.now.at;
    x->sql = p->passage.now.sql;
    return true;
}

/* An error that the statement's own text explains: the server refused it before it did anything. */
static bool refused_at_once(const PGresult *r)
{
    struct text state = text_from(pg_sqlstate(r));

    /* Class 42 is about names, rights and syntax; 25001 is a statement that takes no transaction. */
    return (text_starts(state, "42") || text_is(state, "25001")) && !PQresultErrorField(r, PG_DIAG_CONTEXT);
}

/* What failed has not come about, and can be tried again; but for what it may have committed by itself. */
static bool nothing_remains(const struct statement *s, const PGresult *r)
{
    return !(s->marks & MARK_MAY_COMMIT) || refused_at_once(r);
}

static bool run_concurrent(struct single *x, const struct concurrent *c, const char *sql, struct err *e)
{
    const struct resume *resume = x->p->unit->script.resume;
    struct concurrent_job job = { .p = x->p, .s = &x->s, .sql = sql, .nth = (size_t)x->nth };
    bool ok;

    job.begun_before = resume && resume->begun == x->nth + 1;
    ok = concurrent_run(&job, c, e);
    x->nothing = job.nothing;
    return ok;
}

static bool send_it(struct single *x, const char *sql, struct copy_rows *rows, struct err *e)
{
    struct pg *pg = x->p->pg;
    struct sent_script at = { text_from(sql), 0, x->s.from, (size_t)x->nth };
    PGresult *failed = NULL;
    bool ok;

    if (!pg_send(pg, sql, e))
        return false;
    pg->rows = rows;
    pg_rows_singly(pg);
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (pg_failed(r) && !failed)
            failed = r;
        else
            PQclear(r);
    }
    pg->rows = NULL;
    ok = !failed && !pg_lost(pg);
    if (!ok) {
        pg_rollback(pg);
        if (pg_lost(pg)) {
            pg_error_lost(e, pg, failed);
        } else {
            x->nothing = nothing_remains(&x->s, failed);
            place_error(e, x->p, failed, at, 0);
            if (rows->failed)
                *e = rows->err;
        }
    }
    PQclear(failed);
    return ok;
}

static bool send_whole(struct single *x, const char *sql, struct err *e)
{
    struct copy_blocks_sent rows = copy_of_script(&x->p->script, (size_t)x->s.nth);

    return send_it(x, sql, &rows.rows, e);
}

static bool send_large(struct single *x, const char *sql, struct err *e)
{
    struct large_rows rows = large_rows(x->p, x->chain, x->nth);

    return send_it(x, sql, &rows.rows, e);
}

bool single_run(struct single *x, struct err *e)
{
    struct applying *p = x->p;
    const char *sql = arena_cstr(p->arena, x->sql);
    struct concurrent c;
    bool ok;

    x->nothing = false;
    if (!p->script.whole) {
        p->alone = &p->passage.now;
        if (x->chain)
            resumed_chain_statement(x->chain, x->sql);
    }
    if (concurrent_read(&c, x->sql, p->arena))
        ok = run_concurrent(x, &c, sql, e);
    else
        ok = p->script.whole ? send_whole(x, sql, e) : send_large(x, sql, e);
    p->alone = NULL;
    return ok;
}
