/* How the source's scripts stand to those that were applied: which were edited, and what the pending ones are. */
#ifndef CORE_EDITS_H
#define CORE_EDITS_H

#include "core/workspace.h"

/* How today's up script stands to the applied one. Equal blobs need no reading. */
bool edits_find(enum script_edit *out, struct workspace *w, const struct migration *m, struct err *e);
/* One checksum a migration, NULL where it is not pending or does nothing; *out NULL where no missing version has one
 * that they could be held against. */
bool edits_pending_sha256(const char ***out, struct workspace *w, struct err *e);

#endif
