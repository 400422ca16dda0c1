/* Scripts of several files, with rows, of any size: what script_read tells of them, and what reader.h gives again. */
#include "dialects/postgres/reader.h"
#include "tests/support/cut.h"
#include "tests/support/rows.h"

/* ---- included files ---- */

static const struct pieces_file included[] = {
    { "db/migrate/1_a.sql",
      TEXT("SELECT 'a';\n\\i db/views/v.sql\n  \\ir '../views/w x.sql' -- the other\nSELECT 'b';\n") },
    { "db/views/v.sql", TEXT("\xef\xbb\xbf-- v\nSELECT 'v';\n\\ir u.sql\nSELECT 'v2' -- no semicolon") },
    { "db/views/u.sql", TEXT("\nSELECT 'u'") },
    { "db/migrate/../views/w x.sql", TEXT("COPY t FROM stdin;\n1\n2") },
    { "db/circle.sql", TEXT("SELECT 1;\n\\ir round.sql\n") },
    { "db/round.sql", TEXT("SELECT 2;\n  \\i db/circle.sql\n") },
    { "db/open.sql", TEXT("\\i db/quote.sql\n") },
    { "db/quote.sql", TEXT("SELECT\n  'it;\n") },
    { "db/absent.sql", TEXT("SELECT 1;\n\\i 'no such.sql'\n") },
    { "db/two.sql", TEXT("\\i a.sql b.sql\n") },
    { "db/none.sql", TEXT("\\i\n") },
    { "db/variable.sql", TEXT("\\i :file\n") },
    { "db/inside.sql", TEXT("SELECT 1\n\\i db/views/u.sql\n") },
};

static struct cut cut_included(const char *path)
{
    enum { FILES = sizeof included / sizeof *included };
    struct pieces_file files[FILES];
    size_t n = 1;

    for (size_t i = 0; i < FILES; i++)
        files[strcmp(included[i].path, path) ? n++ : 0] = included[i];
    return cut_files(files, FILES, NULL);
}

Test(postgres_script, included_files_stand_where_they_are_named)
{
    static const struct {
        const char *path;
        int line, column;
    } want[] = {
        { "db/migrate/1_a.sql", 1, 1 },
        { "db/views/v.sql", 2, 1 },
        { "db/views/u.sql", 2, 1 },
        { "db/views/v.sql", 4, 1 },
        { "db/migrate/../views/w x.sql", 1, 1 },
        { "db/migrate/1_a.sql", 4, 1 },
    };
    struct cut c = cut_included("db/migrate/1_a.sql");
    const struct copy_block *rows;

    cr_expect_str_eq(cut_text(&c), "SELECT 'a'|SELECT 'v'|SELECT 'u'|SELECT 'v2'|COPY t FROM stdin|SELECT 'b'");
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        struct pos at = script_statement_place(&c.script, &c.script.statements.at[i]);

        cr_expect_str_eq(at.path, want[i].path);
        cr_expect(at.line == want[i].line && at.column == want[i].column, "%zu: %d:%d", i, at.line, at.column);
    }
    rows = script_rows(&c.script, 4);
    cr_assert(rows);
    cr_expect(text_is(text_cut(c.script.source, rows->from, rows->to), "1\n2"));
    cr_expect_null(script_rows(&c.script, 5));
    cr_expect_null(memchr(c.script.body.at, '\\', c.script.body.len));
    arena_close(c.arena);
}

Test(postgres_script, included_files_come_in_pieces_too)
{
    struct arena *a = arena_open();

    for (size_t piece = 1; piece <= 64; piece++)
        for (size_t first = 0; first < sizeof included / sizeof *included; first++) {
            struct pieces_file files[sizeof included / sizeof *included];
            size_t n = 1;
            const char *wrong;

            for (size_t i = 0; i < sizeof included / sizeof *included; i++)
                files[i == first ? 0 : n++] = included[i];
            wrong = pieces_violated(files, n, piece, NULL, a);
            cr_expect_null(wrong, "%s in pieces of %zu: %s", files[0].path, piece, wrong);
        }
    arena_close(a);
}

