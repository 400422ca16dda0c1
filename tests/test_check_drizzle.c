/* What a review finds in Drizzle's journal and snapshots, and that renumbering mends it. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/layouts/journal.h"
#include "core/review/fix.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

/* j IDX WHEN TAG...: the journal, and a script for every tag that has none. s NAME ID PREV: a snapshot. c: commit. The
 * first migration is 0000_a at 100, with the snapshot A. */
static const char helpers[] =
    "mkdir -p drizzle/meta; cd drizzle\n"
    "j() { f=meta/_journal.json; printf '{\"version\":\"7\",\"dialect\":\"sqlite\",\"entries\":[' >$f; sep=;"
    " while [ $# -gt 0 ]; do printf "
    "'%s\\n{\"idx\":%s,\"version\":\"6\",\"when\":%s,\"tag\":\"%s\",\"breakpoints\":true}'"
    " \"$sep\" $1 $2 $3 >>$f; sep=,; [ -e $3.sql ] || echo \"CREATE TABLE t$3 (id integer);\" >$3.sql; shift 3; done;"
    " printf ']}' >>$f; }\n"
    "s() { printf '{\"id\": \"%s\", \"prevId\": \"%s\"}' $2 $3 >meta/$1_snapshot.json; }\n"
    "c() { git add .; git commit -qm c; }\n"
    "set -e\n"
    "j 0 100 0000_a; s 0000 A 00000000-0000-0000-0000-000000000000; c; git checkout -qb f\n";

#define TO_MAIN   "; c; git checkout -q main; "
#define TO_BRANCH "; c; git checkout -q f; "

