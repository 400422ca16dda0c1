/* Moving the row of a version that was renamed after it was applied. */
#ifndef CORE_RELINK_H
#define CORE_RELINK_H

#include "core/workspace.h"

/* Appends the changes, all of one transaction: the old version's rows go, the new one's come, and the history says both
 * with direction `relink`. */
void relink_changes(struct row_changes *out, struct workspace *w, const struct step *s);
/* The unit of such a step: no script, and these rows, which move together. */
void relink_unit(struct unit *out, struct workspace *w, const struct step *s);

#endif