static const struct {
    const char *path, *place, *message;
} bad_includes[] = {
    { "db/circle.sql", "db/round.sql:2:3 migration-file", "includes itself" },
    { "db/open.sql", "db/quote.sql:2:3 script-syntax", "unterminated quoted string" },
    { "db/absent.sql", "db/absent.sql:2:1 migration-file", "no such.sql" },
    { "db/two.sql", "db/two.sql:1:1 migration-file", "followed by something else" },
    { "db/none.sql", "db/none.sql:1:1 migration-file", "names no file" },
    { "db/variable.sql", "db/variable.sql:1:1 migration-file", "only psql can work out" },
    { "db/inside.sql", "db/inside.sql:2:1 migration-file", "inside a statement" },
};

RowsTest(postgres_script, includes_refused, sizeof bad_includes / sizeof *bad_includes)
{
    struct cut c = cut_included(bad_includes[*row].path);

    cr_assert_not(c.ok);
    cr_expect_str_eq(cut_error(&c), bad_includes[*row].place, "%s: %s", cut_error(&c), c.err.message);
    cr_expect(strstr(c.err.message, bad_includes[*row].message), "%s", c.err.message);
    cr_expect(*c.err.hint);
    cr_expect(*c.err.excerpt);
    arena_close(c.arena);
}

Test(postgres_script, files_include_each_other_so_deep_only)
{
    struct arena *a = arena_open();
    struct pieces_file files[INPUT_DEPTH_MAX + 1];
    struct cut c;

    for (int i = 0; i <= INPUT_DEPTH_MAX; i++)
        files[i] = (struct pieces_file) { arena_printf(a, "%d.sql", i),
                                          text_from(arena_printf(a, "SELECT %d;\n\\i %d.sql\n", i, i + 1)) };
    files[INPUT_DEPTH_MAX].text = TEXT("SELECT 0");
    c = cut_files(files, INPUT_DEPTH_MAX + 1, NULL);
    cr_assert_not(c.ok);
    cr_expect_str_eq(cut_error(&c), "31.sql:2:1 migration-file");
    arena_close(c.arena);
    files[INPUT_DEPTH_MAX - 1].text = TEXT("SELECT 0");
    c = cut_files(files, INPUT_DEPTH_MAX, NULL);
    cr_expect(c.ok, "%s", c.err.message);
    cr_expect_eq(c.script.count, INPUT_DEPTH_MAX);
    arena_close(c.arena);
    arena_close(a);
}

/* ---- rows ---- */

static const struct {
    const char *name, *sql, *want, *rows; /* all rows, "|" between the blocks */
} copied[] = {
    { "rows", "COPY t (a, b) FROM stdin;\n1\t';\n\\N\t\\\\.\n\\.\nSELECT 1;", "COPY t (a, b) FROM stdin|SELECT 1",
      "1\\t';\\n\\N\\t\\\\.\\n" },
    { "none", "COPY t FROM STDIN;\n\\.\nSELECT 1;", "COPY t FROM STDIN|SELECT 1", "" },
    { "to the end of the file", "COPY t FROM stdin;\n1\n2", "COPY t FROM stdin", "1\\n2" },
    { "an end without a line end", "COPY t FROM stdin;\n1\n\\.", "COPY t FROM stdin", "1\\n" },
    { "no lines at all", "COPY t FROM stdin", "COPY t FROM stdin", "" },
    { "CR LF", "COPY t FROM stdin;\r\n1\r\n\\.\r\nSELECT 1;\r\n", "COPY t FROM stdin|SELECT 1", "1\\r\\n" },
    { "options", "COPY public.t FROM STDIN WITH (FORMAT csv, HEADER); -- rows\na;\n\\.x\nb\n\\.\nSELECT 1",
      "COPY public.t FROM STDIN WITH (FORMAT csv, HEADER)|SELECT 1", "a;\\n\\.x\\nb\\n" },
    { "two blocks", "copy \"from\" from /* x */ stdin;\na\n\\.\n\\echo x\nCOPY u FROM stdin;\nb\n\\.\n",
      "copy \"from\" from /* x */ stdin|COPY u FROM stdin", "a\\n|b\\n" },
    { "what looks like the end", "COPY t FROM stdin;\n\\.\\.\n \\.\nx\\.\n\\.\nSELECT 1", "COPY t FROM stdin|SELECT 1",
      "\\.\\.\\n \\.\\nx\\.\\n" },
    { "from a file, and out",
      "COPY t FROM '/x'; COPY (SELECT a FROM stdin) TO stdout; COPY t TO STDOUT; COPY t FROM "
      "PROGRAM 'x';",
      "COPY t FROM '/x'|COPY (SELECT a FROM stdin) TO stdout|COPY t TO STDOUT|COPY t FROM PROGRAM 'x'", NULL },
};

