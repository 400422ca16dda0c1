#include "core/migration.h"

#include "core/base/text.h"

/* How many digits it has; 0 where it is no number. */
static size_t digits_of(const char *version)
{
    size_t n = 0;

    while (version[n] >= '0' && version[n] <= '9')
        n++;
    return version[n] ? 0 : n;
}

static struct text without_zeros(struct text t)
{
    while (t.len > 1 && t.at[0] == '0')
        t = text_cut(t, 1, t.len);
    return t;
}

/* Digits of any length: no number type holds what a file name may hold. */
static int compare_numbers(struct text a, struct text b)
{
    a = without_zeros(a);
    b = without_zeros(b);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return text_compare(a, b);
}

int version_compare(enum version_order order, const char *a, const char *b)
{
    size_t left = order == ORDER_NUMBER ? digits_of(a) : 0, right = order == ORDER_NUMBER ? digits_of(b) : 0;
    int by_number = 0;

    if (!left != !right)
        return left ? -1 : 1;
    /* Numbers of one length stand as their digits do: most are times. */
    if (left != right)
        by_number = compare_numbers((struct text) { a, left }, (struct text) { b, right });
    return by_number ? by_number : strcmp(a, b);
}

static const char *path_of(const struct migration *m)
{
    return m->up.path ? m->up.path : m->also.path ? m->also.path : "";
}

static int by_order(const void *left, const void *right, void *list)
{
    const struct migration *a = left, *b = right;
    enum version_order order = ((const struct migrations *)list)->order;
    int found = 0;

    if (order == ORDER_JOURNAL)
        found = (a->position > b->position) - (a->position < b->position);
    if (!found)
        found = version_compare(order, a->version, b->version);
    return found ? found : strcmp(path_of(a), path_of(b));
}

void migrations_sort(struct migrations *list)
{
    size_t sorted = 1;

    /* Files come by their names' bytes, which is the order of most versions. */
    while (sorted < list->len && by_order(&list->at[sorted - 1], &list->at[sorted], list) <= 0)
        sorted++;
    if (sorted < list->len)
        qsort_r(list->at, list->len, sizeof *list->at, by_order, list);
}

const struct migration *migration_find(const struct migrations *list, const char *version)
{
    size_t from = 0, to = list->len;

    if (list->order == ORDER_JOURNAL) {
        for (size_t i = 0; i < list->len; i++)
            if (strcmp(list->at[i].version, version) == 0)
                return &list->at[i];
        return NULL;
    }
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int side = version_compare(list->order, version, list->at[middle].version);

        if (side == 0)
            return &list->at[middle];
        if (side < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

static int by_version(const void *left, const void *right)
{
    const struct migration *a = *(const struct migration *const *)left;
    const struct migration *b = *(const struct migration *const *)right;
    int found = strcmp(a->version, b->version);

    return found ? found : strcmp(path_of(a), path_of(b));
}

bool migrations_check_versions(const struct migrations *list, struct arena *a, struct err *e)
{
    const struct migration **sorted = arena_make(a, const struct migration *, list->len);

    for (size_t i = 0; i < list->len; i++)
        sorted[i] = &list->at[i];
    if (list->len)
        qsort(sorted, list->len, sizeof *sorted, by_version);
    for (size_t i = 1; i < list->len; i++) {
        if (strcmp(sorted[i - 1]->version, sorted[i]->version) != 0)
            continue;
        err_set(e, ERR_DUPLICATE_VERSION, IN_FILE(path_of(sorted[i])),
                "two migrations have version %s: this one and %s", sorted[i]->version,
                text_shown(a, text_from(path_of(sorted[i - 1]))));
        return err_hint(e, "give the one that no database has run yet a later version, with `git mv`");
    }
    return true;
}
