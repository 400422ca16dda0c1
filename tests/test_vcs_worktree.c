/* Listing and reading what lies in the work tree. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/interrupt.h"
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

TestSuite(vcs_worktree, .init = setup, .fini = teardown);

static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;\n");
    repo_write(repo, "db/2.sql", "select 2;\n");
    repo_commit(a, repo, "one");
    repo_settle(a, repo);
    return repo;
}

Test(vcs_worktree, sees_an_edit_of_the_same_size_at_the_same_moment)
{
    const char *repo = repo_make(a);

    for (int i = 0; i < 20; i++) {
        repo_write(repo, "db/1.sql", "aaaa");
        repo_git(a, repo, "add", "db/1.sql", NULL);
        repo_git(a, repo, "commit", "--quiet", "--allow-empty", "-m", "next", NULL);
        repo_write(repo, "db/1.sql", "bbbb");
        cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql uncommitted");
        cr_expect_str_eq(repo_worktree_content(a, repo, "db/1.sql"), "bbbb");
    }
}

Test(vcs_worktree, tells_untracked_modified_staged_and_deleted)
{
    const char *repo = sample();

    repo_write(repo, "db/3.sql", "staged");
    repo_git(a, repo, "add", "db/3.sql", NULL);
    repo_write(repo, "db/4.sql", "untracked");
    repo_write(repo, "db/deep/er/5.sql", "untracked");
    repo_write(repo, "db/2.sql", "modified");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"),
                     "db/1.sql\ndb/2.sql uncommitted\ndb/3.sql uncommitted\n"
                     "db/4.sql uncommitted untracked\ndb/deep/er/5.sql uncommitted untracked");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/2.sql"), "modified");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/3.sql"), "staged");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/4.sql"), "untracked");
    cr_assert_eq(unlink(arena_printf(a, "%s/db/1.sql", repo)), 0);
    cr_expect(text_starts(text_from(repo_worktree_listing(a, repo, "db")), "db/2.sql"));
    /* Back to what HEAD has, though the index still knows it otherwise. */
    repo_git(a, repo, "rm", "--quiet", "--cached", "db/2.sql", NULL);
    repo_write(repo, "db/2.sql", "select 2;\n");
    cr_expect(text_starts(text_from(repo_worktree_listing(a, repo, "db")), "db/2.sql untracked\n"));
}

Test(vcs_worktree, an_edit_taken_back_is_no_edit)
{
    const char *repo = sample();

    repo_write(repo, "db/1.sql", "select 9;\n");
    repo_git(a, repo, "add", "db", NULL);
    repo_write(repo, "db/1.sql", "select 1;\n");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql\ndb/2.sql");
}

Test(vcs_worktree, works_before_the_first_commit)
{
    const char *repo = repo_make(a);

    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "none");
    repo_write(repo, "db/1.sql", "select 1;");
    repo_git(a, repo, "add", "db", NULL);
    repo_write(repo, "db/2.sql", "select 2;");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql uncommitted\ndb/2.sql uncommitted untracked");
}

Test(vcs_worktree, leaves_ignored_files_out)
{
    const char *repo = sample();

    repo_write(repo, "db/forced.bak", "tracked all the same");
    repo_write(repo, "db/cache/kept.sql", "tracked all the same");
    repo_git(a, repo, "add", "db", NULL);
    repo_write(repo, ".gitignore", "*.bak\ncache/\nnode_modules\n");
    repo_write(repo, "db/.gitignore", "local-*\n!local-shared.sql\n");
    repo_write(repo, "db/x.bak", "");
    repo_write(repo, "db/local-x.sql", "");
    repo_write(repo, "db/local-shared.sql", "");
    repo_write(repo, "db/cache/other.sql", "");
    repo_write(repo, "db/node_modules/deep/1.sql", "");
    repo_write(repo, ".git/info/exclude", "excluded.sql\n");
    repo_write(repo, "db/excluded.sql", "");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/.gitignore uncommitted untracked\ndb/1.sql\ndb/2.sql\n"
                                                           "db/cache/kept.sql uncommitted\ndb/forced.bak uncommitted\n"
                                                           "db/local-shared.sql uncommitted untracked");
}

