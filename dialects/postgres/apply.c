#include "dialects/postgres/lease.h"
#include "dialects/postgres/transaction.h"

/* All of it in one transaction. */
static bool apply_whole(struct applying *p, struct err *e)
{
    static const struct segment all = { .transactional = true };
    const struct segment *g = p->script.segments.len ? &p->script.segments.at[0] : &all;
    struct transaction t = { .p = p, .rows = p->unit->rows, .nrows = p->unit->nrows, .last = true };
    bool ok;

    t.part = segments_part(&p->script, g, 0);
    t.parsed = p->unit->facts.parsed;
    p->pg->dirty = p->script.traits.changes_session || !p->unit->facts.parsed;
    ok = transaction_run(&t, e);
    p->result->outcome = t.outcome;
    p->result->statements_done = ok || t.outcome == UNIT_PARTIAL ? t.part.sent : 0;
    return ok;
}

bool postgres_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e)
{
    struct applying p = { .pg = (struct pg *)db, .unit = unit, .result = result, .arena = arena_open() };
    /* On a connection that is lost already nothing is sent: that much is certain. */
    bool ok = pg_lost(p.pg) ? pg_error_lost(e, p.pg, NULL) : pg_restore(p.pg, e);

    if (ok && unit->script.script) {
        if (unit->facts.reading)
            p.script = *(const struct pg_script *)unit->facts.reading;
        else
            ok = script_read(&p.script, &unit->script, p.arena, e);
        p.pg->path = unit->script.script->path;
        p.passage.script = &p.script;
    } else {
        p.script.body = p.script.source = TEXT("");
        p.script.control.shape = SCRIPT_ATOMIC;
        p.script.whole = true;
    }
    if (ok)
        ok = p.script.control.shape == SCRIPT_ATOMIC ? apply_whole(&p, e) : apply_segments(&p, e);
    if (!ok)
        lease_explain(p.pg, e);
    p.pg->path = NULL;
    passage_close(&p.passage);
    arena_close(p.arena);
    return ok;
}
