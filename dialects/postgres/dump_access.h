/* What lets pg_dump into the database that we are connected to, without a word of it on its command line. */
#ifndef DIALECTS_POSTGRES_DUMP_ACCESS_H
#define DIALECTS_POSTGRES_DUMP_ACCESS_H

#include "dialects/postgres/session.h"

struct dump_access {
    const char *const *environment; /* NULL-ended; all that it gets */
    int descriptor; /* a service file with the secrets, in memory, to be its descriptor 3; -1: there are none */
};

/* Of the connection as it stands: service and password files are read already, and of several hosts it is the one that
 * answered. Secrets go into a file that has no name and that no other user can read. */
bool dump_access_open(struct dump_access *out, const struct pg *pg, struct arena *a, struct err *e);
void dump_access_close(struct dump_access *access);

#endif
