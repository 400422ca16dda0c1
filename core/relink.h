/* A version that was renamed after it was applied: finding it, and moving its row. */
#ifndef CORE_RELINK_H
#define CORE_RELINK_H

#include "core/workspace.h"

/* Flags what is `renamed` and lets the two entries point at each other. Pure; the entries have their places. */
void relink_find(struct resolution *r, const struct resolve_input *in, struct arena *a);

/* Reads what the moved row will keep. ERR_STALE_PLAN where the file changed since it was found. */
bool relink_prepare(struct step *s, struct workspace *w, struct err *e);

/* Appends the changes, all of one transaction: the old version's rows go, the new one's come, and the history says both
 * with direction `relink`. */
void relink_changes(struct row_changes *out, struct workspace *w, const struct step *s);

#endif
