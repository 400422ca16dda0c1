/* Repositories of another owner: what is said, and that it helps. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/repo.h"

static struct arena *a;
static const char *given; /* what was given to another user */

/* Only root may give a file away: as another user through sudo, as ./dev installs its packages. */
static void owner_set(const char *path, const char *owner)
{
    const char *const readable[] = { "chmod", "-R", "go+rX", path, NULL };
    const char *const chown[] = { "sudo", "-n", "chown", "-R", owner, path, NULL };
    struct process first = { .argv = readable }, then = { .argv = geteuid() == 0 ? chown + 2 : chown };

    if (!given)
        cr_assert_eq(process_run(&first, a).exit_code, 0);
    cr_assert_eq(process_run(&then, a).exit_code, 0, "this needs root, or sudo without a password");
    given = path;
}

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    if (given)
        owner_set(given, arena_printf(a, "%u", (unsigned)geteuid()));
    arena_close(a);
}

TestSuite(vcs_owner, .init = setup, .fini = teardown);

static const char *sample(void)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_commit(a, repo, "one");
    return repo;
}

Test(vcs_owner, names_the_owner_and_the_command)
{
    const char *repo = sample(), *said;

    owner_set(repo, "12345");
    said = repo_open_error(a, arena_printf(a, "%s/db", repo));
    cr_expect_str_eq(said, arena_printf(a,
                                        "repository '%s' belongs to uid 12345, this process is uid %u | if you trust "
                                        "it, run `git config --global --add safe.directory %s` (this very path: a '*' "
                                        "is not understood by libgit2 1.5)",
                                        repo, (unsigned)geteuid(), repo));
}

Test(vcs_owner, names_the_owner_where_another_path_is_trusted)
{
    const char *repo = sample();

    /* libgit2 1.5 gives another error than without any safe.directory. */
    repo_write(getenv("HOME"), ".gitconfig", "[safe]\n\tdirectory = *\n\tdirectory = /elsewhere\n");
    owner_set(repo, "12345");
    cr_expect(strstr(repo_open_error(a, repo),
                     arena_printf(a, "belongs to uid 12345, this process is uid %u | ", (unsigned)geteuid())));
}

Test(vcs_owner, names_the_owner_of_the_git_directory_alone)
{
    const char *repo = sample();

    owner_set(arena_printf(a, "%s/.git", repo), "12345");
    cr_expect(strstr(repo_open_error(a, repo), arena_printf(a, "safe.directory %s`", repo)));
}

Test(vcs_owner, names_the_work_tree_to_trust_when_what_is_behind_it_is_foreign)
{
    const char *repo = sample(), *other = arena_printf(a, "%s.linked", repo);

    repo_git(a, repo, "worktree", "add", "--quiet", "-b", "side", other, NULL);
    owner_set(repo, "12345");
    cr_expect_str_eq(repo_open_error(a, other),
                     arena_printf(a,
                                  "a part of the repository '%s' belongs to another user, this process is uid %u | if "
                                  "you trust it, run `git config --global --add safe.directory %s` (this very path: a "
                                  "'*' is not understood by libgit2 1.5)",
                                  other, (unsigned)geteuid(), other));
}

Test(vcs_owner, opens_once_the_hint_was_followed)
{
    const char *repo = sample(), *inside = arena_printf(a, "%s/.git", repo);

    owner_set(repo, "12345");
    cr_expect(strstr(repo_open_error(a, inside), arena_printf(a, "safe.directory %s`", repo)));
    repo_write(getenv("HOME"), ".gitconfig", arena_printf(a, "[safe]\n\tdirectory = %s\n", repo));
    vcs_close(repo_open(a, repo));
    vcs_close(repo_open(a, inside));
}

Test(vcs_owner, opens_a_bare_one_once_the_hint_was_followed)
{
    const char *repo = sample(), *bare = arena_printf(a, "%s.git", repo);

    repo_git(a, repo, "clone", "--quiet", "--bare", repo, bare, NULL);
    owner_set(bare, "12345");
    cr_expect(strstr(repo_open_error(a, bare), arena_printf(a, "safe.directory %s`", bare)));
    repo_write(getenv("HOME"), ".gitconfig", arena_printf(a, "[safe]\n\tdirectory = %s\n", bare));
    vcs_close(repo_open(a, bare));
}

Test(vcs_owner, trusts_another_owner_when_told_to)
{
    const char *repo = sample();
    struct vcs_options o = { .start = repo, .trust = true };
    struct vcs *v;
    struct err e;

    owner_set(repo, "12345");
    cr_assert(vcs_open(&v, &o, a, &e), "%s", e.message);
    vcs_close(v);
    cr_expect(strstr(repo_open_error(a, repo), "belongs to uid"));
}