RowsTest(postgres_script, rows, sizeof copied / sizeof *copied)
{
    struct pieces_file file = { "m.sql", text_from(copied[*row].sql) };
    struct cut c = cut_sql(copied[*row].sql);
    struct buf rows = buf_open(c.arena, SIZE_MAX / 2);
    const char *want;

    cr_assert(c.ok, "%s: %s", copied[*row].name, c.err.message);
    cr_expect_str_eq(cut_text(&c), copied[*row].want, "%s: %s", copied[*row].name, cut_text(&c));
    cr_expect_eq(c.script.traits.copies_in, copied[*row].rows != NULL);
    for (size_t i = 0; i < c.script.copies.len; i++) {
        struct text block = text_cut(c.script.source, c.script.copies.at[i].from, c.script.copies.at[i].to);

        buf_printf(&rows, "%s%s", i ? "|" : "", text_shown(c.arena, block));
    }
    want = copied[*row].rows ? copied[*row].rows : "";
    cr_expect_str_eq(buf_cstr(&rows), want, "%s: %s", copied[*row].name, buf_cstr(&rows));
    for (size_t piece = 1; piece <= 16; piece++) {
        const char *wrong = pieces_violated(&file, 1, piece, NULL, c.arena);

        cr_expect_null(wrong, "%s, in pieces of %zu: %s", copied[*row].name, piece, wrong);
    }
    arena_close(c.arena);
}

/* ---- Drizzle's separator ---- */

static const struct {
    const char *sql, *want, *body;
} separated[] = {
    { "CREATE TABLE a (id int)\n--> statement-breakpoint\nSELECT 2", "CREATE TABLE a (id int)|SELECT 2",
      "CREATE TABLE a (id int)\n\n;                      \nSELECT 2" },
    { "SELECT 1 -- last --> statement-breakpoint SELECT 2;", "SELECT 1|SELECT 2",
      "SELECT 1 -- last \n;                       SELECT 2;" },
    { "SELECT '--> statement-breakpoint'", "SELECT '--> statement-breakpoint'", "SELECT '--> statement-breakpoint'" },
    { "SELECT E'a' -- --> statement-breakpoint\n'\\'; SELECT 2", "SELECT E'a'|'\\'|SELECT 2", NULL },
};

Test(postgres_script, a_separator_ends_a_statement)
{
    for (size_t i = 0; i < sizeof separated / sizeof *separated; i++) {
        struct pieces_file file = { "m.sql", text_from(separated[i].sql) };
        struct cut c = cut_files(&file, 1, "--> statement-breakpoint");

        cr_expect_str_eq(cut_text(&c), separated[i].want, "%s", cut_text(&c));
        if (separated[i].body)
            cr_expect(text_is(c.script.body, separated[i].body), "%.*s", (int)c.script.body.len, c.script.body.at);
        for (size_t piece = 1; piece <= 30; piece++) {
            const char *wrong = pieces_violated(&file, 1, piece, "--> statement-breakpoint", c.arena);

            cr_expect_null(wrong, "%s, in pieces of %zu: %s", separated[i].sql, piece, wrong);
        }
        arena_close(c.arena);
    }
}
