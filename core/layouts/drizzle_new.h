/* The next migration of a Drizzle folder. */
#ifndef CORE_LAYOUTS_DRIZZLE_NEW_H
#define CORE_LAYOUTS_DRIZZLE_NEW_H

#include "core/layouts/journal.h"
#include "core/layouts/layout.h"

#define DRIZZLE_JOURNAL "meta/_journal.json"

/* Reads and checks the folder's journal. */
bool drizzle_journal(struct journal *out, const struct layout_input *in, struct arena *a, struct err *e);

/* TAG.sql, TAG.down.sql and the journal with their entry, whose `when` is later than all others. The tag's prefix is
 * the next idx, or a time where the folder's last tag has one (drizzle-kit's prefixes index, timestamp, unix and none).
 */
bool drizzle_new(struct new_files *out, const struct new_request *r, struct err *e);

/* The tag of an entry of that name, its prefix made of idx or `when` as in the tag like. */
const char *drizzle_tag(const char *like, const struct journal_entry *entry, const char *name, struct arena *a);

#endif
