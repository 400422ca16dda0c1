#include "tests/support/server.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/scratch.h"

enum {
    PORT_FROM = 20000, /* below the kernel's own for outgoing connections */
    PORTS = 12000,
    PORT_TRIES = 8,
    ANSWER_MS = 60000,
    PAUSE_MS = 10,
};

struct server {
    struct arena *arena;
    const char *folder, *conninfo;
    int port, pid;
};

static bool as_root(void)
{
    return geteuid() == 0;
}

/* A server does not run as root. */
static void run_as_server(struct server *s, const char *line)
{
    const char *user = as_root() ? "setpriv --reuid=postgres --regid=postgres --init-groups " : "";
    const char *const argv[] = { "sh", "-c", arena_printf(s->arena, "%s%s", user, line), NULL };
    struct process p = { .argv = argv, .directory = "/" };
    struct process_result r = process_run(&p, s->arena);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", line, (int)r.err.len, r.err.at);
}

static void begin(struct server *s)
{
    const char *const as_us[] = { "setpriv", "--pdeathsig", "QUIT", NULL };
    const char *const as_postgres[] = {
        "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", "QUIT", NULL
    };
    const char *const *prefix = as_root() ? as_postgres : as_us;
    const char *const server[] = { "postgres",
                                   "-D",
                                   arena_printf(s->arena, "%s/data", s->folder),
                                   "-p",
                                   arena_printf(s->arena, "%d", s->port),
                                   "-k",
                                   s->folder,
                                   NULL };
    const char *argv[16];
    struct process p = { .argv = argv, .directory = "/" };
    size_t n = 0;

    for (size_t i = 0; prefix[i]; i++)
        argv[n++] = prefix[i];
    for (size_t i = 0; server[i]; i++)
        argv[n++] = server[i];
    argv[n] = NULL;
    s->pid =
        process_start(&p, arena_printf(s->arena, "%s/out", s->folder), arena_printf(s->arena, "%s/log", s->folder));
    s->conninfo = arena_printf(s->arena, "host=%s port=%d user=postgres", s->folder, s->port);
}

/* False: the process has ended, since the port was taken. */
static bool answers(struct server *s)
{
    const char *postgres = arena_printf(s->arena, "%s dbname=postgres", s->conninfo);
    int64_t until = time_monotonic_ms() + ANSWER_MS;
    int status;

    while (PQping(postgres) != PQPING_OK) {
        if (waitpid(s->pid, &status, WNOHANG) == s->pid)
            return false;
        cr_assert(time_monotonic_ms() < until, "the server in %s does not answer", s->folder);
        poll(NULL, 0, PAUSE_MS);
    }
    return true;
}

static void configure(struct server *s, const char *const *settings)
{
    struct buf conf = buf_open(s->arena, SIZE_MAX / 2);

    buf_string(&conf, "listen_addresses = '127.0.0.1'\nunix_socket_permissions = 0777\ntimezone = 'UTC'\n"
                      "fsync = off\nfull_page_writes = off\nshared_buffers = 16MB\nmax_connections = 40\n");
    for (size_t i = 0; settings && settings[i]; i++)
        buf_printf(&conf, "%s\n", settings[i]);
    scratch_write(s->folder, "settings", buf_content(&conf));
    run_as_server(s, arena_printf(s->arena, "cat %s/settings >>%s/data/postgresql.conf", s->folder, s->folder));
}

static struct server *folder_make(struct arena *a)
{
    struct server *s = arena_make(a, struct server, 1);

    s->arena = a;
    s->folder = scratch_folder(a);
    if (as_root()) {
        const char *const argv[] = { "chown", "postgres:", s->folder, NULL };

        cr_assert_eq(process_run(&(struct process) { .argv = argv }, a).exit_code, 0);
    }
    return s;
}

static void begin_on_a_free_port(struct server *s)
{
    bool running = false;

    for (int i = 0; i < PORT_TRIES && !running; i++) {
        s->port = PORT_FROM + (int)arc4random_uniform(PORTS);
        begin(s);
        running = answers(s);
    }
    cr_assert(running, "no port was free, or see %s/log", s->folder);
}

struct server *server_open(struct arena *a, const char *const *settings)
{
    struct server *s = folder_make(a);

    run_as_server(
        s, arena_printf(a, "initdb -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -D %s/data", s->folder));
    configure(s, settings);
    begin_on_a_free_port(s);
    setenv("MERGANSER_TEST_POSTGRES", s->conninfo, 1);
    return s;
}

struct server *server_follow(struct arena *a, const char *primary)
{
    struct server *s = folder_make(a);

    run_as_server(s, arena_printf(a, "pg_basebackup -d '%s' -D %s/data -R -c fast --no-sync", primary, s->folder));
    begin_on_a_free_port(s);
    return s;
}

void server_promote(struct server *s)
{
    run_as_server(s, arena_printf(s->arena, "pg_ctl promote -s -w -t 60 -D %s/data", s->folder));
}

const char *server_conninfo(const struct server *s, struct arena *a)
{
    return arena_string(a, s->conninfo);
}

int server_port(const struct server *s)
{
    return s->port;
}

void server_stop(struct server *s, enum server_stop how)
{
    if (!s->pid)
        return;
    cr_assert_eq(kill(s->pid, how == SERVER_FAST ? SIGINT : SIGQUIT), 0);
    process_wait(s->pid);
    s->pid = 0;
}

void server_start_only(struct server *s)
{
    cr_assert_eq(s->pid, 0);
    begin(s);
}

void server_wait(struct server *s)
{
    cr_assert(answers(s), "the server in %s did not start again", s->folder);
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
