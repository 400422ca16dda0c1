/* A script of several segments: its rows before, then one segment after the other with the journal's count, then its
 * rows after. What an earlier run has done is not in its segments any more. */
#include "core/base/interrupt.h"
#include "dialects/postgres/concurrent.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/large.h"
#include "dialects/postgres/transaction.h"

struct progress {
    struct applying *p;
    struct journal_count count; /* as the journal has it */
    bool rows_written;          /* with the last segment */
};

/* The nth, dropped ones counted. A large script is walked to it, and lists only some. */
static bool statement_at(struct statement *out, struct text *sql, struct applying *p, uint64_t nth, struct err *e)
{
    const struct statements *list = &p->script.statements;
    size_t i = segments_listed(list, nth);
    bool listed = i < list->len && list->at[i].nth == nth;

    if (p->script.whole) {
        *out = list->at[i];
        *sql = text_cut(p->script.body, out->from, out->to);
        return true;
    }
    if (!passage_to(&p->passage, nth, e))
        return false;
    *out = listed ? list->at[i] : (struct statement) { .nth = nth };
    out->at = p->passage.now.at;
    *sql = p->passage.now.sql;
    return true;
}

/* What was begun can be begun again, whether it was done or not. */
static bool repeats(struct applying *p, uint64_t begun)
{
    struct statement s;
    struct text sql;
    struct err ignored;

    return statement_at(&s, &sql, p, segments_nth(&p->script.statements, begun - 1), &ignored) &&
           resumed_repeats(&p->script, &s, sql);
}

static bool stopped(struct progress *g, enum unit_outcome outcome)
{
    bool kept = g->count.done || g->count.begun;

    g->p->result->outcome = outcome == UNIT_ROLLED_BACK && kept ? UNIT_PARTIAL : outcome;
    g->p->result->statements_done = g->count.done;
    g->p->result->begun = g->count.begun && !repeats(g->p, g->count.begun) ? g->count.begun : 0;
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

/* A single statement of a large script, which the walk stands at, goes with its BEGIN and COMMIT. */
static void send_alone(struct transaction *t)
{
    struct applying *p = t->p;

    if (p->passage.now.marks & MARK_COPIES_IN)
        return;
    t->part.sql = p->passage.now.sql;
    t->parsed = script_parses(t->part.sql.at, 1);
    p->alone = &p->passage.now;
}

static bool run_inside(struct progress *g, const struct segment *segment, bool alone, bool last,
                       enum unit_outcome *outcome, struct err *e)
{
    struct applying *p = g->p;
    struct transaction t = { .p = p, .last = last, .parsed = p->unit->facts.parsed, .before = &g->count };
    bool ok;

    t.part = segments_part(&p->script, segment, g->count.done);
    *outcome = UNIT_ROLLED_BACK;
    if (alone && !p->script.whole)
        send_alone(&t);
    if (last && t.part.sql.at && !large_is_unchanged(p, e))
        return false;
    /* What the parser can't read may be anything. */
    p->pg->dirty = p->pg->dirty || !t.parsed;
    t.as_another = p->pg->dirty;
    t.rows = last ? p->unit->rows : NULL;
    t.nrows = last ? p->unit->nrows : 0;
    ok = transaction_run(&t, e);
    p->alone = NULL;
    *outcome = ok ? UNIT_APPLIED : t.outcome;
    if (!ok)
        return false;
    g->count = t.behind;
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

    return run_inside(g, segment, false, last, &outcome, e) || stopped_inside(g, outcome);
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

static bool send_one(struct progress *g, const struct statement *s, const char *sql, uint64_t nth,
                     struct copy_rows *rows, bool *nothing, struct err *e)
{
    struct applying *p = g->p;
    struct pg *pg = p->pg;
    struct sent_script at = { text_from(sql), 0, s->from, (size_t)nth };
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
            *nothing = nothing_remains(s, failed);
            place_error(e, p, failed, at, 0);
            if (rows->failed)
                *e = rows->err;
        }
    }
    PQclear(failed);
    return ok;
}

/* *nothing: of a failure, that none of the statement is kept. chain goes on over a large script's. */
static bool run_one(struct progress *g, const struct statement *s, struct text text, uint64_t nth,
                    struct resumed_chain *chain, bool *nothing, struct err *e)
{
    struct applying *p = g->p;
    const char *sql = arena_cstr(p->arena, text);
    struct copy_blocks_sent block;
    struct large_rows large;
    struct copy_rows *rows;
    struct concurrent c;
    bool ok;

    *nothing = false;
    if (p->script.whole) {
        block = copy_of_script(&p->script, (size_t)s->nth);
        rows = &block.rows;
    } else {
        resumed_chain_statement(chain, text);
        large = large_rows(p, chain, nth);
        rows = &large.rows;
        p->alone = &p->passage.now;
    }
    if (concurrent_read(&c, text, p->arena))
        ok = run_concurrent(g, s, &c, sql, nth, nothing, e);
    else
        ok = send_one(g, s, sql, nth, rows, nothing, e);
    p->alone = NULL;
    return ok;
}

