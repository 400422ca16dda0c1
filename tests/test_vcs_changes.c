/* What differs between two commits, and which two a push means. */
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

TestSuite(vcs_changes, .init = setup, .fini = teardown);

#define ZERO "0000000000000000000000000000000000000000"
#define GONE "1234567890123456789012345678901234567890"

/* "added db/1.sql", "renamed db/2.sql from db/1.sql"..., or the error. */
static const char *changed(const char *repo, const char *range, const char *folder, struct vcs_changes *out)
{
    static const char *const kinds[] = { "added", "edited", "renamed", "deleted" };
    struct buf text = buf_open(a, 100000);
    struct vcs *v = repo_open(a, repo);
    struct err e;

    if (!vcs_changed(out, v, range, &folder, 1, a, &e)) {
        vcs_close(v);
        return arena_printf(a, "%s: %s | %s", err_word(e.kind), e.message, e.hint);
    }
    for (size_t i = 0; i < out->len; i++) {
        const struct vcs_change *c = &out->at[i];

        buf_printf(&text, "%s%s %s", i ? "\n" : "", kinds[c->kind], text_shown(a, c->path));
        if (c->old_path.len)
            buf_printf(&text, " from %s", text_shown(a, c->old_path));
        cr_expect_eq(c->blob.known, c->kind != VCS_DELETED);
        cr_expect_eq(c->old_blob.known, c->kind != VCS_ADDED);
        cr_expect_eq(c->old_path.len > 0, c->kind == VCS_RENAMED);
    }
    vcs_close(v);
    return buf_cstr(&text);
}

static const char *id(const char *repo, const char *rev)
{
    return repo_git(a, repo, "rev-parse", rev, NULL);
}

/* main: 1 and 2; then 2 edited, 3 added; side leaves after the first and has 9. */
static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_write(repo, "db/2.sql", "select 2;");
    repo_write(repo, "other/1.sql", "");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "checkout", "--quiet", "-b", "side", NULL);
    repo_write(repo, "db/9.sql", "select 9;");
    repo_commit(a, repo, "side");
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    repo_write(repo, "db/2.sql", "select 'two';");
    repo_write(repo, "db/3.sql", "select 3;");
    repo_write(repo, "other/2.sql", "");
    repo_commit(a, repo, "two");
    return repo;
}

static const struct {
    const char *range, *want;
} ranges[] = {
    { "", "revision: the revision is empty | " },
    { "nosuch..HEAD", "revision: there is no commit 'nosuch' here | " },
    { "HEAD..nosuch", "revision: there is no commit 'nosuch' here | " },
    { "-x..HEAD", "revision: '-x' looks like an option" },
    { "HEAD.." GONE, "revision: there is no commit '" GONE "' here | " },
    { "HEAD....HEAD", "revision: '.HEAD' is not the name of a commit | " },
    { "main:db..main", "revision: 'main:db' is a tree, not a commit | " },
    { "HEAD~1..HEAD", "edited db/2.sql\nadded db/3.sql" },
    { "HEAD~1", "edited db/2.sql\nadded db/3.sql" },
    { "HEAD~1..", "edited db/2.sql\nadded db/3.sql" },
    { "..HEAD~1", "edited db/2.sql\ndeleted db/3.sql" },
    { "HEAD..HEAD", "" },
    { "main..side", "edited db/2.sql\ndeleted db/3.sql\nadded db/9.sql" },
    { "main...side", "added db/9.sql" },
};

ParameterizedTestParameters(vcs_changes, ranges)
{
    return rows_numbered(sizeof ranges / sizeof *ranges);
}

ParameterizedTest(size_t *row, vcs_changes, ranges)
{
    const char *repo = sample(), *want = ranges[*row].want, *got;
    struct vcs_changes c;

    got = changed(repo, ranges[*row].range, "db", &c);
    if (strchr(want, '|') || strstr(want, "option"))
        cr_expect(text_starts(text_from(got), want), "%s", got);
    else
        cr_expect_str_eq(got, want, "%s: %s", ranges[*row].range, got);
}

