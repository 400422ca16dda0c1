#include "core/recorded.h"

#include "core/base/text.h"

static int compare_row(const void *version, const void *row)
{
    return strcmp(version, ((const struct ledger_row *)row)->version);
}

const struct ledger_row *ledger_row_find(const struct ledger_rows *rows, const char *version)
{
    return rows->len ? bsearch(version, rows->at, rows->len, sizeof *rows->at, compare_row) : NULL;
}

static int compare_record(const void *version, const void *record)
{
    return strcmp(version, ((const struct history_record *)record)->version);
}

const struct history_record *history_record_find(const struct history_records *records, const char *version)
{
    return records->len ? bsearch(version, records->at, records->len, sizeof *records->at, compare_record) : NULL;
}

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

static void record_add(struct history_record *r, const struct history_entry *entry)
{
    bool up = !is(entry->direction, "down"), reconcile = is(entry->direction, "reconcile");

    /* Of the schema as a whole, of no version. */
    if (is(entry->direction, "accept"))
        return;
    /* Who decided where one goes on; its own row says where that is. */
    if (reconcile && is(entry->outcome, "partial"))
        return;
    if (is(entry->outcome, "started") || is(entry->outcome, "partial")) {
        r->open = entry;
    } else if (is(entry->outcome, "applied") && up) {
        /* Settling two tables says nothing of the script; accepting an edit says it of a version that stays what it
         * was. */
        if (reconcile && !entry->path)
            return;
        r->applied = entry;
        r->baseline = reconcile ? r->baseline : is(entry->kind, "baseline") || is(entry->direction, "baseline");
        r->open = NULL;
    } else if (is(entry->outcome, "rolled_back")) {
        r->applied = NULL;
        r->baseline = false;
        r->open = NULL;
    }
}

static int by_version(const void *a, const void *b)
{
    const struct history_entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->version, (*y)->version);

    return order ? order : (*x > *y) - (*x < *y);
}

struct history_records history_records_make(const struct history_entries *entries, struct arena *a)
{
    const struct history_entry **sorted = arena_make(a, const struct history_entry *, entries->len);
    struct history_records out = { .at = arena_make(a, struct history_record, entries->len) };

    for (size_t i = 0; i < entries->len; i++)
        sorted[i] = &entries->at[i];
    if (entries->len)
        qsort(sorted, entries->len, sizeof *sorted, by_version);
    for (size_t i = 0; i < entries->len; i++) {
        if (i == 0 || strcmp(sorted[i]->version, sorted[i - 1]->version) != 0)
            out.at[out.len++].version = sorted[i]->version;
        record_add(&out.at[out.len - 1], sorted[i]);
    }
    return out;
}
