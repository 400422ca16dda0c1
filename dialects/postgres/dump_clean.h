/* A dump of pg_dump made into what Rails keeps of it: activerecord's postgresql_database_tasks.rb. Pure. */
#ifndef DIALECTS_POSTGRES_DUMP_CLEAN_H
#define DIALECTS_POSTGRES_DUMP_CLEAN_H

#include "core/base/arena.h"

/* Adds the dump without the comments and empty lines that it begins with, and without the lines of psql's \restrict and
 * \unrestrict and the comment behind these; keep_guard, as before Rails 7.2.3 and 8.0.3: these stay, and what precedes
 * the first of them is all that goes. Only the pair that pg_dump wrote counts, not what a function's body has of the
 * kind. */
void dump_clean(struct buf *out, struct text dump, bool keep_guard);

#endif
