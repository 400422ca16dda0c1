/* What merge_journal.c decides and merge_journal_write.c writes. Only they include it. */
#ifndef CORE_MERGE_JOURNAL_INTERNAL_H
#define CORE_MERGE_JOURNAL_INTERNAL_H

#include "core/json.h"
#include "core/layouts/journal_entry.h"
#include "core/merge_journal.h"

enum { ANCESTOR, OURS, THEIRS, SIDES };
#define NOT_THERE SIZE_MAX

/* A journal that is searched by tag. */
struct side {
    struct journal j;
    struct json *root; /* NULL: there is no such file */
    size_t *by_tag;
};

/* An entry of the merged journal. */
struct item {
    size_t at[SIDES]; /* its place there, or NOT_THERE */
    size_t from;      /* the side whose bytes it has */
    const char *tag;
    uint64_t idx, when;
    size_t rank, rank_at; /* which published journal has it, and where; NOT_THERE: none */
};

struct merging {
    struct arena *arena;
    const struct merge_journal_input *in;
    struct merge_journal *out;
    struct side sides[SIDES], *published;
    struct item *shared, *items; /* what both sides have; everything, in order */
    size_t nshared, nitems;
};

const struct journal_entry *merging_entry(const struct merging *m, size_t which, size_t at);
bool merging_is_shared(const struct item *i);
/* Says why it can't be merged; returns false. */
bool merging_conflict(struct merging *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The merged bytes, and what there is to say about them. */
bool merging_write(struct merging *m);

#endif
