/* Two branches' journals of Drizzle become one: nothing is lost, and Drizzle's own migrator passes over nothing. Pure.
 */
#ifndef CORE_MERGE_JOURNAL_H
#define CORE_MERGE_JOURNAL_H

#include "core/base/err.h"

struct merge_journal_input {
    const char *path;                   /* as shown */
    struct text ancestor, ours, theirs; /* the ancestor is empty where both sides made the file */
    /* The journals of what others have already, most settled first: the default branch's, the upstream's. */
    const struct text *published;
    size_t npublished;
};

/* An entry whose numbers are not those of the side that it comes from. */
struct merge_moved {
    const char *tag, *behind; /* behind: the tag before it, NULL at the start */
    uint64_t old_idx, idx, old_when, when;
};

/* Two entries of the two sides whose tags begin with one number: drizzle-kit wrote both snapshots to one file. */
struct merge_twins {
    const char *first, *second; /* tags, in the merged order */
    const char *number;
};

struct merge_journal {
    const char *conflict; /* why it can't be merged by entries; NULL: merged */
    struct text merged;
    struct merge_moved *moved;
    size_t nmoved;
    struct merge_twins *twins;
    size_t ntwins;
};

/* Entries are known by their tags; idx is nothing but their place. Every entry of either side is there once, but for
 * those that one side deleted; what both sides have keeps its order, and what is new on one side stands behind the
 * entry that it stood behind there. Of new entries at one place those that are published come first, then ours, then
 * theirs. An idx that is taken becomes the next one. A new entry that now stands behind others of the other side gets a
 * `when` later than theirs where its own is not: drizzle-orm's migrator applies only what is later than the latest row
 * of its table, and `drizzle-kit check` warns of all else. The `when` of the first of the published journals are never
 * touched: a changed one runs again where it is applied. All other bytes stay as they are. A conflict: no valid
 * journal, an entry edited on both sides or edited and deleted, one tag for two new entries, two orders. */
void merge_journal(struct merge_journal *out, const struct merge_journal_input *in, struct arena *a);

#endif
