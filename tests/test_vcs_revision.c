/* How a commit is named, and what is known of it. */
#include <criterion/criterion.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_revision, .init = setup, .fini = teardown);

static const char *revision_error(struct vcs *v, enum vcs_kind kind, const char *rev)
{
    struct vcs_source s;
    struct err e;

    cr_assert(!vcs_source_open(&s, v, kind, rev, a, &e), "%s is a commit", rev ? rev : "");
    return arena_printf(a, "%s: %s | %s", err_word(e.kind), e.message, e.hint);
}

#define NAMES_OF_COMMITS " | give a branch, a tag or a commit's id, as in main, v1.2 or HEAD~1"

static const struct {
    const char *rev, *want;
} bad[] = {
    { "", "revision: the revision is empty" NAMES_OF_COMMITS },
    { "-all", "revision: '-all' looks like an option, not like a revision" NAMES_OF_COMMITS },
    { ":/one", "revision: ':/one' searches instead of naming a commit" NAMES_OF_COMMITS },
    { ":db", "revision: ':db' searches instead of naming a commit" NAMES_OF_COMMITS },
    { "HEAD^{/one}", "revision: 'HEAD^{/one}' searches instead of naming a commit" NAMES_OF_COMMITS },
    { "HEAD~1..HEAD", "revision: 'HEAD~1..HEAD' is not the name of a commit | name one commit, not a range" },
    { "HEAD^{nothing", "revision: 'HEAD^{nothing' is not the name of a commit" NAMES_OF_COMMITS },
    { "a b", "revision: 'a b' is not the name of a commit" NAMES_OF_COMMITS },
    { "no\x1bsuch", "revision: 'no\\esuch' is not the name of a commit" NAMES_OF_COMMITS },
    { "nosuch", "revision: there is no commit 'nosuch' here | `git branch --all` and `git tag` list what there is" },
    { "HEAD~99", "revision: there is no commit 'HEAD~99' here | history does not go back that far" },
    { "0123456789012345678901234567890123456789", "revision: there is no commit '0123456789012345678901234567890123" },
    { "0000000000000000000000000000000000000000", "revision: there is no commit '0000000000000000000000000000000000" },
    { "main:db", "revision: 'main:db' is a tree, not a commit | give a branch, a tag of a commit" },
    { "main:db/1.sql", "revision: 'main:db/1.sql' is a blob, not a commit" },
    { "of-tree", "revision: 'of-tree' is a tree, not a commit" },
    { "of-blob", "revision: 'of-blob' is a blob, not a commit" },
    { "tagged-tree", "revision: 'tagged-tree' is a tree, not a commit" },
};

static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;\n");
    repo_commit(a, repo, "one");
    repo_write(repo, "db/2.sql", "select 2;\n");
    repo_commit(a, repo, "two");
    repo_git(a, repo, "tag", "light", NULL);
    repo_git(a, repo, "tag", "-m", "noted", "noted", NULL);
    repo_git(a, repo, "tag", "-m", "twice", "twice", "noted", NULL);
    repo_git(a, repo, "tag", "of-tree", "HEAD:db", NULL);
    repo_git(a, repo, "tag", "of-blob", "HEAD:db/1.sql", NULL);
    repo_git(a, repo, "tag", "-m", "tree", "tagged-tree", "HEAD:db", NULL);
    return repo;
}

ParameterizedTestParameters(vcs_revision, bad_names)
{
    return rows_numbered(sizeof bad / sizeof *bad);
}

ParameterizedTest(size_t *row, vcs_revision, bad_names)
{
    struct vcs *v = repo_open(a, sample());
    const char *said = revision_error(v, VCS_COMMIT, bad[*row].rev);

    cr_expect(text_starts(text_from(said), bad[*row].want), "%s", said);
    vcs_close(v);
}

/* "~1" is the first commit, "" the second. */
static const struct {
    const char *rev, *want;
} good[] = {
    { "HEAD", "HEAD" },     { "@", "HEAD" },
    { "main", "HEAD" },     { "refs/heads/main", "HEAD" },
    { "HEAD~1", "HEAD~1" }, { "main^", "HEAD~1" },
    { "light", "HEAD" },    { "noted", "HEAD" },
    { "twice", "HEAD" },    { "twice^{}~1", "HEAD~1" },
    { "main@{0}", "HEAD" },
};

ParameterizedTestParameters(vcs_revision, good_names)
{
    return rows_numbered(sizeof good / sizeof *good);
}

ParameterizedTest(size_t *row, vcs_revision, good_names)
{
    const char *repo = sample();
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_COMMIT, good[*row].rev);

    cr_expect_eq(s.kind, VCS_COMMIT);
    cr_expect_str_eq(s.ref, good[*row].rev);
    cr_expect_str_eq(object_id_hex(a, s.commit), repo_git(a, repo, "rev-parse", good[*row].want, NULL));
    vcs_close(v);
}

Test(vcs_revision, says_when_an_id_is_ambiguous)
{
    const char *repo = sample();
    struct vcs *v;

    /* Four digits are the fewest that libgit2 takes; names are compared before anything is read. */
    repo_write(repo, ".git/objects/ab/cd000000000000000000000000000000000001", "x");
    repo_write(repo, ".git/objects/ab/cd000000000000000000000000000000000002", "x");
    v = repo_open(a, repo);
    cr_expect_str_eq(revision_error(v, VCS_COMMIT, "abcd"),
                     "revision: 'abcd' is ambiguous: several objects begin like that | give more of its digits; "
                     "`git rev-parse --disambiguate=abcd` lists them");
    vcs_close(v);
}

