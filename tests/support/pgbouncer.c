#include "tests/support/pgbouncer.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "tests/support/daemon.h"
#include "tests/support/postgres.h"
#include "tests/support/scratch.h"

struct pgbouncer {
    struct daemon daemon; /* first: start() is given its address */
    struct pgbouncer_options options;
    const char *database;
};

static void start(struct daemon *d)
{
    struct pgbouncer *p = (struct pgbouncer *)d;
    const struct pgbouncer_options *o = &p->options;
    const char *path = arena_printf(d->arena, "%s/pgbouncer.ini", d->folder);
    const char *const argv[] = { "/usr/sbin/pgbouncer", "-q", path, NULL };
    struct buf ini = buf_open(d->arena, SIZE_MAX / 2);

    buf_printf(&ini, "[databases]\n* = host=%s port=%s user=postgres\n", postgres_part(d->arena, o->conninfo, "host"),
               postgres_part(d->arena, o->conninfo, "port"));
    buf_printf(&ini,
               "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\n"
               "pool_mode = %s\ndefault_pool_size = %d\nmax_client_conn = 100\nlogfile =\npidfile =\n",
               d->port, o->mode, o->pool ? o->pool : 20);
    scratch_write(d->folder, "pgbouncer.ini", buf_content(&ini));
    d->answers = pgbouncer_conninfo(p, d->arena);
    daemon_run(d, "TERM", argv);
}

struct pgbouncer *pgbouncer_open(const struct pgbouncer_options *o, struct arena *a)
{
    struct pgbouncer *p = arena_make(a, struct pgbouncer, 1);

    p->daemon = (struct daemon) { .arena = a, .folder = scratch_folder(a) };
    p->options = *o;
    p->database = postgres_part(a, o->conninfo, "dbname");
    cr_assert_eq(chmod(p->daemon.folder, 0755), 0);
    daemon_open(&p->daemon, start);
    return p;
}

const char *pgbouncer_url(const struct pgbouncer *p, struct arena *a)
{
    return arena_printf(a, "postgresql://postgres@127.0.0.1:%d/%s", p->daemon.port, p->database);
}

const char *pgbouncer_conninfo(const struct pgbouncer *p, struct arena *a)
{
    return arena_printf(a, "host=127.0.0.1 port=%d user=postgres dbname=%s", p->daemon.port, p->database);
}

void pgbouncer_close(struct pgbouncer *p)
{
    daemon_stop(&p->daemon, SIGTERM);
}
