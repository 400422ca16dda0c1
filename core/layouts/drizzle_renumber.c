#include <inttypes.h>

#include "core/base/text.h"
#include "core/json.h"
#include "core/layouts/drizzle_new.h"
#include "core/layouts/files.h"
#include "core/layouts/journal_entry.h"
#include "core/layouts/renumber.h"

enum { SECOND_MS = 1000 };

struct work {
    struct renumbering *out;
    const struct renumber_request *r;
    struct journal j;
    struct journal_entry last; /* what the next one comes behind */
    const char *last_snapshot; /* its id; NULL: not known */
};

static bool is_own(const struct renumber_request *r, const char *tag)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->own[i]->version, tag) == 0)
            return true;
    return false;
}

static void pass(struct journal_entry *last, const struct journal *j, const struct renumber_request *r)
{
    for (size_t i = 0; i < j->len; i++) {
        if (r && is_own(r, j->at[i].tag))
            continue;
        if (j->at[i].idx >= last->idx) {
            last->idx = j->at[i].idx;
            last->tag = j->at[i].tag;
        }
        if (j->at[i].when > last->when)
            last->when = j->at[i].when;
    }
}

/* meta/0005_snapshot.json of 0005_name; NULL where the tag has no number. */
static const char *snapshot_name(const char *tag, struct arena *a)
{
    size_t digits = strspn(tag, "0123456789");

    return digits ? arena_printf(a, "meta/%.*s_snapshot.json", (int)digits, tag) : NULL;
}

static const struct layout_file *snapshot_of(const struct layout_input *in, const char *tag, struct arena *a)
{
    const char *name = in && tag ? snapshot_name(tag, a) : NULL;

    return name ? files_named(in, text_from(name)) : NULL;
}

static bool snapshot_id(const char **id, struct text *bytes, const struct layout_input *in, const struct layout_file *f,
                        struct arena *a, struct err *e)
{
    struct json *root;
    const char *found;

    if (!in->read(in->reader, bytes, f->entry, e) || !json_parse(&root, text_shown(a, f->path), *bytes, ERR_JOURNAL, e))
        return false;
    found = json_as_string(json_get(root, "id"));
    *id = found ? arena_string(a, found) : NULL;
    json_free(root);
    return true;
}

/* The snapshot's bytes with another prevId; as they are where it has none. */
static struct text with_before(struct text bytes, const char *id, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t at, from;

    if (!id || !text_find(bytes, "\"prevId\"", &at))
        return bytes;
    for (from = at + strlen("\"prevId\""); from < bytes.len && bytes.at[from] != '"'; from++)
        ;
    buf_text(&b, text_cut(bytes, 0, from));
    buf_printf(&b, "\"%s\"", id);
    buf_text(&b, text_cut(bytes, journal_string_end(bytes, from), bytes.len));
    return buf_content(&b);
}

static bool move_snapshot(struct work *w, const char *old, const char *tag, struct err *e)
{
    const struct renumber_request *r = w->r;
    const struct layout_file *f = snapshot_of(r->input, old, r->arena);
    const struct layout_file *theirs = snapshot_of(r->base, old, r->arena);
    const char *id, *name = snapshot_name(tag, r->arena);
    struct text bytes, changed;

    /* With a number that both sides took, the file may be the other side's. */
    if (!f || !name || (theirs && object_id_equal(theirs->blob, f->blob)))
        return true;
    if (!snapshot_id(&id, &bytes, r->input, f, r->arena, e))
        return false;
    changed = with_before(bytes, w->last_snapshot, r->arena);
    if (!text_equal(changed, bytes))
        *arena_push(r->arena, &w->out->rewrites) = (struct new_file) { arena_cstr(r->arena, f->path), changed };
    if (strcmp(snapshot_name(old, r->arena), name) != 0)
        renumber_move(w->out, arena_cstr(r->arena, f->path), file_path(r->input->folder, name, r->arena), r->arena);
    w->last_snapshot = id;
    return true;
}

static void move_script(struct work *w, const char *old, const char *tag, const char *ending)
{
    struct arena *a = w->r->arena;
    const char *from = arena_printf(a, "%s%s", old, ending);

    if (strcmp(old, tag) != 0 && files_named(w->r->input, text_from(from)))
        renumber_move(w->out, file_path(w->r->input->folder, from, a),
                      file_path(w->r->input->folder, arena_printf(a, "%s%s", tag, ending), a), a);
}

