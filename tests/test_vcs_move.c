/* Files that get another name, in work tree and index together, or not at all. */
#include <criterion/criterion.h>
#include <sys/stat.h>
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

TestSuite(vcs_move, .init = setup, .fini = teardown);

static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_write(repo, "db/2.sql", "select 2;");
    repo_write(repo, "dir/a/up.sql", "up");
    repo_write(repo, "dir/a/down.sql", "down");
    repo_write(repo, "odd/x.sql", "x");
    cr_assert(chmod(arena_printf(a, "%s/db/2.sql", repo), 0755) == 0);
    repo_commit(a, repo, "one");
    return repo;
}

/* "ok", or the error. */
static const char *rearranged(const char *repo, const struct vcs_rewrite *rewrites, size_t nrewrites,
                              const struct vcs_move *moves, size_t nmoves)
{
    struct vcs *v = repo_open(a, repo);
    struct err e;
    bool ok = vcs_rearrange(v, rewrites, nrewrites, moves, nmoves, a, &e);

    vcs_close(v);
    if (ok)
        return "ok";
    return arena_printf(a, "%s: %s%s%s%s", err_word(e.kind), e.at.path ? e.at.path : "", e.at.path ? ": " : "",
                        e.message, e.state);
}

static const char *status(const char *repo)
{
    return repo_git(a, repo, "status", "--porcelain", "--untracked-files=all", NULL);
}

Test(vcs_move, moves_files_and_folders_and_rewrites)
{
    const char *repo = sample();
    const struct vcs_rewrite rewrites[] = { { "db/2.sql", TEXT("select 'two';") } };
    const struct vcs_move moves[] = { { "db/2.sql", "db/3.sql" }, { "db/1.sql", "db/2.sql" }, { "dir/a", "dir/b" } };
    struct stat st;

    cr_expect_str_eq(rearranged(repo, rewrites, 1, moves, 3), "ok");
    cr_expect_str_eq(repo_git(a, repo, "status", "--porcelain", "--no-renames", NULL),
                     "D  db/1.sql\nM  db/2.sql\nA  db/3.sql\nD  dir/a/down.sql\nD  dir/a/up.sql\nA  dir/b/down.sql\nA  "
                     "dir/b/up.sql");
    cr_expect_str_eq(repo_git(a, repo, "show", ":db/3.sql", NULL), "select 'two';");
    cr_expect_str_eq(repo_git(a, repo, "show", ":db/2.sql", NULL), "select 1;");
    cr_assert(stat(arena_printf(a, "%s/db/3.sql", repo), &st) == 0);
    cr_expect_eq(st.st_mode & 0777, 0755);
    cr_expect(access(arena_printf(a, "%s/dir/a", repo), F_OK) != 0);
}

/* The second change fails when the first is done: the folder that it goes into is not there. */
Test(vcs_move, undoes_what_it_did)
{
    const char *repo = sample();
    const struct vcs_rewrite rewrites[] = { { "db/1.sql", TEXT("select 'one';") } };
    const struct vcs_move moves[] = { { "db/1.sql", "db/4.sql" }, { "dir/a", "dir/b" }, { "db/2.sql", "gone/2.sql" } };
    const char *got = rearranged(repo, rewrites, 1, moves, 3);

    cr_expect(text_starts(text_from(got), "system: db/2.sql: can't be renamed to gone/2.sql: "), "%s", got);
    cr_expect_str_eq(status(repo), "");
    cr_expect_str_eq(repo_git(a, repo, "ls-files", NULL),
                     "db/1.sql\ndb/2.sql\ndir/a/down.sql\ndir/a/up.sql\nodd/x.sql");
}

Test(vcs_move, refuses_before_it_changes_anything)
{
    const char *repo = sample();
    const struct vcs_move taken[] = { { "db/1.sql", "db/4.sql" }, { "db/2.sql", "odd/x.sql" } };
    const struct vcs_move absent[] = { { "db/1.sql", "db/4.sql" }, { "db/9.sql", "db/10.sql" } };
    const struct vcs_move folder[] = { { "dir/a", "dir/b" } };
    const struct vcs_move one[] = { { "db/1.sql", "db/4.sql" } };
    const struct vcs_rewrite rewrites[] = { { "db/2.sql", TEXT("") } };

    cr_expect_str_eq(rearranged(repo, NULL, 0, taken, 2), "system: odd/x.sql: there is something already");
    cr_expect_str_eq(rearranged(repo, NULL, 0, absent, 2), "unclean: db/9.sql: it is not committed");
    cr_expect_str_eq(status(repo), "");

    repo_write(repo, "dir/a/notes", "mine");
    cr_expect_str_eq(rearranged(repo, NULL, 0, folder, 1), "unclean: dir/a/notes: it is not committed as it stands");
    cr_expect_str_eq(status(repo), "?? dir/a/notes");
    cr_assert(unlink(arena_printf(a, "%s/dir/a/notes", repo)) == 0);

    /* Staged, and put back in the work tree alone. */
    repo_write(repo, "db/2.sql", "select 3;");
    repo_git(a, repo, "add", "db/2.sql", NULL);
    repo_write(repo, "db/2.sql", "select 2;");
    cr_expect_str_eq(rearranged(repo, rewrites, 1, one, 1), "unclean: db/2.sql: it has changes that are not committed");
    cr_expect_str_eq(status(repo), "MM db/2.sql");
}
