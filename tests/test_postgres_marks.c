/* What statements are marked with, and what a large script keeps of them. */
#include "dialects/postgres/reader.h"
#include "tests/support/cut.h"
#include "tests/support/rows.h"

static const struct {
    const char *sql, *want; /* a group a statement: o outside, c may commit, e ends its segment, i copies in */
} rows[] = {
    { "SELECT 1; CREATE INDEX CONCURRENTLY i ON t (a); VACUUM t;", "- o o" },
    { "COPY t FROM stdin;\n1\n\\.\nCOPY t TO stdout;", "i -" },
    { "CALL p(); CREATE PROCEDURE q() LANGUAGE sql AS 'CALL p()';", "c -" },
    { "DO $$ BEGIN UPDATE t SET a = 1; COMMIT; END $$;", "c" },
    { "DO LANGUAGE plpgsql $x$ BEGIN IF a THEN ROLLBACK AND CHAIN; END IF; END $x$;", "c" },
    { "DO 'BEGIN LOOP commit ; END LOOP; END';", "c" },
    { "DO LANGUAGE plpython3u $$ plpy.commit() $$; DO LANGUAGE plperl $$ spi_commit(); $$;", "c c" },
    { "DO $$ BEGIN RAISE 'COMMIT;'; -- ROLLBACK;\n UPDATE t SET commit = 1; END $$;", "-" },
    { "DO $$ BEGIN PERFORM commit, rollback FROM t; END $$;", "-" },

    { "ALTER TYPE t ADD VALUE 'a'; SELECT 1;", "- -" },
    { "ALTER TYPE t ADD VALUE 'a'; SELECT 2; INSERT INTO u VALUES ('a');", "e - -" },
    { "ALTER TYPE s.t ADD VALUE IF NOT EXISTS 'a' AFTER 'b'; ALTER TABLE u ALTER v SET DEFAULT 'a'::s.t;", "e -" },
    { "ALTER TYPE t ADD VALUE 'a'; ALTER TYPE t ADD VALUE 'b' AFTER 'a'; SELECT 'b';", "- e -" },
    { "ALTER TYPE t ADD VALUE 'a'; COMMENT ON TYPE t IS 'a'; SELECT 'an a', 'b', a, \"a\";", "- - -" },
    { "ALTER TYPE t ADD VALUE 'it''s'; SELECT E'it''s';", "e -" },
    { "ALTER TYPE t ADD VALUE 'a'; SELECT '{b,a}'::t[];", "e -" },
    { "ALTER TYPE t ADD VALUE 'a'; DO $$ BEGIN UPDATE u SET v = 'a'; END $$;", "e -" },
    { "ALTER TYPE t ADD VALUE 'a'; COPY u FROM stdin;\n1\ta\n\\.\n", "e i" },
    { "SELECT 'a'; ALTER TYPE t ADD VALUE 'a';", "- -" },
    { "CREATE TYPE t AS ENUM ('b'); ALTER TYPE t ADD VALUE 'a'; SELECT 'a';", "- e -" },
    { "ALTER TYPE t RENAME VALUE 'a' TO 'b'; SELECT 'b';", "- -" },
};

RowsTest(postgres_marks, of, sizeof rows / sizeof *rows)
{
    struct cut c = cut_sql(rows[*row].sql);

    cr_assert(c.ok, "%s: %s", rows[*row].sql, c.err.message);
    cr_expect_str_eq(cut_marks(&c), rows[*row].want, "%s: %s", rows[*row].sql, cut_marks(&c));
    arena_close(c.arena);
}

/* From 17 on the values of a type that was made in the same transaction can be used at once. */
Test(postgres_marks, a_new_servers_own_types_need_no_segment)
{
    const char *sql = "CREATE TYPE S.t AS ENUM ('b'); ALTER TYPE s.T ADD VALUE 'a'; ALTER TYPE u ADD VALUE 'c'; "
                      "SELECT 'a', 'c';";

    for (int server = 160000; server <= 170000; server += 10000) {
        struct cut c = { .arena = arena_open() };
        struct pieces_file file = { "m.sql", text_from(sql) };
        struct pieces all = { .files = &file, .len = 1 };
        struct script s = pieces_script(&all, 0, c.arena);
        struct script_request r = { .script = &s, .server = server };

        cr_assert(script_read(&c.script, &r, c.arena, &c.err));
        cr_expect_str_eq(cut_marks(&c), server < 170000 ? "- e e -" : "- - e -");
        arena_close(c.arena);
    }
}

/* ---- a script of more than a megabyte ---- */

enum { LINES = 40000 };

static struct text large(struct arena *a, const char *head, const char *tail)
{
    struct buf sql = buf_open(a, SIZE_MAX / 2);

    buf_string(&sql, head);
    for (int i = 0; i < LINES; i++)
        buf_printf(&sql, "INSERT INTO t VALUES (%d, 'a; text');\n", i);
    buf_string(&sql, tail);
    return buf_content(&sql);
}

