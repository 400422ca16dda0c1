/* A folder without git. */
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

TestSuite(vcs_folder, .init = setup, .fini = teardown);

static struct vcs *v;
static struct vcs_source s;

static const char *folder_open(void)
{
    const char *folder = repo_isolate(a);

    repo_write(folder, "db/2.sql", "select 2;\r\nselect '\r';\r");
    repo_write(folder, "db/10.sql", "");
    repo_write(folder, "db/a/up.sql", "\r\n");
    repo_write(folder, "db/\xff\x1b.sql", "x");
    scratch_write(folder, "db/binary", TEXT("\0\r\n"));
    v = repo_open(a, folder);
    s = repo_source(a, v, VCS_WORKTREE, NULL);
    return folder;
}

Test(vcs_folder, lists_by_bytes_and_nothing_is_uncommitted)
{
    const char *folder = folder_open();
    struct vcs_files files;
    struct err e;
    bool found;

    cr_assert_eq(symlink("2.sql", arena_printf(a, "%s/db/3.sql", folder)), 0);
    cr_assert_eq(mkfifo(arena_printf(a, "%s/db/4.sql", folder), 0600), 0);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"),
                     "db/10.sql\ndb/2.sql\ndb/3.sql symlink\ndb/a/up.sql\ndb/binary\ndb/\\xff\\e.sql");
    cr_expect_str_eq(repo_listing(a, v, &s, ""), repo_listing(a, v, &s, "db"));
    cr_expect_str_eq(repo_listing(a, v, &s, "nosuch"), "none");
    cr_expect_str_eq(repo_listing(a, v, &s, "db/2.sql"), "none");
    cr_expect(strstr(repo_listing(a, v, &s, "db/3.sql"), "error: 'db/3.sql' is a symbolic link"));
    cr_expect(strstr(repo_listing(a, v, &s, "../x"), "is not below the root"));
    cr_expect(strstr(repo_content(a, v, &s, "db/3.sql"), "error: 'db/3.sql' is a symbolic link"));
    cr_assert(vcs_list(&files, &found, v, &s, "db", a, &e));
    for (size_t i = 0; i < files.len; i++)
        cr_expect(!files.at[i].blob.known);
    vcs_close(v);
}

Test(vcs_folder, reads_what_git_would_hold)
{
    folder_open();
    cr_expect_str_eq(repo_content(a, v, &s, "db/2.sql"), "select 2;\nselect '\r';\r");
    cr_expect_str_eq(repo_content(a, v, &s, "db/10.sql"), "");
    cr_expect_str_eq(repo_content(a, v, &s, "db/a/up.sql"), "\n");
    cr_expect_str_eq(repo_content(a, v, &s, "db/\xff\x1b.sql"), "x");
    vcs_close(v);
}

Test(vcs_folder, leaves_binary_files_alone)
{
    struct text bytes;
    struct err e;
    bool found;

    folder_open();
    cr_assert(vcs_read_path(&bytes, &found, v, &s, "db/binary", 10, a, &e));
    cr_expect(found && text_equal(bytes, TEXT("\0\r\n")));
    vcs_close(v);
}

Test(vcs_folder, finds_single_paths)
{
    const char *folder = folder_open();
    struct object_id id = vcs_hash_blob(TEXT("x"));
    struct text bytes;
    struct err e;
    bool found;

    cr_assert_eq(symlink("db", arena_printf(a, "%s/link", folder)), 0);
    cr_assert(vcs_read_path(NULL, &found, v, &s, "db/2.sql", 0, a, &e));
    cr_expect(found);
    cr_expect(!vcs_read_path(&bytes, &found, v, &s, "db/2.sql", 3, a, &e));
    cr_expect_eq(e.kind, ERR_MIGRATION_FILE);
    cr_assert(vcs_read_path(&bytes, &found, v, &s, "db", 3, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_path(&bytes, &found, v, &s, "link/2.sql", 3, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_blob(&bytes, &found, v, id, 10, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_commit_path(&bytes, &found, v, id, "db/2.sql", 10, a, &e));
    cr_expect(!found);
    vcs_close(v);
}

Test(vcs_folder, refuses_an_lfs_pointer)
{
    const char *folder = folder_open();

    repo_write(folder, "db/1.sql", "version https://git-lfs.github.com/spec/v1\r\noid sha256:00\r\n");
    cr_expect(strstr(repo_content(a, v, &s, "db/1.sql"), "error: 'db/1.sql' is a Git LFS pointer, not SQL"));
    vcs_close(v);
}

Test(vcs_folder, names_the_repository_within_to_open)
{
    const char *folder = folder_open();

    repo_git(a, folder, "init", "--quiet", "app", NULL);
    repo_write(folder, "app/db/1.sql", "");
    cr_expect(strstr(repo_listing(a, v, &s, "app/db"),
                     arena_printf(a,
                                  "is a submodule, a repository of its own | open that repository: merganser -C "
                                  "%s/app",
                                  folder)));
    vcs_close(v);
}

/* Root may read everything, so that what runs as root goes on as another user. */
static void rights_drop(const char *folder)
{
    if (geteuid() != 0)
        return;
    cr_assert_eq(chmod(folder, 0755), 0);
    cr_assert_eq(seteuid(12345), 0);
}

Test(vcs_folder, says_what_the_system_refused)
{
    const char *folder = folder_open();

    cr_assert_eq(chmod(arena_printf(a, "%s/db/a", folder), 0), 0);
    rights_drop(folder);
    cr_expect(strstr(repo_listing(a, v, &s, "db"), "error: cannot read the folder 'db/a': Permission denied"));
    cr_assert_eq(seteuid(getuid()), 0);
    cr_assert_eq(chmod(arena_printf(a, "%s/db/a", folder), 0700), 0);
    vcs_close(v);
}
