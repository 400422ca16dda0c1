#include "core/merge_journal_internal.h"

#include "core/base/text.h"

bool merging_conflict(struct merging *m, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    m->out->conflict = arena_vprintf(m->arena, fmt, ap);
    va_end(ap);
    return false;
}

const struct journal_entry *merging_entry(const struct merging *m, size_t which, size_t at)
{
    return &m->sides[which].j.at[at];
}

bool merging_is_shared(const struct item *i)
{
    return i->at[OURS] != NOT_THERE && i->at[THEIRS] != NOT_THERE;
}

/* ---- reading ---- */

static int compare_tags(const void *left, const void *right, void *side)
{
    const struct journal_entry *at = ((const struct side *)side)->j.at;

    return strcmp(at[*(const size_t *)left].tag, at[*(const size_t *)right].tag);
}

static void side_index(struct side *s, struct arena *a)
{
    s->by_tag = arena_make(a, size_t, s->j.len);
    for (size_t i = 0; i < s->j.len; i++)
        s->by_tag[i] = i;
    if (s->j.len)
        qsort_r(s->by_tag, s->j.len, sizeof *s->by_tag, compare_tags, s);
}

static size_t side_find(const struct side *s, const char *tag)
{
    size_t low = 0, high = s->j.len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tag, s->j.at[s->by_tag[middle]].tag);

        if (order == 0)
            return s->by_tag[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NOT_THERE;
}

static bool side_read(struct merging *m, size_t which, struct text bytes, const char *whose)
{
    struct side *s = &m->sides[which];
    struct err e = { 0 };

    if (which == ANCESTOR && !text_trim(bytes).len)
        return true;
    if (!journal_parse(&s->j, m->in->path, bytes, m->arena, &e) ||
        !json_parse(&s->root, m->in->path, bytes, ERR_JOURNAL, &e))
        return merging_conflict(m, "line %d of %s: %s", e.at.line, whose, e.message);
    side_index(s, m->arena);
    return true;
}

/* What is published is only asked about: one that can't be read settles nothing. */
static void published_read(struct merging *m)
{
    m->published = arena_make(m->arena, struct side, m->in->npublished);
    for (size_t i = 0; i < m->in->npublished; i++) {
        struct err e = { 0 };

        if (journal_parse(&m->published[i].j, m->in->path, m->in->published[i], m->arena, &e))
            side_index(&m->published[i], m->arena);
        else
            m->published[i].j.len = 0;
    }
}

/* ---- entry by entry ---- */

static bool same(const struct merging *m, size_t which, size_t at, size_t other, size_t other_at, bool with_when)
{
    static const char *const numbers[] = { "idx", "when", NULL };

    return json_same_but(json_at(json_get(m->sides[which].root, "entries"), at),
                         json_at(json_get(m->sides[other].root, "entries"), other_at), numbers) &&
           (!with_when || merging_entry(m, which, at)->when == merging_entry(m, other, other_at)->when);
}

static void rank(const struct merging *m, struct item *i)
{
    for (i->rank = 0; i->rank < m->in->npublished; i->rank++) {
        const struct side *p = &m->published[i->rank];

        i->rank_at = side_find(p, i->tag);
        if (i->rank_at != NOT_THERE && p->j.at[i->rank_at].when == i->when)
            return;
    }
    i->rank = i->rank_at = NOT_THERE;
}

static struct item item_of(const struct merging *m, size_t which, size_t at)
{
    const struct journal_entry *e = merging_entry(m, which, at);
    struct item i = {
        .at = { NOT_THERE, NOT_THERE, NOT_THERE }, .from = which, .tag = e->tag, .idx = e->idx, .when = e->when
    };

    i.at[which] = at;
    rank(m, &i);
    return i;
}

/* The one of two new `when` that others have already. */
static bool settle_when(struct merging *m, struct item *i)
{
    struct item ours = item_of(m, OURS, i->at[OURS]), theirs = item_of(m, THEIRS, i->at[THEIRS]);

    if (ours.rank == theirs.rank)
        return merging_conflict(m, "both sides give %s another `when`", i->tag);
    i->when = ours.rank < theirs.rank ? ours.when : theirs.when;
    return true;
}