Test(vcs_changes, knows_what_was_compared)
{
    const char *repo = sample();
    struct vcs_changes c;

    changed(repo, "main~1..main", "db", &c);
    cr_expect_str_eq(object_id_hex(a, c.base), id(repo, "main~1"));
    cr_expect_str_eq(object_id_hex(a, c.head), id(repo, "main"));
    cr_expect_null(c.note);
    changed(repo, "main...side", "db", &c);
    cr_expect_str_eq(object_id_hex(a, c.base), id(repo, "main~1"));
    cr_expect_null(c.note);
    changed(repo, "main..side", "db", &c);
    cr_expect_str_eq(c.note, arena_printf(a, "history rewritten, or two lines of it: %.12s is no ancestor of %.12s",
                                          id(repo, "main"), id(repo, "side")));
}

Test(vcs_changes, takes_zeros_for_a_new_or_deleted_branch)
{
    const char *repo = sample();
    struct vcs_changes c;

    cr_expect_str_eq(changed(repo, ZERO "..side", "db", &c), "added db/9.sql");
    cr_expect_str_eq(object_id_hex(a, c.base), id(repo, "main~1"));
    cr_expect_str_eq(
        c.note, arena_printf(a, "a new branch: compared with %.12s, which it shares with main", id(repo, "main~1")));
    cr_expect_str_eq(changed(repo, "side.." ZERO, "db", &c), "");
    cr_expect_str_eq(c.note, "the branch was deleted: nothing to compare");
    cr_expect(!c.head.known);
}

Test(vcs_changes, prefers_what_the_remote_calls_its_default)
{
    const char *repo = sample(), *clone = arena_printf(a, "%s.clone", repo);
    struct vcs_changes c;

    repo_git(a, repo, "checkout", "--quiet", "side", NULL);
    repo_git(a, repo, "clone", "--quiet", repo, clone, NULL);
    repo_write(clone, "db/10.sql", "select 10;");
    repo_commit(a, clone, "new");
    cr_expect_str_eq(changed(clone, ZERO "..HEAD", "db", &c), "added db/10.sql");
    cr_expect(strstr(c.note, "which it shares with origin/side"));
}

Test(vcs_changes, compares_with_nothing_where_there_is_no_default_branch)
{
    const char *repo = sample();
    struct vcs_changes c;

    repo_git(a, repo, "branch", "--move", "main", "unusual", NULL);
    cr_expect_str_eq(changed(repo, ZERO "..HEAD", "db", &c), "added db/1.sql\nadded db/2.sql\nadded db/3.sql");
    cr_expect(!c.base.known);
    cr_expect_str_eq(c.note, "a new branch: compared with the empty tree");
}

Test(vcs_changes, a_forced_push_without_its_old_commit)
{
    const char *repo = sample();
    struct vcs_changes c;

    cr_expect_str_eq(changed(repo, GONE "..side", "db", &c), "added db/9.sql");
    cr_expect_str_eq(c.note, arena_printf(a,
                                          "123456789012 is not here (a forced push): compared with %.12s, which it "
                                          "shares with main",
                                          id(repo, "main~1")));
}

Test(vcs_changes, a_shallow_history_cannot_tell)
{
    static const char want[] =
        "revision: history is shallow: what the branch started from is not here | run `git fetch "
        "--unshallow`, or set fetch-depth: 0 in the CI's checkout step";
    const char *repo = sample(), *clone = arena_printf(a, "%s.clone", repo);
    struct vcs_changes c;

    repo_git(a, repo, "clone", "--quiet", "--depth=1", arena_printf(a, "file://%s", repo), clone, NULL);
    cr_expect_str_eq(changed(clone, ZERO "..HEAD", "db", &c), want);
    cr_expect_str_eq(changed(clone, GONE "..HEAD", "db", &c), want);
    cr_expect(
        strstr(changed(clone, "HEAD~1..HEAD", "db", &c), "revision: history is shallow: 'HEAD~1' is not here | "));
    repo_git(a, clone, "fetch", "--quiet", "--depth=1", "origin", "side:side", NULL);
    cr_expect_str_eq(changed(clone, "side..HEAD", "db", &c), "edited db/2.sql\nadded db/3.sql\ndeleted db/9.sql");
    cr_expect(strstr(changed(clone, "side...HEAD", "db", &c), "revision: history is shallow: what both commits share"));
}

