#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/postgres/program.h"

enum {
    LOOK_MS = 100,       /* how long a signal may go unnoticed */
    TERMINATE_MS = 3000, /* what it may take to end when asked to */
    PIECE = 1 << 16,
    ERRORS_MAX = 1 << 14,
    EXTRA_DESCRIPTOR = 3,
};

static const size_t output_max = (size_t)1 << 30;

/* What it writes, and where to. */
struct stream {
    int fd; /* -1: at its end */
    struct buf to;
};

struct child {
    const char *path;
    pid_t pid;
    struct stream out, err;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool spawn_into(struct child *c, const struct program_run *r, int out, int err, struct err *e)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t restored;
    int failed;

    sigemptyset(&restored);
    sigaddset(&restored, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    if (r->descriptor >= 0)
        posix_spawn_file_actions_adddup2(&actions, r->descriptor, EXTRA_DESCRIPTOR);
    posix_spawnattr_setsigdefault(&attributes, &restored);
    /* A group of its own: what it starts itself is ended with it, and a terminal's ^C comes to us alone. */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    failed = posix_spawn(&c->pid, c->path, &actions, &attributes, (char *const *)r->arguments,
                         (char *const *)r->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (!failed)
        return true;
    c->pid = 0;
    err_plain(e, ERR_SYSTEM, "can't run %s: %s", c->path, strerror(failed));
    return err_hint(e, "name another one with --pg-dump");
}

static bool spawn(struct child *c, const struct program_run *r, struct err *e)
{
    int out[2] = { -1, -1 }, err[2] = { -1, -1 };
    bool ok = pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0;

    if (!ok)
        err_plain(e, ERR_SYSTEM, "can't make a pipe: %s", strerror(errno));
    ok = ok && spawn_into(c, r, out[1], err[1], e);
    close_fd(&out[1]);
    close_fd(&err[1]);
    if (!ok) {
        close_fd(&out[0]);
        close_fd(&err[0]);
    }
    c->out.fd = out[0];
    c->err.fd = err[0];
    return ok;
}

static void take(struct stream *s)
{
    char piece[PIECE];
    ssize_t n = read(s->fd, piece, sizeof piece);

    if (n > 0)
        buf_add(&s->to, piece, (size_t)n);
    else if (n == 0 || errno != EINTR)
        close_fd(&s->fd);
}

/* False: somebody asked us to stop. */
static bool listen_to(struct child *c, struct err *e)
{
    while (c->out.fd >= 0 || c->err.fd >= 0) {
        struct pollfd p[] = { { .fd = c->out.fd, .events = POLLIN }, { .fd = c->err.fd, .events = POLLIN } };

        if (!interrupt_check(e))
            return false;
        if (poll(p, 2, LOOK_MS) <= 0)
            continue;
        if (p[0].revents)
            take(&c->out);
        if (p[1].revents)
            take(&c->err);
    }
    return true;
}

static int wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* A second signal to us is not waited for by anybody: the process is in a group of its own then, and ends when it next
 * writes. */
static void end(pid_t pid)
{
    int64_t began = time_monotonic_ms();

    kill(-pid, SIGTERM);
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (time_monotonic_ms() - began > TERMINATE_MS) {
            kill(-pid, SIGKILL);
            wait_for(pid);
            return;
        }
        poll(NULL, 0, LOOK_MS / 10);
    }
}

static struct text last_line(struct text said)
{
    struct text rest = said, line, last = { "", 0 };

    while (text_line(&rest, &line))
        if (text_trim(line).len)
            last = text_trim(line);
    return last;
}

static bool judge(const struct child *c, int status, struct arena *a, struct err *e)
{
    struct text said = last_line(buf_content(&c->err.to));

    if (c->out.to.overflowed)
        return err_plain(e, ERR_SYSTEM, "%s wrote more than 1 GB", c->path);
    if (WIFSIGNALED(status))
        return err_plain(e, ERR_SYSTEM, "%s was killed by signal %d (%s)", c->path, WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0)
        return true;
    err_plain(e, ERR_SYSTEM, "%s failed with exit code %d", c->path, WEXITSTATUS(status));
    return said.len ? err_detail(e, "%s", text_shown(a, said)) : false;
}

bool program_run(struct program_output *out, const struct program *p, const struct program_run *r, struct arena *a,
                 struct err *e)
{
    struct child c = {
        .path = p->path,
        .out = { -1, buf_open(a, output_max) },
        .err = { -1, buf_open(a, ERRORS_MAX) },
    };
    bool heard;

    *out = (struct program_output) { 0 };
    if (!spawn(&c, r, e))
        return false;
    heard = listen_to(&c, e);
    close_fd(&c.out.fd);
    close_fd(&c.err.fd);
    if (!heard) {
        end(c.pid);
        return false;
    }
    if (!judge(&c, wait_for(c.pid), a, e))
        return false;
    *out = (struct program_output) { buf_content(&c.out.to), buf_content(&c.err.to) };
    return true;
}
