/* sync on real repositories: what git and the history know decides, and nothing that is not ours is dropped. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/scene.h"

/* main has users; feature adds posts and tags. */
#define STORY                                                                                                          \
    "== commit Create users\n"                                                                                         \
    "== file db/migrate/20240108090000_create_users.sql\n"                                                             \
    "CREATE TABLE users (id integer PRIMARY KEY);\n"                                                                   \
    "== file db/migrate/20240108090000_create_users.down.sql\n"                                                        \
    "DROP TABLE users;\n"                                                                                              \
    "== branch feature\n"                                                                                              \
    "== commit Create posts\n"                                                                                         \
    "== file db/migrate/20240115101500_create_posts.sql\n"                                                             \
    "CREATE TABLE posts (id integer PRIMARY KEY);\n"                                                                   \
    "== file db/migrate/20240115101500_create_posts.down.sql\n"                                                        \
    "DROP TABLE posts;\n"                                                                                              \
    "== commit Create tags\n"                                                                                          \
    "== file db/migrate/20240122101500_create_tags.sql\n"                                                              \
    "CREATE TABLE tags (id integer PRIMARY KEY);\n"                                                                    \
    "== file db/migrate/20240122101500_create_tags.down.sql\n"                                                         \
    "DROP TABLE tags;\n"

/* The versions' days, "08 15 22". */
static const char *applied(struct scene *c)
{
    const char *rows = scene_ask(c, "SELECT substr(version, 7, 2) FROM schema_migrations ORDER BY version");
    char *flat = arena_string(c->arena, rows);

    for (char *p = flat; *p; p++)
        *p = *p == '\n' ? ' ' : *p;
    return flat;
}

static void whole_story(bool postgres)
{
    struct scene c = scene_open(STORY, postgres);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_git(&c, "switch -q main");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "down  20240122101500_create_tags (script from history)");
    scene_says(r.out, "2 migrations rolled back");
    cr_expect_str_eq(applied(&c), "08");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "in step");

    /* The branch comes back, and is then gone for good. */
    scene_git(&c, "switch -q feature");
    scene_run(&c, 0, "sync --yes");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_git(&c, "switch -q main");
    scene_git(&c, "branch -q -D feature");
    scene_git(&c, "reflog expire --expire=now --all");
    scene_git(&c, "gc -q --prune=now");
    r = scene_run(&c, 0, "status");
    scene_says(r.out, "[elsewhere]");
    scene_run(&c, 0, "sync --yes");
    cr_expect_str_eq(applied(&c), "08");
    scene_ask(&c, "SELECT count(*) FROM users");
    cr_expect_str_eq(
        scene_ask(&c, arena_printf(c.arena, "SELECT count(*) FROM %s WHERE outcome = 'rolled_back'", c.history)), "4");
    scene_close(&c);
}

Test(sync, a_branch_that_was_left_is_rolled_back_on_sqlite)
{
    whole_story(false);
}

Test(sync, a_branch_that_was_left_is_rolled_back_on_postgres)
{
    whole_story(true);
}

/* Before the checkout: the database matches the branch that comes. */
Test(sync, to_ref_looks_ahead)
{
    struct scene c = scene_open(STORY, false);

    scene_run(&c, 0, "up");
    scene_says(scene_run(&c, 0, "sync --to-ref main --dry-run").out,
               "2 migrations would be rolled back; nothing was run");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_run(&c, 0, "sync --to-ref main --yes");
    cr_expect_str_eq(applied(&c), "08");
    scene_run(&c, 0, "sync --ref feature --yes");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_run(&c, 2, "sync --to-ref main --ref main --yes");
    scene_run(&c, 2, "sync --to-ref nowhere --yes");
    scene_close(&c);
}

/* The history kept no down script, since there was none yet. */
#define LATE_DOWN                                                                                                      \
    "== commit Create users\n"                                                                                         \
    "== file db/migrate/20240108090000_create_users.sql\n"                                                             \
    "CREATE TABLE users (id integer PRIMARY KEY);\n"                                                                   \
    "== branch feature\n"                                                                                              \
    "== commit Create posts\n"                                                                                         \
    "== file db/migrate/20240115101500_create_posts.sql\n"                                                             \
    "CREATE TABLE posts (id integer PRIMARY KEY);\n"

static void commit_down(struct scene *c)
{
    scene_shell(c, "printf 'DROP TABLE posts;\\n' > db/migrate/20240115101500_create_posts.down.sql && git add -A && "
                   "git commit -q -m 'And back'");
}

