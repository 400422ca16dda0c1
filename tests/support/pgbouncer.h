/* A PgBouncer of one test's own, before the throw-away server: its own folder, its own port on loopback. */
#ifndef TESTS_SUPPORT_PGBOUNCER_H
#define TESTS_SUPPORT_PGBOUNCER_H

#include "core/base/arena.h"

struct pgbouncer_options {
    const char *conninfo; /* of a database behind it */
    const char *mode;     /* "session", "transaction" */
    int pool;             /* connections to the server; 0: as many as it takes. One is shared by all clients */
};

struct pgbouncer;

/* Answers when this returns. It ends with the test's process. */
struct pgbouncer *pgbouncer_open(const struct pgbouncer_options *o, struct arena *a);
/* What a client connects to: as a URL, and as a conninfo of libpq. */
const char *pgbouncer_url(const struct pgbouncer *p, struct arena *a);
const char *pgbouncer_conninfo(const struct pgbouncer *p, struct arena *a);
/* Stops at once, whatever is under way; its server connections end too. Twice is allowed. */
void pgbouncer_close(struct pgbouncer *p);

#endif
