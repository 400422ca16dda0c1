/* What psql does with a script before the server sees it. */
#include "tests/support/cut.h"
#include "tests/support/rows.h"

static const struct {
    const char *name, *sql, *want;
} good[] = {
    { "pg_dump's own", "\\restrict abc123\n\nSELECT 1;\n\\unrestrict abc123\n", "SELECT 1" },
    { "what only prints", "\\echo it''s 'a b'\n\\timing on\n\\pset format unaligned\n\\x\n\\dt+ public.*\nSELECT 1;",
      "SELECT 1" },
    { "how psql is set", "\\set ON_ERROR_STOP on\n\\set QUIET 1\n\\set ECHO all\n\\unset ON_ERROR_STOP\nSELECT 1;",
      "SELECT 1" },
    { "the encoding that it has", "\\encoding UTF8\nSELECT 1;", "SELECT 1" },
    { "behind a statement", "SELECT 1; \\echo x\nSELECT 2;", "SELECT 1|SELECT 2" },
    { "more behind two backslashes", "\\echo x \\\\ SELECT 1; \\timing \\\\ SELECT 2;\nSELECT 3",
      "SELECT 1|SELECT 2|SELECT 3" },
    { "with CR LF", "\\set ON_ERROR_STOP on\r\nSELECT 1;\r\n", "SELECT 1" },
    { "no command in quotes", "SELECT '\\i a', \"\\i\", $$\\i$$ /* \\i */ -- \\i\n;",
      "SELECT '\\i a', \"\\i\", $$\\i$$" },

    { "a cast", "SELECT a::text, 'b'::b, (c)::d, $1::e;", "SELECT a::text, 'b'::b, (c)::d, $1::e" },
    { "an assignment", "SELECT f(a := 1, b:=c);", "SELECT f(a := 1, b:=c)" },
    { "slices", "SELECT a[1:2], a[:n], a[m:n], a[m :n], a[:], a[(b):c];",
      "SELECT a[1:2], a[:n], a[m:n], a[m :n], a[:], a[(b):c]" },
    { "keys and values", "SELECT JSON_OBJECT('a':b, 'c' :d, e:'f'), json_objectagg(k :v);",
      "SELECT JSON_OBJECT('a':b, 'c' :d, e:'f'), json_objectagg(k :v)" },
    { "a colon in quotes", "SELECT ':a', \":a\", $$:a$$;", "SELECT ':a', \":a\", $$:a$$" },
};

RowsTest(postgres_psql, takes, sizeof good / sizeof *good)
{
    struct pieces_file file = { "m.sql", text_from(good[*row].sql) };
    struct cut c = cut_sql(good[*row].sql);

    cr_expect_str_eq(cut_text(&c), good[*row].want, "%s: %s %s", good[*row].name, cut_text(&c), c.err.message);
    for (size_t piece = 1; piece <= 16; piece++) {
        const char *wrong = pieces_violated(&file, 1, piece, NULL, c.arena);

        cr_expect_null(wrong, "%s, in pieces of %zu: %s", good[*row].name, piece, wrong);
    }
    arena_close(c.arena);
}

/* ---- what is refused, and what to do instead ---- */

