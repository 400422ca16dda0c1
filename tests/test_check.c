/* What a review finds, by the shape of the history: real repositories, made by git itself. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/review/review.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

/* m VERSION [SQL]: a migration with its down script, committed. */
static const char helpers[] =
    "m() { mkdir -p db/migrate; echo \"${2:-CREATE TABLE t$1 (id integer);}\" >db/migrate/$1_m.sql;"
    " echo 'SELECT 1;' >db/migrate/$1_m.down.sql; git add .; git commit -qm $1; }\n"
    "mv_() { git mv db/migrate/$1_m.sql db/migrate/$2.sql; git mv db/migrate/$1_m.down.sql db/migrate/$2.down.sql; }\n"
    "set -e\n"
    "m 10; m 20\n";

static const struct {
    const char *name, *script, *base, *with, *since;
    bool all;
    const char *want;
} cases[] = {
    { "both sides add, the branch's is older",
      "git checkout -qb f; m 30; git checkout -q main; m 40; git checkout -q f", NULL, NULL, NULL, false,
      "late-version 30" },
    { "the branch's is newer", "git checkout -qb f; m 50; git checkout -q main; m 40; git checkout -q f", NULL, NULL,
      NULL, false, "" },
    { "the base has nothing new", "git checkout -qb f; m 30", NULL, NULL, NULL, false, "" },
    { "older than what both started from", "git checkout -qb f; m 15", NULL, NULL, NULL, false, "late-version 15" },
    { "the branch has later ones than the base's newest, and one that is not",
      "git checkout -qb f; m 30; m 90; git checkout -q main; m 40; git checkout -q f", NULL, NULL, NULL, false,
      "late-version 30" },
    { "rebased, and still older",
      "git checkout -qb f; m 30; git checkout -q main; m 40; git checkout -q f; git rebase -q main", NULL, NULL, NULL,
      false, "late-version 30" },
    { "the base was merged in: its migrations are not this branch's",
      "git checkout -qb f; m 50; git checkout -q main; m 40; git checkout -q f; git merge -q -m x main", NULL, NULL,
      NULL, false, "" },
    { "the branch was merged: nothing is new",
      "git checkout -qb f; m 30; git checkout -q main; m 40; git merge -q -m x f; git checkout -q f", NULL, NULL, NULL,
      false, "" },
    { "squash-merged, then the base went on",
      "git checkout -qb f; m 30; git checkout -q main; git merge -q --squash f; git commit -qm s; m 40; git checkout "
      "-q f",
      NULL, NULL, NULL, false, "" },
    { "cherry-picked",
      "git checkout -qb f; m 30; m 50; git checkout -q main; git cherry-pick f~1 >/dev/null; m 40; git checkout -q f",
      NULL, NULL, NULL, false, "" },
    { "squash-merged, then edited on the branch",
      "git checkout -qb f; m 30; git checkout -q main; git merge -q --squash f; git commit -qm s; git checkout -q f; m "
      "30 'SELECT 9;'",
      NULL, NULL, NULL, false, "edited-migration 30" },
    { "squash-merged, then renumbered on the branch",
      "git checkout -qb f; m 30; git checkout -q main; git merge -q --squash f; git commit -qm s; git checkout -q f;"
      "mv_ 30 60_m; git commit -qm r",
      NULL, NULL, NULL, false, "renamed-migration 60" },
    { "one version on both sides",
      "git checkout -qb f; m 30; mv_ 30 30_other; git commit -qm o; git checkout -q main;"
      "m 30 'SELECT 2;'; git checkout -q f",
      NULL, NULL, NULL, false, "duplicate-version 30" },
    { "one version on both sides, merged",
      "git checkout -qb f; m 30; mv_ 30 30_other; git commit -qm o; git checkout -q main; m 30 'SELECT 2;'; git "
      "checkout -q f;"
      "git merge -q -m x main",
      NULL, NULL, NULL, false, "duplicate-version 30" },
    { "one version twice on the branch", "git checkout -qb f; m 30; mv_ 30 30_other; m 30 'SELECT 2;'", NULL, NULL,
      NULL, false, "duplicate-version 30" },
    { "one version on another branch",
      "git checkout -qb g; m 30 'SELECT 2;'; git checkout -q main; git checkout -qb f; m 30; mv_ 30 30_other; git "
      "commit -qm o",
      NULL, "g", NULL, false, "duplicate-version 30" },
    { "the same migration on another branch",
      "git checkout -qb g; m 30; git checkout -q main; git checkout -qb f; m 30", NULL, "g", NULL, false, "" },
    { "edited", "git checkout -qb f; m 20 'SELECT 2;'", NULL, NULL, NULL, false, "edited-migration 20" },
    { "edited in comments alone", "git checkout -qb f; m 20 'CREATE TABLE  t20 (id integer); -- it'", NULL, NULL, NULL,
      false, "edited-migration(info) 20" },
    { "edited by the base", "git checkout -qb f; m 30; git checkout -q main; m 20 'SELECT 2;'; git checkout -q f", NULL,
      NULL, NULL, false, "" },
    { "the base's edit cherry-picked",
      "git checkout -qb f; m 30; git checkout -q main; m 20 'SELECT 2;'; git checkout -q f; git cherry-pick main "
      ">/dev/null",
      NULL, NULL, NULL, false, "" },
    { "renamed", "git checkout -qb f; mv_ 20 20_other; git commit -qm r", NULL, NULL, NULL, false,
      "renamed-migration 20" },
    { "renumbered", "git checkout -qb f; mv_ 20 30_m; git commit -qm r", NULL, NULL, NULL, false,
      "renamed-migration 30" },
    { "renumbered and edited is a deletion and a new one", "git checkout -qb f; git rm -q db/migrate/20*; m 30", NULL,
      NULL, NULL, false, "deleted-migration 20" },
    { "renamed by the base",
      "git checkout -qb f; m 30; git checkout -q main; mv_ 20 20_other; git commit -qm r; git checkout -q f", NULL,
      NULL, NULL, false, "" },
    { "deleted", "git checkout -qb f; git rm -q db/migrate/20*; git commit -qm d", NULL, NULL, NULL, false,
      "deleted-migration 20" },
    { "all of them deleted", "git checkout -qb f; git rm -q -r db; git commit -qm d", NULL, NULL, NULL, false,
      "deleted-migration 10, deleted-migration 20" },
    { "deleted by the base",
      "git checkout -qb f; m 30; git checkout -q main; git rm -q db/migrate/20*; git commit -qm d; git checkout -q f",
      NULL, NULL, NULL, false, "" },
    { "the base deleted what the branch has not",
      "git checkout -qb f; m 30; git checkout -q main; m 40; git rm -q db/migrate/40*; git commit -qm d; git checkout "
      "-q f",
      NULL, NULL, NULL, false, "" },
    { "added and taken away again on the branch",
      "git checkout -qb f; m 15; git rm -q db/migrate/15*; git commit -qm d", NULL, NULL, NULL, false, "" },
    { "criss-cross",
      "git checkout -qb f; m 50; git checkout -q main; m 40; git branch old; git merge -q -m x f; git checkout -q f;"
      "git merge -q -m y old; m 45; git checkout -q main; m 60; git checkout -q f",
      NULL, NULL, NULL, false, "late-version 45" },
    { "criss-cross, an old one deleted",
      "git checkout -qb f; m 50; git checkout -q main; m 40; git branch old; git merge -q -m x f; git checkout -q f;"
      "git merge -q -m y old; git rm -q db/migrate/40*; git commit -qm d",
      NULL, NULL, NULL, false, "deleted-migration 40" },
    { "octopus",
      "git checkout -qb f; m 50; git checkout -q main; git checkout -qb g; m 30; git checkout -q main; m 40;"
      "git checkout -qb o; git merge -q -m x f g",
      NULL, NULL, NULL, false, "late-version 30" },
    { "not committed at all", "git checkout -qb f; m 20 'SELECT 2;'; git reset -q --soft main", NULL, NULL, NULL, false,
      "edited-migration 20" },
    { "another base", "git branch r; m 40; git checkout -qb f; m 30", "r", NULL, NULL, false, "" },
    { "only what came since", "git checkout -qb f; m 12; m 15", NULL, NULL, "HEAD~1", false, "late-version 15" },
    { "no down script", "git checkout -qb f; m 30; git rm -q db/migrate/30_m.down.sql; git commit -qm d", NULL, NULL,
      NULL, false, "missing-down(warning) 30" },
    { "an old one without a down script is not this branch's",
      "git rm -q db/migrate/20_m.down.sql; git commit -qm d; git checkout -qb f; m 30", NULL, NULL, NULL, false, "" },
    { "all without a down script", "git rm -q db/migrate/20_m.down.sql; git commit -qm d; git checkout -qb f; m 30",
      NULL, NULL, NULL, true, "missing-down(warning) 20" },
    { "on main itself", "true", NULL, NULL, NULL, false, "" },
    { "unrelated histories", "git checkout -q --orphan f; git rm -q -rf .; m 30", NULL, NULL, NULL, false, "" },
    { "the merge commit of a pull request",
      "git checkout -qb f; m 30; git checkout -q main; m 40; git checkout -q --detach; git merge -q -m x f", NULL, NULL,
      NULL, false, "late-version 30" },
    { "the same without a branch of that name",
      "git checkout -qb f; m 30; git checkout -q main; m 40; git checkout -q --detach; git merge -q -m x f;"
      "git branch -q -D main",
      NULL, NULL, NULL, false, "late-version 30" },
    { "a .rb alone", "git checkout -qb f; echo x >db/migrate/30_m.rb; git add .; git commit -qm r", NULL, NULL, NULL,
      false, "ruby-without-sql 30" },
    { "a .rb of another version than its .sql",
      "git checkout -qb f; m 30; mv_ 30 30_users; echo x >db/migrate/31_users.rb; git add .; git commit -qm r", NULL,
      NULL, NULL, false, "ruby-sql-apart(warning) 31" },
    { "a .rb edited alone",
      "echo x >db/migrate/20_m.rb; git add .; git commit -qm r; git checkout -qb f; echo y >db/migrate/20_m.rb;"
      "git commit -qam e",
      NULL, NULL, NULL, false, "ruby-sql-apart(warning) 20" },
    { "ignored with a reason", "git checkout -qb f; m 15 '-- merganser: ignore late-version it is data only'", NULL,
      NULL, NULL, false, "" },
    { "ignored without one", "git checkout -qb f; m 15 '-- merganser: ignore late-version'", NULL, NULL, NULL, false,
      "late-version 15" },
    { "another rule ignored", "git checkout -qb f; m 15 '-- merganser: ignore missing-down none'", NULL, NULL, NULL,
      false, "late-version 15" },
};

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(check, .init = setup, .fini = teardown);

