#include "core/merge_structure.h"

#include "core/base/text.h"
#include "core/version_list.h"

/* No dump holds this byte. */
static const char stand_in[] = "\x01merganser: versions\x01";

/* ---- orders that a list may have: each a bit ---- */

static bool is_number(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!text_is_digit(t.at[i]))
            return false;
    return t.len > 0;
}

static struct text without_zeros(struct text t)
{
    while (t.len && t.at[0] == '0')
        t = text_cut(t, 1, t.len);
    return t;
}

static int compare_numbers(struct text a, struct text b)
{
    if (!is_number(a) || !is_number(b))
        return text_compare(a, b);
    a = without_zeros(a);
    b = without_zeros(b);
    return a.len != b.len ? (a.len > b.len) - (a.len < b.len) : text_compare(a, b);
}

static int compare_text_falling(const void *a, const void *b)
{
    return text_compare(*(const struct text *)b, *(const struct text *)a);
}

static int compare_text_rising(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static int compare_number_falling(const void *a, const void *b)
{
    return compare_numbers(*(const struct text *)b, *(const struct text *)a);
}

static int compare_number_rising(const void *a, const void *b)
{
    return compare_numbers(*(const struct text *)a, *(const struct text *)b);
}

/* What Rails does now comes first: a list of one version has them all. */
static int (*const orders[])(const void *a, const void *b) = {
    compare_text_falling,
    compare_text_rising,
    compare_number_falling,
    compare_number_rising,
};

enum { ORDERS = sizeof orders / sizeof *orders };

static unsigned orders_of(const struct version_list *l)
{
    unsigned found = 0;

    for (size_t k = 0; k < ORDERS; k++) {
        size_t i = 1;

        while (i < l->len && orders[k](&l->at[i - 1], &l->at[i]) <= 0)
            i++;
        if (i >= l->len)
            found |= 1U << k;
    }
    return found;
}

/* ---- the set ---- */

static struct text *sorted(const struct version_list *l, struct arena *a)
{
    struct text *at = arena_make(a, struct text, l->len + 1);

    for (size_t i = 0; i < l->len; i++)
        at[i] = l->at[i];
    if (l->len)
        qsort(at, l->len, sizeof *at, compare_text_rising);
    return at;
}

static bool has(const struct text *sorted_versions, const struct version_list *l, struct text version)
{
    return bsearch(&version, sorted_versions, l->len, sizeof *sorted_versions, compare_text_rising) != NULL;
}

/* Ours in their order, then those of theirs that are new to us. */
static struct version_list unite(const struct version_list *base, const struct version_list *ours,
                                 const struct version_list *theirs, struct arena *a)
{
    const struct text *in_base = sorted(base, a), *in_ours = sorted(ours, a), *in_theirs = sorted(theirs, a);
    struct version_list all = { 0 };

    for (size_t i = 0; i < ours->len; i++)
        if (has(in_theirs, theirs, ours->at[i]) || !has(in_base, base, ours->at[i]))
            *arena_push(a, &all) = ours->at[i];
    for (size_t i = 0; i < theirs->len; i++)
        if (!has(in_ours, ours, theirs->at[i]) && !has(in_base, base, theirs->at[i]))
            *arena_push(a, &all) = theirs->at[i];
    return all;
}

static void arrange(struct version_list *all, const struct version_list *base, const struct version_list *ours,
                    const struct version_list *theirs)
{
    unsigned allowed = orders_of(ours) & orders_of(theirs);
    size_t kept = 0;

    if (!allowed)
        allowed = base->len > 1 && (orders_of(ours) & orders_of(base)) ? orders_of(theirs) : orders_of(ours);
    for (size_t k = 0; all->len && k < ORDERS; k++) {
        if (!(allowed & 1U << k))
            continue;
        qsort(all->at, all->len, sizeof *all->at, orders[k]);
        break;
    }
    for (size_t i = 0; i < all->len; i++)
        if (i == 0 || !text_equal(all->at[i], all->at[kept - 1]))
            all->at[kept++] = all->at[i];
    all->len = kept;
}

static bool same_form(const struct version_list *a, const struct version_list *b)
{
    return text_equal(a->open, b->open) && text_equal(a->between, b->between) && text_equal(a->close, b->close);
}

static struct text written(const struct version_list *all, const struct version_list *form, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    if (!all->len)
        return TEXT("");
    buf_text(&b, form->open);
    for (size_t i = 0; i < all->len; i++) {
        if (i)
            buf_text(&b, form->between.len ? form->between : TEXT(",\n"));
        buf_string(&b, "('");
        buf_text(&b, all->at[i]);
        buf_string(&b, "')");
    }
    buf_text(&b, form->close);
    return buf_content(&b);
}

static struct text without_list(struct text file, const struct version_list *l, struct arena *a)
{
    size_t from = (size_t)(l->bytes.at - file.at);
    struct buf b = buf_open(a, SIZE_MAX / 2);

    if (!l->bytes.at)
        return file;
    buf_text(&b, text_cut(file, 0, from));
    buf_string(&b, stand_in);
    buf_text(&b, text_cut(file, from + l->bytes.len, file.len));
    return buf_content(&b);
}

void merge_structure_take(struct merge_structure *out, struct text ancestor, struct text ours, struct text theirs,
                          struct arena *a)
{
    struct version_list base = version_list_find(ancestor, a), our = version_list_find(ours, a),
                        their = version_list_find(theirs, a), all;
    const struct version_list *form = &our;

    *out = (struct merge_structure) { .ancestor = ancestor, .ours = ours, .theirs = theirs };
    if (!our.bytes.at || !their.bytes.at)
        return;
    all = unite(&base, &our, &their, a);
    arrange(&all, &base, &our, &their);
    if (their.len > 1 && (our.len < 2 || (base.bytes.at && same_form(&our, &base))))
        form = &their;
    out->list = written(&all, form, a);
    out->versions = all.len;
    out->ancestor = without_list(ancestor, &base, a);
    out->ours = without_list(ours, &our, a);
    out->theirs = without_list(theirs, &their, a);
}

struct text merge_structure_give(struct text merged, const struct merge_structure *m, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t at;

    while (m->list.at && text_find(merged, stand_in, &at)) {
        buf_text(&b, text_cut(merged, 0, at));
        buf_text(&b, m->list);
        merged = text_cut(merged, at + strlen(stand_in), merged.len);
    }
    buf_text(&b, merged);
    return buf_content(&b);
}
