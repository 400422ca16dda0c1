/* Listing and reading at a commit. */
#include <criterion/criterion.h>
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

TestSuite(vcs_tree, .init = setup, .fini = teardown);

static struct vcs *v;
static struct vcs_source s;

static void open_at(const char *folder, const char *rev)
{
    v = repo_open(a, folder);
    s = repo_source(a, v, VCS_COMMIT, rev);
}

static const char *object_file(const char *repo, const char *rev)
{
    const char *id = repo_git(a, repo, "rev-parse", rev, NULL);

    return arena_printf(a, "%s/.git/objects/%.2s/%s", repo, id, id + 2);
}

Test(vcs_tree, refuses_folders_outside_the_root)
{
    static const char *const bad[] = { "/etc", "..", "db/../../x", ".git/refs", "db/.GIT" };
    const char *repo = repo_make(a);

    repo_commit(a, repo, "one");
    open_at(repo, "HEAD");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *said = repo_listing(a, v, &s, bad[i]);

        cr_expect(text_starts(text_from(said), arena_printf(a, "error: '%s' is ", bad[i])) && strstr(said, " | give "),
                  "%s", said);
    }
    vcs_close(v);
}

Test(vcs_tree, lists_in_the_order_of_bytes)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/a/up.sql", "1");
    repo_write(repo, "db/a.sql", "2");
    repo_write(repo, "db/a-b/up.sql", "3");
    repo_write(repo, "db/a/deep/er/x", "4");
    repo_write(repo, "db/Z.sql", "5");
    repo_write(repo, "dba/other.sql", "6");
    repo_write(repo, "root", "7");
    repo_commit(a, repo, "one");
    repo_write(repo, "db/a.sql", "changed, not committed");
    open_at(repo, "HEAD");
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/Z.sql\ndb/a-b/up.sql\ndb/a.sql\ndb/a/deep/er/x\ndb/a/up.sql");
    cr_expect_str_eq(repo_listing(a, v, &s, "./db//a/"), "db/a/deep/er/x\ndb/a/up.sql");
    cr_expect(strstr(repo_listing(a, v, &s, ""), "dba/other.sql\nroot"));
    cr_expect_str_eq(repo_listing(a, v, &s, "db/b"), "none");
    cr_expect_str_eq(repo_listing(a, v, &s, "db/a.sql"), "none");
    cr_expect_str_eq(repo_listing(a, v, &s, "db/a.sql/x"), "none");
    cr_expect_str_eq(repo_content(a, v, &s, "db/a.sql"), "2");
    vcs_close(v);
}

