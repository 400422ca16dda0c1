#include "dialects/sqlite/apply.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/sqlite/foreign_keys.h"
#include "dialects/sqlite/rows.h"

/* How the script deals with foreign keys, where it says anything about them. */
struct keys {
    bool touched;
    bool were_on;
    size_t at; /* the first PRAGMA */
    struct sqlite_violations before;
};

/* What the first transaction runs with. One setting has to do for all of it: where a part was written to run with
 * foreign keys off, all of it does, since with them on a rebuilt table may delete its children; the check before the
 * commit finds what went wrong. */
static bool keys_for_transaction(const struct sqlite_script *script, bool on)
{
    bool all_on = on, seen = false;

    for (size_t i = 0; i < script->list.len; i++) {
        const struct sqlite_statement *s = &script->list.at[i];

        if (s->control >= CONTROL_COMMIT && !s->dropped)
            break;
        if (s->lifted)
            on = s->keys == KEYS_ON;
        else if (s->control == CONTROL_NONE) {
            all_on = seen ? all_on && on : on;
            seen = true;
        }
    }
    return all_on;
}

static void keys_read(struct keys *keys, const struct sqlite_run *run)
{
    *keys = (struct keys) { .were_on = sqlite_keys_on(run->c) };
    for (size_t i = 0; i < run->script.list.len && !keys->touched; i++) {
        keys->touched = run->script.list.at[i].keys != KEYS_UNTOUCHED;
        keys->at = run->script.list.at[i].from;
    }
}

static bool keys_check(struct sqlite_run *run, const struct keys *keys, struct err *e)
{
    const struct sqlite_violation *first;
    struct sqlite_violations after;
    size_t n;

    if (!keys->touched || !sqlite_in_transaction(run->c))
        return true;
    if (!sqlite_violations_read(&after, run->c, keys->before.unknown, run->arena, e)) {
        if (e->kind == ERR_DATABASE)
            e->kind = ERR_SCRIPT_FAILED;
        if (e->kind == ERR_SCRIPT_FAILED)
            err_place(e, run->unit->script.script->path, run->script.source, keys->at);
        return false;
    }
    n = sqlite_violations_new(&keys->before, &after, &first);
    if (!n)
        return true;
    sqlite_script_refuse(run, keys->at, e, "the script breaks a foreign key: %s", first->shown);
    if (n > 1)
        err_detail(e, "and %zu more like it, that were not there before", n - 1);
    return false;
}

static bool script_run(struct sqlite_run *run, const struct keys *keys, struct err *e)
{
    size_t behind = 0;

    for (size_t i = 0; i < run->script.list.len; i++) {
        const struct sqlite_statement *s = &run->script.list.at[i];

        /* SQLite itself has read this one as a part of the one before. */
        if (s->dropped || s->lifted || s->from < behind)
            continue;
        if (!interrupt_check(e) || (s->control == CONTROL_COMMIT && !keys_check(run, keys, e)) ||
            !sqlite_execute(run, s, &behind, e))
            return false;
        sqlite_statement_done(run, s);
    }
    if (sqlite_in_transaction(run->c))
        return true;
    run->kept = run->changes;
    sqlite_script_refuse(run, 0, e, "the script ended the transaction that it ran in");
    return err_hint(e, "take its COMMIT out, or begin it with: -- merganser: no-transaction");
}

/* SQLite finds a deferred foreign key that is broken when it commits. */
static bool commit(struct sqlite_run *run, struct err *e)
{
    if (sqlite_commit(run->c, e))
        return true;
    if (run->unit->script.script && (sqlite3_errcode(run->c->handle) & 0xff) == SQLITE_CONSTRAINT) {
        e->kind = ERR_SCRIPT_FAILED;
        e->at = IN_FILE(run->unit->script.script->path);
    }
    return false;
}

static bool inside(struct sqlite_run *run, struct keys *keys, struct err *e)
{
    const struct unit *unit = run->unit;

    return sqlite_begin(run->c, run->script.begin_options, e) &&
           sqlite_rows_check(run->c, unit->rows, unit->nrows, run->arena, e) &&
           (!keys->touched || sqlite_violations_read(&keys->before, run->c, true, run->arena, e)) &&
           (!unit->script.script || script_run(run, keys, e)) && keys_check(run, keys, e) &&
           sqlite_rows_put(run->c, unit->rows, unit->nrows, run->result->started_at_ms, run->arena, e) &&
           commit(run, e);
}

bool sqlite_apply_inside(struct sqlite_run *run, struct err *e)
{
    struct keys keys;
    bool ok;

    keys_read(&keys, run);
    if (keys.touched)
        sqlite_keys_set(run->c, keys_for_transaction(&run->script, keys.were_on));
    ok = inside(run, &keys, e);
    sqlite_rollback(run->c);
    if (keys.touched)
        sqlite_keys_set(run->c, keys.were_on);
    run->result->outcome = ok ? UNIT_APPLIED : run->kept ? UNIT_PARTIAL : UNIT_ROLLED_BACK;
    if (run->result->outcome == UNIT_PARTIAL)
        run->result->statements_done = run->committed;
    return ok;
}

/* What SQLite would not see: a NUL ends the text for it, so that it would leave the rest out without a word. */
static bool bytes_check(struct sqlite_run *run, struct err *e)
{
    if (!run->script.has_nul)
        return true;
    sqlite_script_refuse(run, run->script.nul_at, e, "the script holds a NUL byte");
    return err_hint(e, "save the file as UTF-8");
}

/* Commits the rows that say it has started, so that a process that dies in the middle leaves them behind. */
static bool start(struct sqlite_run *run, struct err *e)
{
    const struct unit *unit = run->unit;
    bool ok = sqlite_begin(run->c, false, e);

    for (size_t i = 0; ok && i < unit->nbefore; i++) {
        ok = sqlite_rows_check(run->c, &unit->before[i], 1, run->arena, e) &&
             sqlite_rows_put(run->c, &unit->before[i], 1, run->result->started_at_ms, run->arena, e);
        if (i == 0)
            run->started_row = sqlite3_last_insert_rowid(run->c->handle);
    }
    ok = ok && sqlite_rows_check(run->c, unit->rows, unit->nrows, run->arena, e) && sqlite_commit(run->c, e);
    sqlite_rollback(run->c);
    return ok;
}

/* SQLite would say so too, but only when what stands before has been run and kept. */
static bool quotes_check(struct sqlite_run *run, struct err *e)
{
    if (run->script.shape != SCRIPT_STATEMENTS || !run->script.open_quote)
        return true;
    return sqlite_script_refuse(run, run->script.open_at, e, "nothing closes this quote");
}

bool sqlite_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e)
{
    struct sqlite_run run = {
        .c = (struct sqlite_db *)db,
        .unit = unit,
        .result = result,
        .arena = arena_open(),
    };
    bool ok = sqlite_writable(run.c, e);

    result->outcome = UNIT_ROLLED_BACK;
    result->statements_done = 0;
    if (ok && unit->script.script)
        ok = sqlite_script_read(&run.script, &unit->script, run.arena, e) && bytes_check(&run, e) &&
             quotes_check(&run, e);
    if (ok && (unit->nbefore || run.script.shape == SCRIPT_STATEMENTS))
        ok = start(&run, e);
    if (ok)
        ok = run.script.shape == SCRIPT_STATEMENTS ? sqlite_apply_statements(&run, e) : sqlite_apply_inside(&run, e);
    for (size_t i = 0; i < run.script.list.len; i++)
        run.c->session_changed = run.c->session_changed || run.script.list.at[i].changes_session;
    arena_close(run.arena);
    return ok;
}
