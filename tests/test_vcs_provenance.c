/* Which commit introduced a file, and which one edited it last. */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "tests/support/origins.h"
#include "tests/support/repo.h"

static struct arena *a;
static const char *repo;

static void setup(void)
{
    a = arena_open();
    repo = repo_make(a);
    repo_write(repo, "README", "a project");
    repo_commit(a, repo, "start");
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_provenance, .init = setup, .fini = teardown);

/* Writes db/FILE with the content and commits that. */
static void change(const char *file, const char *content, const char *message)
{
    repo_write(repo, arena_printf(a, "db/%s", file), content);
    repo_commit(a, repo, message);
}

static void branch(const char *name, const char *at)
{
    repo_git(a, repo, "checkout", "--quiet", "-b", name, at, NULL);
}

static void checkout(const char *name)
{
    repo_git(a, repo, "checkout", "--quiet", name, NULL);
}

static void merge(const char *what, const char *message)
{
    repo_git(a, repo, "merge", "--quiet", "--no-ff", "-m", message, what, NULL);
}

static void expect(const char *want)
{
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), want);
    origins_check(a, repo, "HEAD", "db");
}

Test(vcs_provenance, of_a_line_of_commits)
{
    change("1.sql", "1", "add 1");
    change("2.sql", "2", "add 2");
    change("1.sql", "one", "edit 1");
    repo_write(repo, "README", "more");
    repo_commit(a, repo, "elsewhere");
    change("1.sql", "uno", "edit 1 again");
    expect("1.sql: add 1, edited 2 times, last edit 1 again\n2.sql: add 2");
    cr_expect_str_eq(origins_text(a, repo, "HEAD~3", "db"), "1.sql: add 1\n2.sql: add 2");
}

Test(vcs_provenance, of_what_the_first_commit_has)
{
    cr_expect_str_eq(origins_text(a, repo, "HEAD", ""), "README: start");
    origins_check(a, repo, "HEAD", "");
}

Test(vcs_provenance, an_edit_that_is_taken_back_is_an_edit)
{
    change("1.sql", "1", "add");
    change("1.sql", "2", "edit");
    change("1.sql", "1", "take back");
    expect("1.sql: add, edited 2 times, last take back");
}

Test(vcs_provenance, names_the_commit_on_the_side_branch_not_the_merge)
{
    change("1.sql", "1", "add 1");
    branch("side", "HEAD");
    change("2.sql", "2", "add 2");
    change("1.sql", "one", "edit 1");
    checkout("main");
    change("3.sql", "3", "add 3");
    merge("side", "merge side");
    expect("1.sql: add 1, edited 1 times, last edit 1\n2.sql: add 2\n3.sql: add 3");
}

Test(vcs_provenance, of_an_octopus)
{
    static const char *const sides[] = { "a", "b", "c", "d" };

    change("0.sql", "0", "add 0");
    for (size_t i = 0; i < 4; i++) {
        branch(sides[i], "main");
        change(arena_printf(a, "%s.sql", sides[i]), sides[i], arena_printf(a, "add %s", sides[i]));
    }
    checkout("main");
    repo_git(a, repo, "merge", "--quiet", "-m", "octopus", "a", "b", "c", "d", NULL);
    expect("0.sql: add 0\na.sql: add a\nb.sql: add b\nc.sql: add c\nd.sql: add d");
}

Test(vcs_provenance, of_an_octopus_with_many_arms)
{
    enum { ARMS = 40 };
    struct buf input = buf_open(a, 100000);
    const char *argv[] = { "git", "-C", repo, "fast-import", "--quiet", NULL };
    struct process p = { .argv = argv, .environment = repo_environment };
    struct buf want = buf_open(a, 100000);

    for (int i = 0; i <= ARMS; i++)
        buf_printf(&input,
                   "commit refs/heads/x\nmark :%d\ncommitter C <c@example.org> 1700000000 +0000\ndata 6\narm %02d\n%s"
                   "M 100644 inline db/%02d.sql\ndata 2\n%02d\n",
                   i + 1, i, i ? "from :1\n" : "", i, i);
    buf_string(&input, "commit refs/heads/octopus\ncommitter C <c@example.org> 1700000000 +0000\ndata 0\nfrom :1\n");
    for (int i = 1; i <= ARMS; i++)
        buf_printf(&input, "merge :%d\n", i + 1);
    for (int i = 1; i <= ARMS; i++)
        buf_printf(&input, "M 100644 inline db/%02d.sql\ndata 2\n%02d\n", i, i);
    p.input = buf_cstr(&input);
    cr_assert_eq(process_run(&p, a).exit_code, 0);
    checkout("octopus");
    for (int i = 0; i <= ARMS; i++)
        buf_printf(&want, "%s%02d.sql: arm %02d", i ? "\n" : "", i, i);
    expect(buf_cstr(&want));
}