static const char *told(const char *script)
{
    const char *repo = repo_make(a);

    repo_shell(a, repo, arena_printf(a, "%s%s", helpers, script));
    return repo;
}

/* "RULE VERSION, RULE(warning) VERSION", or the error. */
static const char *found(const char *repo, const struct review_request *q, enum vcs_kind kind)
{
    struct buf text = buf_open(a, 100000);
    struct notices notices = { .arena = a };
    struct review_request asked = *q;
    struct review_result result;
    struct vcs *v = repo_open(a, repo);
    struct source head;
    struct err e;

    if (!vcs_source_open(&asked.source.at, v, kind, NULL, a, &e) ||
        !review_run(&result, &head, v, &asked, a, &notices, &e))
        buf_printf(&text, "%s: %s | %s", err_word(e.kind), e.message, e.hint);
    else
        for (size_t i = 0; i < result.findings.len; i++) {
            const struct finding *f = &result.findings.at[i];
            const char *severity = arena_printf(a, "(%s)", severity_word(f->severity));

            buf_printf(&text, "%s%s%s %s", i ? ", " : "", f->rule, f->severity == SEVERITY_ERROR ? "" : severity,
                       f->version ? f->version : f->at.path);
        }
    vcs_close(v);
    return buf_cstr(&text);
}

