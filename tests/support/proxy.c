#include "tests/support/proxy.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"

enum {
    LOOK_MS = 5, /* how often a connection looks at what it is told */
};

struct shared {
    atomic_uint round_trips, messages;
    atomic_uint with_text;   /* messages that hold the text */
    atomic_uint connections; /* so far */
    atomic_uint cut_up_to;   /* of these: are to end */
    atomic_bool cut, held, let, halved;
};

struct proxy {
    struct shared *shared;
    const char *conninfo;
    int port, pid;
};

/* One connection, in its own process. */
struct pump {
    const struct proxy_options *o;
    struct shared *shared;
    int client, server;
    unsigned number;    /* of the connection, from 1 */
    struct buf pending; /* the client's bytes that are no whole message yet */
    bool started;       /* the start-up message, which has no type byte, has passed */
    bool keyed;         /* the process id has passed */
    bool cutting;       /* the answer that comes is thrown away, and then the connection; or it is held */
    struct buf answer;  /* that is held */
    char tail[6];       /* the last bytes of the server's: a ReadyForQuery ends what it has to say */
};

static void leave_if_cut(const struct pump *p)
{
    if (p->number <= atomic_load(&p->shared->cut_up_to))
        _exit(0);
}

static void write_all(int fd, const char *at, size_t len)
{
    while (len) {
        ssize_t n = write(fd, at, len);

        if (n <= 0)
            _exit(0);
        at += n;
        len -= (size_t)n;
    }
}

static void delay(const struct pump *p)
{
    if (p->o->delay_ms)
        poll(NULL, 0, p->o->delay_ms);
}

static size_t big_endian(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;

    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

/* The length of the first whole message in pending, 0 where it is not there yet. */
static size_t whole_message(const struct pump *p)
{
    size_t head = p->started ? 1 : 0, len;

    if (p->pending.len < head + 4)
        return 0;
    len = head + big_endian(p->pending.at + head);
    return len <= p->pending.len ? len : 0;
}

static bool has_the_text(const struct pump *p, struct text message)
{
    const char *needle = p->o->cut_at_text;
    unsigned wanted = p->o->cut_at_nth ? p->o->cut_at_nth : 1;

    return needle && message.len && memmem(message.at, message.len, needle, strlen(needle)) &&
           atomic_fetch_add(&p->shared->with_text, 1) + 1 == wanted;
}

static bool is_the_cut(const struct pump *p, struct text message)
{
    unsigned nth = atomic_fetch_add(&p->shared->messages, 1) + 1;
    bool here = nth == p->o->cut_at_message || has_the_text(p, message);

    return here && !atomic_exchange(&p->shared->cut, true);
}

/* Keeps what has to be written until it is let go. Meanwhile neither side hears anything of the other, not even that
 * it has gone. */
static void hold(const struct pump *p, int fd, struct text what)
{
    atomic_store(&p->shared->held, true);
    while (!atomic_load(&p->shared->let)) {
        leave_if_cut(p);
        poll(NULL, 0, LOOK_MS);
    }
    if (atomic_load(&p->shared->halved)) {
        write_all(fd, what.at, what.len / 2);
        _exit(0);
    }
}

static void from_client(struct pump *p, bool *answered)
{
    char piece[65536];
    ssize_t n = read(p->client, piece, sizeof piece);
    size_t len;

    if (n <= 0)
        _exit(0);
    if (*answered)
        atomic_fetch_add(&p->shared->round_trips, 1);
    *answered = false;
    buf_add(&p->pending, piece, (size_t)n);
    delay(p);
    while ((len = whole_message(p))) {
        struct text message = text_cut(buf_content(&p->pending), 0, len);

        if (is_the_cut(p, message)) {
            if (p->o->withheld && !p->o->holds)
                _exit(0);
            if (p->o->withheld)
                hold(p, p->server, message);
            p->cutting = !p->o->withheld;
        }
        p->started = true;
        write_all(p->server, p->pending.at, len);
        memmove(p->pending.at, p->pending.at + len, p->pending.len - len);
        p->pending.len -= len;
    }
}

/* BackendKeyData: 'K', its length of 12, process id, key. It comes once, among the first answers. */
static void change_process_id(struct pump *p, char *at, size_t len)
{
    static const char head[] = { 'K', 0, 0, 0, 12 };
    char *found = p->o->as_pooler && !p->keyed ? memmem(at, len, head, sizeof head) : NULL;

    if (found && found + 9 <= at + len) {
        found[sizeof head] ^= 0x40;
        p->keyed = true;
    }
}

static void from_server(struct pump *p)
{
    static const char ready[] = { 'Z', 0, 0, 0, 5 };
    char piece[65536];
    ssize_t n = read(p->server, piece, sizeof piece);

    if (n <= 0)
        _exit(0);
    if (p->cutting) {
        for (ssize_t i = 0; i < n; i++) {
            memmove(p->tail, p->tail + 1, sizeof p->tail - 1);
            p->tail[sizeof p->tail - 1] = piece[i];
        }
        buf_add(&p->answer, piece, (size_t)n);
        if (memcmp(p->tail, ready, sizeof ready) != 0)
            return;
        if (!p->o->holds)
            _exit(0);
        hold(p, p->client, buf_content(&p->answer));
        write_all(p->client, p->answer.at, p->answer.len);
        p->cutting = false;
        return;
    }
    change_process_id(p, piece, (size_t)n);
    delay(p);
    write_all(p->client, piece, (size_t)n);
}

static void pump_run(struct pump *p)
{
    bool answered = true;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    p->pending = buf_open(arena_open(), SIZE_MAX / 2);
    p->answer = buf_open(p->pending.arena, SIZE_MAX / 2);
    for (;;) {
        struct pollfd fds[2] = { { .fd = p->client, .events = POLLIN }, { .fd = p->server, .events = POLLIN } };

        if (poll(fds, 2, LOOK_MS) < 0)
            _exit(1);
        leave_if_cut(p);
        if (fds[1].revents) {
            from_server(p);
            answered = true;
        }
        if (fds[0].revents)
            from_client(p, &answered);
    }
}

static int connect_server(const char *conninfo)
{
    struct arena *a = arena_open();
    const char *host = postgres_part(a, conninfo, "host"), *port = postgres_part(a, conninfo, "port");
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct sockaddr_in remote = { .sin_family = AF_INET };
    uint64_t number = 5432;
    int fd, yes = 1, failed;

    text_to_u64(text_from(port), &number);
    if (*host == '/') {
        snprintf(local.sun_path, sizeof local.sun_path, "%s/.s.PGSQL.%llu", host, (unsigned long long)number);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        failed = connect(fd, (struct sockaddr *)&local, sizeof local);
    } else {
        remote.sin_port = htons((uint16_t)number);
        remote.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        failed = connect(fd, (struct sockaddr *)&remote, sizeof remote);
    }
    arena_close(a);
    return failed ? -1 : fd;
}

static void serve(const struct proxy_options *o, struct shared *shared, int listener)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        struct pump p = { .o = o, .shared = shared, .client = accept(listener, NULL, NULL) };
        int yes = 1;

        if (p.client < 0)
            _exit(1);
        setsockopt(p.client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        p.number = atomic_fetch_add(&shared->connections, 1) + 1;
        if (fork() == 0) {
            close(listener);
            p.server = connect_server(o->conninfo);
            if (p.server < 0)
                _exit(1);
            pump_run(&p);
        }
        close(p.client);
    }
}

