/* The tree that git recorded in its index for a folder, in place of reading it. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/repo.h"
#include "vcs/internal.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_cache_tree, .init = setup, .fini = teardown);

/* Names of 1 to 12 bytes, for every padding there is. */
static const char *sample(void)
{
    const char *repo = repo_make(a);

    for (int i = 1; i <= 12; i++)
        repo_write(repo, arena_printf(a, "db/%0*d.sql", i, i), "select 1;");
    repo_write(repo, "db/deep/er/1.sql", "select 1;");
    repo_write(repo, "db/deeper/1.sql", "select 2;");
    repo_write(repo, "app/a/b/c", "x");
    repo_write(repo, "app/a/d", "x");
    repo_write(repo, "zoo/1", "x");
    repo_commit(a, repo, "one");
    repo_settle(a, repo);
    return repo;
}

static const char *recorded_in(struct text index, const char *folder)
{
    size_t entries;
    git_oid id;

    if (!cache_tree_parse(&id, &entries, index, folder))
        return "unknown";
    return arena_printf(a, "%s %zu", git_oid_tostr_s(&id), entries);
}

static const char *recorded(const char *repo, const char *folder)
{
    return recorded_in(scratch_read(a, arena_printf(a, "%s/.git/index", repo)), folder);
}

/* The same, as git tells it of HEAD. */
static const char *committed(const char *repo, const char *folder)
{
    struct text files = text_from(repo_git(a, repo, "ls-files", *folder ? folder : ".", NULL)), line;
    size_t n = 0;

    while (text_line(&files, &line))
        n++;
    return arena_printf(a, "%s %zu", repo_git(a, repo, "rev-parse", arena_printf(a, "HEAD:%s", folder), NULL), n);
}

static const char *listing(const char *repo, const char *folder, enum vcs_kind kind)
{
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, kind, NULL);
    const char *all = repo_listing(a, v, &s, folder);

    vcs_close(v);
    return all;
}

static const char *const folders[] = { "", "db", "db/deep", "db/deep/er", "db/deeper", "app", "app/a/b", "zoo" };

Test(vcs_cache_tree, is_what_git_itself_says)
{
    static const char *const versions[] = { "2", "3", "4" };
    const char *repo = sample();

    for (size_t i = 0; i < 3; i++) {
        repo_git(a, repo, "update-index", "--index-version", versions[i], NULL);
        /* An entry with a bit of version 3; the commit records the trees again. */
        repo_git(a, repo, "update-index", i ? "--skip-worktree" : "--no-skip-worktree", "app/a/d", NULL);
        repo_git(a, repo, "commit", "--quiet", "--allow-empty", "-m", "next", NULL);
        cr_expect_eq(scratch_read(a, arena_printf(a, "%s/.git/index", repo)).at[7], versions[i][0] - '0');
        for (size_t k = 0; k < sizeof folders / sizeof *folders; k++)
            cr_expect_str_eq(recorded(repo, folders[k]), committed(repo, folders[k]), "version %s, %s", versions[i],
                             folders[k]);
        cr_expect_str_eq(recorded(repo, "db/dee"), "unknown");
        cr_expect_str_eq(recorded(repo, "db/1.sql"), "unknown");
        cr_expect_str_eq(recorded(repo, "zoo/1"), "unknown");
    }
}

Test(vcs_cache_tree, is_unknown_where_something_below_was_staged)
{
    const char *repo = sample();

    repo_write(repo, "db/deep/er/1.sql", "select 9;");
    repo_git(a, repo, "add", "db/deep/er/1.sql", NULL);
    cr_expect_str_eq(recorded(repo, "db/deep/er"), "unknown");
    cr_expect_str_eq(recorded(repo, "db"), "unknown");
    cr_expect_str_eq(recorded(repo, ""), "unknown");
    cr_expect_str_eq(recorded(repo, "db/deeper"), committed(repo, "db/deeper"));
    cr_expect_str_eq(recorded(repo, "zoo"), committed(repo, "zoo"));
    cr_expect_str_eq(listing(repo, "db/deep", VCS_INDEX), "db/deep/er/1.sql uncommitted");
    cr_expect_str_eq(listing(repo, "db/deep", VCS_WORKTREE), "db/deep/er/1.sql uncommitted");
    /* Staged back: git does not record it again, and it is as in HEAD all the same. */
    repo_write(repo, "db/deep/er/1.sql", "select 1;");
    repo_git(a, repo, "add", "db/deep/er/1.sql", NULL);
    cr_expect_str_eq(listing(repo, "db/deep", VCS_INDEX), "db/deep/er/1.sql");
    cr_expect_str_eq(listing(repo, "db/deep", VCS_WORKTREE), "db/deep/er/1.sql");
}

