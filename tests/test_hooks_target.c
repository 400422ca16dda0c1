/* What a pull brings never chooses the database: a hook connects to nothing until somebody has looked. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/hooks.h"

/* A socket of this process that nobody has connected to. */
static int listener(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    cr_assert(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 8) == 0);
    cr_assert(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static bool was_connected(int fd)
{
    int one = accept(fd, NULL, NULL);

    if (one < 0) {
        cr_assert(errno == EAGAIN || errno == EWOULDBLOCK);
        return false;
    }
    close(one);
    return true;
}

/* Whatever a pull changes of where the database is: the hook connects to nothing until somebody has looked. */
static const struct {
    const char *name, *yml; /* PORT stands for the listener's */
    bool connects;
} targets[] = {
    { "another database", "database: postgresql://127.0.0.1:PORT/x?connect_timeout=1\n", false },
    { "a direct address beside it", "database: {url: \"${DB}\", direct: \"postgresql://127.0.0.1:PORT/x\"}\n", false },
    { "statements of a session", "database: ${DB}\nsession: [\"SELECT 1\"]\n", false },
    { "a ledger", "database: ${DB}\nledger: {table: other}\n", false },
    { "a policy", "database: ${DB}\npolicy: {edited: allow}\n", false },
    { "an environment", "database: ${DB}\nenvironments: {server: {database: \"postgresql://127.0.0.1:PORT/x\"}}\n",
      false },
    { "the file taken away", "", false },
    { "only a comment", "# the same\ndatabase:   \"${DB}\"\n", true },
    { "what is not of the target", "database: ${DB}\ncheck: {ignore: [db/x]}\ntimeouts: {lock: 3s}\n", true },
};

Test(hooks_target, connects_to_nothing_where_the_target_changed)
{
    struct arena *a = arena_open();
    int port, fd = listener(&port);

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
        const char *yml = targets[i].yml, *at;
        struct process_result r;

        while ((at = strstr(yml, "PORT")))
            yml = arena_printf(a, "%.*s%d%s", (int)(at - yml), yml, port, at + 4);
        stage_expect(&s, 0, "printf 'database: ${DB}\\n' > merganser.yml && git commit -q -a -m yml");
        stage_expect(&s, 0, "cd ../clone && git pull -q && merganser hook install --post-merge apply");
        scratch_write(s.repository, "merganser.yml", text_from(yml));
        stage_expect(&s, 0, *yml ? "git add ." : "git rm -q -f merganser.yml");
        stage_expect(&s, 0, HOOKS_POSTS);
        r = stage_expect(&s, 0, "cd ../clone && DATABASE_URL=$DB git pull -q");
        cr_expect_eq(
            hooks_says(r, "merganser post-merge: migrations came in, but what merganser.yml says of the database"),
            !targets[i].connects, "%s: %.*s", targets[i].name, (int)r.err.len, r.err.at);
        cr_expect(targets[i].connects || hooks_lines(r.err) == 1, "%s: %.*s", targets[i].name, (int)r.err.len,
                  r.err.at);
        cr_expect_eq(access(arena_printf(a, "%s/db.sqlite3", s.folder), F_OK) == 0, targets[i].connects, "%s",
                     targets[i].name);
        cr_expect(!was_connected(fd), "%s", targets[i].name);
        stage_close(&s);
    }
    /* The listener does notice one who comes. */
    {
        struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
        const char *url = arena_printf(a, "postgresql://127.0.0.1:%d/x?connect_timeout=1", port);
        struct process_result r;

        scratch_write(s.repository, "merganser.yml", text_from(arena_printf(a, "database: %s\n", url)));
        stage_expect(&s, 0,
                     "merganser hook install && git checkout -q -b side && " HOOKS_POSTS " && git checkout -q main");
        r = stage_expect(&s, 0, "git checkout -q side");
        cr_expect(was_connected(fd));
        cr_expect(
            hooks_says(r, "added    20240102000000_posts\nmerganser post-checkout: the database did not answer within"),
            "%.*s", (int)r.err.len, r.err.at);
        stage_close(&s);
    }
    close(fd);
    arena_close(a);
}

Test(hooks_target, installing_again_takes_the_new_target)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;
    size_t at;

    stage_expect(&s, 0,
                 "merganser hook install --post-merge apply && printf 'policy: {edited: allow}\\n' >> "
                 "merganser.yml && git commit -q -a -m yml && git checkout -q -b side && " HOOKS_POSTS
                 " && git checkout -q main");
    r = stage_expect(&s, 0, "merganser hook status");
    cr_expect(text_find(r.out, "the hooks connect to nothing until", &at), "%.*s", (int)r.out.len, r.out.at);
    r = stage_expect(&s, 0, "merganser hook install");
    cr_expect(text_find(r.out, "post-merge     apply   .git/hooks/post-merge installed\n", &at), "%.*s", (int)r.out.len,
              r.out.at);
    stage_expect(&s, 0, "git merge -q side");
    cr_expect_str_eq(stage_query(&s, s.sqlite, "SELECT count(*) FROM schema_migrations"), "2");
    stage_close(&s);
    arena_close(a);
}