Test(vcs_worktree, a_sparse_checkout_reads_the_rest_from_git)
{
    const char *repo = sample();
    struct vcs *v;
    struct vcs_source s;
    struct text bytes;
    struct err e;
    bool found;

    repo_write(repo, "app/x", "");
    repo_commit(a, repo, "two");
    repo_git(a, repo, "sparse-checkout", "set", "--no-cone", "/app", "/db/1.sql", NULL);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql\ndb/2.sql");
    repo_git(a, repo, "sparse-checkout", "set", "--cone", "app", NULL);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql\ndb/2.sql");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/2.sql"), "select 2;\n");
    v = repo_open(a, repo);
    s = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_assert(vcs_read_path(&bytes, &found, v, &s, "db/1.sql", 100, a, &e));
    cr_expect(found && text_is(bytes, "select 1;\n"));
    vcs_close(v);
    /* Written all the same: what is there counts. */
    repo_write(repo, "db/2.sql", "edited");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql\ndb/2.sql uncommitted");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/2.sql"), "edited");
}

Test(vcs_worktree, reads_a_file_whose_blob_a_partial_clone_lacks)
{
    const char *repo = sample(), *path, *id = repo_git(a, repo, "rev-parse", "HEAD:db/1.sql", NULL);

    path = arena_printf(a, "%s/.git/objects/%.2s/%s", repo, id, id + 2);
    cr_assert_eq(unlink(path), 0);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql\ndb/2.sql");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/1.sql"), "select 1;\n");
}

Test(vcs_worktree, does_not_follow_symlinks)
{
    const char *repo = sample();
    struct vcs *v;
    struct vcs_source s;
    struct err e;
    bool found;

    cr_assert_eq(symlink("1.sql", arena_printf(a, "%s/db/3.sql", repo)), 0);
    cr_assert_eq(symlink("db", arena_printf(a, "%s/link", repo)), 0);
    repo_commit(a, repo, "two");
    repo_settle(a, repo);
    cr_assert_eq(symlink("/nowhere", arena_printf(a, "%s/db/4.sql", repo)), 0);
    cr_assert_eq(mkfifo(arena_printf(a, "%s/db/5.sql", repo), 0600), 0);
    cr_expect(strstr(repo_worktree_listing(a, repo, "db"), "db/3.sql symlink"));
    cr_expect(strstr(repo_worktree_listing(a, repo, "db"), "\ndb/4.sql symlink uncommitted untracked"));
    cr_expect(!strstr(repo_worktree_listing(a, repo, "db"), "5.sql"));
    cr_expect(strstr(repo_worktree_content(a, repo, "db/3.sql"), "error: 'db/3.sql' is a symbolic link | "));
    cr_expect(strstr(repo_worktree_listing(a, repo, "link"), "error: 'link' is a symbolic link | "));
    cr_expect(strstr(repo_worktree_listing(a, repo, "link/sub"), "error: 'link' is a symbolic link | "));
    v = repo_open(a, repo);
    s = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_assert(vcs_read_path(NULL, &found, v, &s, "db/3.sql", 10, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_path(NULL, &found, v, &s, "link/1.sql", 10, a, &e));
    cr_expect(!found);
    vcs_close(v);
}

Test(vcs_worktree, names_the_repository_within_to_open)
{
    const char *repo = sample(), *other = sample(), *clone = arena_printf(a, "%s.clone", repo), *said;

    repo_git(a, repo, "submodule", "--quiet", "add", other, "db/sub", NULL);
    repo_commit(a, repo, "two");
    repo_git(a, repo, "init", "--quiet", "db/stray", NULL);
    repo_write(repo, "db/stray/1.sql", "");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"),
                     "db/1.sql\ndb/2.sql\ndb/stray submodule uncommitted untracked\n"
                     "db/sub submodule");
    said = arena_printf(a,
                        "error: 'db/sub' is a submodule, a repository of its own | open that repository: merganser "
                        "-C %s/db/sub",
                        repo);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db/sub"), said);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db/sub/db"), said);
    cr_expect(strstr(repo_worktree_listing(a, repo, "db/stray"), "error: 'db/stray' is a submodule"));
    /* Cloned without its submodules: an empty folder. */
    repo_git(a, repo, "clone", "--quiet", repo, clone, NULL);
    cr_expect_str_eq(repo_worktree_listing(a, clone, "db"), "db/1.sql\ndb/2.sql\ndb/sub submodule");
    cr_expect(strstr(repo_worktree_listing(a, clone, "db/sub/db"), "error: 'db/sub' is a submodule"));
}