Test(sync, a_down_script_is_found_on_another_branch)
{
    struct scene c = scene_open(LATE_DOWN, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_git(&c, "switch -q main");
    r = scene_run(&c, 4, "sync --yes");
    scene_says(r.err, "20240115101500_create_posts can't be rolled back");
    scene_says(r.err, "nothing was run");
    scene_says(r.err, "refs");
    scene_git(&c, "switch -q feature");
    commit_down(&c);
    scene_git(&c, "switch -q main");
    scene_says(scene_run(&c, 0, "sync --dry-run --json").out, "\"script_from\": \"ref\"");
    scene_run(&c, 0, "sync --yes");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

/* Its branch is deleted, and only a reflog leads there. */
Test(sync, a_down_script_is_found_in_the_reflog)
{
    struct scene c = scene_open(LATE_DOWN, false);

    scene_run(&c, 0, "up");
    commit_down(&c);
    scene_git(&c, "switch -q main");
    scene_git(&c, "branch -q -D feature");
    scene_run(&c, 0, "down");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

/* What lies beside another up script than the applied one may drop the wrong thing. */
Test(sync, a_down_script_of_another_up_script_is_refused)
{
    struct scene c = scene_open(LATE_DOWN, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_shell(&c, "printf 'CREATE TABLE posts (id bigint);\\n' > db/migrate/20240115101500_create_posts.sql");
    commit_down(&c);
    scene_git(&c, "switch -q main");
    r = scene_run(&c, 4, "sync --yes");
    scene_says(r.err, "no down script");
    r = scene_run(&c, 4, "down");
    scene_says(r.err, "no down script");
    scene_says(r.err, "looked at");
    cr_expect_str_eq(applied(&c), "08 15");
    r = scene_run(&c, 0, "sync --yes --skip-irreversible");
    scene_says(r.out, "no down script was found");
    cr_expect_str_eq(applied(&c), "08 15");
    scene_close(&c);
}

/* An applied version of this line whose file was deleted here, on purpose. */
Test(sync, what_is_retired_stays_unless_asked_for)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_git(&c, "rm -q 'db/migrate/20240115101500*'");
    scene_git(&c, "commit -q -m 'Drop the posts'");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "leave      20240115101500");
    scene_says(r.out, "--include-retired");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_run(&c, 0, "sync --yes --include-retired");
    cr_expect_str_eq(applied(&c), "08 22");
    scene_close(&c);
}

/* A colleague's other repository uses the same database. */
Test(sync, another_repositorys_versions_stay)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_git(&c, "switch -q main");
    scene_run(&c, 0, "up");
    scene_shell(
        &c,
        "git init -q -b main ../other && cd ../other && mkdir -p db/migrate && cp ../repo/db/migrate/* db/migrate && "
        "printf 'CREATE TABLE bills (id integer);\\n' > db/migrate/20240129101500_bills.sql && "
        "printf 'DROP TABLE bills;\\n' > db/migrate/20240129101500_bills.down.sql && "
        "git add -A && git commit -q -m 'Another one'");
    scene_run(&c, 0, "up -C ../other");
    cr_expect_str_eq(applied(&c), "08 29");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "leave      20240129101500");
    cr_expect_str_eq(applied(&c), "08 29");
    scene_run(&c, 0, "sync --yes --include-retired --redo-edited");
    cr_expect_str_eq(applied(&c), "08 29");
    scene_run(&c, 0, "sync --yes --include-foreign");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

/* A row of Rails' own: its file is on the other branch, so it is elsewhere, but nothing says who applied it. */
Test(sync, what_rails_applied_stays)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_git(&c, "switch -q main");
    scene_run(&c, 0, "up");
    scene_ask(&c,
              "CREATE TABLE posts (id integer PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20240115101500')");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "nothing records that merganser applied it");
    cr_expect_str_eq(applied(&c), "08 15");
    scene_run(&c, 0, "sync --yes --include-foreign");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

Test(sync, a_baseline_stays)
{
    struct scene c = scene_open(STORY, false);

    scene_ask(&c, "CREATE TABLE users (id integer); CREATE TABLE posts (id integer); CREATE TABLE tags (id integer)");
    scene_run(&c, 0, "baseline 20240122101500");
    scene_git(&c, "switch -q main");
    scene_says(scene_run(&c, 0, "sync --yes").out, "marked by `baseline`");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_ask(&c, "SELECT count(*) FROM tags");
    scene_close(&c);
}

Test(sync, refuses_before_it_touches_anything)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_git(&c, "switch -q main");
    scene_says(scene_run(&c, 4, "sync").err, "nobody confirmed");
    r = scene_run(&c, 4, "sync --yes --max-rollback 1");
    scene_says(r.err, "2 versions would be rolled back, and at most 1 may be");
    scene_shell(&c, "printf 'policy: {sync: refuse}\\n' > merganser.yml");
    scene_says(scene_run(&c, 4, "sync --yes").err, "merganser.yml:1:");
    scene_shell(&c, "rm merganser.yml; git rev-parse HEAD > .git/shallow");
    scene_says(scene_run(&c, 4, "sync --yes").err, "git fetch --unshallow");
    scene_shell(&c, "rm .git/shallow; git rm -q -r db && mkdir -p db/migrate && touch db/migrate/.keep");
    scene_says(scene_run(&c, 4, "sync --yes --migrations db/migrate --layout rails").err, "no migrations");
    scene_shell(&c, "git reset -q --hard; mv .git ../git");
    scene_says(scene_run(&c, 4, "sync --yes").err, "sync needs git");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_close(&c);
}

