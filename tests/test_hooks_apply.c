/* Hooks that change a database, and what keeps them from it. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/stage.h"

#define STORY                                                                                                          \
    "== commit Users\n"                                                                                                \
    "== file merganser.yml\n"                                                                                          \
    "database: ${DB}\n"                                                                                                \
    "environments: {server: {database: \"${PG}\"}}\n"                                                                  \
    "== file db/migrate/20240101000000_users.sql\n"                                                                    \
    "CREATE TABLE users (id integer);\n"                                                                               \
    "== git clone -q . ../clone\n"

#define POSTS                                                                                                          \
    "echo 'CREATE TABLE posts (id integer);' > db/migrate/20240102000000_posts.sql && git add db && "                  \
    "git commit -q -m posts"

static bool says(struct process_result r, const char *words)
{
    size_t at;

    return text_find(r.err, words, &at);
}

static size_t lines(struct text t)
{
    struct text line;
    size_t n = 0;

    while (text_line(&t, &line))
        n++;
    return n;
}

static struct process_result pull(struct stage *s)
{
    return stage_expect(s, 0, "cd ../clone && git pull -q");
}

static const char *applied(struct stage *s, const char *url)
{
    return stage_query(s, url, "SELECT count(*) FROM schema_migrations");
}

static void applies(const char *url_of, const char *option, bool postgres)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), postgres);
    const char *url = postgres ? s.postgres : s.sqlite;
    struct process_result r;

    cr_assert(strcmp(url_of, "PG") == 0 || !postgres);
    stage_expect(&s, 0, arena_printf(a, "cd ../clone && merganser hook install --post-merge apply %s", option));
    stage_expect(&s, 0, POSTS);
    /* What lies about in the work tree came with no pull. */
    stage_expect(&s, 0, "echo 'CREATE TABLE half (' > ../clone/db/migrate/20240103000000_half.sql");
    r = pull(&s);
    cr_expect(says(r, "added    20240102000000_posts\n"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(says(r, "up    20240102000000_posts"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(says(r, "2 migrations applied in "), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(!says(r, "half  "), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(!says(r, STAGE_PASSWORD));
    cr_expect_eq(r.out.len, 0);
    cr_expect_str_eq(applied(&s, url), "2");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, applies_what_a_pull_brought_on_sqlite)
{
    applies("DB", "", false);
}

Test(hooks_apply, applies_what_a_pull_brought_on_postgres)
{
    applies("PG", "--env server", true);
}

Test(hooks_apply, a_script_that_fails_is_one_line_and_fails_no_pull)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "cd ../clone && merganser up --quiet && merganser hook install --post-merge apply");
    stage_expect(&s, 0,
                 "echo 'SELECT * FROM nowhere;' > db/migrate/20240102000000_posts.sql && git add db && "
                 "git commit -q -m posts");
    r = pull(&s);
    cr_expect(says(r, "\nmerganser post-merge: db/migrate/20240102000000_posts.sql:1: no such table: nowhere"), "%.*s",
              (int)r.err.len, r.err.at);
    cr_expect(says(r, "20240102000000_posts was rolled back"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_eq(lines(r.err), 4, "%.*s", (int)r.err.len, r.err.at);
    cr_expect_str_eq(applied(&s, s.sqlite), "1");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, a_checkout_back_rolls_nothing_back)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);

    stage_expect(&s, 0,
                 "merganser hook install --post-checkout apply && git checkout -q -b side && " POSTS
                 " && git checkout -q main && git checkout -q side && git checkout -q main");
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, a_policy_that_asks_is_no_hooks)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "printf 'policy: {confirm: true}\\n' >> merganser.yml");
    r = stage_expect(&s, 4, "merganser hook install --post-merge apply");
    cr_expect(says(r, "merganser.yml:3:19: error: a hook can't ask"), "%.*s", (int)r.err.len, r.err.at);
    stage_expect(&s, 1, "test -e .git/hooks/post-merge");
    stage_expect(&s, 1, "git config --local merganser.hook.post-merge");
    stage_expect(&s, 0, "merganser hook install");
    stage_close(&s);
    arena_close(a);
}

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

Test(hooks_apply, connects_to_nothing_where_the_target_changed)
{
    struct arena *a = arena_open();
    int port, fd = listener(&port);

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct stage s = stage_open(a, TEXT(STORY), false);
        const char *yml = targets[i].yml, *at;
        struct process_result r;

        while ((at = strstr(yml, "PORT")))
            yml = arena_printf(a, "%.*s%d%s", (int)(at - yml), yml, port, at + 4);
        stage_expect(&s, 0, "printf 'database: ${DB}\\n' > merganser.yml && git commit -q -a -m yml");
        stage_expect(&s, 0, "cd ../clone && git pull -q && merganser hook install --post-merge apply");
        scratch_write(s.repository, "merganser.yml", text_from(yml));
        stage_expect(&s, 0, *yml ? "git add ." : "git rm -q -f merganser.yml");
        stage_expect(&s, 0, POSTS);
        r = stage_expect(&s, 0, "cd ../clone && DATABASE_URL=$DB git pull -q");
        cr_expect_eq(says(r, "merganser post-merge: migrations came in, but what merganser.yml says of the database"),
                     !targets[i].connects, "%s: %.*s", targets[i].name, (int)r.err.len, r.err.at);
        cr_expect(targets[i].connects || lines(r.err) == 1, "%s: %.*s", targets[i].name, (int)r.err.len, r.err.at);
        cr_expect_eq(access(arena_printf(a, "%s/db.sqlite3", s.folder), F_OK) == 0, targets[i].connects, "%s",
                     targets[i].name);
        cr_expect(!was_connected(fd), "%s", targets[i].name);
        stage_close(&s);
    }
    /* The listener does notice one who comes. */
    {
        struct stage s = stage_open(a, TEXT(STORY), false);
        const char *url = arena_printf(a, "postgresql://127.0.0.1:%d/x?connect_timeout=1", port);
        struct process_result r;

        scratch_write(s.repository, "merganser.yml", text_from(arena_printf(a, "database: %s\n", url)));
        stage_expect(&s, 0, "merganser hook install && git checkout -q -b side && " POSTS " && git checkout -q main");
        r = stage_expect(&s, 0, "git checkout -q side");
        cr_expect(was_connected(fd));
        cr_expect(says(r, "added    20240102000000_posts\nmerganser post-checkout: the database did not answer within"),
                  "%.*s", (int)r.err.len, r.err.at);
        stage_close(&s);
    }
    close(fd);
    arena_close(a);
}

