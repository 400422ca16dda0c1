/* Rows that refer to no row: those before a migration compared with those after it. */
#ifndef DIALECTS_SQLITE_FOREIGN_KEYS_H
#define DIALECTS_SQLITE_FOREIGN_KEYS_H

#include "dialects/sqlite/connection.h"

bool sqlite_keys_on(const struct sqlite_db *c);
/* Does nothing inside a transaction, as the PRAGMA. */
void sqlite_keys_set(struct sqlite_db *c, bool on);

/* A row of a table whose foreign key has no parent. It is known by its values, which survive a rebuilt table; the row's
 * and the foreign key's numbers may not. */
struct sqlite_violation {
    const char *shown; /* "posts(user_id) = 7 has no row in users" */
};

struct sqlite_violations {
    struct sqlite_violation *at;
    size_t len, cap;
    bool unknown; /* SQLite could not check: a parent's key is not unique */
};

/* All of them, sorted. A schema that can't be checked is an error unless may_be_unknown. */
bool sqlite_violations_read(struct sqlite_violations *out, struct sqlite_db *c, bool may_be_unknown, struct arena *a,
                            struct err *e);
/* How many of after are not in before; *first is one of them. 0 where before is unknown. */
size_t sqlite_violations_new(const struct sqlite_violations *before, const struct sqlite_violations *after,
                             const struct sqlite_violation **first);

#endif
