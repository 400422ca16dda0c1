/* A script of several segments: its rows before, then one segment after the other with the journal's count, then its
 * rows after. */
#include "dialects/postgres/transaction.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/concurrent.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/lease.h"
#include "dialects/postgres/retry.h"

struct progress {
    struct applying *p;
    uint64_t done; /* statements that are done and kept */
};

static bool stopped(struct progress *g, enum unit_outcome outcome)
{
    g->p->result->outcome = outcome;
    g->p->result->statements_done = g->done;
    return false;
}

/* Nothing is sent of what comes next. */
static bool stopped_between(struct progress *g)
{
    return stopped(g, g->done ? UNIT_PARTIAL : UNIT_ROLLED_BACK);
}

/* What the journal says behind `done` statements: the row of before[0]. */
static bool journal_change(struct row_change *out, const struct applying *p, uint64_t done)
{
    const struct unit *unit = p->unit;
    struct cell *cells;
    size_t n = 0;

    if (!unit->journal.done || !unit->nbefore)
        return false;
    cells = arena_make(p->arena, struct cell, unit->before[0].len + 1);
    for (size_t i = 0; i < unit->before[0].len; i++)
        if (unit->before[0].cells[i].key)
            cells[n++] = unit->before[0].cells[i];
    cells[n++] = (struct cell) { .column = unit->journal.done,
                                 .kind = CELL_INTEGER,
                                 .text = text_from(arena_printf(p->arena, "%llu", (unsigned long long)done)) };
    *out = (struct row_change) { ROW_UPDATE, unit->before[0].table, cells, n };
    return true;
}

/* One string, as ourselves. */
static bool record(struct progress *g, struct err *e)
{
    struct rows_sql change = rows_sql_open(g->p->pg, true, NULL, g->p->arena);
    struct buf sql = buf_open(g->p->arena, SIZE_MAX / 2);
    const struct row_change *changes;
    struct row_change update;
    size_t n = 1;

    if (!journal_change(&update, g->p, g->done))
        return true;
    changes = lease_fenced(g->p->pg, &update, &n, g->p->arena);
    rows_change(&change, changes, n);
    pg_begin(&sql, g->p->pg, PG_WRITING);
    if (g->p->pg->dirty)
        role_borrow(&sql, g->p);
    buf_printf(&sql, "%s;COMMIT;", buf_cstr(&change.sql));
    if (g->p->pg->dirty)
        role_return(&sql);
    return retry_sql(g->p->pg, buf_cstr(&sql), e);
}

/* An error that the first statement's own text explains: the server refused it before it did anything. */
static bool refused_at_once(const struct progress *g, const PGresult *r)
{
    struct text state = text_from(pg_sqlstate(r));

    /* Class 42 is about names, rights and syntax; 25001 is a statement that takes no transaction. */
    return g->done == 0 && (text_starts(state, "42") || text_is(state, "25001")) &&
           !PQresultErrorField(r, PG_DIAG_CONTEXT);
}

static bool run_concurrent(struct progress *g, const struct statement *s, const struct concurrent *c, const char *sql,
                           uint64_t nth, struct err *e)
{
    const struct resume *resume = g->p->unit->resume;
    struct concurrent_job job = {
        .p = g->p, .s = s, .sql = sql, .nth = (size_t)nth, .begun_before = resume && resume->begun == nth + 1
    };

    return concurrent_run(&job, c, e) || stopped(g, job.nothing && !g->done ? UNIT_ROLLED_BACK : UNIT_PARTIAL);
}

