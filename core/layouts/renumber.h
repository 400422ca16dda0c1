/* Giving migrations later versions, in each layout's way. */
#ifndef CORE_LAYOUTS_RENUMBER_H
#define CORE_LAYOUTS_RENUMBER_H

#include "core/layouts/layout.h"

/* All files of a migration together. Its scripts' own row (INSERT INTO schema_migrations ... ('OLD')) and what its .rb
 * says of the files' names follow. */
bool rails_renumber(struct renumbering *out, const struct renumber_request *r, struct err *e);
/* Whole directories; a prefix keeps its dashes. */
bool diesel_renumber(struct renumbering *out, const struct renumber_request *r, struct err *e);
/* Entries to the journal's end with idx, `when` and the tag's prefix; scripts and snapshots; the first snapshot's
 * prevId becomes the id of the base's last. */
bool drizzle_renumber(struct renumbering *out, const struct renumber_request *r, struct err *e);

/* For the two layouts that order by version: calls move with the last version that stands, for each migration that is
 * needed or would stand before another that moved; move fills *to's version and id. */
bool renumber_walk(struct renumbering *out, const struct renumber_request *r, enum version_order order,
                   bool (*move)(struct migration *to, struct renumbering *out, const struct renumber_request *r,
                                const struct migration *m, const struct migration *after, struct err *e),
                   struct err *e);

void renumber_move(struct renumbering *out, const char *from, const char *to, struct arena *a);
/* t with what replaced holds instead of every old one. */
struct text renumber_replaced(struct text t, const char *old, const char *replaced, struct arena *a);

#endif
