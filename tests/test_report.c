/* A review's reports are what their formats ask for, whatever the files are called. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/stage.h"

#define TOOLS TESTDATA "/../tests/tools"

static const char validate[] = "cd .. && node " TOOLS "/validate.js sarif *.sarif -- " TOOLS "/gitlab.schema.json"
                               " *.json && xmllint --noout --relaxng " TOOLS "/junit.rng *.xml";

static void expect_valid(struct stage *s)
{
    struct process_result r = stage_run(s, validate);

    cr_expect_eq(r.exit_code, 0, "%.*s", (int)r.err.len, r.err.at);
}

/* into the folder's N.sarif, N.json and N.xml */
static const char *reports(const struct stage *s, size_t n)
{
    return arena_printf(s->arena,
                        " --quiet --report sarif=%s/%zu.sarif --report gitlab=%s/%zu.json --report junit=%s/%zu.xml",
                        s->folder, n, s->folder, n, s->folder, n);
}

static const struct {
    const char *name, *story, *line;
    int exit_code;
} cases[] = {
    { "findings in files of any name", "check_formats", "merganser check", 3 },
    { "the index", "check_formats", "merganser check --staged", 0 },
    { "findings of many lines", "check_drizzle", "merganser check", 3 },
    { "files that are gone", "check", "merganser check", 3 },
    { "an error", "check", "merganser check --base nowhere", 2 },
    { "an error with its place", "check", "echo 'chek: 1' > merganser.yml; merganser check", 2 },
    { "warnings of the run itself", "check", "git checkout -q --orphan lonely; git commit -qm Lonely; merganser check",
      3 },
    { "a repository without a work tree", "check", "git clone -q --bare . ../bare.git; merganser -C ../bare.git check",
      3 },
    { "no git", "check", "mkdir -p ../plain/db && cp -r db/migrate ../plain/db; merganser -C ../plain check --all", 3 },
    { "no commit", "check", "git init -q ../young; cp -r db ../young; merganser -C ../young check", 3 },
};

Test(report, is_valid)
{
    struct arena *a = arena_open();
    struct stage all = stage_open(a, TEXT("== plain\n"), false);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text story = scratch_read(a, arena_printf(a, TESTDATA "/cli/%s/repo.txt", cases[i].story));
        struct stage s = stage_open(a, story, false);
        struct process_result r = stage_run(&s, arena_printf(a, "%s%s >/dev/null", cases[i].line, reports(&all, i)));

        cr_expect_eq(r.exit_code, cases[i].exit_code, "%s: exit %d: %.*s", cases[i].name, r.exit_code, (int)r.err.len,
                     r.err.at);
        stage_close(&s);
    }
    expect_valid(&all);
    stage_close(&all);
    arena_close(a);
}

/* The validators would take anything else for granted. */
Test(report, what_is_not_valid_is_seen)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT("== plain\n"), false);
    size_t at;
    struct process_result r;

    stage_run(&s,
              "printf '[{\"severity\": \"bad\"}]' > ../x.json; printf '<testsuites><oops/></testsuites>' > ../x.xml;"
              "printf '{\"version\": \"2.1.0\", \"runs\": [{\"results\": []}]}' > ../x.sarif");
    r = stage_run(&s, validate);
    cr_expect_neq(r.exit_code, 0);
    cr_expect(text_find(r.err, "x.sarif", &at) && text_find(r.err, "x.json", &at), "%.*s", (int)r.err.len, r.err.at);
    cr_expect_neq(stage_run(&s, "xmllint --noout --relaxng " TOOLS "/junit.rng ../x.xml").exit_code, 0);
    stage_close(&s);
    arena_close(a);
}

static void write_byte(struct stage *s, unsigned byte)
{
    struct buf name = buf_open(s->arena, 256);

    buf_printf(&name, "db/migrate/2024%010u_x", byte);
    buf_char(&name, (char)byte);
    buf_string(&name, "y.sql");
    scratch_write(s->repository, buf_cstr(&name), TEXT("SELECT 1;\n"));
}

