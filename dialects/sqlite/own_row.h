/* Whether a statement writes the ledger's rows by itself. Pure. */
#ifndef DIALECTS_SQLITE_OWN_ROW_H
#define DIALECTS_SQLITE_OWN_ROW_H

#include "core/base/arena.h"

enum sqlite_row_what {
    OWN_ROW_NOTHING, /* another statement, or one whose versions are not literals */
    OWN_ROW_INSERTED,
    OWN_ROW_DELETED,
    OWN_ROW_UPDATED,
    OWN_ROW_EMPTIED /* a DELETE without WHERE */
};

struct sqlite_own_row {
    enum sqlite_row_what what;
    bool has_own;      /* the version asked for */
    bool has_other;    /* another one: the first of them, and the byte that it stands at */
    struct text other; /* at NULL: an UPDATE that sets the column `version` itself */
    size_t other_at;
};

/* Reads the statement that begins at from; sql ends where it does. Understood are INSERT … VALUES and REPLACE with
 * literals, and DELETE and UPDATE … WHERE version = literal or IN (literals), and every UPDATE … SET version. */
void sqlite_own_row_read(struct sqlite_own_row *out, struct text sql, size_t from, const char *table,
                         const char *version, struct arena *a);

#endif
