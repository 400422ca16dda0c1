/* A script of several segments: its rows before, then one segment after the other with the journal's count, then its
 * rows after. What an earlier run has done is not in its segments any more. */
#include "core/base/interrupt.h"
#include "dialects/postgres/concurrent.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/journal.h"
#include "dialects/postgres/resumed.h"
#include "dialects/postgres/transaction.h"

struct progress {
    struct applying *p;
    struct journal_count count; /* as the journal has it */
    bool rows_written;          /* with the last segment */
};

static bool stopped(struct progress *g, enum unit_outcome outcome)
{
    const struct pg_script *script = &g->p->script;
    const struct statement *begun = g->count.begun ? script_nth_sent(script, (size_t)g->count.begun - 1) : NULL;
    bool kept = g->count.done || g->count.begun;

    g->p->result->outcome = outcome == UNIT_ROLLED_BACK && kept ? UNIT_PARTIAL : outcome;
    g->p->result->statements_done = g->count.done;
    g->p->result->begun = begun && resumed_repeats(script, begun) ? 0 : g->count.begun;
    return false;
}

/* The journal, whatever signal came meanwhile. */
static bool count_is(struct progress *g, struct journal_count count, struct err *e)
{
    struct pg *pg = g->p->pg;
    bool before = pg->uninterrupted, ok;

    pg->uninterrupted = true;
    ok = journal_write(g->p, &count, e);
    pg->uninterrupted = before;
    if (ok)
        g->count = count;
    return ok;
}

/* ---- in a transaction of ours ---- */

static bool role_is_scripts_again(const struct applying *p, struct err *e)
{
    struct buf sql;

    if (!p->pg->dirty)
        return true;
    sql = buf_open(p->arena, SIZE_MAX / 2);
    role_return(&sql);
    return pg_run(p->pg, buf_cstr(&sql), e);
}

static bool run_inside(struct progress *g, const struct segment *segment, bool last, enum unit_outcome *outcome,
                       struct err *e)
{
    struct applying *p = g->p;
    struct transaction t = { .p = p, .last = last, .part = segments_part(&p->script, segment, g->count.done) };
    struct journal_count behind = journal_behind(&g->count, p, t.part.first, t.part.end);
    struct row_change journal;

    t.as_another = p->pg->dirty;
    if (last) {
        t.rows = p->unit->rows;
        t.nrows = p->unit->nrows;
    } else if (journal_change(&journal, p, &behind)) {
        t.rows = &journal;
        t.nrows = 1;
    }
    *outcome = UNIT_APPLIED;
    if (!transaction_run(&t, e)) {
        *outcome = t.outcome;
        return false;
    }
    g->count = behind;
    g->rows_written = last;
    return last || role_is_scripts_again(p, e);
}

static bool stopped_inside(struct progress *g, enum unit_outcome outcome)
{
    struct journal_count unclear = g->count;
    struct err later;

    /* Committed, and what was to follow could not. */
    if (outcome == UNIT_APPLIED)
        return stopped(g, UNIT_PARTIAL);
    unclear.begun = unclear.done + 1;
    /* The script has ended it: some of it is kept. */
    if (outcome == UNIT_PARTIAL)
        count_is(g, unclear, &later);
    return stopped(g, outcome);
}

static bool run_transaction(struct progress *g, const struct segment *segment, bool last, struct err *e)
{
    enum unit_outcome outcome;

    return run_inside(g, segment, last, &outcome, e) || stopped_inside(g, outcome);
}

/* ---- outside ---- */

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

static bool run_concurrent(struct progress *g, const struct statement *s, const struct concurrent *c, const char *sql,
                           uint64_t nth, bool *nothing, struct err *e)
{
    const struct resume *resume = g->p->unit->script.resume;
    struct concurrent_job job = {
        .p = g->p, .s = s, .sql = sql, .nth = (size_t)nth, .begun_before = resume && resume->begun == nth + 1
    };
    bool ok = concurrent_run(&job, c, e);

    *nothing = job.nothing;
    return ok;
}

/* *nothing: of a failure, that none of the statement is kept. */
static bool run_one(struct progress *g, const struct statement *s, uint64_t nth, bool *nothing, struct err *e)
{
    struct applying *p = g->p;
    struct pg *pg = p->pg;
    const char *sql = arena_cstr(p->arena, text_cut(p->script.body, s->from, s->to));
    struct sent_script at = { text_from(sql), 0, s->from, (size_t)nth };
    struct copy_blocks_sent rows;
    PGresult *failed = NULL;
    struct concurrent c;
    bool ok;

    *nothing = false;
    if (concurrent_read(&c, text_from(sql), p->arena))
        return run_concurrent(g, s, &c, sql, nth, nothing, e);
    rows = copy_of_script(&p->script, (size_t)(s - p->script.statements.at));
    if (!pg_send(pg, sql, e))
        return false;
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
        pg_rollback(pg);
        if (pg_lost(pg)) {
            pg_error_lost(e, pg, failed);
        } else {
            *nothing = nothing_remains(s, failed);
            place_error(e, p, failed, at, 0);
        }
    }
    PQclear(failed);
    return ok;
}