static const struct {
    const char *name, *script, *want;
    const char *fixed; /* the tags afterwards, and which findings are left; NULL: it is not tried */
} cases[] = {
    { "alone and in order", "j 0 100 0000_a 1 200 0001_b; s 0001 B A; c", "", "0000_a 0001_b" },
    { "one idx on both sides, later",
      "j 0 100 0000_a 1 300 0001_b; s 0001 B A" TO_MAIN "j 0 100 0000_a 1 200 0001_x; s 0001 X A" TO_BRANCH,
      "snapshot-chain drizzle/meta/0001_snapshot.json, journal-order 0001_b", "0000_a 0002_b" },
    { "earlier than the base's newest",
      "j 0 100 0000_a 5 150 0005_b; s 0005 B X" TO_MAIN "j 0 100 0000_a 1 200 0001_x; s 0001 X A" TO_BRANCH,
      "late-version 0005_b", "0000_a 0005_b" },
    { "both sides merged by hand, with one idx",
      "j 0 100 0000_a 1 300 0001_b" TO_MAIN "j 0 100 0000_a 1 200 0001_x" TO_BRANCH
      "git merge -q main >/dev/null || true; j 0 100 0000_a 1 300 0001_b 1 200 0001_x; c",
      "journal-order 0001_b, journal-order 0001_b", "0000_a 0001_x 0002_b" },
    { "both sides merged by hand, in the wrong order",
      "j 0 100 0000_a 2 300 0002_b" TO_MAIN "j 0 100 0000_a 1 200 0001_x" TO_BRANCH
      "git merge -q main >/dev/null || true; j 0 100 0000_a 2 300 0002_b 1 200 0001_x; c",
      "journal-order 0002_b", "0000_a 0001_x 0002_b" },
    { "both sides merged by hand, one side's entry lost",
      "j 0 100 0000_a 1 300 0001_b" TO_MAIN "j 0 100 0000_a 1 200 0001_x" TO_BRANCH
      "git merge -q main >/dev/null || true; j 0 100 0000_a 1 300 0001_b; c",
      "deleted-migration 0001_x, journal-order 0001_b", NULL },
    { "the same, the branch's own entry lost",
      "j 0 100 0000_a 1 300 0001_b" TO_MAIN "j 0 100 0000_a 1 200 0001_x" TO_BRANCH
      "git merge -q main >/dev/null || true; j 0 100 0000_a 1 200 0001_x; c",
      "journal-files drizzle/0001_b.sql", NULL },
    { "when goes backwards on the branch", "j 0 100 0000_a 1 300 0001_b 2 200 0002_c; c", "journal-order 0002_c",
      "0000_a 0001_b 0002_c" },
    { "when stands still on the branch", "j 0 100 0000_a 1 300 0001_b 2 300 0002_c; c", "journal-order 0002_c",
      "0000_a 0001_b 0002_c" },
    { "idx goes backwards on the branch", "j 0 100 0000_a 2 300 0002_b 1 400 0001_c; c", "journal-order 0001_c",
      "0000_a 0002_b 0003_c" },
    { "a gap in idx does no harm", "j 0 100 0000_a 7 300 0007_b; c", "", "0000_a 0007_b" },
    { "one tag twice", "j 0 100 0000_a 1 300 0001_b 2 400 0001_b; c", "duplicate-version 0001_b, journal-order 0001_b",
      NULL },
    { "an entry without its file", "j 0 100 0000_a 1 300 0001_b; rm 0001_b.sql; c", "journal-files 0001_b", NULL },
    { "a broken chain", "j 0 100 0000_a 1 300 0001_b; s 0001 B Q; c", "snapshot-chain drizzle/meta/0001_snapshot.json",
      "0000_a 0001_b" },
    { "a chain that forks on the branch", "j 0 100 0000_a 1 300 0001_b 2 400 0002_c; s 0001 B A; s 0002 C A; c",
      "snapshot-chain drizzle/meta/0002_snapshot.json", "0000_a 0001_b 0002_c" },
    { "a snapshot copied", "j 0 100 0000_a 1 300 0001_b; cp meta/0000_snapshot.json meta/0001_snapshot.json; c",
      "snapshot-chain drizzle/meta/0001_snapshot.json", NULL },
    { "down scripts where the folder has them",
      "j 0 100 0000_a 1 300 0001_b 2 400 0002_c; echo 'SELECT 1;' >0001_b.down.sql; c", "missing-down 0002_c", NULL },
    { "prefixes that are times",
      "j 0 100 0000_a 1 150 20240101000000_b" TO_MAIN "j 0 100 0000_a 1 4102444800000 0001_x" TO_BRANCH,
      "late-version 20240101000000_b, journal-order 20240101000000_b", "0000_a 21000101000001_b" },
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

TestSuite(check_drizzle, .init = setup, .fini = teardown);

static const char *told(const char *script)
{
    const char *repo = repo_make(a);

    repo_shell(a, repo, arena_printf(a, "%s%s", helpers, script));
    return repo;
}

static struct review_request request(struct vcs *v)
{
    struct review_request q = { .base = "main" };
    struct err e;

    cr_assert(vcs_source_open(&q.source.at, v, VCS_WORKTREE, NULL, a, &e), "%s", e.message);
    return q;
}

static const char *found(const char *repo)
{
    struct buf text = buf_open(a, 100000);
    struct notices notices = { .arena = a };
    struct vcs *v = repo_open(a, repo);
    struct review_request q = request(v);
    struct review_result result;
    struct source head;
    struct err e;

    cr_assert(review_run(&result, &head, v, &q, a, &notices, &e), "%s", e.message);
    for (size_t i = 0; i < result.findings.len; i++) {
        const struct finding *f = &result.findings.at[i];

        buf_printf(&text, "%s%s %s", i ? ", " : "", f->rule, f->version ? f->version : f->at.path);
    }
    vcs_close(v);
    return buf_cstr(&text);
}

static void fix(const char *repo)
{
    struct notices notices = { .arena = a };
    struct vcs *v = repo_open(a, repo);
    struct review_request q = request(v);
    struct fix_result result;
    struct source head;
    struct err e;

    cr_assert(review_fix(&result, &head, v, &q, false, a, &notices, &e), "%s", e.message);
    vcs_close(v);
}

/* The tags, where the journal is one that nothing complains of. */
static const char *tags(const char *repo)
{
    struct buf text = buf_open(a, 100000);
    struct text bytes = scratch_read(a, arena_printf(a, "%s/drizzle/meta/_journal.json", repo));
    struct journal j;
    struct err e;

    cr_assert(journal_parse(&j, "_journal.json", bytes, a, &e), "%s", e.message);
    for (size_t i = 0; i < j.len; i++) {
        buf_printf(&text, "%s%s", i ? " " : "", j.at[i].tag);
        cr_expect(i == 0 || j.at[i].when > j.at[i - 1].when, "%s", j.at[i].tag);
        cr_expect(i == 0 || j.at[i].idx > j.at[i - 1].idx, "%s", j.at[i].tag);
        cr_expect(scratch_read(a, arena_printf(a, "%s/drizzle/%s.sql", repo, j.at[i].tag)).at, "%s", j.at[i].tag);
    }
    return buf_cstr(&text);
}

ParameterizedTestParameters(check_drizzle, finds_and_mends)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, check_drizzle, finds_and_mends)
{
    const char *repo = told(cases[*row].script);

    cr_expect_str_eq(found(repo), cases[*row].want, "%s", cases[*row].name);
    if (!cases[*row].fixed)
        return;
    fix(repo);
    cr_expect_str_eq(tags(repo), cases[*row].fixed, "%s", cases[*row].name);
    cr_expect_str_eq(found(repo), "", "%s, mended", cases[*row].name);
    /* What was moved is in the index, and nothing is left beside it. */
    cr_expect_str_eq(repo_git(a, repo, "diff", "--name-only", NULL), "");
    cr_expect_str_eq(repo_git(a, repo, "ls-files", "--others", NULL), "");
}
