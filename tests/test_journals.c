/* Rows of Drizzle's table that no entry of today's journal has get the tag that other journals give them. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/journals.h"
#include "core/ledger.h"
#include "tests/support/search.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(journals, .init = setup, .fini = teardown);

/* The journal with entries "when tag", a NULL behind the last, and a file for each. */
static void write_journal(const char *repo, const char *const *entries)
{
    struct buf b = buf_open(a, 65536);

    buf_string(&b, "{\"version\": \"7\", \"dialect\": \"sqlite\", \"entries\": [");
    for (size_t i = 0; entries[i]; i++) {
        const char *tag = strchr(entries[i], ' ') + 1;

        buf_printf(&b, "%s{\"idx\": %zu, \"version\": \"6\", \"when\": %.*s, \"tag\": \"%s\"}", i ? "," : "", i,
                   (int)(tag - entries[i] - 1), entries[i], tag);
        repo_write(repo, arena_printf(a, "drizzle/%s.sql", tag), tag);
    }
    buf_string(&b, "]}");
    repo_write(repo, "drizzle/meta/_journal.json", buf_cstr(&b));
}

#define JOURNAL(repo, ...) write_journal(repo, (const char *const[]) { __VA_ARGS__, NULL })

/* The versions that rows with these `when` get, a blank between them. */
static const char *named(const char *repo, const char *const *whens)
{
    const char *folders[] = { "drizzle", NULL };
    struct source_request r = { .folders = folders };
    struct notices notices = { .arena = a };
    struct buf out = buf_open(a, 65536);
    struct vcs *v = repo_open(a, repo);
    struct ledger_rows rows = { 0 };
    struct drizzle_row drizzle[8];
    struct source s;
    struct err e;
    size_t n = 0;

    r.at = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_assert(source_load(&s, v, &r, a, &notices, &e), "%s", e.message);
    for (; whens[n]; n++)
        drizzle[n] = (struct drizzle_row) { .hash = "0", .when = whens[n] };
    cr_assert(ledger_match_drizzle(&rows, drizzle, n, &s, a, &e), "%s", e.message);
    cr_assert_eq(rows.len, n);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%s", i ? " " : "", rows.at[i].version);
    vcs_close(v);
    return buf_cstr(&out);
}

#define NAMED(repo, ...) named(repo, (const char *const[]) { __VA_ARGS__, NULL })

Test(journals, an_entry_that_was_taken_out_keeps_its_tag)
{
    const char *repo = repo_make(a);

    JOURNAL(repo, "10 0000_one", "20 0001_two");
    repo_commit(a, repo, "both");
    JOURNAL(repo, "10 0000_one");
    repo_commit(a, repo, "gone");
    cr_expect_str_eq(NAMED(repo, "10", "20", "30"), "0000_one 0001_two when:30");
}

Test(journals, an_entry_of_another_branch_keeps_its_tag)
{
    const char *repo = repo_make(a);

    JOURNAL(repo, "10 0000_one");
    repo_commit(a, repo, "one");
    repo_git(a, repo, "checkout", "--quiet", "-b", "feature", NULL);
    JOURNAL(repo, "10 0000_one", "20 0001_two");
    repo_commit(a, repo, "two");
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    cr_expect_str_eq(NAMED(repo, "20"), "0001_two");
}

/* Else the one that is there now would count as applied. */
Test(journals, a_tag_that_the_journal_has_for_another_entry_is_not_given)
{
    const char *repo = repo_make(a);

    JOURNAL(repo, "10 0000_one", "20 0001_two");
    repo_commit(a, repo, "first");
    JOURNAL(repo, "10 0000_one", "30 0001_two");
    repo_commit(a, repo, "generated anew");
    cr_expect_str_eq(NAMED(repo, "20"), "when:20");
}

Test(journals, two_rows_never_get_one_tag)
{
    const char *repo = repo_make(a);

    JOURNAL(repo, "20 0000_two");
    repo_commit(a, repo, "first");
    JOURNAL(repo, "30 0000_two");
    repo_commit(a, repo, "second");
    JOURNAL(repo, "10 0000_one");
    repo_commit(a, repo, "third");
    cr_expect_str_eq(NAMED(repo, "20", "30"), "when:20 0000_two", "the newest journal is asked first");
    cr_expect_str_eq(NAMED(repo, "20", "20"), "0000_two when:20");
}

Test(journals, a_broken_journal_says_nothing)
{
    const char *repo = repo_make(a);

    JOURNAL(repo, "10 0000_one", "20 0001_two");
    repo_commit(a, repo, "both");
    repo_write(repo, "drizzle/meta/_journal.json", "<<<<<<< HEAD\n{\"entries\": []}\n=======\n");
    repo_commit(a, repo, "broken");
    JOURNAL(repo, "10 0000_one");
    repo_commit(a, repo, "mended");
    cr_expect_str_eq(NAMED(repo, "20"), "0001_two");
}

Test(journals, outside_git_there_is_but_one)
{
    const char *folder = scratch_folder(a);

    repo_isolate(a);
    JOURNAL(folder, "10 0000_one");
    cr_expect_str_eq(NAMED(folder, "10", "20"), "0000_one when:20");
}
