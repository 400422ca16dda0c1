#include "core/relink.h"

#include "core/base/text.h"

/* Drizzle's own row stays where neither its hash nor its `when` changes. */
static bool is_drizzles_already(const struct step *s)
{
    const struct ledger_row *row = s->entry->renamed->row;
    uint64_t when;

    return row->in_drizzle && text_to_u64(text_from(row->when), &when) && when == s->entry->migration->when_ms &&
           strcmp(row->hash, s->raw_sha256) == 0;
}

static void move_rows(struct row_changes *out, struct workspace *w, const struct step *s)
{
    const struct version_entry *now = s->entry, *before = s->entry->renamed;
    struct ledger_row row = *before->row;
    bool stays = w->ledger.kind == LEDGER_DRIZZLE && is_drizzles_already(s);

    row.in_drizzle &= !stays;
    ledger_changes(out, &w->ledger, NULL, before->version, DIRECTION_DOWN, &row, NULL, false, w->arena);
    ledger_changes(out, &w->ledger, now->migration, now->version, DIRECTION_UP, NULL, s->raw_sha256, false, w->arena);
    /* Drizzle's row comes behind the main one's. */
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
    ledger_change_add(out, history_append(&w->ledger.history, &gone, w->arena), w->arena);
    ledger_change_add(out, history_append(&w->ledger.history, &note, w->arena), w->arena);
}

void relink_unit(struct unit *out, struct workspace *w, const struct step *s)
{
    struct row_changes rows = { 0 };

    relink_changes(&rows, w, s);
    *out = (struct unit) { .script = { .version = s->entry->version, .ledger = w->ledger.main },
                           .facts = { .parsed = true },
                           .rows = rows.at,
                           .nrows = rows.len };
}
