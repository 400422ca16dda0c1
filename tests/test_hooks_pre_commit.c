/* The pre-commit hook: stops what can't be read, and nothing else. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "tests/support/hooks.h"

Test(hooks_pre_commit, stops_what_cannot_be_read)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "merganser hook install --pre-commit");
    r = stage_expect(&s, 1,
                     "cp db/migrate/20240101000000_users.sql db/migrate/20240101000000_people.sql && "
                     "git add db && git commit -q -m people");
    cr_expect(hooks_says(r, "[duplicate-version]"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(hooks_says(r, "`git commit --no-verify`"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_eq(stage_run(&s, "test $(git rev-list --count HEAD) = 1").exit_code, 0);
    /* What is not staged is not looked at. */
    stage_expect(&s, 0, "git reset -q && echo x > x && git add x && git commit -q -m x");
    /* One that was broken before is not this commit's affair. */
    stage_expect(&s, 0, "git add db && git commit -q --no-verify -m people && echo y > x && git commit -q -a -m y");
    cr_expect_eq(access(arena_printf(a, "%s/db.sqlite3", s.folder), F_OK), -1);
    stage_close(&s);
    arena_close(a);
}

/* The rules of `merganser check --staged`: what is worth a warning stops nobody. */
Test(hooks_pre_commit, stops_what_check_finds)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);
    struct process_result r;

    stage_expect(&s, 0, "merganser hook install --pre-commit && git checkout -q -b side");
    r = stage_expect(&s, 1,
                     "echo 'CREATE TABLE late (id integer);' > db/migrate/20230101000000_late.sql && git add db && "
                     "git commit -q -m late");
    cr_expect(hooks_says(r, "[late-version]"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(hooks_says(r, "`git commit --no-verify`"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_eq(r.out.len, 0);
    r = stage_expect(&s, 0,
                     "git mv db/migrate/20230101000000_late.sql db/migrate/20240201000000_late.sql && "
                     "git commit -q -m 'Not late, though without a down script'");
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    stage_close(&s);
    arena_close(a);
}

/* `git commit FILE` and `git commit -a` have an index of their own, which GIT_INDEX_FILE names. */
Test(hooks_pre_commit, reads_the_index_of_the_commit)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);

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

Test(hooks_pre_commit, lets_through_what_it_cannot_judge)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(HOOKS_STORY), false);

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
