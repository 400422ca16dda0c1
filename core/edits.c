#include "core/edits.h"

#include "core/base/text.h"
#include "core/cosmetic.h"
#include "core/scripts.h"

/* The checksum of a migration's up script as it stands. */
static bool up_sha256(const char **out, struct workspace *w, const struct migration *m, struct err *e)
{
    struct script script;

    return scripts_open(&script, &w->source, &m->up, e) && scripts_sha256(out, &script, w->arena, e);
}

/* Only comments and white space: told by the applied script, where git still has it. */
static bool is_cosmetic(bool *out, struct workspace *w, const struct migration *m, struct object_id applied,
                        struct err *e)
{
    struct script before, now;
    struct text was, is;
    bool found = false;

    *out = false;
    if (!applied.known)
        return true;
    if (!vcs_script_blob(&before, &found, w->source.vcs, applied, SOURCE_FILE_MAX, w->arena, e))
        return false;
    if (!found || before.size > SCRIPTS_SHOWN_MAX)
        return true;
    if (!scripts_open(&now, &w->source, &m->up, e))
        return false;
    if (now.size > SCRIPTS_SHOWN_MAX)
        return true;
    if (!script_whole(&was, &before, w->arena, e) || !script_whole(&is, &now, w->arena, e))
        return false;
    *out = cosmetic_equal(was, is);
    return true;
}

/* How today's up script stands to the applied one. Equal blobs need no reading. */
bool edits_find(enum script_edit *out, struct workspace *w, const struct migration *m, struct err *e)
{
    const struct ledger_row *row = ledger_row_find(&w->ledger.rows, m->version);
    const struct history_record *record = history_record_find(&w->ledger.history.records, m->version);
    const struct history_entry *applied = record ? record->applied : NULL;
    struct object_id blob = { 0 };
    const char *sha256;
    bool cosmetic;

    *out = SCRIPT_UNCHANGED;
    if (!row)
        return true;
    if (!m->up.path) {
        *out = applied && applied->sha256 ? SCRIPT_EDITED : SCRIPT_UNCHANGED;
        return true;
    }
    if (!applied || !applied->sha256) {
        *out = row->hash_differs ? SCRIPT_EDITED : SCRIPT_UNCHANGED;
        return true;
    }
    if (applied->blob && object_id_parse(&blob, text_from(applied->blob)) && object_id_equal(blob, m->up.blob))
        return true;
    if (!up_sha256(&sha256, w, m, e))
        return false;
    if (strcmp(sha256, applied->sha256) == 0)
        return true;
    if (!is_cosmetic(&cosmetic, w, m, blob, e))
        return false;
    *out = cosmetic ? SCRIPT_COSMETIC : SCRIPT_EDITED;
    return true;
}

/* Whether a missing version's script is known: only then the pending ones have to be read. */
static bool any_recorded_is_missing(const struct workspace *w)
{
    for (size_t i = 0; i < w->ledger.rows.len; i++) {
        const char *version = w->ledger.rows.at[i].version;
        const struct history_record *record = history_record_find(&w->ledger.history.records, version);

        if (record && record->applied && record->applied->sha256 && !migration_find(&w->source.migrations, version))
            return true;
    }
    return false;
}

/* The checksums of the pending scripts that do anything: what only comments (as `drizzle-kit generate --custom` makes
 * it) is nobody's in particular. */
bool edits_pending_sha256(const char ***out, struct workspace *w, struct err *e)
{
    const struct migrations *m = &w->source.migrations;

    *out = NULL;
    if (!any_recorded_is_missing(w))
        return true;
    *out = arena_make(w->arena, const char *, m->len);
    for (size_t i = 0; i < m->len; i++) {
        struct script script;
        struct text all;

        if (!m->at[i].up.path || ledger_row_find(&w->ledger.rows, m->at[i].version))
            continue;
        if (!scripts_open(&script, &w->source, &m->at[i].up, e) || !script.read(&script, 0, &all, e))
            return false;
        /* What comes in pieces is more than a comment. */
        if ((all.len < script.size || !cosmetic_equal(all, TEXT(""))) &&
            !scripts_sha256(&(*out)[i], &script, w->arena, e))
            return false;
    }
    return true;
}