struct proxy *proxy_open(const struct proxy_options *o, struct arena *a)
{
    struct proxy *p = arena_make(a, struct proxy, 1);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    cr_assert(listen(listener, 16) == 0);
    cr_assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    p->port = ntohs(address.sin_port);
    p->conninfo = o->conninfo;
    p->shared = mmap(NULL, sizeof *p->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert(p->shared != MAP_FAILED);
    p->pid = fork();
    cr_assert(p->pid >= 0);
    if (p->pid == 0)
        serve(o, p->shared, listener);
    close(listener);
    return p;
}

const char *proxy_conninfo(const struct proxy *p, struct arena *a)
{
    return arena_printf(a, "host=127.0.0.1 port=%d user=%s dbname=%s sslmode=disable gssencmode=disable", p->port,
                        postgres_part(a, p->conninfo, "user"), postgres_part(a, p->conninfo, "dbname"));
}

unsigned proxy_round_trips(const struct proxy *p)
{
    return atomic_load(&p->shared->round_trips);
}

unsigned proxy_messages(const struct proxy *p)
{
    return atomic_load(&p->shared->messages);
}

unsigned proxy_connections(const struct proxy *p)
{
    return atomic_load(&p->shared->connections);
}

bool proxy_held(const struct proxy *p)
{
    return atomic_load(&p->shared->held);
}

void proxy_let(struct proxy *p, bool halved)
{
    atomic_store(&p->shared->halved, halved);
    atomic_store(&p->shared->let, true);
}

void proxy_cut(struct proxy *p)
{
    atomic_store(&p->shared->cut_up_to, atomic_load(&p->shared->connections));
}

void proxy_close(struct proxy *p)
{
    kill(p->pid, SIGKILL);
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    munmap(p->shared, sizeof *p->shared);
}
