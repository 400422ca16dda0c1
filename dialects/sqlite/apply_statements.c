/* Scripts that run outside a transaction: one statement after the other, each kept when it is done. */
#include "core/base/interrupt.h"
#include "dialects/sqlite/apply.h"
#include "dialects/sqlite/foreign_keys.h"
#include "dialects/sqlite/rows.h"

/* The rows that say it has started. *rowid is that of the first, for the progress. */
static bool start(struct sqlite_run *run, sqlite3_int64 *rowid, struct err *e)
{
    const struct unit *unit = run->unit;
    int64_t started = run->result->started_at_ms;

    *rowid = 0;
    if (!sqlite_begin(run->c, false, e))
        return false;
    for (size_t i = 0; i < unit->nbefore; i++) {
        if (!sqlite_rows_check(run->c, &unit->before[i], 1, run->arena, e) ||
            !sqlite_rows_put(run->c, &unit->before[i], 1, started, run->arena, e))
            return false;
        if (i == 0)
            *rowid = sqlite3_last_insert_rowid(run->c->handle);
    }
    return sqlite_rows_check(run->c, unit->rows, unit->nrows, run->arena, e) && sqlite_commit(run->c, e);
}

/* What has happened is written down whatever signal came meanwhile. */
static bool progress(struct sqlite_run *run, sqlite3_int64 rowid, struct err *e)
{
    const struct unit *unit = run->unit;
    bool ok;

    if (!unit->progress_column || !unit->nbefore)
        return true;
    run->c->finishing = true;
    ok = sqlite_row_count(run->c, &unit->before[0], rowid, unit->progress_column, run->result->statements_done,
                          run->arena, e);
    run->c->finishing = false;
    return ok;
}

static bool script_run(struct sqlite_run *run, sqlite3_int64 rowid, struct err *e)
{
    size_t behind = 0;

    for (size_t i = 0; i < run->script.list.len; i++) {
        const struct sqlite_statement *s = &run->script.list.at[i];

        if (s->dropped || s->from < behind)
            continue;
        if (!interrupt_check(e) || !sqlite_execute(run, s, &behind, e))
            return false;
        run->result->statements_done++;
        if (!sqlite_in_transaction(run->c))
            run->committed = run->result->statements_done;
        if (!progress(run, rowid, e))
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
    sqlite3_int64 rowid;
    bool ok;

    /* SQLite would say so too, but only when what stands before has been run and kept. */
    if (run->script.open_quote)
        return sqlite_script_refuse(run, run->script.open_at, e, "nothing closes this quote");
    if (!start(run, &rowid, e)) {
        sqlite_rollback(run->c);
        return false;
    }
    run->result->outcome = UNIT_PARTIAL;
    ok = script_run(run, rowid, e);
    sqlite_rollback(run->c);
    sqlite_keys_set(run->c, keys_were_on);
    run->result->statements_done = run->committed;
    if (!ok || !finish(run, e)) {
        sqlite_rollback(run->c);
        return false;
    }
    run->result->outcome = UNIT_APPLIED;
    return true;
}
