/* What vcs_open takes for a repository, and what it says where it can't open one. */
#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

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

TestSuite(vcs_open, .init = setup, .fini = teardown);

/* Where a test's repository lies: bare, linked, a hook's... */
static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/migrate/1_a.sql", "select 1;\n");
    repo_commit(a, repo, "one");
    return repo;
}

Test(vcs_open, refuses_a_folder_that_does_not_exist)
{
    const char *home = repo_isolate(a);

    cr_expect_str_eq(repo_open_error(a, "/nowhere/at\nall"),
                     "cannot enter '/nowhere/at\\nall': No such file or directory | name a folder that exists");
    repo_write(home, "file", "");
    cr_expect(strstr(repo_open_error(a, arena_printf(a, "%s/file", home)), "is not a folder | name the folder"));
}

static const struct {
    const char *name, *config, *want;
} formats[] = {
    { "sha256", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n",
      "is a SHA-256 repository, which is not supported | export it with `git archive HEAD | tar -x -C DIR`" },
    { "reftable", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
      "uses the extension 'refstorage', which is not supported | run `git refs migrate --ref-format=files` in it" },
    { "unknown extension", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tmadeup = 1\n",
      "uses the extension 'madeup', which is not supported | a clone without it" },
    { "unknown version", "[core]\n\trepositoryformatversion = 7\n", "cannot open the repository at" },
    { "broken configuration", "[core\n", "cannot open the repository at" },
    { "worktreeConfig", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n", NULL },
    { "partialClone",
      "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\tpromisor = "
      "true\n",
      NULL },
    { "preciousObjects", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpreciousObjects = true\n", NULL },
};

ParameterizedTestParameters(vcs_open, formats)
{
    return rows_numbered(sizeof formats / sizeof *formats);
}

ParameterizedTest(size_t *row, vcs_open, formats)
{
    const char *repo = sample();

    repo_write(repo, ".git/config", formats[*row].config);
    if (formats[*row].want)
        cr_expect(strstr(repo_open_error(a, repo), formats[*row].want), "%s: %s", formats[*row].name,
                  repo_open_error(a, repo));
    else
        vcs_close(repo_open(a, repo));
}

Test(vcs_open, refuses_a_real_sha256_repository)
{
    const char *repo = scratch_folder(a);

    repo_isolate(a);
    repo_git(a, repo, "init", "--quiet", "--object-format=sha256", NULL);
    cr_expect(strstr(repo_open_error(a, repo), "is a SHA-256 repository"));
}

Test(vcs_open, refuses_a_work_tree_whose_repository_is_gone)
{
    const char *folder = scratch_folder(a);

    repo_isolate(a);
    repo_write(folder, ".git", "gitdir: /nowhere/at/all\n");
    cr_expect(strstr(repo_open_error(a, folder), "cannot open the repository at"));
}

Test(vcs_open, opens_from_any_folder_of_a_work_tree)
{
    const char *repo = sample();
    struct vcs *v = repo_open(a, arena_printf(a, "%s/db/./migrate/", repo));

    cr_expect(vcs_is_git(v));
    cr_expect(!vcs_is_bare(v));
    cr_expect_str_eq(vcs_root(v), repo);
    cr_expect_str_eq(vcs_prefix(v), "db/migrate");
    cr_expect_str_eq(vcs_git_directory(v), arena_printf(a, "%s/.git", repo));
    vcs_close(v);
    v = repo_open(a, repo);
    cr_expect_str_eq(vcs_prefix(v), "");
    vcs_close(v);
}

Test(vcs_open, resolves_symlinks_on_the_way)
{
    const char *repo = sample(), *link = arena_printf(a, "%s.link", repo);
    struct vcs *v;

    cr_assert_eq(symlink(arena_printf(a, "%s/db", repo), link), 0);
    v = repo_open(a, arena_printf(a, "%s/migrate", link));
    cr_expect_str_eq(vcs_root(v), repo);
    cr_expect_str_eq(vcs_prefix(v), "db/migrate");
    vcs_close(v);
}

static void expect_bare(const char *folder, const char *directory)
{
    struct vcs *v = repo_open(a, folder);
    struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);

    cr_expect(vcs_is_git(v) && vcs_is_bare(v), "%s", folder);
    cr_expect_null(vcs_root(v));
    cr_expect_str_eq(vcs_prefix(v), "");
    cr_expect_str_eq(vcs_git_directory(v), directory);
    cr_expect_eq(s.kind, VCS_COMMIT);
    cr_expect_null(s.ref);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/migrate/1_a.sql");
    vcs_close(v);
}

Test(vcs_open, opens_a_bare_repository)
{
    const char *repo = sample(), *bare = arena_printf(a, "%s.git", repo);

    repo_git(a, repo, "clone", "--quiet", "--bare", repo, bare, NULL);
    expect_bare(bare, bare);
    expect_bare(arena_printf(a, "%s/objects", bare), bare);
}

Test(vcs_open, takes_a_git_directory_for_bare)
{
    const char *repo = sample(), *inside = arena_printf(a, "%s/.git", repo);

    expect_bare(inside, inside);
    expect_bare(arena_printf(a, "%s/refs/heads", inside), inside);
}

static const char *linked(const char *repo)
{
    const char *other = arena_printf(a, "%s.linked", repo);

    repo_git(a, repo, "worktree", "add", "--quiet", "-b", "side", other, NULL);
    return other;
}

Test(vcs_open, opens_a_linked_work_tree)
{
    const char *repo = sample(), *other = linked(repo);
    struct vcs *v = repo_open(a, arena_printf(a, "%s/db", other));
    struct vcs_source s;

    repo_write(other, "db/migrate/2_b.sql", "select 2;\n");
    s = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_expect_str_eq(vcs_root(v), other);
    cr_expect_str_eq(vcs_prefix(v), "db");
    cr_expect(!vcs_is_bare(v));
    cr_expect_str_eq(repo_listing(a, v, &s, "db/migrate"),
                     "db/migrate/1_a.sql\ndb/migrate/2_b.sql uncommitted untracked");
    vcs_close(v);
    expect_bare(vcs_git_directory(v), vcs_git_directory(v));
}

Test(vcs_open, opens_a_work_tree_linked_to_a_bare_repository)
{
    const char *repo = sample(), *bare = arena_printf(a, "%s.git", repo);
    struct vcs *v;

    repo_git(a, repo, "clone", "--quiet", "--bare", repo, bare, NULL);
    v = repo_open(a, linked(bare));
    cr_expect(!vcs_is_bare(v));
    cr_expect_str_eq(vcs_root(v), arena_printf(a, "%s.linked", bare));
    vcs_close(v);
}

Test(vcs_open, opens_a_work_tree_linked_by_a_relative_path)
{
    const char *repo = sample(), *name = strrchr(repo, '/') + 1, *other = linked(repo);
    struct vcs *v;

    repo_git(a, repo, "config", "core.repositoryFormatVersion", "1", NULL);
    repo_git(a, repo, "config", "extensions.relativeWorktrees", "true", NULL);
    repo_write(other, ".git", arena_printf(a, "gitdir: ../%s/.git/worktrees/%s.linked\n", name, name));
    repo_write(repo, arena_printf(a, ".git/worktrees/%s.linked/gitdir", name),
               arena_printf(a, "../../../../%s.linked/.git\n", name));
    v = repo_open(a, arena_printf(a, "%s/db", other));
    cr_expect_str_eq(vcs_root(v), other);
    cr_expect_str_eq(vcs_prefix(v), "db");
    vcs_close(v);
}

Test(vcs_open, follows_core_worktree)
{
    const char *repo = sample(), *elsewhere = scratch_folder(a);
    struct vcs *v;

    repo_git(a, repo, "config", "core.worktree", elsewhere, NULL);
    v = repo_open(a, repo);
    cr_expect_str_eq(vcs_root(v), elsewhere);
    cr_expect_str_eq(vcs_prefix(v), "");
    vcs_close(v);
}

Test(vcs_open, takes_a_folder_without_git_as_it_is)
{
    const char *folder = repo_isolate(a);
    struct vcs *v;

    repo_write(folder, "app/db/1.sql", "");
    /* Not a repository, whatever its name. */
    repo_write(folder, ".git/hooks/pre-commit", "");
    v = repo_open(a, arena_printf(a, "%s/app", folder));
    cr_expect(!vcs_is_git(v));
    cr_expect(!vcs_is_bare(v));
    cr_expect_str_eq(vcs_root(v), arena_printf(a, "%s/app", folder));
    cr_expect_str_eq(vcs_prefix(v), "");
    cr_expect_null(vcs_git_directory(v));
    cr_expect(!vcs_is_shallow(v));
    vcs_close(v);
    vcs_close(NULL);
}

Test(vcs_open, does_not_go_up_past_a_ceiling)
{
    const char *repo = sample();
    struct vcs *v;

    setenv("GIT_CEILING_DIRECTORIES", arena_printf(a, "/x:%s/", repo), 1);
    v = repo_open(a, arena_printf(a, "%s/db", repo));
    cr_expect(!vcs_is_git(v));
    vcs_close(v);
    v = repo_open(a, repo);
    cr_expect(vcs_is_git(v));
    vcs_close(v);
}

static struct vcs *open_in_hook(const char *start, bool is_hook)
{
    struct vcs_options o = { .start = start, .from_environment = is_hook };
    struct vcs *v;
    struct err e;

    cr_assert(vcs_open(&v, &o, a, &e), "%s", e.message);
    return v;
}

Test(vcs_open, obeys_a_hooks_environment_only_in_a_hook)
{
    const char *repo = sample(), *other = sample();
    struct vcs *v;

    setenv("GIT_DIR", arena_printf(a, "%s/.git", other), 1);
    v = open_in_hook(repo, true);
    cr_expect_str_eq(vcs_root(v), other);
    cr_expect(!vcs_is_bare(v));
    vcs_close(v);
    v = open_in_hook(repo, false);
    cr_expect_str_eq(vcs_root(v), repo);
    vcs_close(v);
    setenv("GIT_DIR", ".git", 1);
    v = open_in_hook(repo, true);
    cr_expect_str_eq(vcs_root(v), repo);
    vcs_close(v);
}

Test(vcs_open, obeys_a_hook_in_a_linked_work_tree)
{
    const char *repo = sample(), *other = linked(repo);
    struct vcs *v;

    setenv("GIT_DIR", repo_git(a, other, "rev-parse", "--absolute-git-dir", NULL), 1);
    v = open_in_hook(other, true);
    cr_expect_str_eq(vcs_root(v), other);
    cr_expect(!vcs_is_bare(v));
    vcs_close(v);
}

Test(vcs_open, a_hook_of_a_bare_repository_has_no_work_tree)
{
    const char *repo = sample(), *bare = arena_printf(a, "%s.git", repo);
    struct vcs *v;

    repo_git(a, repo, "clone", "--quiet", "--bare", repo, bare, NULL);
    setenv("GIT_DIR", ".", 1);
    v = open_in_hook(bare, true);
    cr_expect(vcs_is_bare(v));
    cr_expect_str_eq(vcs_git_directory(v), bare);
    vcs_close(v);
}

Test(vcs_open, obeys_a_hooks_work_tree)
{
    const char *repo = sample(), *tree = scratch_folder(a);
    struct vcs *v;

    setenv("GIT_DIR", arena_printf(a, "%s/.git", repo), 1);
    setenv("GIT_WORK_TREE", tree, 1);
    v = open_in_hook(tree, true);
    cr_expect_str_eq(vcs_root(v), tree);
    vcs_close(v);
}

Test(vcs_open, reads_the_index_a_hook_names)
{
    const char *repo = sample();
    struct vcs_source s;
    struct vcs *v;

    repo_git(a, repo, "read-tree", "--empty", "--index-output=.git/other", NULL);
    setenv("GIT_INDEX_FILE", ".git/other", 1);
    v = open_in_hook(arena_printf(a, "%s/db", repo), true);
    s = repo_source(a, v, VCS_INDEX, NULL);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "none");
    vcs_close(v);
    v = open_in_hook(repo, false);
    s = repo_source(a, v, VCS_INDEX, NULL);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/migrate/1_a.sql");
    vcs_close(v);
}
