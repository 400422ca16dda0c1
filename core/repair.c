#include "core/repair.h"

#include "core/base/text.h"
#include "core/digest.h"
#include "core/prepare.h"
#include "core/scripts.h"

static void push(struct row_changes *rows, struct workspace *w, struct row_change change)
{
    *(struct row_change *)arena_push(w->arena, rows) = change;
}

/* The row that a run left open, settled; what else it says stays. */
static void settle_open(struct row_changes *rows, struct workspace *w, const struct version_entry *v,
                        const char *outcome)
{
    struct history_note note = {
        .entry = { .run_id = v->record->open->run_id,
                   .version = v->version,
                   .direction = v->record->open->direction,
                   .outcome = outcome },
        .finished = true,
    };

    push(rows, w, history_finish(&w->ledger.history, &note, w->arena));
}

static bool sha256_of(const char **script, const char **raw, struct workspace *w, const struct migration *m,
                      struct err *e)
{
    struct script up;

    return scripts_open(&up, &w->source, &m->up, e) && scripts_sha256(script, &up, w->arena, e) &&
           digest_of(raw, &up, DIGEST_RAW, w->arena, e);
}

static bool finished(struct row_changes *rows, struct workspace *w, const struct version_entry *v, struct err *e)
{
    bool up = strcmp(v->record->open->direction, "down") != 0;
    const char *script = NULL, *raw = NULL;

    if (up && w->ledger.kind == LEDGER_DRIZZLE && !(v->migration && v->migration->up.path)) {
        err_plain(e, ERR_UNKNOWN_VERSION, "%s has no file here, and Drizzle's table wants its hash", v->id);
        return err_hint(e, "go to a commit that has the file, then run this again");
    }
    if (up && v->migration && v->migration->up.path && !sha256_of(&script, &raw, w, v->migration, e))
        return false;
    if (up != (v->row != NULL))
        ledger_changes(rows, &w->ledger, v->migration, v->version, up ? DIRECTION_UP : DIRECTION_DOWN, v->row, raw,
                       false, w->arena);
    settle_open(rows, w, v, up ? "applied" : "rolled_back");
    return true;
}

static bool accept_edit(struct row_changes *rows, struct workspace *w, const struct version_entry *v, struct err *e)
{
    struct history_note note = workspace_note(w, v->version, v->name, "reconcile", "applied");
    const char *raw;

    if (!sha256_of(&note.entry.sha256, &raw, w, v->migration, e))
        return false;
    if (!prepare_kept_down(&note.down_script, w, v->migration, e))
        return false;
    if (v->flags & FLAG_UNCOMMITTED)
        note.entry.commit = NULL;
    note.entry.path = text_as_utf8(w->arena, text_from(v->migration->up.path));
    note.entry.blob = object_id_hex(w->arena, v->migration->up.blob);
    push(rows, w, history_append(&w->ledger.history, &note, w->arena));
    return true;
}

static bool version_find(const struct version_entry **out, const struct workspace *w, const char *version,
                         enum repair_kind kind, struct err *e)
{
    const struct version_entry *v;
    size_t at;

    if (!resolve_version(&at, &w->versions, version, w->arena, e))
        return false;
    v = *out = &w->versions.at[at];
    if (kind == REPAIR_ACCEPT_EDIT && !(v->flags & FLAG_EDITED)) {
        err_plain(e, ERR_USAGE, "%s was not edited after it was applied", v->id);
        return err_hint(e, "`merganser status` shows which are");
    }
    if (kind != REPAIR_ACCEPT_EDIT && !(v->flags & FLAG_PARTIAL)) {
        err_plain(e, ERR_USAGE, "%s did not stop midway: there is nothing to repair", v->id);
        return err_hint(e, "`merganser status` shows which versions are partial");
    }
    return true;
}

static bool version_locked(const struct version_entry **out, struct workspace *w, const char *version,
                           enum repair_kind kind, struct err *e)
{
    struct row_changes rows = { 0 };
    bool ok = true;

    if (!version_find(out, w, version, kind, e))
        return false;
    if (kind == REPAIR_ACCEPT_EDIT)
        ok = workspace_create_history(w, e) && workspace_create_ledger(w, e) && accept_edit(&rows, w, *out, e);
    else if (kind == REPAIR_FINISHED)
        ok = finished(&rows, w, *out, e);
    else
        settle_open(&rows, w, *out, "failed");
    return ok && db_rows_write(w->db, rows.at, rows.len, e);
}

bool repair_check(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                  struct err *e)
{
    return workspace_check_writable(w, e) && workspace_survey(w, e) && version_find(out, w, version, kind, e);
}

bool repair_version(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                    struct err *e)
{
    if (!repair_check(out, w, version, kind, e))
        return false;
    return workspace_unlock(w, workspace_lock(w, NULL, NULL, e) && version_locked(out, w, version, kind, e), e);
}

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

        if (!row->in_drizzle && m && m->up.path && !sha256_of(&script, &raw, w, m, e))
            return false;
        if (!row->in_drizzle && !m)
            return true; /* nothing is known that Drizzle's table could be given */
        ledger_changes(&both, &w->ledger, m ? m : &(struct migration) { 0 }, row->version, DIRECTION_UP, NULL, raw,
                       false, w->arena);
        /* The version table's row comes first, Drizzle's second: the one that is absent is written. */
        push(rows, w, both.at[row->in_main ? 1 : 0]);
        out->added_versions[out->nadded++] = row->version;
    }
    if (w->ledger.history.exists)
        push(rows, w, history_append(&w->ledger.history, &note, w->arena));
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