Test(vcs_worktree, keeps_every_byte_of_a_name)
{
    const char *repo = sample();

    repo_write(repo, "db/new\nline\x1b[31m.sql", "1");
    repo_write(repo, "db/\xff\xfe.sql", "2");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"),
                     "db/1.sql\ndb/2.sql\ndb/new\\nline\\e[31m.sql uncommitted untracked\n"
                     "db/\\xff\\xfe.sql uncommitted untracked");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/\xff\xfe.sql"), "2");
    repo_commit(a, repo, "two");
    repo_settle(a, repo);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"),
                     "db/1.sql\ndb/2.sql\ndb/new\\nline\\e[31m.sql\ndb/\\xff\\xfe.sql");
}

Test(vcs_worktree, notices_a_file_that_changes_between_list_and_read)
{
    const char *repo = sample();
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);
    struct vcs_files files;
    struct text bytes;
    struct err e;
    bool found;

    repo_write(repo, "db/2.sql", "first");
    repo_write(repo, "db/3.sql", "first");
    cr_assert(vcs_list(&files, &found, v, &s, "db", a, &e));
    repo_write(repo, "db/1.sql", "edited after the list");
    repo_write(repo, "db/2.sql", "other");
    cr_assert_eq(unlink(arena_printf(a, "%s/db/3.sql", repo)), 0);
    cr_expect(vcs_read(&bytes, v, &s, &files.at[0], 100, a, &e) && text_is(bytes, "select 1;\n"));
    cr_expect(!vcs_read(&bytes, v, &s, &files.at[1], 100, a, &e));
    cr_expect_str_eq(e.message, "'db/2.sql' changed while it was being read");
    cr_expect(!vcs_read(&bytes, v, &s, &files.at[2], 100, a, &e));
    vcs_close(v);
}

Test(vcs_worktree, stops_when_asked_to)
{
    static const enum vcs_kind kinds[] = { VCS_WORKTREE, VCS_COMMIT };
    const char *repo = sample();
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s;

    interrupt_install();
    cr_assert_eq(raise(SIGTERM), 0);
    for (size_t i = 0; i < 2; i++) {
        s = repo_source(a, v, kinds[i], "HEAD");
        cr_expect_str_eq(repo_listing(a, v, &s, "db"), "error: stopped by SIGTERM | ");
    }
    cr_expect(!vcs_root_commit(v, s.commit).known);
    interrupt_reset();
    cr_expect(vcs_root_commit(v, s.commit).known);
    vcs_close(v);
}

Test(vcs_worktree, lists_an_empty_and_a_new_folder)
{
    const char *repo = sample();

    cr_assert_eq(mkdir(arena_printf(a, "%s/empty", repo), 0777), 0);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "empty"), "");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "nosuch"), "none");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db/1.sql"), "none");
    cr_expect_str_eq(repo_worktree_listing(a, repo, ""), "db/1.sql\ndb/2.sql");
}
