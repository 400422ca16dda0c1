/* The next migration of a Rails folder. */
#ifndef CORE_LAYOUTS_RAILS_NEW_H
#define CORE_LAYOUTS_RAILS_NEW_H

#include "core/layouts/layout.h"

/* VERSION_name.sql and VERSION_name.down.sql, or VERSION_name.up.sql where the folder's newest is called so. A folder
 * that counts (000012) goes on counting; else the version is a time. Where the folder has .rb files one is made that
 * runs the two scripts: Rails knows a version by its .rb. ERR_USAGE for a name that can't be one. */
bool rails_new(struct new_files *out, const struct new_request *r, struct err *e);

/* The version that comes after newest (NULL: there is none), as wide as its own: now, or a second later than it.
 * ERR_MIGRATION_FILE where nothing does. */
bool rails_next_version(const char **out, const struct migration *newest, int64_t now_ms, struct arena *a,
                        struct err *e);

#endif
