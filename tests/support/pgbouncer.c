#include "tests/support/pgbouncer.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/scratch.h"

enum {
    PORT_FROM = 20000, /* below the kernel's own for outgoing connections */
    PORTS = 12000,
    PORT_TRIES = 8,
    ANSWER_MS = 60000,
    PAUSE_MS = 10,
};

struct pgbouncer {
    const char *folder, *database;
    int port, pid;
};

static void configure(struct pgbouncer *p, const struct pgbouncer_options *o, struct arena *a)
{
    struct buf ini = buf_open(a, SIZE_MAX / 2);

    buf_printf(&ini, "[databases]\n* = host=%s port=%s user=postgres\n", postgres_part(a, o->conninfo, "host"),
               postgres_part(a, o->conninfo, "port"));
    buf_printf(&ini,
               "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\n"
               "pool_mode = %s\ndefault_pool_size = %d\nmax_client_conn = 100\nlogfile =\npidfile =\n",
               p->port, o->mode, o->pool ? o->pool : 20);
    scratch_write(p->folder, "pgbouncer.ini", buf_content(&ini));
}

/* It does not run as root. */
static void start(struct pgbouncer *p, struct arena *a)
{
    const char *const as_us[] = { "setpriv", "--pdeathsig", "TERM", NULL };
    const char *const as_postgres[] = {
        "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", "TERM", NULL
    };
    const char *const *prefix = geteuid() == 0 ? as_postgres : as_us;
    const char *argv[16];
    struct process process = { .argv = argv, .directory = "/" };
    size_t n = 0;

    for (size_t i = 0; prefix[i]; i++)
        argv[n++] = prefix[i];
    argv[n++] = "/usr/sbin/pgbouncer";
    argv[n++] = "-q";
    argv[n++] = arena_printf(a, "%s/pgbouncer.ini", p->folder);
    argv[n] = NULL;
    p->pid = process_start(&process, arena_printf(a, "%s/out", p->folder), arena_printf(a, "%s/log", p->folder));
}

/* False: the process has ended, since the port was taken. */
static bool answers(struct pgbouncer *p, struct arena *a)
{
    const char *through = pgbouncer_conninfo(p, a);
    int64_t until = time_monotonic_ms() + ANSWER_MS;
    int status;

    while (PQping(through) != PQPING_OK) {
        if (waitpid(p->pid, &status, WNOHANG) == p->pid)
            return false;
        cr_assert(time_monotonic_ms() < until, "PgBouncer in %s does not answer", p->folder);
        poll(NULL, 0, PAUSE_MS);
    }
    return true;
}

struct pgbouncer *pgbouncer_open(const struct pgbouncer_options *o, struct arena *a)
{
    struct pgbouncer *p = arena_make(a, struct pgbouncer, 1);
    bool running = false;

    p->folder = scratch_folder(a);
    p->database = postgres_part(a, o->conninfo, "dbname");
    cr_assert_eq(chmod(p->folder, 0755), 0);
    for (int i = 0; i < PORT_TRIES && !running; i++) {
        p->port = PORT_FROM + (int)arc4random_uniform(PORTS);
        configure(p, o, a);
        start(p, a);
        running = answers(p, a);
    }
    cr_assert(running, "no port was free, or see %s/log", p->folder);
    return p;
}

const char *pgbouncer_url(const struct pgbouncer *p, struct arena *a)
{
    return arena_printf(a, "postgresql://postgres@127.0.0.1:%d/%s", p->port, p->database);
}

const char *pgbouncer_conninfo(const struct pgbouncer *p, struct arena *a)
{
    return arena_printf(a, "host=127.0.0.1 port=%d user=postgres dbname=%s", p->port, p->database);
}

void pgbouncer_close(struct pgbouncer *p)
{
    if (!p->pid)
        return;
    cr_assert_eq(kill(p->pid, SIGTERM), 0);
    process_wait(p->pid);
    p->pid = 0;
}
