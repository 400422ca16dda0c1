/* Files that only a reflog, a stash or another work tree still leads to. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/search.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_search_logs, .init = setup, .fini = teardown);

Test(vcs_search_logs, finds_a_deleted_branch_in_the_reflog_until_that_expires)
{
    const char *repo = search_repo(a);

    repo_git(a, repo, "checkout", "--quiet", "-b", "feature", NULL);
    repo_write(repo, "db/2.sql", "select 2;");
    repo_commit_at(a, repo, "two", "1700000100 +0000");
    search_git(a, repo, "checkout", "main");
    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by HEAD@{1}");
    cr_expect_str_eq(search_git(a, repo, "show", "HEAD@{1}:db/2.sql"), "select 2;");
    search_expire_reflogs(a, repo);
    search_collect_garbage(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "nowhere");
}

Test(vcs_search_logs, finds_what_an_amended_branch_had)
{
    const char *repo = search_branch(a, "feature");

    search_git(a, repo, "checkout", "feature");
    repo_git(a, repo, "rm", "--quiet", "db/2.sql", NULL);
    repo_git(a, repo, "commit", "--quiet", "--amend", "--allow-empty", "-m", "amended", NULL);
    search_git(a, repo, "checkout", "main");
    cr_expect(access(arena_printf(a, "%s/.git/logs/HEAD", repo), F_OK) == 0);
    repo_git(a, repo, "reflog", "expire", "--expire=now", "HEAD", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by no name",
                     "the branch's log names it only as what was before its oldest entry");
}

Test(vcs_search_logs, passes_over_a_reflog_whose_commits_were_pruned)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/2.sql" } };
    const char *repo = search_repo(a), *log = arena_printf(a, "%s/.git/logs/HEAD", repo);
    struct text before = scratch_read(a, log);
    struct vcs_places places;

    scratch_write(repo, ".git/logs/HEAD",
                  text_from(arena_printf(a, "%s%040d 1234567890123456789012345678901234567890 A <a> 1 +0000\tx\n%s",
                                         arena_cstr(a, before), 0, "broken\n\n\tx")));
    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/2.sql: nowhere");
    cr_expect_eq(places.unreadable, 0);
    cr_expect(places.whole_line);
}

Test(vcs_search_logs, makes_no_reflog)
{
    const char *repo = search_repo(a);

    repo_git(a, repo, "-c", "core.logAllRefUpdates=false", "branch", "unlogged", NULL);
    search_one(a, repo, "db/2.sql");
    cr_expect(access(arena_printf(a, "%s/.git/logs/refs/heads/main", repo), F_OK) == 0);
    cr_expect(access(arena_printf(a, "%s/.git/logs/refs/heads/unlogged", repo), F_OK) != 0);
}

Test(vcs_search_logs, finds_what_was_stashed)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/2.sql", "db/3.sql", "db/9.sql" } };
    const char *repo = search_repo(a);
    struct vcs_places places;

    repo_write(repo, "db/2.sql", "select 2;");
    repo_git(a, repo, "add", "db/2.sql", NULL);
    repo_write(repo, "db/3.sql", "select 3;");
    repo_git(a, repo, "stash", "push", "--quiet", "--include-untracked", "-m", "first", NULL);
    repo_write(repo, "db/1.sql", "select 'other';");
    repo_git(a, repo, "stash", "push", "--quiet", "-m", "second", NULL);
    cr_expect_str_eq(search_for(a, repo, &asked, &places),
                     arena_printf(a,
                                  "db/2.sql: On main: first by stash@{1}\ndb/3.sql: untracked files on main: %s "
                                  "one by stash@{1}\ndb/9.sql: nowhere",
                                  repo_git(a, repo, "rev-parse", "--short=7", "main", NULL)));
    cr_expect_eq(places.stashes, 2);
    repo_git(a, repo, "stash", "drop", "--quiet", "stash@{1}", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "nowhere");
}

Test(vcs_search_logs, finds_what_was_stashed_where_no_log_is)
{
    const char *repo = search_repo(a), *id;

    repo_write(repo, "db/2.sql", "select 2;");
    repo_git(a, repo, "stash", "push", "--quiet", "--include-untracked", NULL);
    id = search_git(a, repo, "rev-parse", "refs/stash");
    repo_git(a, repo, "update-ref", "-d", "refs/stash", NULL);
    repo_git(a, repo, "-c", "core.logAllRefUpdates=false", "update-ref", "refs/stash", id, NULL);
    unlink(arena_printf(a, "%s/.git/logs/refs/stash", repo));
    cr_expect(text_ends(text_from(search_one(a, repo, "db/2.sql")), " by stash"));
}

Test(vcs_search_logs, finds_the_heads_of_all_work_trees)
{
    const char *repo = search_branch(a, "feature"), *linked = arena_printf(a, "%s/../linked%d", repo, (int)getpid());

    repo_git(a, repo, "worktree", "add", "--quiet", "--detach", linked, "feature", NULL);
    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    repo_git(a, repo, "reflog", "expire", "--expire=now", "HEAD", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), arena_printf(a, "two by worktrees/linked%d/HEAD", (int)getpid()));
    repo_git(a, linked, "checkout", "--quiet", "--detach", "main", NULL);
    unlink(repo_git(a, linked, "rev-parse", "--git-path", "ORIG_HEAD", NULL));
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"),
                     arena_printf(a, "two by worktrees/linked%d/HEAD@{1}", (int)getpid()));
    repo_git(a, repo, "checkout", "--quiet", "--detach", "HEAD", NULL);
    repo_write(repo, "db/3.sql", "");
    repo_commit(a, repo, "three");
    cr_expect_str_eq(search_one(a, linked, "db/3.sql"), "three by main-worktree/HEAD");
}