static bool run_one(struct progress *g, const struct statement *s, uint64_t nth, struct err *e)
{
    struct pg *pg = g->p->pg;
    const char *sql = arena_cstr(g->p->arena, text_cut(g->p->script.body, s->from, s->to));
    struct copy_blocks_sent rows;
    PGresult *failed = NULL;
    struct concurrent c;
    bool ok;

    if (concurrent_read(&c, text_from(sql), g->p->arena))
        return run_concurrent(g, s, &c, sql, nth, e);
    rows = copy_of_script(&g->p->script, (size_t)(s - g->p->script.statements.at));
    if (!pg_send(pg, sql, e))
        return stopped(g, UNIT_PARTIAL);
    pg->rows = &rows.rows;
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
        bool nothing = failed && !pg_lost(pg) && refused_at_once(g, failed);

        pg_rollback(pg);
        if (pg_lost(pg))
            pg_error_lost(e, pg, failed);
        else
            place_error(e, g->p, failed, (struct sent_script) { text_from(sql), 0, s->from, (size_t)nth }, 0);
        stopped(g, nothing ? UNIT_ROLLED_BACK : UNIT_PARTIAL);
    }
    PQclear(failed);
    return ok;
}

/* One statement, or a block that the script rolls back by itself. */
static bool run_alone(struct progress *g, const struct segment *segment, struct err *e)
{
    struct applying *p = g->p;
    struct script_part part = segments_part(&p->script, segment, g->done);
    uint64_t nth = g->done;

    for (size_t i = part.first; i < part.end; i++)
        if (!p->script.statements.at[i].dropped && !run_one(g, &p->script.statements.at[i], nth++, e))
            return false;
    if (PQtransactionStatus(p->pg->conn) != PQTRANS_IDLE) {
        pg_rollback(p->pg);
        err_set(e, ERR_SCRIPT_FAILED, IN_FILE(p->script.path),
                "the script left a transaction open; that was rolled back");
        err_hint(e, "end the script with the COMMIT that its BEGIN asks for");
        return stopped(g, UNIT_PARTIAL);
    }
    g->done = nth;
    return record(g, e) || stopped(g, UNIT_PARTIAL);
}

static bool run_together(struct progress *g, const struct segment *segment, bool last, struct err *e)
{
    struct applying *p = g->p;
    struct transaction t = { .p = p, .last = last, .part = segments_part(&p->script, segment, g->done) };
    struct row_change journal;

    if (last) {
        t.rows = p->unit->rows;
        t.nrows = p->unit->nrows;
    } else if (journal_change(&journal, p, g->done + t.part.sent)) {
        t.rows = &journal;
        t.nrows = 1;
    }
    if (!transaction_run(&t, e))
        return stopped(g, t.outcome == UNIT_ROLLED_BACK && g->done ? UNIT_PARTIAL : t.outcome);
    g->done += t.part.sent;
    if (!last && p->pg->dirty) {
        struct buf sql = buf_open(p->arena, SIZE_MAX / 2);

        role_return(&sql);
        return pg_run(p->pg, buf_cstr(&sql), e) || stopped(g, UNIT_PARTIAL);
    }
    return true;
}

/* Behind a last statement that ran outside a transaction. */
static bool finish(struct progress *g, struct err *e)
{
    struct applying *p = g->p;

    if (p->script.traits.forgets)
        p->pg->prepared.len = 0;
    if (!pg_restore(p->pg, e))
        return stopped(g, UNIT_PARTIAL);
    if (!apply_rows(p, p->unit->rows, p->unit->nrows, false, e))
        return stopped(g, pg_lost(p->pg) ? UNIT_UNKNOWN : UNIT_PARTIAL);
    return true;
}

bool apply_segments(struct applying *p, struct err *e)
{
    const struct segments *list = &p->script.segments;
    struct progress g = { .p = p };
    bool rows_written = false;

    /* Whatever became of these rows, no statement has run. */
    if (!apply_rows(p, p->unit->before, p->unit->nbefore, true, e))
        return stopped(&g, UNIT_ROLLED_BACK);
    p->pg->dirty = p->script.traits.changes_session || !p->unit->facts.parsed;
    for (size_t i = 0; i < list->len; i++) {
        const struct segment *segment = &list->at[i];

        if (!interrupt_check(e))
            return stopped_between(&g);
        rows_written = segment->transactional && i + 1 == list->len;
        if (!(segment->transactional ? run_together(&g, segment, rows_written, e) : run_alone(&g, segment, e)))
            return false;
    }
    if (!rows_written && !finish(&g, e))
        return false;
    p->result->outcome = UNIT_APPLIED;
    p->result->statements_done = g.done;
    return true;
}
