/* Files that are gone from a repository of which not everything is here. */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/interrupt.h"
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

TestSuite(vcs_search_partly, .init = setup, .fini = teardown);

Test(vcs_search_partly, works_in_a_bare_repository_without_reflogs)
{
    const char *repo = search_branch(a, "feature"), *bare = arena_printf(a, "%s/bare", scratch_folder(a));

    repo_git(a, repo, "clone", "--quiet", "--bare", repo, bare, NULL);
    cr_expect_str_eq(search_one(a, bare, "db/2.sql"), "two by feature");
    cr_expect_str_eq(search_one(a, bare, "db/9.sql"), "nowhere");
}

Test(vcs_search_partly, says_that_a_history_is_shallow)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/1.sql", "db/9.sql" } };
    const char *repo = search_repo(a), *clone = arena_printf(a, "%s/clone", scratch_folder(a));
    struct vcs_places places;

    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit(a, repo, "gone");
    repo_git(a, repo, "clone", "--quiet", "--depth=1", arena_printf(a, "file://%s", repo), clone, NULL);
    cr_expect_str_eq(search_for(a, clone, &asked, &places), "db/1.sql: nowhere\ndb/9.sql: nowhere");
    cr_expect(places.shallow);
    cr_expect_not(places.whole_line);
    cr_expect_eq(places.unreadable, 0);
}

Test(vcs_search_partly, a_shallow_branch_beside_does_not_cut_this_line)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/9.sql" } };
    const char *repo = search_repo(a), *other = search_branch(a, "feature");
    struct vcs_places places;

    repo_git(a, repo, "fetch", "--quiet", "--depth=1", arena_printf(a, "file://%s", other),
             "feature:refs/heads/feature", NULL);
    search_for(a, repo, &asked, &places);
    cr_expect(places.shallow);
    cr_expect(places.whole_line);
}

Test(vcs_search_partly, passes_over_what_is_missing)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/2.sql", "db/3.sql" } };
    const char *repo = search_branch(a, "feature"), *tree;
    struct vcs_places places;

    search_git(a, repo, "checkout", "-bthird");
    repo_write(repo, "db/3.sql", "");
    repo_commit(a, repo, "three");
    search_git(a, repo, "checkout", "main");
    tree = search_git(a, repo, "rev-parse", "feature:db");
    cr_assert_eq(unlink(arena_printf(a, "%s/.git/objects/%.2s/%s", repo, tree, tree + 2)), 0);
    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/2.sql: nowhere\ndb/3.sql: three by third");
    cr_expect_eq(places.unreadable, 1);
    cr_expect(places.whole_line, "what is missing is not of this line");
}

Test(vcs_search_partly, does_not_vouch_for_a_line_with_a_gap)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/9.sql" } };
    const char *repo = search_repo(a), *first = search_git(a, repo, "rev-parse", "HEAD");
    struct vcs_places places;

    repo_write(repo, "db/2.sql", "");
    repo_commit(a, repo, "two");
    cr_assert_eq(unlink(arena_printf(a, "%s/.git/objects/%.2s/%s", repo, first, first + 2)), 0);
    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/9.sql: nowhere");
    cr_expect_not(places.whole_line);
    cr_expect_geq(places.unreadable, 1);
}

Test(vcs_search_partly, needs_no_blobs)
{
    const char *repo = search_branch(a, "feature"), *clone = arena_printf(a, "%s/clone", scratch_folder(a));

    repo_git(a, repo, "config", "uploadpack.allowFilter", "true", NULL);
    repo_git(a, repo, "clone", "--quiet", "--no-checkout", "--filter=blob:none", arena_printf(a, "file://%s", repo),
             clone, NULL);
    cr_expect_str_eq(search_one(a, clone, "db/2.sql"), "two by origin/feature");
}

Test(vcs_search_partly, ends_soon_in_a_clone_without_trees)
{
    struct search_asked asked = { .source = "HEAD", .paths = { "db/2.sql" } };
    const char *repo = search_branch(a, "feature"), *clone = arena_printf(a, "%s/clone", scratch_folder(a));
    struct vcs_places places;

    repo_git(a, repo, "config", "uploadpack.allowFilter", "true", NULL);
    repo_git(a, repo, "clone", "--quiet", "--no-checkout", "--filter=tree:0", arena_printf(a, "file://%s", repo), clone,
             NULL);
    cr_expect_str_eq(search_for(a, clone, &asked, &places), "db/2.sql: nowhere");
    cr_expect_not(places.whole_line);
    cr_expect_geq(places.unreadable, 2);
}

Test(vcs_search_partly, stops_when_it_is_asked_to)
{
    const char *repo = search_branch(a, "feature"), *folders[] = { "db", NULL }, *paths[] = { "db/9.sql", NULL };
    struct object_id blob = { .known = false };
    struct vcs_wanted wanted = { .folders = folders, .match = search_match, .to = paths, .n = 1, .blobs = &blob };
    struct vcs *v = repo_open(a, repo);
    struct vcs_places places;
    struct vcs_found found;
    struct text content;
    struct err e;
    bool there;

    wanted.source = repo_source(a, v, VCS_COMMIT, "HEAD").commit;
    interrupt_install();
    raise(SIGTERM);
    cr_expect_not(vcs_search(&found, &places, v, &wanted, a, &e));
    cr_expect_eq(e.kind, ERR_TERMINATED);
    interrupt_reset();
    cr_expect(vcs_search(&found, &places, v, &wanted, a, &e));
    cr_expect(vcs_read_commit_path(&content, &there, v, wanted.source, "db/1.sql", 100, a, &e) && there);
    vcs_close(v);
}

Test(vcs_search_partly, finds_nothing_outside_git)
{
    struct search_asked asked = { .paths = { "db/2.sql" } };
    const char *folder = scratch_folder(a);
    struct vcs_places places;

    repo_isolate(a);
    cr_expect_str_eq(search_for(a, folder, &asked, &places), "db/2.sql: nowhere");
    cr_expect_eq(places.commits, 0);
}

Test(vcs_search_partly, looks_from_nowhere_before_the_first_commit)
{
    struct search_asked asked = { .paths = { "db/2.sql" } };
    const char *repo = search_branch(a, "feature");
    struct vcs_places places;

    repo_git(a, repo, "checkout", "--quiet", "--orphan", "fresh", NULL);
    cr_expect_str_eq(search_for(a, repo, &asked, &places), "db/2.sql: two by feature");
    cr_expect_not(places.whole_line);
}
