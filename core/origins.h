/* Provenance: which commit introduced a migration, and which one edited it last. */
#ifndef CORE_ORIGINS_H
#define CORE_ORIGINS_H

#include "core/source.h"

/* Of a migration's up script (or what stands for it). Unknown ids: not committed, outside git, or beyond the end of a
 * shallow history; edited also where it never was. */
struct origin {
    struct vcs_commit introduced, edited;
    bool shallow; /* the history ends before the commit that introduced it */
};

/* One a migration of the source, by a walk through its history. */
bool origins_find(struct origin **out, struct source *s, struct arena *a, struct err *e);

#endif
