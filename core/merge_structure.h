/* The version list of a structure.sql, merged as a set. Pure. */
#ifndef CORE_MERGE_STRUCTURE_H
#define CORE_MERGE_STRUCTURE_H

#include "core/base/arena.h"

/* Three files whose version list (see core/version_list.h) is one line that stands for it, the same in all of them, so
 * that the rest can be merged as lines. */
struct merge_structure {
    struct text ancestor, ours, theirs; /* as they were, unless both sides have a list */
    struct text list;                   /* what the line stands for; at NULL: there is no such line */
    size_t versions;                    /* in that list */
};

/* Every version of either side but for those that one side deleted, each once, in the order and the form of ours, or of
 * theirs where only they changed it: Rails writes newest first since 7.1, oldest first before. */
void merge_structure_take(struct merge_structure *out, struct text ancestor, struct text ours, struct text theirs,
                          struct arena *a);
/* The merged lines with the list in its place. */
struct text merge_structure_give(struct text merged, const struct merge_structure *m, struct arena *a);

#endif