Test(vcs_changes, unrelated_commits_have_no_merge_base)
{
    const char *repo = sample();
    struct vcs_changes c;

    repo_git(a, repo, "checkout", "--quiet", "--orphan", "island", NULL);
    repo_commit_at(a, repo, "island", "1650000000 +0000");
    cr_expect(strstr(changed(repo, "main...island", "db", &c), " share no commit | compare their ends instead"));
    cr_expect_str_eq(changed(repo, ZERO "..island", "db", &c), "added db/1.sql\nadded db/2.sql\nadded db/3.sql");
}

Test(vcs_changes, needs_git)
{
    struct vcs_changes c;

    cr_expect(strstr(changed(repo_isolate(a), "A..B", "db", &c), "git: comparing commits needs git, and '"));
}

Test(vcs_changes, pairs_renames_that_are_exact)
{
    const char *repo = repo_make(a);
    struct vcs_changes c;

    repo_write(repo, "db/1_a/up.sql", "create a");
    repo_write(repo, "db/1_a/down.sql", "-- nothing");
    repo_write(repo, "db/2_b/up.sql", "create b");
    repo_write(repo, "db/2_b/down.sql", "-- nothing");
    repo_write(repo, "db/3_c/up.sql", "create c, a rather long script\nwith several lines\n");
    repo_write(repo, "db/4.sql", "twin");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "mv", "db/1_a", "db/5_a", NULL);
    repo_git(a, repo, "mv", "db/2_b", "db/6_b", NULL);
    repo_git(a, repo, "mv", "db/3_c", "db/7_c", NULL);
    repo_git(a, repo, "mv", "db/4.sql", "elsewhere.sql", NULL);
    repo_write(repo, "db/7_c/up.sql", "create c, a rather long script\nwith several more lines\n");
    repo_write(repo, "db/8.sql", "-- nothing");
    repo_commit(a, repo, "two");
    cr_expect_str_eq(changed(repo, "HEAD~1..HEAD", "db", &c),
                     "deleted db/3_c/up.sql\ndeleted db/4.sql\n"
                     "renamed db/5_a/down.sql from db/1_a/down.sql\nrenamed db/5_a/up.sql from db/1_a/up.sql\n"
                     "renamed db/6_b/down.sql from db/2_b/down.sql\nrenamed db/6_b/up.sql from db/2_b/up.sql\n"
                     "added db/7_c/up.sql\nadded db/8.sql");
    cr_expect(strstr(changed(repo, "HEAD~1..HEAD", "", &c), "renamed elsewhere.sql from db/4.sql"));
}

Test(vcs_changes, follows_a_change_of_type)
{
    const char *repo = repo_make(a);
    struct vcs_changes c;

    repo_write(repo, "db/1", "a file");
    repo_write(repo, "db/1.sql", "between a file and its folder");
    repo_write(repo, "db/2/up.sql", "in a folder");
    repo_write(repo, "db/3.sql", "a file");
    repo_write(repo, "db/4.sql", "same bytes, other mode");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "rm", "--quiet", "-r", "db/1", "db/2", "db/3.sql", NULL);
    repo_write(repo, "db/1/up.sql", "in a folder");
    repo_write(repo, "db/2", "a file");
    cr_assert_eq(symlink("a file", arena_printf(a, "%s/db/3.sql", repo)), 0);
    cr_assert_eq(chmod(arena_printf(a, "%s/db/4.sql", repo), 0755), 0);
    repo_commit(a, repo, "two");
    cr_expect_str_eq(changed(repo, "HEAD~1..HEAD", "db", &c),
                     "renamed db/1/up.sql from db/2/up.sql\nrenamed db/2 from db/1\ndeleted db/3.sql");
    cr_expect_str_eq(changed(repo, "HEAD..HEAD~1", "db", &c),
                     "renamed db/1 from db/2\nrenamed db/2/up.sql from db/1/up.sql\nadded db/3.sql");
}

