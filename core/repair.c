#include "core/repair.h"

#include "core/base/text.h"
#include "core/digest.h"
#include "core/partial.h"
#include "core/prepare.h"
#include "core/schema_record.h"
#include "core/scripts.h"

bool repair_sha256(const char **script, const char **raw, struct workspace *w, const struct migration *m, struct err *e)
{
    struct script up;

    return scripts_open(&up, &w->source, &m->up, e) && scripts_sha256(script, &up, w->arena, e) &&
           digest_of(raw, &up, DIGEST_RAW, w->arena, e);
}

bool repair_is_undone(const struct version_entry *v)
{
    return partial_goes_down(v) && !v->row;
}

static void settle(struct row_changes *rows, struct workspace *w, const struct history_entry *open, const char *outcome)
{
    ledger_change_add(rows, history_settle(&w->ledger.history, open, outcome, w->arena), w->arena);
}

/* Who repaired it, and when. */
static void sign(struct row_changes *rows, struct workspace *w, const struct version_entry *v, const char *outcome)
{
    struct history_note note = workspace_note(w, v->version, v->name, "reconcile", outcome);

    ledger_change_add(rows, history_append(&w->ledger.history, &note, w->arena), w->arena);
}

/* ---- a version that stopped midway ---- */

/* Of a version whose undoing has stopped: the row of the run that was to be undone; NULL where that is gone. */
static const struct history_entry *undone_run(const struct workspace *w, const struct version_entry *v)
{
    const struct history_entries *all = &w->ledger.history.entries;

    for (size_t i = all->len; i-- > 0;) {
        const struct history_entry *x = &all->at[i];
        bool open = x->outcome && (strcmp(x->outcome, "partial") == 0 || strcmp(x->outcome, "started") == 0);

        if (open && strcmp(x->version, v->version) == 0 && x->direction && strcmp(x->direction, "up") == 0)
            return x;
    }
    return NULL;
}

/* It is again what its up script has left. */
static void forget_undoing(struct row_changes *rows, struct workspace *w, const struct version_entry *v)
{
    settle(rows, w, v->record->open, "failed");
    sign(rows, w, v, "partial");
}

static bool mark(struct row_changes *rows, struct workspace *w, const struct version_entry *v, bool applied,
                 struct err *e)
{
    const struct history_entry *undone = repair_is_undone(v) ? undone_run(w, v) : NULL;
    bool up = !partial_goes_down(v);
    const char *script = NULL, *raw = NULL;

    if (applied && !v->row && w->ledger.kind == LEDGER_DRIZZLE && !(v->migration && v->migration->up.path)) {
        err_plain(e, ERR_UNKNOWN_VERSION, "%s has no file here, and Drizzle's table wants its hash", v->id);
        return err_hint(e, "go to a commit that has the file, then run this again");
    }
    if (applied && v->migration && v->migration->up.path && !repair_sha256(&script, &raw, w, v->migration, e))
        return false;
    if (applied != (v->row != NULL))
        ledger_changes(rows, &w->ledger, v->migration, v->version, applied ? DIRECTION_UP : DIRECTION_DOWN, v->row, raw,
                       false, w->arena);
    /* The row that the run left open says how it ended; the one behind it who said so, and when. */
    if (undone && applied)
        settle(rows, w, undone, "applied");
    settle(rows, w, v->record->open, up == applied ? (up ? "applied" : "rolled_back") : "failed");
    sign(rows, w, v, applied ? "applied" : "rolled_back");
    return true;
}

bool repair_find(const struct version_entry **out, const struct workspace *w, const char *version, struct err *e)
{
    const struct version_entry *v;
    size_t at;

    if (!resolve_version(&at, &w->versions, version, w->arena, e))
        return false;
    v = *out = &w->versions.at[at];
    if (v->flags & FLAG_PARTIAL)
        return true;
    err_plain(e, ERR_USAGE, "%s did not stop midway: there is nothing to repair", v->id);
    if (v->flags & FLAG_EDITED)
        return err_hint(e,
                        "it was edited after it was applied: `merganser repair %s --accept-edit` records today's "
                        "script as the applied one",
                        v->version);
    return err_hint(e, "`merganser status` shows which versions are partial");
}

static bool applied_after(const struct version_entry *v, enum repair_kind kind)
{
    return kind == REPAIR_MARK_APPLIED || (kind == REPAIR_FORGET && partial_goes_down(v));
}

static bool mark_locked(const struct version_entry **out, struct workspace *w, const char *version,
                        enum repair_kind kind, struct err *e)
{
    struct row_changes rows = { 0 };