static const struct {
    const char *sql, *place, *hint; /* part of it */
} bad[] = {
    { "SELECT 1;\n  \\connect other\n", "2:3", "stays in the database" },
    { "\\c - somebody", "1:1", "stays in the database" },
    { "\\copy t FROM 'a.csv'", "1:1", "COPY … FROM stdin" },
    { "SELECT 'DROP TABLE ' || x FROM t \\gexec", "1:34", "DO $$" },
    { "SELECT 1 \\g", "1:10", "semicolon" },
    { "SELECT 1 AS a \\gset", "1:15", "write the value itself" },
    { "SELECT 1 \\watch 2", "1:10", "semicolon" },
    { "SELECT 1 \\; SELECT 2;", "1:10", "without the backslash" },
    { "\\set version 7\nSELECT :version;", "1:1", "write the value itself" },
    { "\\prompt 'Name? ' n", "1:1", "write the value itself" },
    { "\\set ON_ERROR_STOP off", "1:1", "stops at its first error" },
    { "\\set AUTOCOMMIT off", "1:1", "one transaction" },
    { "\\set ON_ERROR_ROLLBACK on", "1:1", "EXCEPTION" },
    { "\\encoding LATIN1", "1:1", "UTF-8" },
    { "\\if :x\nSELECT 1;\n\\endif", "1:1", "IF … THEN" },
    { "\\! rm -rf /", "1:1", "no other program" },
    { "\\o out.txt", "1:1", "no file" },
    { "\\cd /tmp", "1:1", "from the root" },
    { "\\q\nSELECT 1;", "1:1", "behind it" },
    { "\\password bob", "1:1", "password" },
    { "\\lo_import a.png", "1:1", "lo_from_bytea" },
    { "\\setenv A b", "1:1", "environment" },
    { "SELECT 1;\n\\.\n", "2:1", "COPY … FROM stdin" },
    { "\\nosuch", "1:1", "as SQL" },
    { "SELECT 1, \\timing\n2;", "1:11", "semicolon" },
    { "SELECT 1 + \\", "1:12", "as SQL" },
    { "SELECT :name;", "1:8", "write the value itself" },
    { "SELECT :'name', 2", "1:8", "write the value itself" },
    { "SELECT * FROM :\"table\"", "1:15", "write the value itself" },
    { "SELECT '\xc3\xa9', :{?name}", "1:13", "write the value itself" },
    { "COPY t FROM stdin; SELECT 1;\n1\n\\.\n", "1:20", "next line" },
    { "SET standard_conforming_strings = off;", "1:5", "E'…'" },
    { "SELECT 1; SET LOCAL standard_conforming_strings TO 'off';", "1:21", "E'…'" },
    { "SET SESSION \"standard_conforming_strings\" TO false;", "1:13", "E'…'" },
    { "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);", "1:30", "E'…'" },
    { "DO $$ BEGIN EXECUTE 'SET standard_conforming_strings = off'; END $$;", "1:26", "E'…'" },
    { "UPDATE pg_settings SET setting = 'off' WHERE name = 'standard_conforming_strings';", "1:1", "E'…'" },
};

RowsTest(postgres_psql, refuses, sizeof bad / sizeof *bad)
{
    struct pieces_file file = { "m.sql", text_from(bad[*row].sql) };
    struct cut c = cut_sql(bad[*row].sql);
    const char *want = arena_printf(c.arena, "m.sql:%s migration-file", bad[*row].place);

    cr_assert_not(c.ok, "%s", bad[*row].sql);
    cr_expect_str_eq(cut_error(&c), want, "%s: %s: %s", bad[*row].sql, cut_error(&c), c.err.message);
    cr_expect(strstr(c.err.hint, bad[*row].hint), "%s: %s", bad[*row].sql, c.err.hint);
    for (size_t piece = 1; piece <= 16; piece++) {
        const char *wrong = pieces_violated(&file, 1, piece, NULL, c.arena);

        cr_expect_null(wrong, "%s, in pieces of %zu: %s", bad[*row].sql, piece, wrong);
    }
    arena_close(c.arena);
}

static const char *const on[] = {
    "SET standard_conforming_strings = on;",
    "SHOW standard_conforming_strings;",
    "SELECT set_config('standard_conforming_strings', 'on', false);",
    "ALTER ROLE a SET standard_conforming_strings = off;",
    "ALTER DATABASE a SET standard_conforming_strings = off;",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET standard_conforming_strings = off AS 'SELECT 1';",
};

Test(postgres_psql, strings_may_stay_as_they_are)
{
    for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
        struct cut c = cut_sql(on[i]);

        cr_expect(c.ok, "%s: %s", on[i], c.err.message);
        arena_close(c.arena);
    }
}

Test(postgres_psql, a_command_that_is_passed_over_is_noted)
{
    struct cut c = cut_sql("\\restrict a\nSELECT 1;\n \\timing on\n\\unrestrict a\n");

    cr_assert(c.ok);
    cr_assert_eq(c.script.notes.len, 1);
    cr_expect_eq(c.script.notes.at[0].at.line, 3);
    cr_expect_eq(c.script.notes.at[0].at.column, 2);
    arena_close(c.arena);
}
