/* Drizzle's table and schema_migrations, where they do not agree. */
#include "core/repair.h"

#include "core/digest.h"

/* A row that only one of the two tables has. */
static bool settle_row(struct row_changes *rows, struct reconcile_result *out, struct workspace *w,
                       const struct ledger_row *row, bool forget, struct err *e)
{
    const struct migration *m = migration_find(&w->source.migrations, row->version);
    struct history_note note = workspace_note(w, row->version, m ? m->name : "", "reconcile",
                                              forget && row->in_main ? "rolled_back" : "applied");
    struct row_changes both = { 0 };
    const char *raw = row->hash;

    if (row->in_main && forget) {
        ledger_changes(rows, &w->ledger, m, row->version, DIRECTION_DOWN, row, NULL, false, w->arena);
        out->removed_versions[out->nremoved++] = row->version;
    } else {
        const char *script;

        if (!row->in_drizzle && m && m->up.path && !repair_sha256(&script, &raw, w, m, e))
            return false;
        if (!row->in_drizzle && !m)
            return true; /* nothing is known that Drizzle's table could be given */
        ledger_changes(&both, &w->ledger, m ? m : &(struct migration) { 0 }, row->version, DIRECTION_UP, NULL, raw,
                       false, w->arena);
        /* The version table's row comes first, Drizzle's second: the one that is absent is written. */
        ledger_change_add(rows, both.at[row->in_main ? 1 : 0], w->arena);
        out->added_versions[out->nadded++] = row->version;
    }
    if (w->ledger.history.exists)
        ledger_change_add(rows, history_append(&w->ledger.history, &note, w->arena), w->arena);
    return true;
}

bool repair_adopt(struct workspace *w, struct err *e)
{
    const struct ledger_rows *have = &w->ledger.rows;
    struct reconcile_result ignored = { .added_versions = arena_make(w->arena, const char *, have->len) };
    struct row_changes rows = { 0 };

    for (size_t i = 0; w->ledger.kind == LEDGER_DRIZZLE && i < have->len; i++) {
        if (have->at[i].in_main)
            continue;
        if (!settle_row(&rows, &ignored, w, &have->at[i], false, e))
            return false;
        have->at[i].in_main = true;
    }
    return rows.len == 0 || db_rows_write(w->db, rows.at, rows.len, e);
}

static bool reconcile_locked(struct reconcile_result *out, struct workspace *w, bool forget, bool write, struct err *e)
{
    struct row_changes rows = { 0 };
    const struct ledger_rows *have = &w->ledger.rows;

    out->added_versions = arena_make(w->arena, const char *, have->len);
    out->removed_versions = arena_make(w->arena, const char *, have->len);
    if (write && !(workspace_create_history(w, e) && workspace_create_ledger(w, e)))
        return false;
    for (size_t i = 0; i < have->len; i++)
        if (have->at[i].in_main != have->at[i].in_drizzle && !settle_row(&rows, out, w, &have->at[i], forget, e))
            return false;
    return !write || rows.len == 0 || db_rows_write(w->db, rows.at, rows.len, e);
}

bool repair_reconcile(struct reconcile_result *out, struct workspace *w, bool forget, bool write, struct err *e)
{
    *out = (struct reconcile_result) { 0 };
    if (!workspace_survey(w, e))
        return false;
    if (w->ledger.kind != LEDGER_DRIZZLE) {
        err_plain(e, ERR_USAGE, "there are not two tables to reconcile: the layout is %s", w->source.layout->name);
        return err_hint(e, "only Drizzle's ledger is kept in two tables");
    }
    if (!write)
        return reconcile_locked(out, w, forget, false, e);
    if (!workspace_check_writable(w, e))
        return false;
    if (!workspace_lock(w, NULL, NULL, e))
        return workspace_unlock(w, false, e);
    return workspace_unlock(w, reconcile_locked(out, w, forget, true, e), e);
}
