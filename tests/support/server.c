#include "tests/support/server.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/daemon.h"
#include "tests/support/scratch.h"

struct server {
    struct daemon daemon; /* first: begin() is given its address */
    const char *conninfo;
};

static bool as_root(void)
{
    return geteuid() == 0;
}

/* A server does not run as root. */
static void run_as_server(struct server *s, const char *line)
{
    const char *user = as_root() ? "setpriv --reuid=postgres --regid=postgres --init-groups " : "";
    const char *const argv[] = { "sh", "-c", arena_printf(s->daemon.arena, "%s%s", user, line), NULL };
    struct process p = { .argv = argv, .directory = "/" };
    struct process_result r = process_run(&p, s->daemon.arena);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", line, (int)r.err.len, r.err.at);
}

static void begin(struct daemon *d)
{
    struct server *s = (struct server *)d;
    const char *data = arena_printf(d->arena, "%s/data", d->folder), *port = arena_printf(d->arena, "%d", d->port);
    const char *const argv[] = { "postgres", "-D", data, "-p", port, "-k", d->folder, NULL };

    s->conninfo = arena_printf(d->arena, "host=%s port=%d user=postgres", d->folder, d->port);
    d->answers = arena_printf(d->arena, "%s dbname=postgres", s->conninfo);
    daemon_run(d, "QUIT", argv);
}

static void configure(struct server *s, const char *const *settings)
{
    struct buf conf = buf_open(s->daemon.arena, SIZE_MAX / 2);

    buf_string(&conf, "listen_addresses = '127.0.0.1'\nunix_socket_permissions = 0777\ntimezone = 'UTC'\n"
                      "fsync = off\nfull_page_writes = off\nshared_buffers = 16MB\nmax_connections = 40\n");
    for (size_t i = 0; settings && settings[i]; i++)
        buf_printf(&conf, "%s\n", settings[i]);
    scratch_write(s->daemon.folder, "settings", buf_content(&conf));
    run_as_server(s, arena_printf(s->daemon.arena, "cat %s/settings >>%s/data/postgresql.conf", s->daemon.folder,
                                  s->daemon.folder));
}

static struct server *folder_make(struct arena *a)
{
    struct server *s = arena_make(a, struct server, 1);

    s->daemon = (struct daemon) { .arena = a, .folder = scratch_folder(a) };
    if (as_root()) {
        const char *const argv[] = { "chown", "postgres:", s->daemon.folder, NULL };

        cr_assert_eq(process_run(&(struct process) { .argv = argv }, a).exit_code, 0);
    }
    return s;
}

struct server *server_open(struct arena *a, const char *const *settings)
{
    struct server *s = folder_make(a);

    run_as_server(s, arena_printf(a, "initdb -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -D %s/data",
                                  s->daemon.folder));
    configure(s, settings);
    daemon_open(&s->daemon, begin);
    setenv("MERGANSER_TEST_POSTGRES", s->conninfo, 1);
    return s;
}

struct server *server_follow(struct arena *a, const char *primary)
{
    struct server *s = folder_make(a);

    run_as_server(s,
                  arena_printf(a, "pg_basebackup -d '%s' -D %s/data -R -c fast --no-sync", primary, s->daemon.folder));
    daemon_open(&s->daemon, begin);
    return s;
}

void server_promote(struct server *s)
{
    run_as_server(s, arena_printf(s->daemon.arena, "pg_ctl promote -s -w -t 60 -D %s/data", s->daemon.folder));
}

const char *server_conninfo(const struct server *s, struct arena *a)
{
    return arena_string(a, s->conninfo);
}

int server_port(const struct server *s)
{
    return s->daemon.port;
}

void server_stop(struct server *s, enum server_stop how)
{
    daemon_stop(&s->daemon, how == SERVER_FAST ? SIGINT : SIGQUIT);
}

void server_start_only(struct server *s)
{
    cr_assert_eq(s->daemon.pid, 0);
    begin(&s->daemon);
}

void server_wait(struct server *s)
{
    cr_assert(daemon_wait(&s->daemon), "the server in %s did not start again", s->daemon.folder);
}

void server_start(struct server *s)
{
    server_start_only(s);
    server_wait(s);
}

void server_kill_backend(struct server *s, const char *pid)
{
    uint64_t number;

    (void)s;
    cr_assert(text_to_u64(text_from(pid), &number) && number > 1, "%s", pid);
    cr_assert_eq(kill((int)number, SIGKILL), 0);
}

void server_close(struct server *s)
{
    server_stop(s, SERVER_IMMEDIATE);
}
