/* Scripts that run outside a transaction: one statement after the other, each kept when it is done. */
#include "core/base/interrupt.h"
#include "dialects/sqlite/apply.h"
#include "dialects/sqlite/foreign_keys.h"
#include "dialects/sqlite/rows.h"

/* What has happened is written down whatever signal came meanwhile. */
static bool progress(struct sqlite_run *run, struct err *e)
{
    const struct unit *unit = run->unit;
    bool ok;

    if (!unit->journal.done || !unit->nbefore)
        return true;
    run->c->finishing = true;
    ok = sqlite_row_count(run->c, &unit->before[0], run->started_row, unit->journal.done, run->result->statements_done,
                          run->arena, e);
    run->c->finishing = false;
    return ok;
}

static bool script_run(struct sqlite_run *run, struct err *e)
{
    size_t behind = 0;

    for (size_t i = 0; i < run->script.list.len; i++) {
        const struct sqlite_statement *s = &run->script.list.at[i];

        if (s->dropped || s->from < behind)
            continue;
        if (!interrupt_check(e) || !sqlite_execute(run, s, &behind, e))
            return false;
        sqlite_statement_done(run, s);
        if (!progress(run, e))
            return false;
    }
    if (!sqlite_in_transaction(run->c))
        return true;
    sqlite_script_refuse(run, run->script.source.len, e, "the script leaves a transaction open");
    return err_hint(e, "end it with COMMIT");
}

static bool finish(struct sqlite_run *run, struct err *e)
{
    const struct unit *unit = run->unit;
    bool ok;

    run->c->finishing = true;
    ok = sqlite_begin(run->c, false, e) &&
         sqlite_rows_put(run->c, unit->rows, unit->nrows, run->result->started_at_ms, run->arena, e) &&
         sqlite_commit(run->c, e);
    run->c->finishing = false;
    return ok;
}

bool sqlite_apply_statements(struct sqlite_run *run, struct err *e)
{
    bool keys_were_on = sqlite_keys_on(run->c);
    bool ok;

    run->result->outcome = UNIT_PARTIAL;
    ok = script_run(run, e);
    sqlite_rollback(run->c);
    sqlite_keys_set(run->c, keys_were_on);
    run->result->statements_done = run->committed;
    if (!ok && !run->kept && !run->may_remain) {
        run->result->outcome = UNIT_ROLLED_BACK;
        run->result->statements_done = 0;
    }
    if (!ok || !finish(run, e)) {
        sqlite_rollback(run->c);
        return false;
    }
    run->result->outcome = UNIT_APPLIED;
    return true;
}
