/* What is shown of the place that a finding points to. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/review/excerpt.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

/* want: each line's number, the columns underlined, and its text; "cut" where that is not all. */
static const struct {
    const char *name, *content;
    int line, column, end_line, end_column;
    const char *want;
} cases[] = {
    { "one word", "SELECT 1;\nDROP TABLE a;\n", 2, 6, 2, 11, "2 6-11 DROP TABLE a;\n" },
    { "to the end of the file, without a line end", "DROP", 1, 1, 1, 5, "1 1-5 DROP\n" },
    { "columns are characters", "-- \xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x86 x y\n", 1, 8, 1, 9,
      "1 8-9 -- \xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x86 x y\n" },
    { "a BOM is none",
      "\xef\xbb\xbf"
      "DROP TABLE a;\n",
      1, 1, 1, 5, "1 1-5 DROP TABLE a;\n" },
    { "CR LF", "DROP\r\nTABLE a;\r\n", 1, 1, 2, 8, "1 1-5 DROP\n2 1-8 TABLE a;\n" },
    { "several lines, without their indentation underlined", "ALTER TABLE a\n\tADD b int,\n  ADD c int;\n", 1, 1, 3, 12,
      "1 1-14 ALTER TABLE a\n2 2-12  ADD b int,\n3 3-12   ADD c int;\n" },
    { "an end at a line's beginning is the line before", "DROP\nTABLE\n", 1, 1, 2, 1, "1 1-5 DROP\n" },
    { "more lines than are shown", "a\nb\nc\nd\ne\nf\ng\nh\n", 2, 1, 8, 2,
      "2 1-2 b\n3 1-2 c\n4 1-2 d\n5 1-2 e\n6 1-2 f\n7 1-2 g\ncut\n" },
    { "a terminal's own characters", "a\x1b[31mb\xff\n", 1, 1, 1, 2, "1 1-2 a?[31mb?\n" },
    { "a password", "ALTER ROLE a PASSWORD 'hunter2', b;\n", 1, 1, 1, 11, "1 1-11 ALTER ROLE a PASSWORD '***', b;\n" },
    { "a password on the line before its end", "ALTER ROLE a PASSWORD\n'hunter2', b;\n", 2, 1, 2, 10,
      "2 1-10 '***', b;\n" },
    { "behind the end of the file", "DROP\n", 7, 3, 7, 9, "7 1-1 \ncut\n" },
    { "backwards: to the line's end", "DROP TABLE a;\n", 1, 8, 1, 3, "1 8-14 DROP TABLE a;\n" },
    { "of a whole file", "DROP TABLE a;\n", 1, 1, 0, 0, "none" },
};

static const char *shown(const struct excerpt *x, struct arena *a)
{
    struct buf out = buf_open(a, 1 << 16);

    if (!x)
        return "none";
    for (size_t i = 0; i < x->len; i++)
        buf_printf(&out, "%d %d-%d %s\n", x->at[i].number, x->at[i].from, x->at[i].to, x->at[i].text);
    if (!x->whole)
        buf_string(&out, "cut\n");
    return buf_cstr(&out);
}

static struct finding find(const char *content, int line, int column, int end_line, int end_column, struct arena *a)
{
    const char *repo = repo_make(a);
    struct finding f = { .rule = "x", .at = { "a.sql", line, column }, .end_line = end_line, .end_column = end_column };
    struct review_findings list = { .at = &f, .len = 1 };
    struct source head = { 0 };
    struct err e = { 0 };

    if (content)
        repo_write(repo, "a.sql", content);
    head.vcs = repo_open(a, repo);
    cr_assert(review_excerpts(&list, &head, a, &e), "%s", e.message);
    vcs_close(head.vcs);
    return f;
}

ParameterizedTestParameters(excerpt, shows)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, excerpt, shows)
{
    struct arena *a = arena_open();
    struct finding f = find(cases[*row].content, cases[*row].line, cases[*row].column, cases[*row].end_line,
                            cases[*row].end_column, a);

    cr_expect_str_eq(shown(f.excerpt, a), cases[*row].want, "%s: %s", cases[*row].name, shown(f.excerpt, a));
    cr_expect_eq(strlen(f.fingerprint), 64);
    arena_close(a);
}

Test(excerpt, of_a_long_line_shows_what_is_around_the_place)
{
    struct arena *a = arena_open();
    char line[4096];
    struct finding f;

    memset(line, 'a', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    line[3000] = 'X';
    f = find(line, 1, 3001, 1, 3002, a);
    cr_expect_eq(f.excerpt->at[0].text[f.excerpt->at[0].from - 1], 'X');
    cr_expect_eq(f.excerpt->at[0].to, f.excerpt->at[0].from + 1);
    cr_expect(!f.excerpt->whole);
    arena_close(a);
}

Test(excerpt, of_a_file_that_is_not_there_is_none)
{
    struct arena *a = arena_open();
    struct finding f = find(NULL, 3, 1, 3, 5, a);

    cr_expect_null(f.excerpt);
    cr_expect_eq(strlen(f.fingerprint), 64);
    arena_close(a);
}