Test(vcs_revision, tells_an_unborn_head_from_a_missing_commit)
{
    const char *repo = repo_make(a);
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);
    const char *want = arena_printf(a,
                                    "git: there is no commit yet in '%s' | commit something first, or leave --ref out "
                                    "to read the work tree",
                                    repo);

    cr_expect(!s.commit.known);
    cr_expect(!repo_source(a, v, VCS_INDEX, NULL).commit.known);
    cr_expect_str_eq(revision_error(v, VCS_COMMIT, "HEAD"), want);
    cr_expect_str_eq(revision_error(v, VCS_COMMIT, "HEAD~1"), want);
    cr_expect_str_eq(revision_error(v, VCS_COMMIT, "@"), want);
    cr_expect(text_starts(text_from(revision_error(v, VCS_COMMIT, "HEADLESS")), "revision: there is no commit"));
    vcs_close(v);
}

Test(vcs_revision, an_empty_bare_repository_has_nothing_to_read)
{
    const char *repo = scratch_folder(a);
    struct vcs *v;

    repo_isolate(a);
    repo_git(a, repo, "init", "--quiet", "--bare", NULL);
    v = repo_open(a, repo);
    cr_expect_str_eq(revision_error(v, VCS_WORKTREE, NULL),
                     arena_printf(a, "git: there is no commit yet in '%s' | push a commit to it first", repo));
    cr_expect(strstr(revision_error(v, VCS_INDEX, NULL), "has no index: it has no work tree | read a commit instead"));
    vcs_close(v);
}

Test(vcs_revision, a_plain_folder_has_no_commits)
{
    const char *folder = repo_isolate(a);
    struct vcs *v = repo_open(a, folder);
    struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);

    cr_expect_eq(s.kind, VCS_WORKTREE);
    cr_expect(!s.commit.known);
    cr_expect_str_eq(revision_error(v, VCS_COMMIT, "HEAD"),
                     arena_printf(a,
                                  "git: a commit (--ref) needs git, and '%s' is in no git repository | leave it out "
                                  "to read the files as they are, or name the repository with -C DIR",
                                  folder));
    cr_expect(strstr(revision_error(v, VCS_INDEX, NULL), "the index (--staged) needs git"));
    cr_expect_null(vcs_identity(v, a));
    cr_expect_null(vcs_author(v, s.commit, a));
    cr_expect(!vcs_root_commit(v, s.commit).known);
    vcs_close(v);
}

Test(vcs_revision, names_author_and_user)
{
    const char *repo = sample();
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_COMMIT, "HEAD");
    struct object_id absent = { .known = true, .raw = { 1, 2, 3 } };

    cr_expect_str_eq(vcs_author(v, s.commit, a), "Ada Author <ada@example.org>");
    cr_expect_null(vcs_author(v, absent, a));
    cr_expect_null(vcs_identity(v, a));
    repo_git(a, repo, "config", "user.email", "bo@example.org", NULL);
    cr_expect_str_eq(vcs_identity(v, a), "<bo@example.org>");
    repo_git(a, repo, "config", "user.name", "Bo\xff", NULL);
    cr_expect_str_eq(vcs_identity(v, a), "Bo\xef\xbf\xbd <bo@example.org>");
    vcs_close(v);
}

static const char *root_of(const char *folder, const char *rev)
{
    struct vcs *v = repo_open(a, folder);
    struct vcs_source s = repo_source(a, v, VCS_COMMIT, rev);
    const char *hex = object_id_hex(a, vcs_root_commit(v, s.commit));

    vcs_close(v);
    return hex ? hex : "unknown";
}

Test(vcs_revision, the_oldest_root_is_the_repositorys_name)
{
    const char *repo = repo_make(a), *younger, *older;

    younger = repo_commit_at(a, repo, "younger", "1600000000 +0000");
    repo_git(a, repo, "checkout", "--quiet", "--orphan", "other", NULL);
    older = repo_commit_at(a, repo, "older", "1500000000 +0900");
    for (int i = 0; i < 3; i++)
        repo_commit(a, repo, "more");
    cr_expect_str_eq(root_of(repo, "main"), younger);
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    repo_git(a, repo, "merge", "--quiet", "--allow-unrelated-histories", "-m", "merged", "other", NULL);
    cr_expect_str_eq(root_of(repo, "main"), older);
    cr_expect_str_eq(root_of(repo, "main^1"), younger);
}

Test(vcs_revision, the_root_of_a_shallow_history_is_unknown)
{
    const char *repo = sample(), *clone = arena_printf(a, "%s.clone", repo);
    struct vcs *v;

    repo_git(a, repo, "clone", "--quiet", "--depth=1", arena_printf(a, "file://%s", repo), clone, NULL);
    cr_expect_str_eq(root_of(clone, "HEAD"), "unknown");
    v = repo_open(a, clone);
    cr_expect(vcs_is_shallow(v));
    cr_expect_str_eq(revision_error(v, VCS_COMMIT, "HEAD~1"),
                     "revision: history is shallow: 'HEAD~1' is not here | run `git fetch --unshallow`, or set "
                     "fetch-depth: 0 in the CI's checkout step");
    cr_expect(strstr(revision_error(v, VCS_COMMIT, "nosuch"), "there is no commit 'nosuch' here"));
    vcs_close(v);
    repo_git(a, clone, "fetch", "--quiet", "--unshallow", NULL);
    cr_expect_str_eq(root_of(clone, "HEAD"), repo_git(a, repo, "rev-parse", "HEAD~1", NULL));
}

Test(vcs_revision, the_root_of_a_damaged_history_is_unknown)
{
    const char *repo = sample(), *first = repo_git(a, repo, "rev-parse", "HEAD~1", NULL);

    cr_assert_eq(remove(arena_printf(a, "%s/.git/objects/%.2s/%s", repo, first, first + 2)), 0);
    cr_expect_str_eq(root_of(repo, "HEAD"), "unknown");
}
