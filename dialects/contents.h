/* What a database is and what is in it, as values: identity, schema, dump. */
#ifndef DIALECTS_CONTENTS_H
#define DIALECTS_CONTENTS_H

#include "core/base/schema.h"
#include "dialects/tables.h"

/* Which database it is, whatever the way to it: two connections with the same first two lead to the same one. */
struct db_identity {
    const char *system;   /* of the server's cluster; of a file its device and inode */
    const char *database; /* its number in that cluster, as text */
    const char *name;     /* what it is called; of a file its base name */
    const char *schema;   /* where an unqualified name is made; NULL: the dialect has none */
    const char *path;     /* where an unqualified name is looked for, in order, a schema a line; NULL: it has none */
    const char *role;     /* who it is that works there; NULL: the dialect has none */
    int major;            /* of the server's version: 15 */
    /* When its server was started, as text: a copy of the server's files has the first two too, but was started by
     * itself. NULL: the dialect has no server. */
    const char *started;
};

struct schema_request {
    bool owners, grants;
    const struct table_name *without; /* left out with all that is part of them */
    size_t nwithout;
};

/* What Rails takes out of a dump since some release, and left in before. */
enum dump_keep {
    DUMP_KEEP_GUARD = 1 << 0,  /* psql's \restrict and \unrestrict lines: before 7.2.3, and 8.0.3 */
    DUMP_KEEP_SYSTEM = 1 << 1, /* SQLite's own tables (sqlite_sequence): before 8.0 */
};

struct dump_request {
    const char *const *schemas; /* only these, as pg_dump's --schema takes them; NULL-ended; NULL: all */
    bool search_path;           /* where schemas is NULL: only those that the URL's search_path names, as Rails does */
    const struct table_name *without; /* nwithout that are left out; table NULL: a schema and all in it */
    size_t nwithout;
    unsigned keep;       /* of enum dump_keep */
    const char *guard;   /* the word behind a \restrict that is kept; NULL: a new one every time */
    const char *program; /* pg_dump; NULL: the one that is found */
};

#endif