Test(vcs_cache_tree, is_unknown_where_something_is_announced_or_in_conflict)
{
    const char *repo = sample();

    repo_write(repo, "db/new.sql", "select 9;");
    repo_git(a, repo, "add", "--intent-to-add", "db/new.sql", NULL);
    repo_git(a, repo, "commit", "--quiet", "--allow-empty", "-m", "two", NULL);
    cr_expect_str_eq(recorded(repo, "db"), "unknown");
    cr_expect_str_eq(listing(repo, "db/deeper", VCS_INDEX), "db/deeper/1.sql");
    cr_expect(strstr(listing(repo, "db", VCS_WORKTREE), "db/new.sql uncommitted"));
    repo_git(a, repo, "rm", "--quiet", "--cached", "db/new.sql", NULL);

    repo_git(a, repo, "checkout", "--quiet", "-b", "side", NULL);
    repo_write(repo, "db/deeper/1.sql", "select 'side';");
    repo_commit(a, repo, "side");
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    repo_write(repo, "db/deeper/1.sql", "select 'main';");
    repo_commit(a, repo, "main");
    repo_git(a, repo, "-c", "alias.try=!git merge --quiet side || true", "try", NULL);
    cr_expect_str_eq(recorded(repo, "db/deeper"), "unknown");
    cr_expect(strstr(listing(repo, "db/deeper", VCS_INDEX), "has a merge conflict"));
}

Test(vcs_cache_tree, of_another_commit_is_no_answer)
{
    const char *repo = sample(), *first = repo_git(a, repo, "rev-parse", "HEAD", NULL);

    repo_write(repo, "db/deeper/1.sql", "select 3;");
    repo_write(repo, "db/deeper/2.sql", "select 3;");
    repo_commit(a, repo, "two");
    repo_settle(a, repo);
    cr_expect_str_eq(listing(repo, "db/deeper", VCS_WORKTREE), "db/deeper/1.sql\ndb/deeper/2.sql");
    repo_git(a, repo, "reset", "--quiet", "--soft", first, NULL);
    cr_expect_str_neq(recorded(repo, "db/deeper"), "unknown");
    cr_expect_str_eq(listing(repo, "db/deeper", VCS_WORKTREE),
                     "db/deeper/1.sql uncommitted\ndb/deeper/2.sql uncommitted");
    cr_expect_str_eq(listing(repo, "db/deeper", VCS_INDEX), "db/deeper/1.sql uncommitted\ndb/deeper/2.sql uncommitted");
}

Test(vcs_cache_tree, does_not_hide_what_the_work_tree_has)
{
    const char *repo = sample();

    repo_write(repo, "zoo/1", "edited");
    repo_write(repo, "zoo/2", "new");
    repo_write(repo, "db/deep/0.sql", "new");
    cr_assert_eq(unlink(arena_printf(a, "%s/app/a/b/c", repo)), 0);
    cr_expect_str_eq(recorded(repo, "zoo"), committed(repo, "zoo"));
    cr_expect_str_eq(listing(repo, "zoo", VCS_WORKTREE), "zoo/1 uncommitted\nzoo/2 uncommitted untracked");
    cr_expect_str_eq(listing(repo, "zoo", VCS_INDEX), "zoo/1");
    cr_expect_str_eq(listing(repo, "db/deep", VCS_WORKTREE), "db/deep/0.sql uncommitted untracked\ndb/deep/er/1.sql");
    cr_expect_str_eq(listing(repo, "app", VCS_WORKTREE), "app/a/d");
}

Test(vcs_cache_tree, spares_the_reading_of_the_tree)
{
    const char *repo = sample(), *id = repo_git(a, repo, "rev-parse", "HEAD:db/deeper", NULL);

    cr_assert_eq(unlink(arena_printf(a, "%s/.git/objects/%.2s/%s", repo, id, id + 2)), 0);
    cr_expect_str_eq(listing(repo, "db/deeper", VCS_WORKTREE), "db/deeper/1.sql");
    cr_expect_str_eq(listing(repo, "db/deeper", VCS_INDEX), "db/deeper/1.sql");
    /* An index without the record: the tree is needed, and missed. */
    repo_git(a, repo, "read-tree", "--empty", NULL);
    repo_git(a, repo, "add", "db", NULL);
    cr_expect_str_eq(recorded(repo, "db/deeper"), "unknown");
    cr_expect(text_starts(text_from(listing(repo, "db/deeper", VCS_INDEX)), "error: "));
}

Test(vcs_cache_tree, believes_no_broken_file)
{
    const char *repo = sample(), *truth = committed(repo, "db/deep");
    struct text index = scratch_read(a, arena_printf(a, "%s/.git/index", repo));

    for (size_t len = 0; len < index.len; len++) {
        struct arena *own = arena_open();

        /* A copy of its own, so that a look behind its end is seen. */
        cr_assert_str_neq(recorded_in(arena_text(own, index.at, len), "db/deep/none"), truth);
        if (len + 20 < index.len)
            recorded_in(arena_text(own, index.at, len), "db/deep");
        arena_close(own);
    }
    for (size_t i = 0; i < index.len; i++)
        for (unsigned bit = 1; bit < 0x100; bit <<= 3) {
            struct arena *own = arena_open();
            struct text bytes = arena_text(own, index.at, index.len);

            ((char *)bytes.at)[i] = (char)(bytes.at[i] ^ (char)bit);
            recorded_in(bytes, "db/deep/er");
            recorded_in(bytes, "zoo");
            arena_close(own);
        }
    cr_expect_str_eq(recorded_in(index, "db/deep"), truth);
}
