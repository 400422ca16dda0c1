/* `check --fix`: this branch's own migrations get versions behind the base's newest. */
#ifndef CORE_REVIEW_FIX_H
#define CORE_REVIEW_FIX_H

#include "core/review/review.h"

struct fix_result {
    struct renumbering renumbering;
    const char **before; /* ids of this branch's own migrations; renumbering.ids has what they are now */
    size_t len;
    size_t moved;
    const char *stale; /* a schema dump that names an old version (Rails' structure.sql or schema.rb); or NULL */
    const char *base;
};

/* Renumbers those that are there twice, late, or out of the journal's order, and whatever has to stay behind them; in
 * work tree and index (vcs_rearrange), never a file that the base has. With dry_run nothing is changed. ERR_UNCLEAN for
 * uncommitted changes, ERR_USAGE for another source than the work tree, and review_run's. */
bool review_fix(struct fix_result *out, struct source *head, struct vcs *v, const struct review_request *r,
                bool dry_run, struct arena *a, struct notices *notices, struct err *e);

#endif
