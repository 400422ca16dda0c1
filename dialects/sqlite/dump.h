#ifndef DIALECTS_SQLITE_DUMP_H
#define DIALECTS_SQLITE_DUMP_H

#include "dialects/dialect.h"

/* struct dialect's dump: what the sqlite3 program's `.schema --nosys` writes, or `.schema` where DUMP_KEEP_SYSTEM is
 * asked for; as of its release 3.40 (shell.c). */
bool sqlite_dump(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e);
struct text sqlite_undump(struct text dump, struct arena *a);

#endif
