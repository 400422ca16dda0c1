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
};

struct schema_request {
    bool owners, grants;
    const struct table_name *without; /* left out with all that is part of them */
    size_t nwithout;
};

struct dump_request {
    const char *const *schemas; /* only these; NULL-ended; NULL: all */
    const char *program;        /* pg_dump; NULL: the one that is found */
};

#endif
