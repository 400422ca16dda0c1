#ifndef DIALECTS_POSTGRES_DUMP_H
#define DIALECTS_POSTGRES_DUMP_H

#include "dialects/postgres/session.h"

/* struct dialect's dump, by the program pg_dump. ERR_POOLER through a pooler, ERR_SYSTEM where the program is lacking,
 * too old or fails. */
bool postgres_dump(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e);
struct text postgres_undump(struct text dump, struct arena *a);

#endif