Test(vcs_provenance, what_only_a_merge_has_it_made)
{
    change("1.sql", "1", "add 1");
    branch("side", "HEAD");
    change("2.sql", "2", "add 2");
    checkout("main");
    change("3.sql", "3", "add 3");
    repo_git(a, repo, "merge", "--quiet", "--no-ff", "--no-commit", "side", NULL);
    repo_write(repo, "db/evil.sql", "evil");
    repo_write(repo, "db/2.sql", "two");
    change("1.sql", "one", "evil merge");
    expect("1.sql: add 1, edited 1 times, last evil merge\n2.sql: add 2, edited 1 times, last evil merge\n"
           "3.sql: add 3\nevil.sql: evil merge");
}

Test(vcs_provenance, a_conflict_that_a_merge_resolves_is_its_edit)
{
    change("1.sql", "1", "add");
    branch("side", "HEAD");
    change("1.sql", "side", "edit on side");
    checkout("main");
    change("1.sql", "main", "edit on main");
    repo_git(a, repo, "merge", "--quiet", "--no-ff", "--no-commit", "-s", "ours", "side", NULL);
    change("1.sql", "both", "resolve");
    expect("1.sql: add, edited 2 times, last resolve");
}

Test(vcs_provenance, of_branches_merged_criss_cross)
{
    change("1.sql", "1", "add 1");
    branch("side", "HEAD");
    change("2.sql", "2", "add 2");
    checkout("main");
    change("3.sql", "3", "add 3");
    merge("side", "main takes side");
    checkout("side");
    merge("main~1", "side takes main");
    change("4.sql", "4", "add 4");
    change("1.sql", "one", "edit 1");
    checkout("main");
    change("5.sql", "5", "add 5");
    merge("side", "main takes side again");
    expect("1.sql: add 1, edited 1 times, last edit 1\n2.sql: add 2\n3.sql: add 3\n4.sql: add 4\n5.sql: add 5");
}

Test(vcs_provenance, after_a_rebase_a_squash_and_a_cherry_pick)
{
    change("1.sql", "1", "add 1");
    branch("rebased", "HEAD");
    change("2.sql", "2", "add 2");
    branch("squashed", "main");
    change("3.sql", "3", "add 3");
    change("4.sql", "4", "add 4");
    branch("picked", "main");
    change("5.sql", "5", "add 5");
    checkout("main");
    change("6.sql", "6", "add 6");
    repo_git(a, repo, "rebase", "--quiet", "main", "rebased", NULL);
    checkout("main");
    repo_git(a, repo, "merge", "--quiet", "--ff-only", "rebased", NULL);
    repo_git(a, repo, "merge", "--quiet", "--squash", "squashed", NULL);
    repo_commit(a, repo, "squash");
    repo_git(a, repo, "cherry-pick", "picked", NULL);
    expect("1.sql: add 1\n2.sql: add 2\n3.sql: squash\n4.sql: squash\n5.sql: add 5\n6.sql: add 6");
}

Test(vcs_provenance, a_rename_introduces)
{
    change("1.sql", "1", "add");
    repo_git(a, repo, "mv", "db/1.sql", "db/2.sql", NULL);
    repo_commit(a, repo, "rename");
    change("2.sql", "2", "edit");
    expect("2.sql: rename, edited 1 times, last edit");
    repo_git(a, repo, "mv", "db", "migrations", NULL);
    repo_commit(a, repo, "move");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "migrations"), "2.sql: move");
}

Test(vcs_provenance, of_what_was_deleted_and_added_again_the_latter)
{
    change("0.sql", "0", "add 0");
    change("1.sql", "1", "add");
    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit(a, repo, "delete");
    change("1.sql", "1", "add again");
    expect("0.sql: add 0\n1.sql: add again");
    repo_git(a, repo, "rm", "--quiet", "-r", "db", NULL);
    repo_commit(a, repo, "delete all");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), "");
    change("1.sql", "1", "all again");
    expect("1.sql: all again");
}

Test(vcs_provenance, of_what_one_side_deleted_and_the_merge_kept)
{
    change("1.sql", "1", "add 1");
    branch("side", "HEAD");
    change("2.sql", "2", "add 2");
    checkout("main");
    repo_git(a, repo, "rm", "--quiet", "db/1.sql", NULL);
    repo_commit(a, repo, "delete 1");
    repo_git(a, repo, "merge", "--quiet", "--no-ff", "--no-commit", "side", NULL);
    change("1.sql", "1", "merge and keep 1");
    expect("1.sql: add 1\n2.sql: add 2");
}

