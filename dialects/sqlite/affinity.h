/* What a declared column type means to SQLite. Pure. */
#ifndef DIALECTS_SQLITE_AFFINITY_H
#define DIALECTS_SQLITE_AFFINITY_H

#include "dialects/dialect.h"

struct sqlite_affinity {
    enum column_kind kind;
    int max_length; /* of "varchar(255)"; 0: none */
};

/* By the words in it, as https://www.sqlite.org/datatype3.html (3.1) has it, and before that by the words for truth and
 * time, which SQLite has no types for. type may be NULL. */
struct sqlite_affinity sqlite_affinity(const char *type);

#endif