Test(postgres_marks, of_a_large_script_those_that_matter_are_listed)
{
    static const struct {
        uint64_t nth;
        int line;
        unsigned marks;
        bool dropped;
    } want[] = {
        { 0, 1, 0, true },
        { 1, 2, MARK_ENDS_SEGMENT, false },
        { LINES + 2, LINES + 3, 0, true },
        { LINES + 3, LINES + 4, 0, true },
        { LINES + 4, LINES + 5, MARK_COPIES_IN, false },
        { LINES + 6, LINES + 9, 0, true },
    };
    struct arena *a = arena_open();
    struct pieces_file file = { "m.sql", large(a, "BEGIN;\nALTER TYPE e ADD VALUE 'x';\n",
                                               "COMMIT;\nBEGIN;\nCOPY t FROM stdin;\n1\n\\.\nSELECT 1;\nCOMMIT;\n") };
    struct cut c = cut_files(&file, 1, NULL);

    cr_assert(c.ok, "%s", c.err.message);
    cr_expect_not(c.script.whole);
    cr_expect_eq(c.script.count, LINES + 7);
    cr_expect_eq(script_sent(&c.script), LINES + 3);
    cr_expect_eq(c.script.control.shape, SCRIPT_REOPENING);
    cr_expect(c.script.source.len == 0 && c.script.body.len == 0);
    cr_expect_eq(c.script.bytes, file.text.len);
    cr_expect(c.script.facts.changes_schema && c.script.facts.changes_data);
    cr_assert_eq(c.script.statements.len, sizeof want / sizeof *want, "%zu", c.script.statements.len);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct statement *s = &c.script.statements.at[i];

        cr_expect(s->nth == want[i].nth && s->marks == want[i].marks && s->dropped == want[i].dropped, "%zu: %d", i,
                  (int)s->nth);
        cr_expect_eq(script_statement_place(&c.script, s).line, want[i].line);
    }
    arena_close(c.arena);
    arena_close(a);
}

Test(postgres_marks, a_large_script_is_walked_in_the_memory_of_a_piece)
{
    struct arena *a = arena_open();
    struct pieces_file file = { "m.sql", large(a, "BEGIN;\n", "COPY t FROM stdin;\n1\n2\n\\.\nCOMMIT") };
    struct pieces all = { .files = &file, .len = 1, .piece = 64 };
    struct script s = pieces_script(&all, 0, a);
    struct script_request r = { .script = &s };
    struct read_statement got;
    struct pg_script script;
    struct reader *reader;
    struct text piece;
    struct err e;
    uint64_t count = 0;
    bool more;

    cr_assert(script_read(&script, &r, a, &e));
    cr_assert(reader_open(&reader, &script, a, &e));
    for (; reader_next(&got, &more, reader, &e) && more; count++) {
        cr_assert_eq(got.nth, count);
        cr_assert_eq(got.at.line, (int)count + 1 + (count == LINES + 2 ? 3 : 0));
        cr_assert_eq(got.dropped, count == 0 || count == LINES + 2);
        if (count == 7)
            cr_expect_str_eq(got.sql.at, "INSERT INTO t VALUES (6, 'a; text')");
        if (!(got.marks & MARK_COPIES_IN))
            continue;
        cr_assert(reader_copy_data(&piece, reader, &e));
        cr_expect(text_starts(piece, "1\n") || text_is(piece, "1\n2\n"));
    }
    cr_expect_eq(count, LINES + 3);
    cr_expect_eq(got.bytes, 0);
    reader_close(reader);
    arena_close(a);
}

Test(postgres_marks, an_error_in_a_large_script_is_placed)
{
    struct arena *a = arena_open();
    struct pieces_file file = { "m.sql", large(a, "", "SELECT '\xc3\xa9', 'open") };
    struct cut c = cut_files(&file, 1, NULL);

    cr_assert_not(c.ok);
    cr_expect_str_eq(cut_text(&c), arena_printf(a, "%d:13 script-syntax", LINES + 1));
    cr_expect_str_eq(c.err.excerpt, "SELECT '\xc3\xa9', 'open");
    arena_close(c.arena);
    file.text = large(a, "", "INSERT INTO schema_migrations (version) VALUES ('8');");
    c = cut_files(&file, 1, NULL);
    cr_assert_not(c.ok);
    cr_expect_str_eq(cut_text(&c), arena_printf(a, "%d:49 migration-file", LINES + 1));
    arena_close(c.arena);
    arena_close(a);
}

/* It grows over the bound by what it includes. */
Test(postgres_marks, included_files_count)
{
    struct arena *a = arena_open();
    struct pieces_file files[] = {
        { "m.sql", TEXT("SELECT 'first';\nSELECT 'second';\nCALL p();\n\\i rows.sql\n\\i rows.sql\nSELECT 'last';\n") },
        { "rows.sql", large(a, "", "DISCARD PLANS") },
    };
    struct cut c = cut_files(files, 2, NULL);
    const struct statement *last;

    cr_assert(c.ok, "%s", c.err.message);
    cr_expect_not(c.script.whole);
    cr_expect_eq(c.script.count, 2 * (LINES + 1) + 4);
    cr_assert_eq(c.script.statements.len, 3);
    cr_expect_eq(c.script.statements.at[1].nth, 2);
    cr_expect_eq(c.script.statements.at[1].at.line, 3);
    last = &c.script.statements.at[2];
    cr_expect_str_eq(last->at.path, "m.sql");
    cr_expect_eq(last->at.line, 6);
    arena_close(c.arena);
    arena_close(a);
}
