/* What git calls to merge one file: gitattributes(5), "Defining a custom merge driver". */
#ifndef CORE_MERGE_DRIVER_H
#define CORE_MERGE_DRIVER_H

#include "vcs/vcs.h"

struct merge_driver_request {
    const char *kind;                     /* "journal" or "structure" */
    const char *ancestor, *ours, *theirs; /* git's temporary files; ours is overwritten with what came of it */
    const char *path;                     /* in the repository, NULL: not known */
    unsigned marker_size;                 /* 0: git's own */
};

struct merge_driver_result {
    bool conflicted; /* ours holds markers */
    size_t moved;    /* entries of a journal that have other numbers now */
};

/* The kinds there are, NULL-ended. */
extern const char *const merge_driver_kinds[];

/* Merges and writes. What changed and why there is a conflict is said as notices. v NULL: no repository could be
 * opened, so nothing is known to be published. On an error ours is as it was. */
bool merge_driver_run(struct merge_driver_result *out, const struct merge_driver_request *r, struct vcs *v,
                      struct arena *a, struct notices *notices, struct err *e);

#endif