/* The old down script goes with the old up script, wherever the file's is by now. */
Test(sync, an_edited_version_is_done_again_only_when_told)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_shell(&c, "cd db/migrate && printf 'CREATE TABLE marks (id integer);\\n' > 20240122101500_create_tags.sql && "
                    "printf 'DROP TABLE marks;\\n' > 20240122101500_create_tags.down.sql");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "--redo-edited");
    r = scene_run(&c, 0, "sync --yes --redo-edited");
    scene_says(r.out, "down  20240122101500_create_tags (script from history)");
    cr_expect_str_eq(scene_ask(&c, "SELECT name FROM sqlite_master WHERE name IN ('tags', 'marks')"), "marks");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_says(scene_run(&c, 0, "status").out, "[uncommitted]");
    scene_close(&c);
}

/* What a failing script leaves is said, and the next run goes on from there. */
Test(sync, stops_where_a_script_fails)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_ask(&c, "DROP TABLE posts");
    scene_git(&c, "switch -q main");
    r = scene_run(&c, 1, "sync --yes");
    scene_says(r.err, "is still applied");
    scene_says(r.err, "`merganser sync` again");
    cr_expect_str_eq(applied(&c), "08 15");
    scene_ask(&c, "CREATE TABLE posts (id integer)");
    scene_run(&c, 0, "sync --yes");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

/* In the middle of something the work tree says nothing; a named commit does. */
Test(sync, refuses_while_git_is_busy)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_git(&c, "switch -q --detach main");
    r = scene_run(&c, 4, "sync --yes");
    scene_says(r.err, "HEAD is detached");
    scene_says(r.err, "nothing was run");
    scene_run(&c, 0, "sync --dry-run --ref HEAD");
    scene_git(&c, "bisect start");
    scene_says(scene_run(&c, 4, "sync --yes").err, "in the middle of");
    scene_git(&c, "bisect reset");
    scene_git(&c, "switch -q main");
    scene_git(&c, "merge --no-ff --no-commit feature");
    scene_says(scene_run(&c, 4, "sync --yes").err, "a merge");
    scene_git(&c, "merge --abort");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_close(&c);
}

/* Another work tree of the repository may be at the branch that is rolled back. */
Test(sync, names_other_work_trees)
{
    struct scene c = scene_open(STORY, false);

    scene_run(&c, 0, "up");
    scene_git(&c, "switch -q main");
    scene_git(&c, "worktree add -q ../second feature");
    scene_says(scene_run(&c, 0, "sync --dry-run").err, "several work trees");
    scene_run(&c, 0, "sync --yes -C ../second");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_run(&c, 0, "sync --yes");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

Test(sync, the_stash_is_searched)
{
    struct scene c = scene_open(STORY, false);

    scene_git(&c, "switch -q main");
    scene_shell(&c, "printf 'CREATE TABLE bills (id integer);\\n' > db/migrate/20240129000000_bills.sql");
    scene_run(&c, 0, "up");
    scene_shell(&c, "printf 'DROP TABLE bills;\\n' > db/migrate/20240129000000_bills.down.sql && git stash -q -u");
    scene_says(scene_run(&c, 0, "status").out, "stash@{0}");
    scene_run(&c, 0, "sync --yes");
    cr_expect_str_eq(applied(&c), "08");
    scene_close(&c);
}

/* What is late only because of what goes is not late. */
Test(sync, what_goes_makes_nothing_late)
{
    struct scene c = scene_open(STORY, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_git(&c, "switch -q main");
    scene_shell(&c, "printf 'CREATE TABLE a (id integer);\\n' > db/migrate/20240110000000_a.sql; "
                    "printf 'policy: {out_of_order: refuse}\\n' > merganser.yml");
    scene_says(scene_run(&c, 4, "up").err, "the policy refuses");
    r = scene_run(&c, 0, "sync --yes");
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    scene_shell(&c, "printf 'CREATE TABLE b (id integer);\\n' > db/migrate/20240109000000_b.sql");
    scene_says(scene_run(&c, 4, "sync --yes").err, "the policy refuses");
    cr_expect_str_eq(applied(&c), "08 10");
    scene_close(&c);
}

/* What stopped midway is for a person to look at, wherever its file is. */
Test(sync, what_is_partial_is_refused)
{
    struct scene c = scene_open(STORY, true);
    struct process_result r;

    scene_shell(&c, "printf -- '-- merganser: no-transaction\\nCREATE TABLE x (id int);\\nSELECT nothing;\\n' > "
                    "db/migrate/20240129000000_x.sql");
    scene_run(&c, 1, "up");
    scene_shell(&c, "rm db/migrate/20240129000000_x.sql");
    scene_git(&c, "switch -q main");
    r = scene_run(&c, 4, "sync --yes --include-foreign");
    scene_says(r.err, "stopped midway");
    scene_says(r.err, "nothing was run");
    cr_expect_str_eq(applied(&c), "08 15 22");
    scene_close(&c);
}
