/* What of the work tree is read, and as which bytes. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>

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

TestSuite(vcs_clean, .init = setup, .fini = teardown);

static void file_times(const char *path, struct timespec modified)
{
    struct timespec times[2] = { modified, modified };

    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static struct timespec modified(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0);
    return st.st_mtim;
}

/* What libgit2 cannot clean. */
static const char filter_hint[] = "take it out of the filter in .gitattributes (`db/1.sql -filter`); or commit the "
                                  "file and read it with --ref HEAD";

/* A file with this attribute can't be read from the work tree: a list without error did not read it. */
static const char *tripwire(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, ".gitattributes", "*.sql filter=trip\n");
    repo_write(repo, "db/1.sql", "select 1;\n");
    repo_commit(a, repo, "one");
    repo_settle(a, repo);
    return repo;
}

Test(vcs_clean, refuses_an_external_filter_where_the_file_must_be_read)
{
    const char *repo = tripwire();

    repo_write(repo, "db/1.sql", "select 1000;\n");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"),
                     arena_printf(a,
                                  "error: 'db/1.sql' has the attribute filter=trip, an external program that is not "
                                  "run | %s",
                                  filter_hint));
    repo_write(repo, ".gitattributes", "*.sql filter=trip\ndb/1.sql -filter\n");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql uncommitted");
}

Test(vcs_clean, refuses_an_encoding_where_the_file_must_be_read)
{
    const char *repo = repo_make(a);

    repo_write(repo, ".gitattributes", "*.sql working-tree-encoding=UTF-16LE\n");
    repo_write(repo, "db/1.sql", "select 1;\n");
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"),
                     "error: 'db/1.sql' has the attribute working-tree-encoding=UTF-16LE, which is not supported | "
                     "store it as UTF-8 and take the attribute out of .gitattributes; or commit the file and read it "
                     "with --ref HEAD");
    repo_write(repo, ".gitattributes", "*.sql working-tree-encoding=UTF-8\n");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/1.sql"), "select 1;\n");
}

Test(vcs_clean, an_encoded_file_that_is_unchanged_is_read_from_git)
{
    const char *repo = repo_make(a);

    repo_write(repo, ".gitattributes", "*.sql working-tree-encoding=UTF-16LE-BOM\n");
    scratch_write(repo, "db/1.sql", TEXT("\xff\xfes\0q\0l\0;\0"));
    repo_commit(a, repo, "one");
    repo_settle(a, repo);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/1.sql"), "sql;");
}

Test(vcs_clean, does_not_read_what_stat_says_is_unchanged)
{
    const char *repo = tripwire();

    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql");
    cr_expect_str_eq(repo_worktree_content(a, repo, "db/1.sql"), "select 1;\n");
    /* The same bytes under another time have to be read. */
    file_times(arena_printf(a, "%s/db/1.sql", repo), (struct timespec) { 1600000000, 0 });
    cr_expect(
        text_starts(text_from(repo_worktree_listing(a, repo, "db")), "error: 'db/1.sql' has the attribute filter"));
}

Test(vcs_clean, reads_a_racily_clean_file)
{
    const char *repo = tripwire(), *index = arena_printf(a, "%s/.git/index", repo);
    struct timespec file = modified(arena_printf(a, "%s/db/1.sql", repo)), later = file;

    file_times(index, file);
    cr_expect(
        text_starts(text_from(repo_worktree_listing(a, repo, "db")), "error: 'db/1.sql' has the attribute filter"));
    later.tv_nsec += 1;
    file_times(index, later);
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql");
    /* Without nanoseconds nothing can be said within a second. */
    file_times(index, (struct timespec) { file.tv_sec, 0 });
    cr_expect(
        text_starts(text_from(repo_worktree_listing(a, repo, "db")), "error: 'db/1.sql' has the attribute filter"));
    file_times(index, (struct timespec) { file.tv_sec + 1, 0 });
    cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql");
}

static const struct {
    const char *attributes, *config, *value;
} endings[] = {
    { "*.sql text eol=crlf\n", "core.autocrlf", "false" },
    { "*.sql text\n", "core.autocrlf", "true" },
    { "* text=auto\n", "core.eol", "crlf" },
    { "", "core.autocrlf", "true" },
    { "", "core.autocrlf", "input" },
};

Test(vcs_clean, a_checkout_with_crlf_has_the_bytes_of_the_commit)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *repo = repo_make(a);

        repo_write(repo, ".gitattributes", endings[i].attributes);
        repo_write(repo, "db/1.sql", "select 1;\nselect 2;\n");
        repo_commit(a, repo, "one");
        repo_git(a, repo, "config", endings[i].config, endings[i].value, NULL);
        /* Would make the filter fail where it is told to be careful. */
        repo_git(a, repo, "config", "core.safecrlf", "true", NULL);
        repo_write(repo, "db/1.sql", "select 1;\r\nselect 2;\n");
        repo_write(repo, "db/2.sql", "select 1;\r\nselect 2;\r\n");
        cr_expect_str_eq(repo_worktree_listing(a, repo, "db"), "db/1.sql\ndb/2.sql uncommitted untracked", "row %zu",
                         i);
        cr_expect_str_eq(repo_worktree_content(a, repo, "db/1.sql"), "select 1;\nselect 2;\n", "row %zu", i);
        cr_expect_str_eq(repo_worktree_content(a, repo, "db/2.sql"), "select 1;\nselect 2;\n", "row %zu", i);
    }
}

Test(vcs_clean, hashes_as_git_would)
{
    const char *repo = repo_make(a);
    struct vcs_files files;
    struct vcs_source s;
    struct vcs *v;
    struct err e;
    bool found;

    /* Git leaves the CR of a file alone that was committed with them, unless an attribute says text. */
    repo_write(repo, "db/old.sql", "a\r\nb\r\n");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "config", "core.autocrlf", "true", NULL);
    repo_write(repo, "db/old.sql", "a\r\nb\r\nc\r\n");
    repo_write(repo, ".gitattributes", "id.sql ident\ncr.sql text\nraw.sql -text\n");
    repo_write(repo, "db/id.sql", "-- $Id: 0123456789 $\n");
    repo_write(repo, "db/cr.sql", "a\r\nb\r\n");
    repo_write(repo, "db/raw.sql", "a\r\nb\r\n");
    repo_write(repo, "db/empty.sql", "");
    v = repo_open(a, repo);
    s = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_assert(vcs_list(&files, &found, v, &s, "db", a, &e), "%s", e.message);
    cr_assert_eq(files.len, 5);
    /* Adding is the judge: hash-object does not ask the index whether a file had CR before. */
    repo_git(a, repo, "add", "db", NULL);
    for (size_t i = 0; i < files.len; i++)
        cr_expect_str_eq(object_id_hex(a, files.at[i].blob),
                         repo_git(a, repo, "rev-parse", arena_printf(a, ":%s", files.at[i].path.at), NULL), "%s",
                         files.at[i].path.at);
    cr_expect_str_eq(repo_content(a, v, &s, "db/id.sql"), "-- $Id$\n");
    vcs_close(v);
}