Test(vcs_provenance, of_nested_folders)
{
    repo_write(repo, "db/2020-01-01/up.sql", "u");
    change("2020-01-01/down.sql", "d", "add first");
    repo_write(repo, "db/2021-01-01/up.sql", "u");
    change("2021-01-01/down.sql", "d", "add second");
    change("2020-01-01/down.sql", "D", "edit first");
    branch("side", "HEAD~1");
    change("2022-01-01/up.sql", "u", "add third");
    checkout("main");
    merge("side", "merge");
    expect("2020-01-01/down.sql: add first, edited 1 times, last edit first\n2020-01-01/up.sql: add first\n"
           "2021-01-01/down.sql: add second\n2021-01-01/up.sql: add second\n2022-01-01/up.sql: add third");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db/2020-01-01"),
                     "down.sql: add first, edited 1 times, last edit first\nup.sql: add first");
}

Test(vcs_provenance, of_a_file_that_was_something_else)
{
    repo_write(repo, "db/0.sql", "0");
    repo_write(repo, "db/1.sql/inside", "x");
    cr_assert_eq(symlink("0.sql", arena_printf(a, "%s/db/2.sql", repo)), 0);
    repo_commit(a, repo, "a folder and a link");
    repo_git(a, repo, "rm", "--quiet", "-r", "db/1.sql", "db/2.sql", NULL);
    repo_write(repo, "db/1.sql", "1");
    change("2.sql", "0.sql", "files");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), "0.sql: a folder and a link\n1.sql: files\n2.sql: files");
}

Test(vcs_provenance, a_mode_is_no_edit)
{
    change("1.sql", "1", "add");
    repo_git(a, repo, "update-index", "--chmod=+x", "db/1.sql", NULL);
    repo_git(a, repo, "commit", "--quiet", "-m", "executable", NULL);
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), "1.sql: add");
}

Test(vcs_provenance, names_may_hold_any_byte)
{
    change("caf\xc3\xa9 1.sql", "1", "add 1");
    change("bad\xff\n.sql", "2", "add 2");
    change("caf\xc3\xa9 1.sql", "one", "edit 1");
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"),
                     "bad\\xff\\n.sql: add 2\ncaf\xc3\xa9 1.sql: add 1, edited 1 times, last edit 1");
}

Test(vcs_provenance, does_not_depend_on_clocks)
{
    repo_write(repo, "db/1.sql", "1");
    repo_commit_at(a, repo, "add 1", "2000000000 +0000");
    branch("side", "HEAD");
    repo_write(repo, "db/2.sql", "2");
    repo_commit_at(a, repo, "add 2", "1000000000 +0000");
    repo_write(repo, "db/1.sql", "one");
    repo_commit_at(a, repo, "edit 1", "1900000000 +0000");
    checkout("main");
    repo_write(repo, "db/3.sql", "3");
    repo_commit_at(a, repo, "add 3", "1500000000 +0000");
    merge("side", "merge");
    expect("1.sql: add 1, edited 1 times, last edit 1\n2.sql: add 2\n3.sql: add 3");
}

Test(vcs_provenance, answers_what_is_asked)
{
    struct vcs *v = repo_open(a, repo);
    struct text paths[] = { TEXT("db/2.sql"), TEXT("db/none.sql"), TEXT("db/2.sql"), TEXT("README"), TEXT("db/1.sql") };
    struct vcs_origin out[5];
    struct vcs_source s;
    struct err e;

    change("1.sql", "1", "add 1");
    change("2.sql", "2", "add 2");
    s = repo_source(a, v, VCS_COMMIT, "HEAD");
    cr_assert(vcs_origins(out, v, s.commit, "db/", paths, 5, a, &e));
    cr_expect(out[0].kind == VCS_ORIGIN_FOUND && object_id_equal(out[0].introduced, s.commit));
    cr_expect(out[2].kind == VCS_ORIGIN_FOUND && object_id_equal(out[2].introduced, s.commit));
    cr_expect_eq(out[1].kind, VCS_ORIGIN_ABSENT);
    cr_expect_eq(out[3].kind, VCS_ORIGIN_ABSENT, "it is not below the folder");
    cr_expect(out[4].kind == VCS_ORIGIN_FOUND && !object_id_equal(out[4].introduced, s.commit));
    cr_expect(vcs_origins(out, v, s.commit, "db", paths, 0, a, &e));
    cr_expect(!vcs_origins(out, v, s.commit, "../db", paths, 1, a, &e));
    cr_expect_eq(e.kind, ERR_USAGE);
    vcs_close(v);
}

Test(vcs_provenance, stops_when_told)
{
    struct vcs *v = repo_open(a, repo);
    struct text path = TEXT("README");
    struct vcs_origin out;
    struct vcs_source s = repo_source(a, v, VCS_COMMIT, "HEAD");
    struct err e;

    interrupt_install();
    raise(SIGTERM);
    cr_expect(!vcs_origins(&out, v, s.commit, "", &path, 1, a, &e));
    cr_expect_eq(e.kind, ERR_TERMINATED);
    interrupt_reset();
    cr_expect(vcs_origins(&out, v, s.commit, "", &path, 1, a, &e));
    vcs_close(v);
}
