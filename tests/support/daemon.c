#include "tests/support/daemon.h"

#include <criterion/criterion.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/await.h"
#include "tests/support/scratch.h"

enum {
    PORT_FROM = 20000, /* below the kernel's own for outgoing connections */
    PORTS = 12000,
    PORT_TRIES = 8,
};

void daemon_run(struct daemon *d, const char *signal, const char *const *argv)
{
    const char *const as_us[] = { "setpriv", "--pdeathsig", signal, NULL };
    const char *const as_postgres[] = {
        "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", signal, NULL
    };
    const char *const *prefix = geteuid() == 0 ? as_postgres : as_us;
    const char *line[24];
    struct process p = { .argv = line, .directory = "/" };
    size_t n = 0;

    for (size_t i = 0; prefix[i]; i++)
        line[n++] = prefix[i];
    for (size_t i = 0; argv[i]; i++)
        line[n++] = argv[i];
    line[n] = NULL;
    d->pid =
        process_start(&p, arena_printf(d->arena, "%s/out", d->folder), arena_printf(d->arena, "%s/log", d->folder));
}

bool daemon_wait(struct daemon *d)
{
    struct await w = await_begin(d->answers);
    int status;

    while (PQping(d->answers) != PQPING_OK) {
        if (waitpid(d->pid, &status, WNOHANG) == d->pid)
            return false;
        await_again(&w);
    }
    return true;
}

void daemon_open(struct daemon *d, void (*start)(struct daemon *d))
{
    bool running = false;

    for (int i = 0; i < PORT_TRIES && !running; i++) {
        d->port = PORT_FROM + (int)arc4random_uniform(PORTS);
        start(d);
        running = daemon_wait(d);
    }
    cr_assert(running, "no port was free, or see %s/log", d->folder);
}

void daemon_stop(struct daemon *d, int signal)
{
    if (!d->pid)
        return;
    cr_assert_eq(kill(d->pid, signal), 0);
    process_wait(d->pid);
    d->pid = 0;
}
