#include "core/baseline.h"

#include "core/base/text.h"
#include "core/digest.h"
#include "core/prepare.h"
#include "core/schema_record.h"
#include "core/scripts.h"

bool baseline_rows(struct row_changes *ledger, struct row_changes *history, struct workspace *w,
                   const struct version_entry *v, struct err *e)
{
    const struct migration *m = v->migration;
    struct history_note note = workspace_note(w, v->version, v->name, "baseline", "applied");
    struct script up = script_in_memory(NULL, TEXT(""), w->arena);
    bool rendered = m && !m->unrendered;
    const char *raw;

    if (m && !prepare_version_fits(w, m, e))
        return false;
    if (rendered && !scripts_open(&up, &w->source, &m->up, e))
        return false;
    if (!digest_of(&raw, &up, DIGEST_RAW, w->arena, e) || (m && !prepare_kept_down(&note.down_script, w, m, e)))
        return false;
    ledger_changes(ledger, &w->ledger, m, v->version, DIRECTION_UP, NULL, raw, false, w->arena);
    note.entry.kind = "baseline";
    if (rendered) {
        note.entry.path = text_as_utf8(w->arena, text_from(m->up.path));
        if (!scripts_sha256(&note.entry.sha256, &up, w->arena, e))
            return false;
        note.entry.blob = object_id_hex(w->arena, m->up.blob);
    }
    ledger_change_add(history, history_append(&w->ledger.history, &note, w->arena), w->arena);
    return true;
}

static bool mark_locked(struct baseline_result *out, struct workspace *w, const char *to, struct err *e)
{
    struct resolve_options o = { .to = to, .renamed = RENAMED_RUN };
    struct schema_recorder recorder;
    struct row_changes rows = { 0 }, unkept = { 0 };
    const char *newest;
    struct plan plan;

    if (!resolve_up(&plan, &w->versions, &o, w->arena, e) ||
        !(workspace_create_history(w, e) && workspace_create_ledger(w, e)))
        return false;
    out->marked = arena_make(w->arena, const struct version_entry *, plan.len);
    for (size_t i = 0; i < plan.len; i++) {
        if (!baseline_rows(&rows, w->ledger.history.exists ? &rows : &unkept, w, plan.at[i].entry, e))
            return false;
        out->marked[out->len++] = plan.at[i].entry;
    }
    if (!rows.len)
        return true;
    newest = plan.at[plan.len - 1].entry->version;
    schema_record_begin(&recorder, w, newest, 1);
    if (!db_rows_write(w->db, rows.at, rows.len, e))
        return false;
    schema_record_after(&recorder, w, newest, "baseline");
    return true;
}

bool baseline_mark(struct baseline_result *out, struct workspace *w, const char *to, struct err *e)
{
    *out = (struct baseline_result) { 0 };
    if (!workspace_check_writable(w, e))
        return false;
    if (!workspace_survey(w, e) || !workspace_lock(w, NULL, NULL, e))
        return workspace_unlock(w, false, e);
    return workspace_unlock(w, mark_locked(out, w, to, e), e);
}