Test(vcs_tree, keeps_every_byte_of_a_name)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/new\nline\x1b[31m.sql", "1");
    repo_write(repo, "db/\xff\xfe.sql", "2");
    repo_write(repo, "db/\xc3\xa9.sql", "3");
    repo_commit(a, repo, "one");
    open_at(repo, "HEAD");
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/new\\nline\\e[31m.sql\ndb/\xc3\xa9.sql\ndb/\\xff\\xfe.sql");
    cr_expect_str_eq(repo_content(a, v, &s, "db/\xff\xfe.sql"), "2");
    cr_expect_str_eq(repo_content(a, v, &s, "db/new\nline\x1b[31m.sql"), "1");
    vcs_close(v);
}

Test(vcs_tree, does_not_follow_symlinks)
{
    const char *repo = repo_make(a);

    repo_write(repo, "real/1.sql", "select 1;");
    cr_assert_eq(symlink("real", arena_printf(a, "%s/db", repo)), 0);
    cr_assert_eq(symlink("1.sql", arena_printf(a, "%s/real/2.sql", repo)), 0);
    repo_commit(a, repo, "one");
    open_at(repo, "HEAD");
    cr_expect_str_eq(repo_listing(a, v, &s, "real"), "real/1.sql\nreal/2.sql symlink");
    cr_expect_str_eq(repo_content(a, v, &s, "real/2.sql"),
                     "error: 'real/2.sql' is a symbolic link | name what it points to: a link is not followed, since "
                     "a commit does not hold what is behind it");
    cr_expect(strstr(repo_listing(a, v, &s, "db"), "error: 'db' is a symbolic link | "));
    cr_expect(strstr(repo_listing(a, v, &s, "db/sub"), "error: 'db' is a symbolic link | "));
    vcs_close(v);
}

Test(vcs_tree, names_the_submodule_to_open)
{
    const char *repo = repo_make(a), *other = repo_make(a), *said;

    repo_write(other, "migrate/1.sql", "select 1;");
    repo_commit(a, other, "one");
    repo_git(a, repo, "submodule", "--quiet", "add", other, "db/sub", NULL);
    repo_commit(a, repo, "one");
    open_at(repo, "HEAD");
    said = arena_printf(a,
                        "error: 'db/sub' is a submodule, a repository of its own | open that repository: merganser "
                        "-C %s/db/sub",
                        repo);
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/sub submodule");
    cr_expect_str_eq(repo_content(a, v, &s, "db/sub"), said);
    cr_expect_str_eq(repo_listing(a, v, &s, "db/sub"), said);
    cr_expect_str_eq(repo_listing(a, v, &s, "db/sub/migrate"), said);
    vcs_close(v);
    open_at(arena_printf(a, "%s/db/sub/migrate", repo), "HEAD");
    cr_expect_str_eq(vcs_prefix(v), "migrate");
    cr_expect_str_eq(repo_listing(a, v, &s, "migrate"), "migrate/1.sql");
    vcs_close(v);
}

Test(vcs_tree, refuses_an_lfs_pointer_and_a_file_too_large)
{
    const char *repo = repo_make(a);
    struct vcs_files files;
    struct text content;
    struct err e;
    bool found;

    repo_write(repo, "db/1.sql", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n");
    repo_write(repo, "db/2.sql", "select 2;");
    repo_commit(a, repo, "one");
    open_at(repo, "HEAD");
    cr_expect_str_eq(repo_content(a, v, &s, "db/1.sql"),
                     "error: 'db/1.sql' is a Git LFS pointer, not SQL | keep migrations out of LFS: `git lfs untrack` "
                     "their pattern, then `git add --renormalize .` and commit");
    cr_assert(vcs_list(&files, &found, v, &s, "db", a, &e));
    cr_expect(!vcs_read(&content, v, &s, &files.at[1], 8, a, &e));
    cr_expect_eq(e.kind, ERR_MIGRATION_FILE);
    cr_expect_str_eq(e.message, "'db/2.sql' has 9 bytes, at most 8 are read");
    cr_expect_str_eq(e.at.path, "db/2.sql");
    cr_expect(vcs_read(&content, v, &s, &files.at[1], 9, a, &e));
    vcs_close(v);
}

Test(vcs_tree, finds_single_paths)
{
    const char *repo = repo_make(a);
    struct text content;
    struct err e;
    bool found;

    repo_write(repo, "config/app.rb", "app");
    cr_assert_eq(symlink("config", arena_printf(a, "%s/link", repo)), 0);
    repo_commit(a, repo, "one");
    open_at(repo, "HEAD");
    cr_assert(vcs_read_path(&content, &found, v, &s, "config/app.rb", 10, a, &e));
    cr_expect(found && text_is(content, "app"));
    cr_assert(vcs_read_path(NULL, &found, v, &s, "config/app.rb", 0, a, &e));
    cr_expect(found);
    cr_assert(vcs_read_path(&content, &found, v, &s, "config", 10, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_path(&content, &found, v, &s, "config/app.rb/x", 10, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_path(&content, &found, v, &s, "link", 10, a, &e));
    cr_expect(!found);
    vcs_close(v);
}

Test(vcs_tree, finds_what_was_recorded)
{
    const char *repo = repo_make(a), *first;
    struct object_id commit, absent = { .known = true, .raw = { 7 } }, unknown = { .known = false };
    struct text content;
    struct err e;
    bool found;

    repo_write(repo, "db/1.down.sql", "drop table a;\n");
    first = repo_commit(a, repo, "one");
    cr_assert(object_id_parse(&commit, text_from(first)));
    repo_git(a, repo, "rm", "--quiet", "-r", "db", NULL);
    repo_commit(a, repo, "gone");
    open_at(repo, "HEAD");
    cr_assert(vcs_read_blob(&content, &found, v, vcs_hash_blob(TEXT("drop table a;\n")), 100, a, &e));
    cr_expect(found && text_is(content, "drop table a;\n"));
    cr_assert(vcs_read_blob(&content, &found, v, absent, 100, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_blob(&content, &found, v, unknown, 100, a, &e));
    cr_expect(!found);
    cr_expect(!vcs_read_blob(&content, &found, v, commit, 1000, a, &e));
    cr_assert(vcs_read_commit_path(&content, &found, v, commit, "db/1.down.sql", 100, a, &e));
    cr_expect(found && text_is(content, "drop table a;\n"));
    cr_assert(vcs_read_commit_path(&content, &found, v, commit, "db/2.down.sql", 100, a, &e));
    cr_expect(!found);
    cr_assert(vcs_read_commit_path(&content, &found, v, absent, "db/1.down.sql", 100, a, &e));
    cr_expect(!found);
    vcs_close(v);
}

Test(vcs_tree, a_shallow_clone_lists_and_reads)
{
    const char *repo = repo_make(a), *clone = arena_printf(a, "%s.clone", repo);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_commit(a, repo, "one");
    repo_write(repo, "db/2.sql", "select 2;");
    repo_commit(a, repo, "two");
    repo_git(a, repo, "clone", "--quiet", "--depth=1", arena_printf(a, "file://%s", repo), clone, NULL);
    open_at(clone, "HEAD");
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/1.sql\ndb/2.sql");
    cr_expect_str_eq(repo_content(a, v, &s, "db/1.sql"), "select 1;");
    vcs_close(v);
}

static const char *partial_clone(const char *repo, const char *filter)
{
    const char *clone = arena_printf(a, "%s.clone", repo);

    repo_git(a, repo, "config", "uploadpack.allowFilter", "true", NULL);
    repo_git(a, repo, "config", "uploadpack.allowAnySHA1InWant", "true", NULL);
    repo_git(a, repo, "clone", "--quiet", "--no-checkout", filter, arena_printf(a, "file://%s", repo), clone, NULL);
    return clone;
}

Test(vcs_tree, a_partial_clone_names_the_blob_and_the_command)
{
    const char *repo = repo_make(a), *clone, *blob;
    struct text content;
    struct err e;
    bool found;

    repo_write(repo, "db/1.sql", "select 1;");
    repo_commit(a, repo, "one");
    clone = partial_clone(repo, "--filter=blob:none");
    blob = repo_git(a, repo, "rev-parse", "HEAD:db/1.sql", NULL);
    open_at(clone, "HEAD");
    cr_expect_str_eq(repo_listing(a, v, &s, "db"), "db/1.sql");
    cr_expect_str_eq(
        repo_content(a, v, &s, "db/1.sql"),
        arena_printf(a,
                     "error: blob %s of 'db/1.sql' is not here (partial clone) | let git fetch it: `git -C "
                     "%s cat-file -e %s`; a clone without --filter has everything",
                     blob, clone, blob));
    cr_assert(vcs_read_commit_path(&content, &found, v, s.commit, "db/1.sql", 100, a, &e));
    cr_expect(!found);
    vcs_close(v);
    repo_git(a, clone, "cat-file", "-e", blob, NULL);
    open_at(clone, "HEAD");
    cr_expect_str_eq(repo_content(a, v, &s, "db/1.sql"), "select 1;");
    vcs_close(v);
}

Test(vcs_tree, a_clone_without_trees_says_so)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_commit(a, repo, "one");
    open_at(partial_clone(repo, "--filter=tree:0"), "HEAD");
    cr_expect(strstr(repo_listing(a, v, &s, "db"), " is not here (partial clone) | let git fetch it: `git -C"));
    vcs_close(v);
}

Test(vcs_tree, notices_a_blob_that_is_missing_or_not_what_its_name_says)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_write(repo, "db/2.sql", "drop everything");
    repo_commit(a, repo, "one");
    cr_assert_eq(rename(object_file(repo, "HEAD:db/2.sql"), object_file(repo, "HEAD:db/1.sql")), 0);
    open_at(repo, "HEAD");
    cr_expect(strstr(repo_content(a, v, &s, "db/1.sql"), "can't be read: "));
    cr_expect(strstr(repo_content(a, v, &s, "db/1.sql"), " | the repository is damaged: run `git fsck`"));
    cr_expect(strstr(repo_content(a, v, &s, "db/2.sql"), "error: the repository is incomplete or damaged: blob "));
    cr_expect(strstr(repo_content(a, v, &s, "db/2.sql"), " of 'db/2.sql' is missing | run `git fsck`"));
    vcs_close(v);
}
