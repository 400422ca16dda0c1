/* A commit's author, date and subject, however they are written. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/repo.h"

static struct arena *a;
static const char *repo;

static void setup(void)
{
    a = arena_open();
    repo = repo_make(a);
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_commit, .init = setup, .fini = teardown);

/* "AUTHOR | MILLISECONDS | SUBJECT" of a commit made of these lines, which git itself would not write. */
static const char *shown(const char *lines)
{
    const char *argv[] = { "git", "-C", repo, "hash-object", "-w", "--stdin", "--literally", "-t", "commit", NULL };
    struct process p = { .argv = argv,
                         .input = arena_printf(a, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n%s", lines) };
    struct process_result r = process_run(&p, a);
    struct vcs *v = repo_open(a, repo);
    struct object_id id;
    struct vcs_commit c;
    struct err e;
    bool found;

    cr_assert(r.exit_code == 0 && object_id_parse(&id, text_trim(r.out)));
    cr_assert(vcs_commit_read(&c, &found, v, id, a, &e) && found, "%s", e.message);
    cr_expect(object_id_equal(c.id, id));
    vcs_close(v);
    return arena_printf(a, "%s | %lld | %s", c.author ? c.author : "-", (long long)c.date_ms, c.subject);
}

Test(vcs_commit, is_the_authors_not_the_committers)
{
    cr_expect_str_eq(shown("author Ada Author <ada@x> 1700000000 +0200\ncommitter C <c@x> 1800000000 +0000\n\n"
                           "  Subject \n\nBody\n"),
                     "Ada Author <ada@x> | 1700000000000 | Subject");
}

Test(vcs_commit, text_is_utf8_whatever_it_was)
{
    cr_expect_str_eq(shown("author Jos\xe9 <j@x> 1 +0000\ncommitter C <c@x> 1 +0000\nencoding ISO-8859-1\n\n\xdcml\n"),
                     "Jos\xc3\xa9 <j@x> | 1000 | \xc3\x9cml");
    cr_expect_str_eq(shown("author Jos\xe9 <j@x> 1 +0000\ncommitter C <c@x> 1 +0000\n\n\xdcml\n"),
                     "Jos\xef\xbf\xbd <j@x> | 1000 | \xef\xbf\xbdml");
    cr_expect_str_eq(shown("author A <a@x> 1 +0000\ncommitter C <c@x> 1 +0000\nencoding ../../nosuch\n\nS\xc3\xa9\n"),
                     "A <a@x> | 1000 | S\xc3\xa9");
}

Test(vcs_commit, lacks_what_the_commit_lacks)
{
    cr_expect_str_eq(shown("author <a@x> 5 +0000\ncommitter C <c@x> 1 +0000\n\n\n\n late\n"), "<a@x> | 5000 | late");
    cr_expect_str_eq(shown("author A <> 5 +0000\ncommitter C <c@x> 1 +0000\n\n"), "A | 5000 | ");
    cr_expect_str_eq(shown("author A <a@x>\n"), "A <a@x> | 0 | ");
    cr_expect_str_eq(shown("author A <a@x> 18446744073709551615 +0000\n"), "A <a@x> | 0 | ");
    cr_expect_str_eq(shown(""), "- | 0 | ");
}

Test(vcs_commit, signatures_and_tags_are_no_headers_of_it)
{
    cr_expect_str_eq(
        shown("author A <a@x> 5 +0000\ncommitter C <c@x> 1 +0000\ngpgsig -----BEGIN\n author B <b@x> 9 +0\n"
              " \n encoding UTF-16\n\nS\n"),
        "A <a@x> | 5000 | S");
}

Test(vcs_commit, that_is_not_here_is_not_found)
{
    struct object_id absent = { .known = true, .raw = { 1 } }, unknown = { .known = false };
    struct vcs_commit c;
    struct err e;
    bool found;
    struct vcs *v;

    repo_commit(a, repo, "one");
    v = repo_open(a, repo);
    cr_expect(vcs_commit_read(&c, &found, v, absent, a, &e) && !found);
    cr_expect(vcs_commit_read(&c, &found, v, unknown, a, &e) && !found);
    vcs_close(v);
}
