/* The next migration of a Diesel folder. */
#ifndef CORE_LAYOUTS_DIESEL_NEW_H
#define CORE_LAYOUTS_DIESEL_NEW_H

#include "core/layouts/layout.h"

/* NAME/up.sql and NAME/down.sql, the directory's name as the folder's newest spells its version: 2024-03-20-123000-0000
 * (the newest diesel_cli, and an empty folder), 2024-03-20-123000, 20240320123000, or a count (0012). ERR_USAGE for a
 * name that can't be one, ERR_MIGRATION_FILE where nothing comes after the newest. */
bool diesel_new(struct new_files *out, const struct new_request *r, struct err *e);

#endif