static bool merge_shared(struct merging *m, struct item *i)
{
    size_t base = i->at[ANCESTOR], ours = i->at[OURS], theirs = i->at[THEIRS];
    const struct journal_entry *o = merging_entry(m, OURS, ours), *t = merging_entry(m, THEIRS, theirs);
    const struct journal_entry *b = base == NOT_THERE ? NULL : merging_entry(m, ANCESTOR, base);

    if (!same(m, OURS, ours, THEIRS, theirs, false)) {
        if (!b)
            return merging_conflict(m, "both sides have a new entry %s, and they differ", i->tag);
        if (same(m, ANCESTOR, base, OURS, ours, false))
            i->from = THEIRS;
        else if (!same(m, ANCESTOR, base, THEIRS, theirs, false))
            return merging_conflict(m, "the entry %s was changed on both sides", i->tag);
    }
    i->idx = b && b->idx == o->idx ? t->idx : o->idx;
    i->when = b && b->when == o->when ? t->when : o->when;
    if (o->when != t->when && (!b || (o->when != b->when && t->when != b->when)) && !settle_when(m, i))
        return false;
    rank(m, i);
    return true;
}

static bool merge_deleted(struct merging *m, size_t base, size_t kept_on, size_t kept)
{
    return same(m, ANCESTOR, base, kept_on, kept, true) ||
           merging_conflict(m, "the entry %s was changed on one side and deleted on the other",
                            merging_entry(m, ANCESTOR, base)->tag);
}

/* What both sides have, in the order of ours. */
static bool collect_shared(struct merging *m)
{
    m->shared = arena_make(m->arena, struct item, m->sides[OURS].j.len);
    for (size_t k = 0; k < m->sides[OURS].j.len; k++) {
        struct item i = item_of(m, OURS, k);

        i.at[ANCESTOR] = side_find(&m->sides[ANCESTOR], i.tag);
        i.at[THEIRS] = side_find(&m->sides[THEIRS], i.tag);
        if (i.at[THEIRS] == NOT_THERE) {
            if (i.at[ANCESTOR] != NOT_THERE && !merge_deleted(m, i.at[ANCESTOR], OURS, k))
                return false;
            continue;
        }
        if (!merge_shared(m, &i))
            return false;
        m->shared[m->nshared++] = i;
    }
    for (size_t k = 0; k < m->sides[THEIRS].j.len; k++) {
        const char *tag = merging_entry(m, THEIRS, k)->tag;
        size_t base = side_find(&m->sides[ANCESTOR], tag);

        if (base != NOT_THERE && side_find(&m->sides[OURS], tag) == NOT_THERE && !merge_deleted(m, base, THEIRS, k))
            return false;
    }
    return true;
}

/* ---- in which order ---- */

static bool in_order_of(const struct merging *m, size_t which)
{
    for (size_t i = 0; i < m->nshared; i++)
        if (m->shared[i].at[which] == NOT_THERE || (i && m->shared[i - 1].at[which] > m->shared[i].at[which]))
            return false;
    return true;
}

static int compare_ours(const void *left, const void *right)
{
    size_t a = ((const struct item *)left)->at[OURS], b = ((const struct item *)right)->at[OURS];

    return (a > b) - (a < b);
}

static int compare_theirs(const void *left, const void *right)
{
    size_t a = ((const struct item *)left)->at[THEIRS], b = ((const struct item *)right)->at[THEIRS];

    return (a > b) - (a < b);
}

/* The side that changed the order of what both have is followed. */
static bool order_shared(struct merging *m)
{
    bool ours_is_the_old = in_order_of(m, ANCESTOR);

    if (in_order_of(m, THEIRS))
        return true;
    qsort(m->shared, m->nshared, sizeof *m->shared, compare_theirs);
    if (ours_is_the_old)
        return true;
    if (!in_order_of(m, ANCESTOR))
        return merging_conflict(m, "the two sides have their entries in different orders");
    qsort(m->shared, m->nshared, sizeof *m->shared, compare_ours);
    return true;
}

static int compare_new(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->rank_at != b->rank_at)
        return a->rank_at < b->rank_at ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->at[a->from] > b->at[b->from]) - (a->at[a->from] < b->at[b->from]);
}