    if (!repair_find(out, w, version, e))
        return false;
    if (kind == REPAIR_FORGET && repair_is_undone(*out))
        forget_undoing(&rows, w, *out);
    else if (!workspace_create_ledger(w, e) || !mark(&rows, w, *out, applied_after(*out, kind), e))
        return false;
    if (!db_rows_write(w->db, rows.at, rows.len, e))
        return false;
    /* What was done by hand belongs to this version. */
    schema_record_after(NULL, w, (*out)->version, "repair");
    return true;
}

bool repair_mark(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                 struct err *e)
{
    if (!workspace_check_writable(w, e) || !workspace_survey(w, e) || !repair_find(out, w, version, e))
        return false;
    return workspace_unlock(w, workspace_lock(w, NULL, NULL, e) && mark_locked(out, w, version, kind, e), e);
}

/* ---- edited versions ---- */

static bool accept_edit(struct row_changes *rows, struct workspace *w, const struct version_entry *v, struct err *e)
{
    struct history_note note = workspace_note(w, v->version, v->name, "reconcile", "applied");
    const char *raw;

    if (!v->migration->up.path) {
        err_set(e, ERR_UNRENDERED, IN_FILE(v->migration->also.path), "%s has no .sql that could be recorded", v->id);
        return err_hint(e, "render it, then run this again");
    }
    if (!repair_sha256(&note.entry.sha256, &raw, w, v->migration, e))
        return false;
    if (!prepare_kept_down(&note.down_script, w, v->migration, e))
        return false;
    if (v->flags & FLAG_UNCOMMITTED)
        note.entry.commit = NULL;
    note.entry.path = text_as_utf8(w->arena, text_from(v->migration->up.path));
    note.entry.blob = object_id_hex(w->arena, v->migration->up.blob);
    ledger_change_add(rows, history_append(&w->ledger.history, &note, w->arena), w->arena);
    return true;
}

static bool is_among(const char *const *paths, const char *path)
{
    for (size_t i = 0; path && paths[i]; i++)
        if (strcmp(paths[i], path) == 0)
            return true;
    return false;
}

bool repair_edited(struct repair_edits *out, struct workspace *w, const char *version, const char *const *paths,
                   struct err *e)
{
    size_t at;

    *out = (struct repair_edits) { .at = arena_make(w->arena, const struct version_entry *, w->versions.len) };
    if (version) {
        if (!resolve_version(&at, &w->versions, version, w->arena, e))
            return false;
        out->at[out->len++] = &w->versions.at[at];
        if (out->at[0]->flags & FLAG_EDITED)
            return true;
        err_plain(e, ERR_USAGE, "%s was not edited after it was applied", out->at[0]->id);
        return err_hint(e, "`merganser status` shows which are");
    }
    for (size_t i = 0; i < w->versions.len; i++) {
        const struct version_entry *v = &w->versions.at[i];

        if ((v->flags & FLAG_EDITED) && (!paths || is_among(paths, v->migration->up.path)))
            out->at[out->len++] = v;
    }
    return true;
}

static bool same_edits(const struct repair_edits *a, const struct repair_edits *b)
{
    bool same = a->len == b->len;

    for (size_t i = 0; same && i < a->len; i++)
        same = strcmp(a->at[i]->version, b->at[i]->version) == 0 &&
               object_id_equal(a->at[i]->migration->up.blob, b->at[i]->migration->up.blob);
    return same;
}

static bool accept_locked(struct workspace *w, const struct repair_edits *agreed, const char *version,
                          const char *const *paths, struct err *e)
{
    struct row_changes rows = { 0 };
    struct repair_edits now;

    if (!repair_edited(&now, w, version, paths, e))
        return false;
    if (!same_edits(agreed, &now)) {
        err_plain(e, ERR_STALE_PLAN,
                  "what was confirmed is not what is edited now: somebody changed the database or "
                  "the files meanwhile");
        err_state(e, "nothing was recorded");
        return err_hint(e, "run this again: it looks anew at what is edited");
    }
    if (!workspace_create_history(w, e) || !workspace_create_ledger(w, e))
        return false;
    for (size_t i = 0; i < now.len; i++)
        if (!accept_edit(&rows, w, now.at[i], e))
            return false;
    return db_rows_write(w->db, rows.at, rows.len, e);
}

bool repair_accept(struct workspace *w, const struct repair_edits *agreed, const char *version,
                   const char *const *paths, struct err *e)
{
    if (!workspace_check_writable(w, e))
        return false;
    return workspace_unlock(w, workspace_lock(w, NULL, NULL, e) && accept_locked(w, agreed, version, paths, e), e);
}