static bool left_open(const struct applying *p, struct err *e)
{
    pg_rollback(p->pg);
    err_set(e, ERR_SCRIPT_FAILED, IN_FILE(p->script.path), "the script left a transaction open; that was rolled back");
    return err_hint(e, "end the script with the COMMIT that its BEGIN asks for");
}

/* One statement, or a block that the script rolls back by itself. */
static bool run_written(struct progress *g, const struct script_part *part, bool *nothing, struct err *e)
{
    const struct applying *p = g->p;
    uint64_t nth = part->before;
    bool chained = false;

    for (size_t i = part->first; i < part->end; i++) {
        const struct statement *s = &p->script.statements.at[i];

        if (s->dropped)
            continue;
        chained = chained || s->control == CONTROL_CHAIN;
        if (!run_one(g, s, nth++, nothing, e)) {
            *nothing = *nothing && !chained;
            return false;
        }
    }
    return PQtransactionStatus(p->pg->conn) == PQTRANS_IDLE || left_open(p, e);
}

static bool run_outside(struct progress *g, const struct segment *segment, struct err *e)
{
    struct applying *p = g->p;
    struct script_part part = segments_part(&p->script, segment, g->count.done);
    struct journal_count begun = g->count, idle = g->count;
    struct err later;
    bool nothing;

    begun.begun = begun.done + 1;
    idle.begun = 0;
    if (!count_is(g, begun, e))
        return stopped(g, UNIT_ROLLED_BACK);
    if (run_written(g, &part, &nothing, e)) {
        g->rows_written = false;
        return count_is(g, journal_behind(&begun, p, part.first, part.end), e) || stopped(g, UNIT_PARTIAL);
    }
    if (nothing)
        count_is(g, idle, &later);
    return stopped(g, UNIT_ROLLED_BACK);
}

/* ---- both ---- */

/* 25001 and 2D000: only the server knows some of what takes no transaction, and nothing of it was kept. */
static bool is_refused_inside(const struct err *e)
{
    return strcmp(e->sqlstate, "25001") == 0 || strcmp(e->sqlstate, "2D000") == 0;
}

static bool run_each(struct progress *g, const struct segment *segment, bool last, struct err *e)
{
    for (size_t i = (size_t)segment->first; i < segment->first + segment->count; i++) {
        struct segment one = { .first = i, .count = 1, .transactional = true };
        enum unit_outcome outcome;

        if (g->p->script.statements.at[i].dropped)
            continue;
        if (!interrupt_check(e))
            return stopped(g, UNIT_ROLLED_BACK);
        if (run_inside(g, &one, last && i + 1 == segment->first + segment->count, &outcome, e))
            continue;
        if (outcome != UNIT_ROLLED_BACK || e->kind != ERR_SCRIPT_FAILED || !is_refused_inside(e))
            return stopped_inside(g, outcome);
        if (!run_outside(g, &one, e))
            return false;
    }
    return true;
}

static bool run_segment(struct progress *g, const struct segment *segment, bool last, struct err *e)
{
    struct arena *whole = g->p->arena;
    bool ok;

    if (!interrupt_check(e))
        return stopped(g, UNIT_ROLLED_BACK);
    g->p->arena = arena_open();
    ok = segment->each            ? run_each(g, segment, last, e)
         : segment->transactional ? run_transaction(g, segment, last, e)
                                  : run_outside(g, segment, e);
    arena_close(g->p->arena);
    g->p->arena = whole;
    return ok;
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

/* What the done part has set for the rest. */
static bool settings_again(struct progress *g, struct err *e)
{
    const struct statements *list = &g->p->script.statements;
    uint64_t nth = 0;
    bool nothing, undone = false;

    for (size_t i = 0; i < list->len && nth < g->count.done; i++) {
        const struct statement *s = &list->at[i];

        if (s->dropped)
            continue;
        undone = (undone || s->control == CONTROL_BEGIN) && s->control != CONTROL_ROLLBACK;
        if ((s->marks & MARK_SETS) && !undone && !run_one(g, s, nth, &nothing, e))
            return stopped(g, UNIT_PARTIAL);
        nth++;
    }
    return true;
}

bool apply_segments(struct applying *p, struct err *e)
{
    const struct segments *list = &p->script.segments;
    struct progress g = { .p = p, .count = journal_open(p->unit) };

    /* Whatever became of these rows, no statement has run. */
    if (!apply_rows(p, p->unit->before, p->unit->nbefore, true, e))
        return stopped(&g, UNIT_ROLLED_BACK);
    p->pg->dirty = p->script.traits.changes_session || !p->unit->facts.parsed;
    if (!settings_again(&g, e))
        return false;
    for (size_t i = 0; i < list->len; i++)
        if (!run_segment(&g, &list->at[i], i + 1 == list->len, e))
            return false;
    if (!g.rows_written && !finish(&g, e))
        return false;
    p->result->outcome = UNIT_APPLIED;
    p->result->statements_done = g.count.done;
    return true;
}
