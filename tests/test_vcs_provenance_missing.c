/* Provenance where history is not all there: shallow and partial clones, damage, replaced commits. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/origins.h"
#include "tests/support/repo.h"

static struct arena *a;
static const char *repo;

/* Five commits: each adds db/N.sql, the fourth edits 1 too. */
static void setup(void)
{
    a = arena_open();
    repo = repo_make(a);
    for (int i = 1; i <= 5; i++) {
        repo_write(repo, arena_printf(a, "db/%d.sql", i), arena_printf(a, "%d", i));
        if (i == 4)
            repo_write(repo, "db/1.sql", "one");
        repo_write(repo, "other/file", arena_printf(a, "%d", i));
        repo_commit(a, repo, arena_printf(a, "add %d", i));
    }
    repo_git(a, repo, "config", "uploadpack.allowFilter", "true", NULL);
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_provenance_missing, .init = setup, .fini = teardown);

static const char *clone_with(const char *option)
{
    const char *to = scratch_folder(a);

    repo_git(a, to, "clone", "--quiet", "--bare", option, arena_printf(a, "file://%s", repo), "c", NULL);
    return arena_printf(a, "%s/c", to);
}

/* Commits just made are loose objects. */
static void take_away(const char *rev)
{
    const char *id = repo_git(a, repo, "rev-parse", rev, NULL);

    cr_assert_eq(unlink(arena_printf(a, "%s/.git/objects/%.2s/%s", repo, id, id + 2)), 0, "%s", rev);
}

Test(vcs_provenance_missing, a_clone_of_depth_1_knows_nothing)
{
    cr_expect_str_eq(origins_text(a, clone_with("--depth=1"), "HEAD", "db"),
                     "1.sql: shallow\n2.sql: shallow\n3.sql: shallow\n4.sql: shallow\n5.sql: shallow");
}

Test(vcs_provenance_missing, a_clone_of_depth_3_knows_what_is_after_its_boundary)
{
    cr_expect_str_eq(origins_text(a, clone_with("--depth=3"), "HEAD", "db"),
                     "1.sql: shallow, edited 1 times, last add 4\n2.sql: shallow\n3.sql: shallow\n4.sql: add 4\n"
                     "5.sql: add 5");
    cr_expect_str_eq(origins_text(a, clone_with("--depth=5"), "HEAD", "db"), origins_text(a, repo, "HEAD", "db"));
}

Test(vcs_provenance_missing, each_arm_of_a_merge_has_its_own_boundary)
{
    repo_git(a, repo, "checkout", "--quiet", "-b", "side", "HEAD~3", NULL);
    repo_write(repo, "db/s.sql", "s");
    repo_commit(a, repo, "add s");
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    repo_git(a, repo, "merge", "--quiet", "--no-ff", "-m", "merge", "side", NULL);
    origins_check(a, repo, "HEAD", "db");
    cr_expect_str_eq(origins_text(a, clone_with("--depth=2"), "HEAD", "db"),
                     "1.sql: shallow\n2.sql: shallow\n3.sql: shallow\n4.sql: shallow\n5.sql: shallow\ns.sql: shallow");
    cr_expect_str_eq(origins_text(a, clone_with("--depth=3"), "HEAD", "db"),
                     "1.sql: shallow\n2.sql: shallow\n3.sql: shallow\n4.sql: shallow\n5.sql: add 5\ns.sql: add s");
}

Test(vcs_provenance_missing, a_boundary_that_grew_is_read_anew)
{
    const char *clone = clone_with("--depth=1");
    struct vcs *v = repo_open(a, clone);
    struct vcs_source s = repo_source(a, v, VCS_COMMIT, "HEAD");
    struct text path = TEXT("db/3.sql");
    struct vcs_origin out;
    struct err e;

    repo_git(a, clone, "fetch", "--quiet", "--unshallow", NULL);
    cr_assert(vcs_origins(&out, v, s.commit, "db", &path, 1, a, &e), "%s", e.message);
    cr_expect_eq(out.kind, VCS_ORIGIN_FOUND);
    vcs_close(v);
}

Test(vcs_provenance_missing, a_damaged_boundary_is_an_error)
{
    const char *clone = clone_with("--depth=2");

    scratch_write(clone, "shallow", TEXT("0123456789abcdef\n"));
    cr_expect_str_eq(origins_text(a, clone, "HEAD", "db"),
                     arena_printf(a,
                                  "error: '%s/shallow' holds a line that is no commit's id | run `git fetch "
                                  "--unshallow`, or clone again",
                                  clone));
}

Test(vcs_provenance_missing, blobs_are_not_needed)
{
    cr_expect_str_eq(origins_text(a, clone_with("--filter=blob:none"), "HEAD", "db"),
                     origins_text(a, repo, "HEAD", "db"));
}

