#include "tests/support/traffic.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/await.h"
#include "tests/support/scratch.h"

enum { PAUSE_MS = 5 };

struct shared {
    atomic_uint transactions, errors, deadlocks;
    atomic_llong longest, began; /* in milliseconds; began 0: none is open */
    atomic_bool stop;
};

struct traffic {
    struct shared *shared;
    int pid;
};

static void transaction(PGconn *conn, const char *const *statements, struct shared *shared)
{
    bool failed = false;

    for (size_t i = 0; statements[i] && !failed; i++) {
        PGresult *r = PQexec(conn, statements[i]);
        const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

        failed = PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK;
        if (failed && state && strcmp(state, "40P01") == 0)
            atomic_fetch_add(&shared->deadlocks, 1);
        PQclear(r);
    }
    if (failed) {
        atomic_fetch_add(&shared->errors, 1);
        PQclear(PQexec(conn, "ROLLBACK"));
    }
}

static void run(const char *conninfo, const char *const *statements, struct shared *shared)
{
    PGconn *conn = PQconnectdb(conninfo);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (!atomic_load(&shared->stop)) {
        int64_t began = time_monotonic_ms(), took;

        atomic_store(&shared->began, began);
        transaction(conn, statements, shared);
        took = time_monotonic_ms() - began;
        atomic_store(&shared->began, 0);
        if (took > atomic_load(&shared->longest))
            atomic_store(&shared->longest, took);
        atomic_fetch_add(&shared->transactions, 1);
        /* What waits in between are people, and the machine has others to serve. */
        poll(NULL, 0, PAUSE_MS);
    }
    PQfinish(conn);
    _exit(0);
}

struct traffic *traffic_open(const char *conninfo, const char *const *statements, struct arena *a)
{
    struct traffic *t = arena_make(a, struct traffic, 1);

    t->shared = mmap(NULL, sizeof *t->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert(t->shared != MAP_FAILED);
    t->pid = fork();
    cr_assert(t->pid >= 0);
    if (t->pid == 0)
        run(conninfo, statements, t->shared);
    return t;
}

unsigned traffic_transactions(const struct traffic *t)
{
    return atomic_load(&t->shared->transactions);
}

void traffic_await(const struct traffic *t, unsigned n)
{
    unsigned until = traffic_transactions(t) + n;
    struct await w = await_begin("transactions of the application");

    while (traffic_transactions(t) < until)
        await_again(&w);
}

int64_t traffic_longest_ms(const struct traffic *t)
{
    int64_t longest = atomic_load(&t->shared->longest), began = atomic_load(&t->shared->began);
    int64_t now = began ? time_monotonic_ms() - began : 0;

    return now > longest ? now : longest;
}

unsigned traffic_errors(const struct traffic *t)
{
    return atomic_load(&t->shared->errors);
}

unsigned traffic_deadlocks(const struct traffic *t)
{
    return atomic_load(&t->shared->deadlocks);
}

void traffic_close(struct traffic *t)
{
    atomic_store(&t->shared->stop, true);
    process_wait(t->pid);
    munmap(t->shared, sizeof *t->shared);
}
