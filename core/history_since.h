/* What a deploy did: the rows of the history that came after a revision. */
#ifndef CORE_HISTORY_SINCE_H
#define CORE_HISTORY_SINCE_H

#include "core/recorded.h"
#include "vcs/vcs.h"

struct history_since {
    const char *asked;       /* a revision, or a time as text_to_time reads it */
    struct object_id commit; /* unknown: it is a time */
    int64_t at_ms;           /* that time, or when the commit was made */
};

/* ERR_REVISION where it is neither, or names no commit that is here. */
bool history_since_find(struct history_since *out, struct vcs *v, const char *asked, struct arena *a, struct err *e);

/* Keeps the rows that came after it. Of a revision: those that ran from a commit that is neither it nor one of its
 * ancestors; a row whose commit is not known, or not here, counts by its time against the commit's own. Of a time:
 * those that were begun at it or later. most 0: all of them, else the first of them. */
bool history_since_keep(struct history_entries *rows, const struct history_since *since, uint64_t most, struct vcs *v,
                        struct arena *a, struct err *e);

#endif