Test(vcs_provenance_missing, without_trees_the_error_says_what_to_fetch)
{
    const char *text = origins_text(a, clone_with("--filter=tree:0"), "HEAD", "db");

    cr_expect(strstr(text, "error: tree "), "%s", text);
    cr_expect(strstr(text, " is not here (partial clone) | let git fetch it: `git -C "), "%s", text);
}

/* The clone fetches the tip's trees, as a checkout does, and no older ones. */
Test(vcs_provenance_missing, nor_without_the_trees_of_older_commits)
{
    const char *clone = clone_with("--filter=tree:0"), *text;

    repo_git(a, clone, "ls-tree", "-r", "HEAD", NULL);
    text = origins_text(a, clone, "HEAD", "db");
    cr_expect(strstr(text, arena_printf(a, "error: tree %s", repo_git(a, repo, "rev-parse", "HEAD~1^{tree}", NULL))),
              "%s", text);
    cr_expect(strstr(text, "partial clone"), "%s", text);
}

Test(vcs_provenance_missing, what_lies_outside_the_folder_may_be_missing)
{
    take_away("HEAD:other/file");
    take_away("HEAD:other");
    take_away("HEAD~1:other");
    take_away("HEAD~2:db/3.sql");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"),
                     "1.sql: add 1, edited 1 times, last add 4\n2.sql: add 2\n3.sql: add 3\n4.sql: add 4\n"
                     "5.sql: add 5");
}

Test(vcs_provenance_missing, a_parent_that_is_not_here_is_named)
{
    const char *gone = repo_git(a, repo, "rev-parse", "HEAD~2", NULL);

    take_away("HEAD~2");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"),
                     arena_printf(a,
                                  "error: the repository is incomplete or damaged: commit %s is missing | run `git "
                                  "fsck`, then fetch or clone again",
                                  gone));
}

Test(vcs_provenance_missing, a_tree_on_the_way_that_is_not_here_is_named)
{
    const char *gone = repo_git(a, repo, "rev-parse", "HEAD~2:db", NULL), *text;

    take_away("HEAD~2:db");
    text = origins_text(a, repo, "HEAD", "db");
    cr_expect(strstr(text, arena_printf(a, "tree %s of 'db' is missing", gone)), "%s", text);
}

Test(vcs_provenance_missing, history_that_is_long_settled_is_not_looked_at)
{
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_COMMIT, "HEAD");
    struct text path = TEXT("db/5.sql");
    struct vcs_origin out;
    struct err e;

    take_away("HEAD~2");
    cr_assert(vcs_origins(&out, v, s.commit, "db", &path, 1, a, &e), "%s", e.message);
    cr_expect(object_id_equal(out.introduced, s.commit));
    vcs_close(v);
}

/* git-replace(1): what a reader sees must not depend on a ref that is in one clone only. */
Test(vcs_provenance_missing, replaced_commits_are_ignored)
{
    const char *before = origins_text(a, repo, "HEAD", "db");

    repo_git(a, repo, "replace", "--graft", "HEAD~1", "HEAD~3", NULL);
    cr_expect_str_eq(repo_git(a, repo, "rev-list", "--count", "HEAD", NULL), "4");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), before);
    origins_check(a, repo, "HEAD", "db");
}

/* Objects are not hashed during the walk, so what they say is not to be trusted blindly. */
Test(vcs_provenance_missing, what_is_no_commit_or_tree_is_refused)
{
    static const char broken[] = "tree 0123\n";
    const char *argv[] = { "git", "-C", repo, "hash-object", "-w", "--stdin", "--literally", "-t", "commit", NULL };
    struct process p = { .argv = argv, .input = broken };
    struct process_result r = process_run(&p, a);
    struct object_id id;
    struct vcs *v = repo_open(a, repo);
    struct text path = TEXT("db/1.sql");
    struct vcs_origin out;
    struct err e;

    cr_assert_eq(r.exit_code, 0);
    cr_assert(object_id_parse(&id, text_trim(r.out)));
    cr_expect(!vcs_origins(&out, v, id, "db", &path, 1, a, &e));
    cr_expect_eq(e.kind, ERR_GIT);
    cr_expect(strstr(e.message, "is no commit"), "%s", e.message);
    cr_assert(object_id_parse(&id, text_from(repo_git(a, repo, "rev-parse", "HEAD:db/1.sql", NULL))));
    cr_expect(!vcs_origins(&out, v, id, "db", &path, 1, a, &e));
    cr_expect(strstr(e.message, "is no commit"), "%s", e.message);
    vcs_close(v);
}