static bool left_open(const struct applying *p, struct err *e)
{
    pg_rollback(p->pg);
    err_set(e, ERR_SCRIPT_FAILED, IN_FILE(p->script.path), "the script left a transaction open; that was rolled back");
    return err_hint(e, "end the script with the COMMIT that its BEGIN asks for");
}

/* One statement, or a block that the script rolls back by itself. */
static bool run_written(struct progress *g, const struct script_part *part, struct resumed_chain *chain, bool *nothing,
                        struct err *e)
{
    struct applying *p = g->p;
    uint64_t nth = part->before;
    bool chained = false;

    *nothing = true;
    for (uint64_t i = part->first; i < part->end; i++) {
        struct statement s;
        struct text sql;

        if (!statement_at(&s, &sql, p, i, e))
            return false;
        if (s.dropped)
            continue;
        chained = chained || s.control == CONTROL_CHAIN;
        if (!run_one(g, &s, sql, nth++, chain, nothing, e)) {
            *nothing = *nothing && !chained;
            return false;
        }
        *nothing = false;
    }
    return PQtransactionStatus(p->pg->conn) == PQTRANS_IDLE || left_open(p, e);
}

static bool run_outside(struct progress *g, const struct segment *segment, struct err *e)
{
    struct applying *p = g->p;
    struct script_part part = segments_part(&p->script, segment, g->count.done);
    struct journal_count begun = g->count, idle = g->count, behind;
    struct resumed_chain chain = journal_chain(&g->count, p);
    struct err later;
    bool nothing;

    begun.begun = begun.done + 1;
    idle.begun = 0;
    if (!count_is(g, begun, e))
        return stopped(g, UNIT_ROLLED_BACK);
    /* The parser was not asked what is in it. */
    p->pg->dirty = p->pg->dirty || !p->script.whole;
    if (run_written(g, &part, &chain, &nothing, e)) {
        g->rows_written = false;
        behind = journal_behind(&begun, p, &part);
        if (!p->script.whole)
            memcpy(behind.hash, chain.hex, sizeof behind.hash);
        return count_is(g, behind, e) || stopped(g, UNIT_PARTIAL);
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

static bool run_by_itself(struct progress *g, uint64_t nth, bool last, struct err *e)
{
    struct segment one = { .first = nth, .count = 1, .transactional = true };
    enum unit_outcome outcome;

    if (run_inside(g, &one, true, last, &outcome, e))
        return true;
    if (outcome != UNIT_ROLLED_BACK || e->kind != ERR_SCRIPT_FAILED || !is_refused_inside(e))
        return stopped_inside(g, outcome);
    return run_outside(g, &one, e);
}

static bool run_each(struct progress *g, const struct segment *segment, bool last, struct err *e)
{
    struct applying *p = g->p;
    uint64_t end = segment->first + segment->count;

    for (uint64_t i = segment->first; i < end; i++) {
        struct arena *whole = p->arena;
        struct statement s;
        struct text sql;
        bool ok;

        if (!interrupt_check(e) || !statement_at(&s, &sql, p, i, e))
            return stopped(g, UNIT_ROLLED_BACK);
        if (s.dropped)
            continue;
        if (!p->script.whole)
            large_tell(p, g->count.done, p->passage.now.bytes);
        p->arena = arena_open();
        ok = run_by_itself(g, i, last && i + 1 == end, e);
        arena_close(p->arena);
        p->arena = whole;
        if (!ok)
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
    if (!pg_restore(p->pg, e) || !large_is_unchanged(p, e))
        return stopped(g, UNIT_PARTIAL);
    if (!apply_rows(p, p->unit->rows, p->unit->nrows, false, e))
        return stopped(g, pg_lost(p->pg) ? UNIT_UNKNOWN : UNIT_PARTIAL);
    return true;
}

static bool set_again(struct progress *g, uint64_t at, uint64_t nth, struct err *e)
{
    struct resumed_chain none = { 0 };
    struct statement s;
    struct text sql;
    bool nothing;

    return statement_at(&s, &sql, g->p, at, e) && run_one(g, &s, sql, nth, &none, &nothing, e);
}

/* What the done part has set for the rest. */
static bool settings_again(struct progress *g, struct err *e)
{
    const struct statements *list = &g->p->script.statements;
    uint64_t end = segments_nth(list, g->count.done), dropped = 0;
    bool undone = false;

    for (size_t i = 0; i < list->len && list->at[i].nth < end; i++) {
        const struct statement *s = &list->at[i];

        dropped += s->dropped;
        if (s->dropped)
            continue;
        undone = (undone || s->control == CONTROL_BEGIN) && s->control != CONTROL_ROLLBACK;
        if ((s->marks & MARK_SETS) && !undone && !set_again(g, s->nth, s->nth - dropped, e))
            return stopped(g, UNIT_PARTIAL);
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
    p->pg->dirty = p->script.traits.changes_session || (p->script.whole && !p->unit->facts.parsed);
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