ParameterizedTestParameters(check, finds)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, check, finds)
{
    const char *with[] = { cases[*row].with, NULL };
    const struct review_request q = {
        .base = cases[*row].base, .with = with, .since = cases[*row].since, .all = cases[*row].all
    };

    cr_expect_str_eq(found(told(cases[*row].script), &q, VCS_WORKTREE), cases[*row].want, "%s", cases[*row].name);
}

/* What a pre-commit hook asks for. */
Test(check, staged_is_what_the_next_commit_brings)
{
    const struct review_request q = { .all = false };
    const char *repo = told("git checkout -qb f; m 12; m 15; git reset -q --soft HEAD~1;"
                            "echo 'SELECT 3;' >db/migrate/10_m.sql");

    cr_expect_str_eq(found(repo, &q, VCS_INDEX), "late-version 15");
}

/* A shallow clone that does not hold where the lines part gives no verdict. */
Test(check, shallow_history_gives_no_verdict)
{
    const struct review_request q = { .all = false };
    const char *repo = told("git checkout -qb f; m 12; git checkout -q main; m 40; cd ..;"
                            "git clone -q --depth 1 --no-single-branch -b f \"file://$OLDPWD\" \"$OLDPWD.shallow\"");
    const char *want =
        "revision: history is shallow: where the two lines part is not here | run `git fetch --unshallow`, or "
        "set fetch-depth: 0 in the CI's checkout step";

    cr_expect_str_eq(found(arena_printf(a, "%s.shallow", repo), &q, VCS_WORKTREE), want);
}

