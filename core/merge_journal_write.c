#include "core/base/text.h"
#include "core/merge_journal_internal.h"

static void report_moved(struct merging *m)
{
    struct merge_journal *out = m->out;

    out->moved = arena_make(m->arena, struct merge_moved, m->nitems);
    for (size_t k = 0; k < m->nitems; k++) {
        const struct item *i = &m->items[k];
        const struct journal_entry *was = merging_entry(m, i->from, i->at[i->from]);

        if (merging_is_shared(i))
            continue;
        if (was->idx != i->idx || was->when != i->when)
            out->moved[out->nmoved++] =
                (struct merge_moved) { i->tag, k ? m->items[k - 1].tag : NULL, was->idx, i->idx, was->when, i->when };
    }
}

static size_t number_len(const char *tag)
{
    size_t digits = strspn(tag, "0123456789");

    return tag[digits] == '_' ? digits : 0;
}

static void report_twins(struct merging *m)
{
    struct merge_journal *out = m->out;

    out->twins = arena_make(m->arena, struct merge_twins, m->nitems);
    for (size_t k = 0; k < m->nitems; k++) {
        const struct item *one = &m->items[k];
        size_t len = merging_is_shared(one) ? 0 : number_len(one->tag);

        for (size_t n = k + 1; len && n < m->nitems; n++) {
            const struct item *other = &m->items[n];

            if (number_len(other->tag) != len || strncmp(one->tag, other->tag, len) != 0 ||
                one->at[other->from] != NOT_THERE || other->at[one->from] != NOT_THERE)
                continue;
            out->twins[out->ntwins++] =
                (struct merge_twins) { one->tag, other->tag, arena_printf(m->arena, "%.*s", (int)len, one->tag) };
            break;
        }
    }
}

/* All but the entries: the side that changed it, or has any to show how they are written. */
static bool choose_frame(const struct side **out, struct merging *m)
{
    static const char *const entries[] = { "entries", NULL };
    const struct side *base = &m->sides[ANCESTOR], *ours = &m->sides[OURS], *theirs = &m->sides[THEIRS];

    *out = ours->j.len || !theirs->j.len ? ours : theirs;
    if (json_same_but(ours->root, theirs->root, entries))
        return true;
    if (base->root && json_same_but(base->root, theirs->root, entries))
        *out = ours;
    else if (base->root && json_same_but(base->root, ours->root, entries))
        *out = theirs;
    else
        return merging_conflict(m, "both sides changed what stands beside the entries");
    return (*out)->j.len || !m->nitems ||
           merging_conflict(m, "one side changed what stands beside the entries, and has none of them");
}

static struct text separator(const struct side *s)
{
    size_t from = s->j.at[0].from;

    while (text_is_space(s->j.bytes.at[from - 1]))
        from--;
    return text_cut(s->j.bytes, from, s->j.at[0].from);
}

static bool write_entries(struct buf *b, struct merging *m, struct text between)
{
    for (size_t k = 0; k < m->nitems; k++) {
        const struct item *i = &m->items[k];
        struct text entry = journal_entry_bytes(&m->sides[i->from].j, i->at[i->from]);

        if (k) {
            buf_char(b, ',');
            buf_text(b, between);
        }
        if (!journal_entry_renumbered(&entry, entry, i->idx, i->when, m->arena))
            return merging_conflict(m, "the entry %s has a key that is spelled with escapes", i->tag);
        buf_text(b, entry);
    }
    return true;
}

static bool write_journal(struct merging *m)
{
    struct buf b = buf_open(m->arena, SIZE_MAX / 2);
    const struct side *frame;
    struct text bytes, rest;

    if (!choose_frame(&frame, m))
        return false;
    bytes = frame->j.bytes;
    if (!frame->j.len) {
        m->out->merged = bytes;
        return true;
    }
    buf_text(&b, text_cut(bytes, 0, frame->j.at[0].from));
    if (!write_entries(&b, m, separator(frame)))
        return false;
    rest = text_cut(bytes, frame->j.at[frame->j.len - 1].to, bytes.len);
    /* An empty list is `[]`, as drizzle-kit writes it. */
    while (!m->nitems && text_is_space(b.at[b.len - 1]))
        b.len--;
    while (!m->nitems && text_is_space(rest.at[0]))
        rest = text_cut(rest, 1, rest.len);
    buf_text(&b, rest);
    m->out->merged = buf_content(&b);
    return true;
}

bool merging_write(struct merging *m)
{
    if (!write_journal(m))
        return false;
    report_moved(m);
    report_twins(m);
    return true;
}
