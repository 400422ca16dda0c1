/* Which of all refs leads to a file that is gone. */
#include <criterion/criterion.h>

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

TestSuite(vcs_search, .init = setup, .fini = teardown);

Test(vcs_search, finds_what_this_line_deleted)
{
    const char *repo = search_repo(a);

    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit_at(a, repo, "gone", "1700000100 +0000");
    repo_write(repo, "other", "");
    repo_commit_at(a, repo, "later", "1700000200 +0000");
    cr_expect_str_eq(search_one(a, repo, "db/1.sql"), "one by main, line");
}

Test(vcs_search, names_the_newest_commit_that_has_it)
{
    const char *repo = search_repo(a);

    repo_write(repo, "db/2.sql", "");
    repo_commit_at(a, repo, "with both", "1700000100 +0000");
    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit_at(a, repo, "gone", "1700000200 +0000");
    cr_expect_str_eq(search_one(a, repo, "db/1.sql"), "with both by main, line");
}

Test(vcs_search, finds_what_the_source_still_has_there)
{
    cr_expect_str_eq(search_one(a, search_repo(a), "db/1.sql"), "one by main, line");
}

Test(vcs_search, finds_nothing_where_nothing_was)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/9.sql", "db/2.sql.bak" } };
    const char *repo = search_branch(a, "feature");
    struct vcs_places places;

    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/9.sql: nowhere\ndb/2.sql.bak: nowhere");
    cr_expect_eq(places.refs, 2);
    cr_expect_eq(places.commits, 2);
    cr_expect_eq(places.reflog_entries, 0);
    cr_expect_eq(places.unreadable, 0);
    cr_expect(places.whole_line);
    cr_expect_not(places.shallow);
}

Test(vcs_search, finds_it_on_another_branch)
{
    cr_expect_str_eq(search_one(a, search_branch(a, "feature"), "db/2.sql"), "two by feature");
}

Test(vcs_search, names_a_tip_even_where_older_commits_have_it_too)
{
    const char *repo = search_branch(a, "feature");

    search_git(a, repo, "checkout", "feature");
    repo_write(repo, "other", "");
    repo_commit_at(a, repo, "three", "1700000300 +0000");
    search_git(a, repo, "checkout", "main");
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "three by feature");
}

Test(vcs_search, names_the_branch_that_a_later_commit_of_deleted_it_on)
{
    const char *repo = search_branch(a, "feature");

    search_git(a, repo, "checkout", "feature");
    repo_git(a, repo, "rm", "--quiet", "db/2.sql", NULL);
    repo_commit_at(a, repo, "gone", "1700000200 +0000");
    search_git(a, repo, "checkout", "main");
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by feature");
}

Test(vcs_search, writes_a_name_so_that_git_takes_it)
{
    const char *repo = search_branch(a, "v1");

    search_git(a, repo, "tag", "v1");
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by heads/v1");
}

Test(vcs_search, prefers_a_branch_of_ours_to_a_remote_one_and_a_tag)
{
    const char *repo = search_branch(a, "feature");

    repo_git(a, repo, "update-ref", "refs/remotes/origin/feature", "feature", NULL);
    repo_git(a, repo, "tag", "-a", "-m", "tag", "v1", "feature", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by feature");
    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by origin/feature");
    repo_git(a, repo, "update-ref", "-d", "refs/remotes/origin/feature", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by v1");
}

Test(vcs_search, reads_packed_refs_and_tags)
{
    const char *repo = search_branch(a, "feature");

    repo_git(a, repo, "tag", "-a", "-m", "tag", "v1", "feature", NULL);
    repo_git(a, repo, "tag", "-a", "-m", "tag of a tag", "v2", "v1", NULL);
    repo_git(a, repo, "tag", "-d", "v1", NULL);
    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by v2", "loose");
    search_collect_garbage(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by v2", "packed");
}

Test(vcs_search, passes_over_refs_that_lead_to_no_commit)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/9.sql" } };
    const char *repo = search_repo(a);
    struct vcs_places places;

    repo_git(a, repo, "tag", "tree", "HEAD^{tree}", NULL);
    repo_git(a, repo, "tag", "-a", "-m", "x", "blob", "HEAD:db/1.sql", NULL);
    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/9.sql: nowhere");
    cr_expect_eq(places.unreadable, 0);
}

Test(vcs_search, finds_a_ref_of_any_kind)
{
    const char *repo = search_branch(a, "feature");

    repo_git(a, repo, "update-ref", "refs/pull/7/head", "feature", NULL);
    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by pull/7/head");
}

Test(vcs_search, finds_a_detached_head)
{
    struct search_asked asked = { .source = "main", .paths = { "db/2.sql" } };
    const char *repo = search_branch(a, "feature");

    repo_git(a, repo, "checkout", "--quiet", "--detach", "feature", NULL);
    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/2.sql: two by HEAD");
}

Test(vcs_search, finds_what_was_only_fetched)
{
    const char *repo = search_repo(a), *other = search_branch(a, "feature");

    repo_git(a, other, "branch", "--quiet", "other", "main", NULL);
    repo_git(a, repo, "fetch", "--quiet", other, "main", "other", "feature", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by FETCH_HEAD");
}

Test(vcs_search, finds_where_a_reset_came_from)
{
    const char *repo = search_repo(a);

    repo_write(repo, "db/2.sql", "");
    repo_commit_at(a, repo, "two", "1700000100 +0000");
    repo_git(a, repo, "reset", "--quiet", "--hard", "HEAD~1", NULL);
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by ORIG_HEAD");
}