/* What is new on a side stands behind the shared entry that it stood behind there; but what stood behind all of them
 * comes last, whatever order the other side gave them. */
static size_t last_shared(const struct merging *m, size_t which)
{
    size_t last = NOT_THERE;

    for (size_t i = 0; i < m->nshared; i++)
        if (last == NOT_THERE || m->shared[i].at[which] > last)
            last = m->shared[i].at[which];
    return last;
}

/* Appends what is new on a side from one of its places on, up to the next shared entry. */
static void add_new_from(struct merging *m, size_t which, size_t at)
{
    const struct side *s = &m->sides[which], *other = &m->sides[which == OURS ? THEIRS : OURS];

    for (; at < s->j.len; at++) {
        const char *tag = s->j.at[at].tag;

        if (side_find(other, tag) != NOT_THERE)
            return;
        if (side_find(&m->sides[ANCESTOR], tag) == NOT_THERE)
            m->items[m->nitems++] = item_of(m, which, at);
    }
}

static void sort_new(struct merging *m, size_t first)
{
    if (m->nitems > first)
        qsort(m->items + first, m->nitems - first, sizeof *m->items, compare_new);
}

static void arrange(struct merging *m)
{
    size_t last[SIDES] = { NOT_THERE, last_shared(m, OURS), last_shared(m, THEIRS) }, first = 0;

    m->items = arena_make(m->arena, struct item, m->sides[OURS].j.len + m->sides[THEIRS].j.len);
    for (size_t which = OURS; m->nshared && which <= THEIRS; which++)
        add_new_from(m, which, 0);
    sort_new(m, first);
    for (size_t i = 0; i < m->nshared; i++) {
        m->items[m->nitems++] = m->shared[i];
        first = m->nitems;
        for (size_t which = OURS; which <= THEIRS; which++)
            if (m->shared[i].at[which] != last[which])
                add_new_from(m, which, m->shared[i].at[which] + 1);
        sort_new(m, first);
    }
    first = m->nitems;
    for (size_t which = OURS; which <= THEIRS; which++)
        add_new_from(m, which, last[which] == NOT_THERE ? 0 : last[which] + 1);
    sort_new(m, first);
}

/* ---- numbers ---- */

static void renumber(struct merging *m)
{
    size_t latest_place[SIDES] = { 0 };
    bool others[SIDES] = { false }, any_new = false;
    uint64_t latest = 0, next = 0;

    for (size_t k = 0; k < m->nitems; k++) {
        struct item *i = &m->items[k];
        bool is_new = !merging_is_shared(i);
        bool moved = is_new && (others[i->from] || latest_place[i->from] > i->at[i->from]);

        any_new |= is_new;
        if (any_new && i->idx < next)
            i->idx = next;
        if (moved && i->rank != 0 && i->when <= latest)
            i->when = latest + 1;
        if (i->idx >= next)
            next = i->idx + 1;
        if (i->when > latest)
            latest = i->when;
        for (size_t which = OURS; which <= THEIRS; which++) {
            if (i->at[which] == NOT_THERE)
                others[which] = true;
            else if (i->at[which] > latest_place[which])
                latest_place[which] = i->at[which];
        }
    }
}

/* What only one side changed is that side's, whatever it holds. */
static bool is_one_sided(struct merge_journal *out, const struct merge_journal_input *in)
{
    bool ours = text_equal(in->ours, in->theirs) || text_equal(in->ancestor, in->theirs);

    if (!ours && !text_equal(in->ancestor, in->ours))
        return false;
    out->merged = ours ? in->ours : in->theirs;
    return true;
}

void merge_journal(struct merge_journal *out, const struct merge_journal_input *in, struct arena *a)
{
    struct merging m = { .arena = a, .in = in, .out = out };

    *out = (struct merge_journal) { 0 };
    if (is_one_sided(out, in))
        return;
    published_read(&m);
    if (side_read(&m, ANCESTOR, in->ancestor, "the common ancestor") && side_read(&m, OURS, in->ours, "our side") &&
        side_read(&m, THEIRS, in->theirs, "their side") && collect_shared(&m) && order_shared(&m)) {
        arrange(&m);
        renumber(&m);
        merging_write(&m);
    }
    for (size_t i = 0; i < SIDES; i++)
        json_free(m.sides[i].root);
}