/* The merge commit of a pull request with its two parents and no more: its first parent is the base. */
Test(check, two_commits_of_history_are_enough_for_a_merge_commit)
{
    const struct review_request q = { .base = "HEAD^1" };
    const char *repo = told("git checkout -qb f; m 12; git checkout -q main; m 40; git merge -q -m x f; cd ..;"
                            "git clone -q --depth 2 \"file://$OLDPWD\" \"$OLDPWD.shallow\"");

    cr_expect_str_eq(found(arena_printf(a, "%s.shallow", repo), &q, VCS_WORKTREE), "late-version 12");
}

Test(check, without_a_branch_to_compare_with)
{
    struct review_request q = { .all = false };
    const char *repo = told("git rm -q db/migrate/20_m.down.sql; git commit -qm d; git branch -qm f");

    cr_expect_str_eq(
        found(repo, &q, VCS_WORKTREE),
        "revision: no branch to compare with: there is no origin/HEAD, origin/main, origin/master, main or "
        "master | name it with --base REV, or give --all to review every migration by itself");
    q.all = true;
    cr_expect_str_eq(found(repo, &q, VCS_WORKTREE), "missing-down(warning) 20");
    q.all = false;
    cr_expect_str_eq(found(repo, &q, VCS_INDEX), "");
}

/* A hook may not stop the first commit for want of a history. */
Test(check, before_the_first_commit_everything_is_new)
{
    const struct review_request q = { .all = false };
    const char *repo = repo_make(a);

    repo_write(repo, "db/migrate/1_a.sql", "SELECT 1;");
    repo_git(a, repo, "add", ".", NULL);
    cr_expect_str_eq(found(repo, &q, VCS_INDEX), "missing-down(warning) 1");
}
