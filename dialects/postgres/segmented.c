/* A script of several segments: its rows before, then one segment after the other with the journal's count, then its
 * rows after. What an earlier run has done is not in its segments any more. */
#include "core/base/interrupt.h"
#include "dialects/postgres/large.h"
#include "dialects/postgres/single.h"
#include "dialects/postgres/transaction.h"

struct progress {
    struct applying *p;
    struct journal_count count; /* as the journal has it */
    bool rows_written;          /* with the last segment */
};

/* What was begun can be begun again, whether it was done or not. */
static bool repeats(struct applying *p, uint64_t begun)
{
    struct single x = { .p = p };
    struct err ignored;

    return single_find(&x, segments_nth(&p->script.statements, begun - 1), &ignored) &&
           resumed_repeats(&p->script, &x.s, x.sql);
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
    struct single x = { .p = p, .nth = part->before, .chain = chain };
    bool chained = false;

    for (uint64_t i = part->first; i < part->end; i++) {
        if (!single_find(&x, i, e)) {
            pg_rollback(p->pg);
            *nothing = !chained;
            return false;
        }
        if (x.s.dropped)
            continue;
        chained = chained || x.s.control == CONTROL_CHAIN;
        if (!single_run(&x, e)) {
            *nothing = x.nothing && !chained;
            return false;
        }
        x.nth++;
    }
    *nothing = false;
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
        struct single x = { .p = p };
        bool ok;

        if (!interrupt_check(e) || !single_find(&x, i, e))
            return stopped(g, UNIT_ROLLED_BACK);
        if (x.s.dropped)
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
    struct single x = { .p = g->p, .nth = nth };

    return single_find(&x, at, e) && single_run(&x, e);
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
