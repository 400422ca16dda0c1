/* Where PostgreSQL's statements begin and end: each row read whole and in pieces of every small size. */
#include "tests/support/cut.h"
#include "tests/support/rows.h"

static const struct {
    const char *name, *sql, *want; /* the statements, "|" between them */
} rows[] = {
    { "nothing", "", "" },
    { "blanks and comments", " \n-- a;\n/* b; */;;\n", "" },
    { "no semicolon at the end", "SELECT 1;\nSELECT 2", "SELECT 1|SELECT 2" },
    { "a comment at the end", "SELECT 1 -- ;", "SELECT 1" },
    { "a byte order mark", "\xef\xbb\xbfSELECT 1;", "SELECT 1" },
    { "other line ends", "SELECT 1;\r\nSELECT\r2;\r\n", "SELECT 1|SELECT\\r2" },
    { "a comment that a lone CR ends", "SELECT 1 -- a\r, 2;", "SELECT 1 -- a\\r, 2" },

    { "strings", "SELECT 'a;b', 'it''s;', '\\'; SELECT ';'", "SELECT 'a;b', 'it''s;', '\\'|SELECT ';'" },
    { "strings with escapes", "SELECT E'\\';', e'\\\\', E'a'';'; SELECT 2",
      "SELECT E'\\';', e'\\\\', E'a'';'|SELECT 2" },
    { "an E that is a name's end", "SELECT 1 AS e, taste'\\'; SELECT 2", "SELECT 1 AS e, taste'\\'|SELECT 2" },
    { "unicode strings", "SELECT U&'\\0041;' UESCAPE '!', u&'\\'; SELECT 2",
      "SELECT U&'\\0041;' UESCAPE '!', u&'\\'|SELECT 2" },
    { "U and & apart", "SELECT u & 'a;', u &';'; SELECT 2", "SELECT u & 'a;', u &';'|SELECT 2" },
    { "bits and nations", "SELECT B'0;', x'\\', N'\\'; SELECT 2", "SELECT B'0;', x'\\', N'\\'|SELECT 2" },
    { "a string goes on in the next line", "SELECT E'a'\n  '\\';'; SELECT 2", "SELECT E'a'\\n  '\\';'|SELECT 2" },
    { "it does so behind a comment", "SELECT E'a' -- ';\n -- '\n '\\';'; SELECT 2",
      "SELECT E'a' -- ';\\n -- '\\n '\\';'|SELECT 2" },
    { "not in the same line", "SELECT E'a' '\\'; SELECT 2", "SELECT E'a' '\\'|SELECT 2" },
    { "not behind a block comment", "SELECT E'a' /* x */\n '\\'; SELECT 2", "SELECT E'a' /* x */\\n '\\'|SELECT 2" },
    { "plain ones go on plainly", "SELECT 'a'\n'\\'; SELECT 2", "SELECT 'a'\\n'\\'|SELECT 2" },

    { "names", "SELECT \"a;\"\"b'\", U&\"c;\\\"; SELECT 2", "SELECT \"a;\"\"b'\", U&\"c;\\\"|SELECT 2" },
    { "no escapes in a name", "SELECT E\"a\\\"; SELECT 2", "SELECT E\"a\\\"|SELECT 2" },

    { "dollar quotes", "DO $$ ; $a$ $$; SELECT $a$;$$;$a$", "DO $$ ; $a$ $$|SELECT $a$;$$;$a$" },
    { "their tags are told apart by case", "DO $a$ ; $A$ ; $a$; SELECT 2", "DO $a$ ; $A$ ; $a$|SELECT 2" },
    { "their tags may have letters of two bytes", "DO $\xc3\xa9$ ; $\xc3\xa9$; SELECT 2",
      "DO $\xc3\xa9$ ; $\xc3\xa9$|SELECT 2" },
    { "the end may begin within what looks like one", "DO $a$ ; $$a$; SELECT 2", "DO $a$ ; $$a$|SELECT 2" },
    { "a name with dollars", "SELECT a$b$ FROM t$$; SELECT c$b$", "SELECT a$b$ FROM t$$|SELECT c$b$" },
    { "parameters", "PREPARE p AS SELECT $1, $2::text; SELECT $1$;$1",
      "PREPARE p AS SELECT $1, $2::text|SELECT $1$|$1" },
    { "a dollar quote behind a number", "SELECT 1$a$;$a$; SELECT 2", "SELECT 1$a$;$a$|SELECT 2" },

    { "nested comments", "/* a /* ; */ ; */ SELECT /* /**/ ' */ 1; SELECT 2", "SELECT /* /**/ ' */ 1|SELECT 2" },
    { "stars and slashes", "SELECT 2 */*/;*/*/ 1 /***/; SELECT 2", "SELECT 2 */*/;*/*/ 1|SELECT 2" },
    { "a comment in an operator", "SELECT 1 +--;\n 2; SELECT 3 @/*;*/ 4", "SELECT 1 +--;\\n 2|SELECT 3 @/*;*/ 4" },
    { "no comments in strings", "SELECT '--', '/*', \"--\"; SELECT 2", "SELECT '--', '/*', \"--\"|SELECT 2" },

    { "parentheses", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
      "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|SELECT 3" },
    { "one too many", "SELECT 1); SELECT (2;3); SELECT 4", "SELECT 1)|SELECT (2;3)|SELECT 4" },

    { "a body", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END|SELECT 3" },
    { "a body with CASE",
      "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 "
      "END END; END; SELECT 3",
      "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; END|SELECT "
      "3" },
    { "a body with columns that are called so",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS case, t.end, "
      "2 end FROM t; END; SELECT 3",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS case, t.end, 2 end FROM t; END|SELECT 3" },
    { "an empty body", "create function f() returns void begin/**/atomic end; SELECT 3",
      "create function f() returns void begin/**/atomic end|SELECT 3" },
    { "words that only look like a body",
      "CREATE FUNCTION begin_atomic() RETURNS int LANGUAGE sql AS 'x'; SELECT 2; "
      "SELECT 1 AS begin, atomic; SELECT 2",
      "CREATE FUNCTION begin_atomic() RETURNS int LANGUAGE sql AS 'x'|SELECT 2|SELECT 1 AS begin, atomic|SELECT 2" },
    { "a parameter of that name", "CREATE FUNCTION f(begin atomic) RETURNS int LANGUAGE sql AS ''; SELECT 2",
      "CREATE FUNCTION f(begin atomic) RETURNS int LANGUAGE sql AS ''|SELECT 2" },
    { "a view is no routine", "CREATE VIEW begin AS SELECT 1 begin, 2 atomic; SELECT 3",
      "CREATE VIEW begin AS SELECT 1 begin, 2 atomic|SELECT 3" },

    { "values", "INSERT INTO t VALUES (1, 'a;', NULL), (-2.5, 'it''s', true), (3, E'\\';', f(1, (2)));SELECT 1",
      "INSERT INTO t VALUES (1, 'a;', NULL), (-2.5, 'it''s', true), (3, E'\\';', f(1, (2)))|SELECT 1" },
    { "values that go on in the next line", "INSERT INTO t (a, b) VALUES (1, 'a'\n';'), ('b', 'c'\n, 2);SELECT 1",
      "INSERT INTO t (a, b) VALUES (1, 'a'\\n';'), ('b', 'c'\\n, 2)|SELECT 1" },
    { "numbers", "SELECT 1.5, .5, 1e10, 0x1F, 1_000, a[1..2]; SELECT 2",
      "SELECT 1.5, .5, 1e10, 0x1F, 1_000, a[1..2]|SELECT 2" },
};

RowsTest(postgres_lexer, cuts, sizeof rows / sizeof *rows)
{
    struct pieces_file file = { "m.sql", text_from(rows[*row].sql) };
    struct cut c = cut_sql(rows[*row].sql);

    cr_expect_str_eq(cut_text(&c), rows[*row].want, "%s: %s", rows[*row].name, cut_text(&c));
    for (size_t piece = 1; piece <= 16; piece++) {
        const char *wrong = pieces_violated(&file, 1, piece, NULL, c.arena);

        cr_expect_null(wrong, "%s, in pieces of %zu: %s", rows[*row].name, piece, wrong);
    }
    arena_close(c.arena);
}

/* ---- what stays open ---- */

static const struct {
    const char *sql, *want;
} open_rows[] = {
    { "SELECT 1;\n SELECT 'it;\n", "2:9 script-syntax unterminated quoted string" },
    { "SELECT E'it\\';", "1:8 script-syntax unterminated quoted string" },
    { "SELECT 'a'\n'b", "1:8 script-syntax unterminated quoted string" },
    { "SELECT \"it;", "1:8 script-syntax unterminated quoted name" },
    { "SELECT 1, U&\"it;", "1:11 script-syntax unterminated quoted name" },
    { "/* one */ /* two /* three */\nSELECT 1;", "1:11 script-syntax unterminated comment" },
    { "SELECT 1; /*/", "1:11 script-syntax unterminated comment" },
    { "DO $x$ BEGIN $$ $y$ END;", "1:4 script-syntax unterminated dollar-quoted string" },
    { "SELECT '\xc3\xa9', '", "1:13 script-syntax unterminated quoted string" },
    { "SELECT 1;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT ';",
      "2:53 script-syntax unterminated quoted string" },
};

RowsTest(postgres_lexer, stays_open, sizeof open_rows / sizeof *open_rows)
{
    struct pieces_file file = { "m.sql", text_from(open_rows[*row].sql) };
    struct cut c = cut_sql(open_rows[*row].sql);
    const char *got = arena_printf(c.arena, "%s %s", cut_text(&c), c.err.message);

    cr_expect_str_eq(got, open_rows[*row].want, "%s: %s", open_rows[*row].sql, got);
    cr_expect(*c.err.hint && *c.err.excerpt);
    for (size_t piece = 1; piece <= 16; piece++)
        cr_expect_null(pieces_violated(&file, 1, piece, NULL, c.arena), "in pieces of %zu: %s", piece, got);
    arena_close(c.arena);
}