static bool refuse_escapes(const struct work *w, const struct journal_entry *entry, struct err *e)
{
    err_plain(e, ERR_JOURNAL, "the entry %s has a key that is spelled with escapes", entry->tag);
    err_hint(e, "write its keys and its tag as drizzle-kit does");
    return err_place(e, w->j.path, w->j.bytes, entry->from);
}

/* The entry's bytes with its new place; its files follow. */
static bool move_entry(struct text *out, struct work *w, size_t i, struct err *e)
{
    const struct journal_entry *old = &w->j.at[i];
    struct arena *a = w->r->arena;
    size_t digits = strspn(old->tag, "0123456789");
    const char *name = digits && old->tag[digits] == '_' ? old->tag + digits + 1 : old->tag;
    struct journal_entry *now = &w->last;
    const char *quoted = arena_printf(a, "\"%s\"", old->tag);
    struct text entry;
    size_t at;

    /* What stands behind the others as it is keeps its number: rows of Drizzle's table are known by `when`. */
    now->idx = old->idx > now->idx ? old->idx : now->idx + 1;
    if (old->when > now->when)
        now->when = old->when;
    else
        now->when = now->when + SECOND_MS > (uint64_t)w->r->now_ms ? now->when + SECOND_MS : (uint64_t)w->r->now_ms;
    now->tag = digits && old->tag[digits] == '_' ? drizzle_tag(old->tag, now, name, a) : old->tag;
    entry = journal_entry_bytes(&w->j, i);
    if (!text_find(entry, quoted, &at) || !journal_entry_renumbered(out, entry, now->idx, now->when, a))
        return refuse_escapes(w, old, e);
    *out = renumber_replaced(*out, quoted, arena_printf(a, "\"%s\"", now->tag), a);
    move_script(w, old->tag, now->tag, ".sql");
    move_script(w, old->tag, now->tag, ".down.sql");
    return move_snapshot(w, old->tag, now->tag, e);
}

static const char **id_of(struct work *w, const char *tag)
{
    size_t i = 0;

    while (strcmp(w->r->own[i]->version, tag) != 0)
        i++;
    return &w->out->ids[i];
}

/* The others' entries first, then ours; what stood between two entries stays there. */
static bool write_journal(struct text *out, struct work *w, struct err *e)
{
    const struct journal *j = &w->j;
    struct buf b = buf_open(w->r->arena, SIZE_MAX / 2);
    size_t written = 0;

    buf_text(&b, text_cut(j->bytes, 0, j->at[0].from));
    for (int own = 0; own <= 1; own++)
        for (size_t i = 0; i < j->len; i++) {
            struct text entry = journal_entry_bytes(j, i);

            if (is_own(w->r, j->at[i].tag) != (own == 1))
                continue;
            if (own && !move_entry(&entry, w, i, e))
                return false;
            if (own)
                *id_of(w, j->at[i].tag) = w->last.tag;
            buf_text(&b, entry);
            buf_text(&b, text_cut(j->bytes, j->at[written].to,
                                  written + 1 < j->len ? j->at[written + 1].from : j->bytes.len));
            written++;
        }
    *out = buf_content(&b);
    return true;
}

/* From the last to the first: the next one's old name may be what this one gets. */
static void reverse(struct file_moves *moves)
{
    for (size_t i = 0; i < moves->len / 2; i++) {
        struct file_move first = moves->at[i];

        moves->at[i] = moves->at[moves->len - 1 - i];
        moves->at[moves->len - 1 - i] = first;
    }
}

bool drizzle_renumber(struct renumbering *out, const struct renumber_request *r, struct err *e)
{
    struct work w = { .out = out, .r = r };
    const struct layout_file *snapshot;
    struct journal base = { 0 };
    struct text bytes, unused;

    out->ids = arena_make(r->arena, const char *, r->n);
    if (!drizzle_journal(&w.j, r->input, r->arena, e) ||
        (r->base && r->base->len && !drizzle_journal(&base, r->base, r->arena, e)))
        return false;
    pass(&w.last, &w.j, r);
    pass(&w.last, &base, NULL);
    snapshot = snapshot_of(r->base, w.last.tag, r->arena);
    if (snapshot && !snapshot_id(&w.last_snapshot, &unused, r->base, snapshot, r->arena, e))
        return false;
    if (!write_journal(&bytes, &w, e))
        return false;
    if (!text_equal(bytes, w.j.bytes))
        *arena_push(r->arena, &out->rewrites) =
            (struct new_file) { file_path(r->input->folder, DRIZZLE_JOURNAL, r->arena), bytes };
    reverse(&out->moves);
    return true;
}