Test(report, is_valid_with_every_byte_in_a_name)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT("== commit Base\n== file README\nHello\n"), false);
    struct process_result r;
    size_t at;

    for (unsigned byte = 1; byte < 256; byte++)
        if (byte != '/')
            write_byte(&s, byte);
    stage_expect(&s, 0,
                 arena_printf(a,
                              "merganser check --all%s --report markdown=../out.md --report github=../out.txt"
                              " --report json=../check",
                              reports(&s, 1)));
    expect_valid(&s);
    /* A line each: nothing of a name begins another one. */
    r = stage_expect(&s, 0,
                     "wc -l < ../out.txt; grep -vc '^::warning ' ../out.txt || jq '.findings | length' "
                     "../check");
    cr_expect(text_is(text_trim(r.out), "254\n0\n254"), "%.*s", (int)r.out.len, r.out.at);
    r = stage_expect(&s, 0, "xmllint --xpath 'count(//testcase)' ../1.xml");
    cr_expect(text_is(text_trim(r.out), "254"), "%.*s", (int)r.out.len, r.out.at);
    cr_expect(!text_find(scratch_read(a, arena_printf(a, "%s/out.md", s.folder)), "\x01", &at));
    stage_close(&s);
    arena_close(a);
}

static const char *fingerprints(struct stage *s)
{
    struct process_result r = stage_run(s, "merganser check --base main --format sarif --fail-on never |"
                                           "jq -c '.runs[0].results[] | [.locations[0].physicalLocation.region."
                                           "startLine, .partialFingerprints[\"merganserFinding/v1\"]]' > ../prints; "
                                           "cut -d, -f2 ../prints; cut -d, -f1 ../prints > ../lines; "
                                           "merganser check --base main --format gitlab --fail-on never |"
                                           "jq -r '.[].fingerprint'");

    return arena_cstr(s->arena, r.out);
}

Test(report, fingerprints_stay_while_lines_move)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, scratch_read(a, TESTDATA "/cli/check_drizzle/repo.txt"), false);
    const char *before = fingerprints(&s), *after;
    struct text lines = scratch_read(a, arena_printf(a, "%s/lines", s.folder));

    cr_expect_gt(strlen(before), 200);
    stage_expect(&s, 0, "sed -i '2s/^/\\n\\n\\n/; s/^    /      /' drizzle/meta/_journal.json");
    after = fingerprints(&s);
    cr_expect_str_eq(before, after);
    cr_expect(!text_equal(lines, scratch_read(a, arena_printf(a, "%s/lines", s.folder))), "no line has moved");
    stage_expect(&s, 0, "sed -i 's/\"breakpoints\": true/\"breakpoints\": false/' drizzle/meta/_journal.json");
    cr_expect_str_neq(before, fingerprints(&s));
    cr_expect_eq(stage_run(&s, "merganser check --base main --format gitlab --fail-on never | jq -r '.[].fingerprint' |"
                               " sort | uniq -d | grep .")
                     .exit_code,
                 1, "two findings have one fingerprint");
    stage_close(&s);
    arena_close(a);
}

static size_t count(struct text in, const char *what)
{
    size_t n = 0, at;

    for (; text_find(in, what, &at); n++)
        in = text_cut(in, at + strlen(what), in.len);
    return n;
}

Test(report, a_comment_is_never_too_long_for_github)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT("== commit Base\n== file README\nHello\n"), false);
    struct process_result r;
    struct text out;
    size_t at;

    stage_expect(&s, 0,
                 "mkdir -p db/migrate; long=$(printf '%0180d' 0 | tr 0 '_'); i=100;"
                 "while [ $i -lt 350 ]; do echo 'SELECT 1;' > db/migrate/20240101000$i$long.sql; i=$((i+1)); done");
    r = stage_expect(&s, 0, "merganser check --all --format markdown");
    out = r.out;
    cr_expect_lt(out.len, 60000);
    cr_expect_gt(out.len, 50000);
    cr_expect(text_starts(out, "<!-- merganser check -->\n"));
    cr_expect(text_find(out, " findings more: `merganser check` shows them all.", &at));
    cr_expect_eq(count(out, "<details>"), count(out, "</details>"));
    cr_expect_eq(count(out, "\n```") % 2, 0);
    stage_close(&s);
    arena_close(a);
}
