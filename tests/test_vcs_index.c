/* Listing and reading what is staged. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/repo.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_index, .init = setup, .fini = teardown);

static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_write(repo, "db/2.sql", "select 2;");
    repo_write(repo, "other/3.sql", "select 3;");
    repo_commit(a, repo, "one");
    return repo;
}

static const char *conflicted(void)
{
    const char *repo = sample();

    repo_git(a, repo, "checkout", "--quiet", "-b", "side", NULL);
    repo_write(repo, "db/1.sql", "select 'side';");
    repo_commit(a, repo, "side");
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    repo_write(repo, "db/1.sql", "select 'main';");
    repo_commit(a, repo, "main");
    repo_git(a, repo, "-c", "alias.try=!git merge --quiet side || true", "try", NULL);
    return repo;
}

Test(vcs_index, refuses_a_conflict_in_the_folder_only)
{
    static const enum vcs_kind kinds[] = { VCS_INDEX, VCS_WORKTREE };
    const char *repo = conflicted();
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s;
    struct text content;
    struct err e;
    bool found;

    for (size_t i = 0; i < 2; i++) {
        s = repo_source(a, v, kinds[i], NULL);
        cr_expect_str_eq(repo_listing(a, v, &s, "db"),
                         "error: 'db/1.sql' has a merge conflict | resolve it, then run `git add db/1.sql`");
        cr_expect_str_eq(repo_listing(a, v, &s, "other"), "other/3.sql");
        cr_expect(!vcs_read_path(&content, &found, v, &s, "db/1.sql", 100, a, &e));
        cr_expect(vcs_read_path(&content, &found, v, &s, "db/2.sql", 100, a, &e) && found);
    }
    vcs_close(v);
}

static const struct {
    const char *name, *hint;
} unreadable[] = {
    { "split", " | it is a split index: run `git update-index --no-split-index`" },
    { "sparse", " | it is a sparse index: run `git sparse-checkout reapply --no-sparse-index`" },
    { "no checksum", " | where index.skipHash is set, run `git -c index.skipHash=false update-index" },
    { "torn", " | `rm .git/index && git reset` makes it anew" },
};

static void index_spoil(const char *repo, const char *how)
{
    const char *path = arena_printf(a, "%s/.git/index", repo);
    struct text bytes = scratch_read(a, path);
    char *copy = arena_alloc(a, bytes.len);

    if (strcmp(how, "split") == 0) {
        repo_git(a, repo, "update-index", "--split-index", NULL);
    } else if (strcmp(how, "sparse") == 0) {
        repo_git(a, repo, "sparse-checkout", "init", "--cone", "--sparse-index", NULL);
    } else if (strcmp(how, "torn") == 0) {
        cr_assert_eq(truncate(path, 20), 0);
    } else {
        memcpy(copy, bytes.at, bytes.len - 20);
        scratch_write(repo, ".git/index", (struct text) { copy, bytes.len });
    }
}

Test(vcs_index, says_how_to_mend_what_libgit2_cannot_read)
{
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        const char *repo = sample(), *said;
        struct vcs *v = repo_open(a, repo);
        struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);

        index_spoil(repo, unreadable[i].name);
        said = repo_listing(a, v, &s, "db");
        cr_expect(strstr(said, "error: cannot read git's index: ") && strstr(said, unreadable[i].hint), "%s: %s",
                  unreadable[i].name, said);
        s = repo_source(a, v, VCS_COMMIT, "HEAD");
        cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/1.sql\ndb/2.sql");
        vcs_close(v);
    }
}

Test(vcs_index, lists_what_is_staged)
{
    const char *repo = sample();
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_INDEX, NULL);
    struct text content;
    struct err e;
    bool found;

    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/1.sql\ndb/2.sql");
    repo_write(repo, "db/1.sql", "select 'staged';");
    repo_write(repo, "db/0.sql", "select 'new';");
    repo_git(a, repo, "add", "db", NULL);
    repo_git(a, repo, "rm", "--quiet", "--cached", "db/2.sql", NULL);
    repo_write(repo, "db/1.sql", "select 'not staged';");
    repo_write(repo, "db/5.sql", "select 'announced';");
    repo_git(a, repo, "add", "--intent-to-add", "db/5.sql", NULL);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/0.sql uncommitted\ndb/1.sql uncommitted");
    cr_expect_str_eq(repo_content(a, v, &s, "db/1.sql"), "select 'staged';");
    cr_assert(vcs_read_path(&content, &found, v, &s, "db/0.sql", 100, a, &e));
    cr_expect(found && text_is(content, "select 'new';"));
    cr_assert(vcs_read_path(NULL, &found, v, &s, "db/5.sql", 100, a, &e));
    cr_expect(!found);
    cr_expect_str_eq(repo_listing(a, v, &s, "nosuch"), "none");
    cr_expect(strstr(repo_listing(a, v, &s, ""), "other/3.sql"));
    vcs_close(v);
}

Test(vcs_index, everything_is_uncommitted_before_the_first_commit)
{
    const char *repo = repo_make(a);
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_INDEX, NULL);

    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "none");
    repo_write(repo, "db/1.sql", "select 1;");
    repo_git(a, repo, "add", "db", NULL);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/1.sql uncommitted");
    vcs_close(v);
}

Test(vcs_index, sorts_by_bytes_where_case_is_ignored)
{
    const char *repo = repo_make(a);
    struct vcs *v;
    struct vcs_source s;

    repo_write(repo, "db/V2.sql", "1");
    repo_write(repo, "db/a.sql", "2");
    repo_write(repo, "db/v2.sql", "3");
    repo_write(repo, "DB/b.sql", "4");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "config", "core.ignorecase", "true", NULL);
    v = repo_open(a, repo);
    s = repo_source(a, v, VCS_INDEX, NULL);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/V2.sql\ndb/a.sql\ndb/v2.sql");
    s = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/V2.sql\ndb/a.sql\ndb/v2.sql");
    vcs_close(v);
}