Test(vcs_changes, a_folder_may_come_and_go)
{
    const char *repo = repo_make(a);
    struct vcs_changes c;

    repo_write(repo, "x", "");
    repo_commit(a, repo, "one");
    repo_write(repo, "db/migrate/1.sql", "1");
    repo_commit(a, repo, "two");
    cr_expect_str_eq(changed(repo, "HEAD~1..HEAD", "db/migrate", &c), "added db/migrate/1.sql");
    cr_expect_str_eq(changed(repo, "HEAD..HEAD~1", "db/migrate/", &c), "deleted db/migrate/1.sql");
    cr_expect_str_eq(changed(repo, "HEAD~1..HEAD", "nosuch", &c), "");
    cr_expect(strstr(changed(repo, "HEAD~1..HEAD", "/db", &c), "usage: '/db' is an absolute path | "));
}

Test(vcs_changes, names_a_file_of_overlapping_folders_once)
{
    static const char *const folders[] = { "db", "db/migrate", "other" };
    const char *repo = repo_make(a);
    struct vcs_changes c;
    struct vcs *v;
    struct err e;

    repo_write(repo, "db/migrate/1.sql", "1");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "mv", "db/migrate", "other", NULL);
    repo_write(repo, "db/migrate/2.sql", "2");
    repo_commit(a, repo, "two");
    v = repo_open(a, repo);
    cr_assert(vcs_changed(&c, v, "HEAD~1..HEAD", folders, 3, a, &e));
    cr_assert_eq(c.len, 2);
    cr_expect(text_is(c.at[0].path, "db/migrate/2.sql") && c.at[0].kind == VCS_ADDED);
    cr_expect(text_is(c.at[1].path, "other/1.sql") && text_is(c.at[1].old_path, "db/migrate/1.sql"));
    vcs_close(v);
}

Test(vcs_changes, agrees_with_git_on_many_files)
{
    const char *repo = repo_make(a);
    struct buf want = buf_open(a, 100000);
    struct text left, line;
    struct vcs_changes c;
    uint32_t seed = 7;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 150; i++) {
            const char *path = arena_printf(a, "db/%c/%d-%c%s", 'a' + i % 3, i, 'a' + i % 5, i % 2 ? ".sql" : "/up");

            seed = seed * 1103515245 + 12345;
            if (seed >> 16 & 1)
                repo_write(repo, path, arena_printf(a, "%d %d %d", round * 7 % 3, i, (int)(seed >> 20 & 1)));
            else
                remove(arena_printf(a, "%s/%s", repo, path));
        }
        repo_commit(a, repo, "round");
    }
    left = text_from(
        repo_git(a, repo, "diff-tree", "-r", "--no-renames", "--name-status", "HEAD~1", "HEAD", "--", "db", NULL));
    while (text_line(&left, &line))
        buf_printf(&want, "%s%s %s", want.len ? "\n" : "",
                   line.at[0] == 'A'   ? "added"
                   : line.at[0] == 'D' ? "deleted"
                                       : "edited",
                   arena_cstr(a, text_cut(line, 2, line.len)));
    cr_expect(strstr(buf_cstr(&want), "added ") && strstr(buf_cstr(&want), "edited ") &&
              strstr(buf_cstr(&want), "deleted "));
    cr_expect_str_eq(changed(repo, "HEAD~1..HEAD", "db", &c), buf_cstr(&want));
}
