/* The next migration of a Diesel folder. */
#ifndef CORE_LAYOUTS_DIESEL_NEW_H
#define CORE_LAYOUTS_DIESEL_NEW_H

#include "core/layouts/layout.h"

/* NAME/up.sql and NAME/down.sql, the directory's name as the folder's newest spells its version: 2024-03-20-123000-0000
 * (the newest diesel_cli, and an empty folder), 2024-03-20-123000, 20240320123000, or a count (0012). ERR_USAGE for a
 * name that can't be one, ERR_MIGRATION_FILE where nothing comes after the newest. */
bool diesel_new(struct new_files *out, const struct new_request *r, struct err *e);

/* The prefix that comes after newest (NULL: there is none), spelled as that of like (NULL: as the newest diesel_cli
 * does). ERR_MIGRATION_FILE where nothing does. */
bool diesel_next_prefix(const char **out, const struct migration *newest, const struct migration *like, int64_t now_ms,
                        struct arena *a, struct err *e);
/* A prefix as the version that it is: without its dashes. */
const char *diesel_version(const char *prefix, struct arena *a);

#endif
