/* Where a repository was cloned from, as a URI that may be shown. */
#include <criterion/criterion.h>

#include "tests/support/repo.h"
#include "tests/support/rows.h"

static const struct {
    const char *url, *want; /* NULL: there is none */
} cases[] = {
    { "https://example.org/shop.git", "https://example.org/shop.git" },
    { "https://ann:hunter2@example.org/shop.git", "https://example.org/shop.git" },
    { "https://hunter2@example.org:8443/shop.git", "https://example.org:8443/shop.git" },
    { "https://example.org/a@b/shop.git", "https://example.org/a@b/shop.git" },
    { "https://ann:p@ss@example.org/shop.git", "https://example.org/shop.git" },
    { "ssh://git@example.org:22/shop.git", "ssh://git@example.org:22/shop.git" },
    { "ssh://git:hunter2@example.org/shop.git", "ssh://example.org/shop.git" },
    { "git@example.org:team/shop.git", "ssh://git@example.org/team/shop.git" },
    { "git@example.org:/srv/shop.git", "ssh://git@example.org/srv/shop.git" },
    { "example.org:shop.git", "ssh://example.org/shop.git" },
    { "git:hunter2@example.org:shop.git", NULL },
    { "/srv/git/shop.git", NULL },
    { "../shop:1.git", NULL },
    { "https://example.org/a b.git", NULL },
    { "https://ann:p/w@example.org/shop.git", NULL },
    { "https://[::1]:8443/shop.git", "https://[::1]:8443/shop.git" },
    { "https://[::1]/shop.git", "https://[::1]/shop.git" },
    { "https://", "https://" },
    { NULL, NULL },
};

ParameterizedTestParameters(vcs_remote, uri)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, vcs_remote, uri)
{
    struct arena *a = arena_open();
    const char *repo = repo_make(a), *want = cases[*row].want, *got;
    struct vcs *v;

    if (cases[*row].url)
        repo_git(a, repo, "config", "remote.origin.url", cases[*row].url, NULL);
    v = repo_open(a, repo);
    got = vcs_remote_uri(v, a);
    cr_expect(want ? got && strcmp(got, want) == 0 : !got, "%s: %s", cases[*row].url, got);
    vcs_close(v);
    arena_close(a);
}

Test(vcs_remote, no_git)
{
    struct arena *a = arena_open();
    struct vcs *v = repo_open(a, scratch_folder(a));

    cr_expect_null(vcs_remote_uri(v, a));
    vcs_close(v);
    arena_close(a);
}
