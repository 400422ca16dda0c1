#include "core/relink.h"

#include "core/base/text.h"
#include "core/digest.h"
#include "core/prepare.h"

/* The one missing version, or the one pending file, with this script; NULL where there is none, or several. */
static struct version_entry *only_missing(struct resolution *r, const char *sha256)
{
    struct version_entry *found = NULL;

    for (size_t i = 0; i < r->len; i++) {
        struct version_entry *v = &r->at[i];
        const struct history_entry *applied = v->record ? v->record->applied : NULL;

        if (v->state != STATE_MISSING || !applied || !applied->sha256 || strcmp(applied->sha256, sha256) != 0)
            continue;
        if (found || (v->flags & FLAG_PARTIAL))
            return NULL;
        found = v;
    }
    return found;
}

static struct version_entry *only_pending(struct resolution *r, const struct resolve_input *in, const char *sha256)
{
    struct version_entry *found = NULL;

    for (size_t i = 0; i < r->len; i++) {
        struct version_entry *v = &r->at[i];
        const char *script = v->migration ? in->sha256[v->migration - in->migrations->at] : NULL;

        if (v->state != STATE_PENDING || !script || strcmp(script, sha256) != 0)
            continue;
        if (found || (v->flags & FLAG_PARTIAL))
            return NULL;
        found = v;
    }
    return found;
}

/* When every entry has its place: they point at each other. */
void relink_find(struct resolution *r, const struct resolve_input *in)
{
    for (size_t i = 0; in->sha256 && i < in->migrations->len; i++) {
        const char *sha256 = in->sha256[i];
        struct version_entry *pending = sha256 ? only_pending(r, in, sha256) : NULL;
        struct version_entry *missing = pending ? only_missing(r, sha256) : NULL;

        if (!missing)
            continue;
        pending->flags |= FLAG_RENAMED;
        pending->renamed = missing;
        missing->renamed = pending;
    }
}

bool relink_prepare(struct step *s, struct workspace *w, struct err *e)
{
    const struct history_entry *applied = s->entry->renamed->record->applied;
    const struct migration *m = s->entry->migration;

    if (!source_read(&s->script, &w->source, &m->up, e))
        return false;
    s->from = FROM_FILE;
    s->path = m->up.path;
    s->blob = m->up.blob;
    s->sha256 = digest_script(s->script, w->arena);
    if (strcmp(s->sha256, applied->sha256) != 0) {
        err_set(e, ERR_STALE_PLAN, IN_FILE(m->up.path), "%s was changed while it was being relinked", s->entry->id);
        return err_hint(e, "run this again: it looks anew at what is to do");
    }
    return prepare_version_fits(w, m, e) &&
           history_down_script(&s->down, w->db, &w->ledger.history, applied, w->arena, e);
}

/* Drizzle's own row stays where neither its hash nor its `when` changes. */
static bool is_drizzles_already(struct workspace *w, const struct step *s)
{
    const struct ledger_row *row = s->entry->renamed->row;
    uint64_t when;

    return row->in_drizzle && text_to_u64(text_from(row->when), &when) && when == s->entry->migration->when_ms &&
           strcmp(row->hash, digest_sha256(s->script, w->arena)) == 0;
}

static void move_rows(struct row_changes *out, struct workspace *w, const struct step *s)
{
    const struct version_entry *now = s->entry, *before = s->entry->renamed;
    struct ledger_row row = *before->row;
    bool stays = w->ledger.kind == LEDGER_DRIZZLE && is_drizzles_already(w, s);

    row.in_drizzle &= !stays;
    ledger_changes(out, &w->ledger, NULL, before->version, DIRECTION_DOWN, &row, NULL, false, w->arena);
    ledger_changes(out, &w->ledger, now->migration, now->version, DIRECTION_UP, NULL,
                   digest_sha256(s->script, w->arena), false, w->arena);
    if (stays)
        out->len--;
}

void relink_changes(struct row_changes *out, struct workspace *w, const struct step *s)
{
    const struct version_entry *now = s->entry, *before = s->entry->renamed;
    const struct history_entry *applied = before->record->applied;
    struct history_note gone = workspace_note(w, before->version, before->name, "relink", "rolled_back");
    struct history_note note = workspace_note(w, now->version, now->name, "relink", "applied");

    move_rows(out, w, s);
    /* What was applied, from where and by whose repository stays what it was, under another version. */
    note.entry.kind = applied->kind;
    note.entry.path = applied->path;
    note.entry.sha256 = applied->sha256;
    note.entry.blob = applied->blob;
    note.entry.commit = applied->commit;
    note.entry.repository = applied->repository;
    note.down_script = s->down;
    *(struct row_change *)arena_push(w->arena, out) = history_append(&w->ledger.history, &gone, w->arena);
    *(struct row_change *)arena_push(w->arena, out) = history_append(&w->ledger.history, &note, w->arena);
}
