/* Hooks that change a database: what a pull brought is applied, a branch that is left is rolled back. */
#include <criterion/criterion.h>

#include "tests/support/hooks.h"

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
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), postgres);
    const char *url = postgres ? s.postgres : s.sqlite;
    struct process_result r;

    cr_assert(strcmp(url_of, "PG") == 0 || !postgres);
    stage_expect(&s, 0, arena_printf(a, "cd ../clone && merganser hook install --post-merge apply %s", option));
    stage_expect(&s, 0, HOOKS_POSTS);
    /* What lies about in the work tree came with no pull. */
    stage_expect(&s, 0, "echo 'CREATE TABLE half (' > ../clone/db/migrate/20240103000000_half.sql");
    r = pull(&s);
    cr_expect(hooks_says(r, "added    20240102000000_posts\n"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(hooks_says(r, "up    20240102000000_posts"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(hooks_says(r, "2 migrations applied in "), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(!hooks_says(r, "half  "), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(!hooks_says(r, STAGE_PASSWORD));
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
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "cd ../clone && merganser up --quiet && merganser hook install --post-merge apply");
    stage_expect(&s, 0,
                 "echo 'SELECT * FROM nowhere;' > db/migrate/20240102000000_posts.sql && git add db && "
                 "git commit -q -m posts");
    r = pull(&s);
    cr_expect(hooks_says(r, "\nmerganser post-merge: db/migrate/20240102000000_posts.sql:1: no such table: nowhere"),
              "%.*s", (int)r.err.len, r.err.at);
    cr_expect(hooks_says(r, "20240102000000_posts was rolled back"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_eq(hooks_lines(r.err), 4, "%.*s", (int)r.err.len, r.err.at);
    cr_expect_str_eq(applied(&s, s.sqlite), "1");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, a_checkout_back_rolls_nothing_back)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);

    stage_expect(&s, 0,
                 "merganser hook install --post-checkout apply && git checkout -q -b side && " HOOKS_POSTS
                 " && git checkout -q main && git checkout -q side && git checkout -q main");
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    stage_close(&s);
    arena_close(a);
}

/* A branch with a migration of its own is applied, and left again. */
#define SYNCED                                                                                                         \
    "merganser up --quiet && merganser hook install --quiet --post-checkout sync && git checkout -q -b side && "       \
    "echo 'DROP TABLE posts;' > db/migrate/20240102000000_posts.down.sql && " HOOKS_POSTS                              \
    " && git checkout -q main && git checkout -q side"

Test(hooks_apply, sync_follows_the_branch)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, SYNCED);
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    r = stage_expect(&s, 0, "git checkout -q main");
    cr_expect(hooks_says(r, "roll back  20240102000000"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(hooks_says(r, "1 migration rolled back in "), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_eq(r.out.len, 0);
    cr_expect_str_eq(applied(&s, s.sqlite), "1");
    cr_expect_str_eq(stage_query(&s, s.sqlite, "SELECT count(*) FROM sqlite_master WHERE name = 'posts'"), "0");
    stage_expect(&s, 0, "git checkout -q side");
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, sync_leaves_what_is_not_committed)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, SYNCED);
    stage_expect(&s, 0,
                 "echo 'CREATE TABLE mine (id integer);' > db/migrate/20240103000000_mine.sql && "
                 "echo 'DROP TABLE mine;' > db/migrate/20240103000000_mine.down.sql");
    r = stage_expect(&s, 0, "git checkout -q main");
    cr_expect(hooks_says(r, "merganser post-checkout: nothing was done: 20240103000000_mine is not committed"), "%.*s",
              (int)r.err.len, r.err.at);
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    /* Applied by hand, it stays with its file. */
    stage_expect(&s, 0, "git checkout -q side && merganser up --quiet && git checkout -q main");
    cr_expect_str_eq(stage_query(&s, s.sqlite, "SELECT group_concat(version) FROM schema_migrations"),
                     "20240101000000,20240103000000");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, sync_leaves_a_database_that_another_work_tree_may_use)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, SYNCED);
    r = stage_expect(&s, 0, "git worktree add -q ../tree main");
    cr_expect(hooks_says(r, "has 1 missing (20240102000000_posts)\n"), "%.*s", (int)r.err.len, r.err.at);
    r = stage_expect(&s, 0, "git checkout -q -b other main");
    cr_expect(hooks_says(r, "another work tree of this clone may use the same database"), "%.*s", (int)r.err.len,
              r.err.at);
    cr_expect_str_eq(applied(&s, s.sqlite), "2");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, sync_that_the_policy_refuses_is_not_installed)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "printf 'policy: {sync: refuse}\n' >> merganser.yml");
    r = stage_expect(&s, 4, "merganser hook install --post-checkout sync");
    cr_expect(hooks_says(r, "merganser.yml:3:16: error: the policy refuses `sync` here"), "%.*s", (int)r.err.len,
              r.err.at);
    stage_expect(&s, 2, "merganser hook install --post-merge sync");
    stage_close(&s);
    arena_close(a);
}

Test(hooks_apply, a_policy_that_asks_is_no_hooks)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "printf 'policy: {confirm: true}\\n' >> merganser.yml");
    r = stage_expect(&s, 4, "merganser hook install --post-merge apply");
    cr_expect(hooks_says(r, "merganser.yml:3:19: error: a hook can't ask"), "%.*s", (int)r.err.len, r.err.at);
    stage_expect(&s, 1, "test -e .git/hooks/post-merge");
    stage_expect(&s, 1, "git config --local merganser.hook.post-merge");
    stage_expect(&s, 0, "merganser hook install");
    stage_close(&s);
    arena_close(a);
}
