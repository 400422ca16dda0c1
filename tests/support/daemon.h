/* A program of one test's own that serves on a port of loopback: PostgreSQL, PgBouncer. It ends with the test's
 * process, however that ends. */
#ifndef TESTS_SUPPORT_DAEMON_H
#define TESTS_SUPPORT_DAEMON_H

#include "core/base/arena.h"

struct daemon {
    struct arena *arena;
    const char *folder;  /* its own; its output goes to `out` and `log` there */
    const char *answers; /* the conninfo at which it answers once it runs */
    int port, pid;       /* pid 0: it does not run */
};

/* Runs it on d->port, without waiting. Neither of the two runs as root: where the tests do, it is the user postgres.
 * signal is what it gets when the test's process ends, as setpriv names it. */
void daemon_run(struct daemon *d, const char *signal, const char *const *argv);
/* Waits until it answers; false: it has ended instead. */
bool daemon_wait(struct daemon *d);
/* Tries ports until it answers on one. start sets what depends on d->port, and runs it. */
void daemon_open(struct daemon *d, void (*start)(struct daemon *d));
/* Returns when the process is gone. Twice is allowed. */
void daemon_stop(struct daemon *d, int signal);

#endif
