/* Recorded contents, several files at once, and folders. */
#include <criterion/criterion.h>
#include <unistd.h>

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

TestSuite(vcs_search_content, .init = setup, .fini = teardown);

Test(vcs_search_content, tells_the_recorded_content_from_a_later_one)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/1.sql" } };
    const char *repo = search_repo(a);

    asked.blobs[0] = search_git(a, repo, "rev-parse", "HEAD:db/1.sql");
    repo_write(repo, "db/1.sql", "select 'edited';");
    repo_commit_at(a, repo, "edited", "1700000100 +0000");
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/1.sql: edited by main, line; recorded: one by main, line");
    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit_at(a, repo, "gone", "1700000200 +0000");
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/1.sql: edited by main, line; recorded: one by main, line");
}

Test(vcs_search_content, finds_the_recorded_content_on_another_branch)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/1.sql" } };
    const char *repo = search_repo(a);

    repo_git(a, repo, "checkout", "--quiet", "-b", "feature", NULL);
    repo_write(repo, "db/1.sql", "select 'as applied';");
    repo_commit_at(a, repo, "two", "1700000100 +0000");
    asked.blobs[0] = search_git(a, repo, "rev-parse", "HEAD:db/1.sql");
    search_git(a, repo, "checkout", "main");
    search_expire_reflogs(a, repo);
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/1.sql: one by main, line; recorded: two by feature");
}

Test(vcs_search_content, the_recorded_content_counts_only_where_the_path_does)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/9.sql" } };
    const char *repo = search_repo(a);

    asked.blobs[0] = search_git(a, repo, "rev-parse", "HEAD:db/1.sql");
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/9.sql: nowhere; recorded: nowhere");
}

Test(vcs_search_content, a_content_that_was_never_stored_is_not_looked_for)
{
    struct search_asked asked = { .source = "HEAD",
                                  .paths = { "db/1.sql" },
                                  .blobs = { "1234567890123456789012345678901234567890" } };
    const char *repo = search_branch(a, "feature");
    struct vcs_places places;

    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/1.sql: one by main, line; recorded: nowhere");
    cr_expect_eq(places.refs, 0, "the first commit answered all that can be answered");
}

Test(vcs_search_content, finds_many_in_one_pass)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/1.sql", "db/2.sql", "db/3.sql" } };
    const char *repo = search_branch(a, "feature");

    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit(a, repo, "gone");
    repo_git(a, repo, "checkout", "--quiet", "-b", "third", NULL);
    repo_write(repo, "db/3.sql", "");
    repo_commit_at(a, repo, "three", "1700000300 +0000");
    search_git(a, repo, "checkout", "main");
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/1.sql: one by main, line\ndb/2.sql: two by feature\n"
                                                        "db/3.sql: three by third");
}

Test(vcs_search_content, looks_below_a_folder_and_from_the_root)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/a/b/up.sql", "db/\303\244 b/up.sql" } };
    const char *repo = search_repo(a);

    repo_write(repo, "db/a/b/up.sql", "");
    repo_write(repo, "db/\303\244 b/up.sql", "");
    repo_commit_at(a, repo, "two", "1700000100 +0000");
    repo_git(a, repo, "rm", "--quiet", "-r", "db", NULL);
    repo_commit_at(a, repo, "gone", "1700000200 +0000");
    cr_expect_str_eq(search_for(a, repo, &asked, NULL),
                     "db/a/b/up.sql: two by main, line\ndb/\303\244 b/up.sql: two by main, line");
    asked.folder = "";
    cr_expect_str_eq(search_for(a, repo, &asked, NULL),
                     "db/a/b/up.sql: two by main, line\ndb/\303\244 b/up.sql: two by main, line");
    asked.folder = "nosuch/folder";
    cr_expect_str_eq(search_for(a, repo, &asked, NULL), "db/a/b/up.sql: nowhere\ndb/\303\244 b/up.sql: nowhere");
}

Test(vcs_search_content, a_folder_or_a_link_is_no_file)
{
    const char *repo = search_repo(a);

    repo_write(repo, "db/2.sql/x", "");
    cr_assert_eq(symlink("1.sql", arena_printf(a, "%s/db/3.sql", repo)), 0);
    repo_commit(a, repo, "two");
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "nowhere");
    cr_expect_str_eq(search_one(a, repo, "db/3.sql"), "nowhere");
}

Test(vcs_search_content, finds_what_a_merge_left_out)
{
    const char *repo = search_branch(a, "feature");

    repo_git(a, repo, "merge", "--quiet", "--no-ff", "-s", "ours", "-m", "ours", "feature", NULL);
    cr_expect_str_eq(search_one(a, repo, "db/2.sql"), "two by main, line");
}
