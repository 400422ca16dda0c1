/* What tables there are, and the making of those that a tool's own code fixes. */
#ifndef DIALECTS_SQLITE_TABLES_H
#define DIALECTS_SQLITE_TABLES_H

#include "dialects/sqlite/connection.h"

/* dialect.h's functions of the same names. */
bool sqlite_tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out,
                        struct arena *a, struct err *e);
bool sqlite_tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e);
bool sqlite_table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e);

#endif