Test(hooks_apply, installing_again_takes_the_new_target)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);
    struct process_result r;
    size_t at;

    stage_expect(&s, 0,
                 "merganser hook install --post-merge apply && printf 'policy: {edited: allow}\\n' >> "
                 "merganser.yml && git commit -q -a -m yml && git checkout -q -b side && " POSTS
                 " && git checkout -q main");
    r = stage_expect(&s, 0, "merganser hook status");
    cr_expect(text_find(r.out, "the hooks connect to nothing until", &at), "%.*s", (int)r.out.len, r.out.at);
    r = stage_expect(&s, 0, "merganser hook install");
    cr_expect(text_find(r.out, "post-merge     apply   .git/hooks/post-merge installed\n", &at), "%.*s", (int)r.out.len,
              r.out.at);
    stage_expect(&s, 0, "git merge -q side");
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    stage_close(&s);
    arena_close(a);
}

/* ---- pre-commit ---- */

Test(hooks_apply, pre_commit_stops_what_cannot_be_read)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "merganser hook install --pre-commit");
    r = stage_expect(&s, 1,
                     "cp db/migrate/20240101000000_users.sql db/migrate/20240101000000_people.sql && "
                     "git add db && git commit -q -m people");
    cr_expect(says(r, "two migrations have version 20240101000000"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(says(r, "`git commit --no-verify`"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_eq(stage_run(&s, "test $(git rev-list --count HEAD) = 1").exit_code, 0);
    /* What is not staged is not looked at. */
    stage_expect(&s, 0, "git reset -q && echo x > x && git add x && git commit -q -m x");
    /* One that was broken before is not this commit's affair. */
    stage_expect(&s, 0, "git add db && git commit -q --no-verify -m people && echo y > x && git commit -q -a -m y");
    stage_expect(&s, 0, "git rm -q db/migrate/20240101000000_people.sql && git commit -q -m gone");
    cr_expect_eq(access(arena_printf(a, "%s/db.sqlite3", s.folder), F_OK), -1);
    stage_close(&s);
    arena_close(a);
}

/* `git commit FILE` and `git commit -a` have an index of their own, which GIT_INDEX_FILE names. */
Test(hooks_apply, pre_commit_reads_the_index_of_the_commit)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);

    stage_expect(&s, 0, "merganser hook install --pre-commit && echo x > x && git add x && git commit -q -m x");
    stage_expect(&s, 0,
                 "cp db/migrate/20240101000000_users.sql db/migrate/20240101000000_people.sql && git add db && "
                 "echo y > x && git commit -q -m y x");
    stage_expect(&s, 1, "git commit -q -a -m all");
    stage_expect(&s, 0,
                 "git worktree add -q ../tree -b tree 2>/dev/null && cd ../tree && echo z > x && "
                 "git commit -q -a -m z");
    stage_expect(&s, 1,
                 "cd ../tree && mkdir db/migrate/drizzle && "
                 "cp db/migrate/20240101000000_users.sql db/migrate/20240101000000_people.sql && git add db && "
                 "git commit -q -m w");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, pre_commit_lets_through_what_it_cannot_judge)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);

    stage_expect(&s, 0, "merganser hook install --pre-commit");
    /* No merganser in PATH, and none where it was. */
    stage_expect(&s, 0,
                 "sed -i \"s,$MERGANSER_BINARY,/nowhere/merganser,\" .git/hooks/pre-commit && "
                 "echo x > db/migrate/20240101000000_people.sql && git add db && "
                 "PATH=/usr/bin:/bin git commit -q -m x");
    /* A configuration that is wrong is said, and no reason. */
    stage_expect(&s, 0,
                 "git rm -q db/migrate/20240101000000_people.sql && echo 'x: y' > merganser.yml && git add . && "
                 "git commit -q -m y");
    stage_close(&s);
    arena_close(a);
}
