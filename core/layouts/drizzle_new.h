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

#endif
