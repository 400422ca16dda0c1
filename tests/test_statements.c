/* A script as a list of statements: places, bytes, segments, what is masked; the same however it is read. */
#include "core/statements.h"

#include "core/base/text.h"
#include "tests/support/pieces.h"
#include "tests/support/rows.h"

static const struct pieces_file files[] = {
    { "db/1.sql", TEXT("\xef\xbb\xbf\\restrict x\nBEGIN;\nSELECT 'é'; SELECT 2;\nCOPY t FROM stdin;\n1;\n\\.\n"
                       "\\ir v.sql\nCOMMIT;\n") },
    { "db/v.sql", TEXT("\n  CREATE ROLE r PASSWORD 'hunter2'") },
};

/* "nth path:line:column segment sql", a line each. */
static const char *told(const struct planned_script *s, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < s->len; i++) {
        const struct planned_statement *p = &s->at[i];

        buf_printf(&out, "%llu %s:%d:%d %zu%s %.*s\n", (unsigned long long)p->nth, p->at.path, p->at.line, p->at.column,
                   p->segment, p->transactional ? "" : " outside", (int)p->sql.len, p->sql.at);
    }
    return buf_cstr(&out);
}

static void read_script(struct planned_script *out, const char *dialect, const struct script_request *r,
                        struct arena *a)
{
    const struct dialect *d = dialect_named(dialect);
    struct notices unheard = { .arena = a };
    struct script_facts facts;
    struct err e = { 0 };

    cr_assert(dialect_inspect(&facts, d, r, &unheard, a, &e), "%s", e.message);
    cr_assert(statements_read(out, d, r, &facts, NULL, a, &e), "%s", e.message);
}

/* What from and to say is the statement, but for what is masked in it. */
static void check_bytes(const struct planned_script *s)
{
    for (size_t i = 0; s->source.at && i < s->len; i++) {
        struct text bytes = text_cut(s->source, s->at[i].from, s->at[i].to);
        size_t at;

        cr_expect(text_equal(bytes, s->at[i].sql) || text_find(s->at[i].sql, "'***'", &at), "%.*s", (int)bytes.len,
                  bytes.at);
    }
}

Test(statements, of_a_script_with_all_that_psql_reads)
{
    struct arena *a = arena_open();
    struct pieces p = { .files = files, .len = 2 };
    struct script script = pieces_script(&p, 0, a);
    struct script_request r = { .script = &script, .version = "1" };
    struct planned_script s;

    read_script(&s, "postgres", &r, a);
    check_bytes(&s);
    cr_expect_str_eq(told(&s, a), "1 db/1.sql:3:1 0 SELECT 'é'\n"
                                  "2 db/1.sql:3:13 0 SELECT 2\n"
                                  "3 db/1.sql:4:1 0 COPY t FROM stdin\n"
                                  "4 db/v.sql:2:3 0 CREATE ROLE r PASSWORD '***'\n");
    cr_expect(s.total == 4);
    arena_close(a);
}

static const struct {
    const char *dialect, *separator, *sql, *want;
} cases[] = {
    { "postgres", NULL, "CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\nSELECT 1",
      "0 m.sql:1:1 0 CREATE TABLE t (a int)\n"
      "1 m.sql:2:1 1 outside CREATE INDEX CONCURRENTLY i ON t (a)\n"
      "2 m.sql:3:1 2 SELECT 1\n" },
    { "postgres", "--> statement-breakpoint", "SELECT 1--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\n",
      "0 m.sql:1:1 0 SELECT 1\n1 m.sql:2:1 0 SELECT 2\n" },
    { "postgres", NULL, "SELECT 1;\nCOMMIT;\nSELECT 2;\nBEGIN;\nSELECT 3;\n",
      "0 m.sql:1:1 0 SELECT 1\n2 m.sql:3:1 1 SELECT 2\n4 m.sql:5:1 2 SELECT 3\n" },
    { "postgres", NULL, "-- nothing\n", "" },
    { "sqlite", NULL, "PRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE t (a); SELECT 'é'; SELECT 2;\nCOMMIT;\n",
      "2 m.sql:3:1 0 CREATE TABLE t (a)\n3 m.sql:3:21 0 SELECT 'é'\n4 m.sql:3:33 0 SELECT 2\n" },
    { "sqlite", NULL, "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;\nVACUUM;",
      "0 m.sql:1:1 0 outside CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END\n"
      "1 m.sql:2:1 0 outside VACUUM\n" },
    { "sqlite", "--> statement-breakpoint", "SELECT 1--> statement-breakpoint\n\n  SELECT 2",
      "0 m.sql:1:1 0 SELECT 1\n1 m.sql:3:3 0 SELECT 2\n" },
};

RowsTest(statements, of_one_script, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    const struct pieces_file file = { "m.sql", text_from(cases[*row].sql) };
    struct pieces p = { .files = &file, .len = 1 };
    struct script script = pieces_script(&p, 0, a);
    struct script_request r = { .script = &script, .version = "1", .separator = cases[*row].separator };
    struct planned_script s;

    read_script(&s, cases[*row].dialect, &r, a);
    check_bytes(&s);
    cr_expect_str_eq(told(&s, a), cases[*row].want);
    arena_close(a);
}

/* Larger than what is held whole: the same statements at the same places, read a piece after the other; and no more of
 * them than somebody looks at. */
Test(statements, of_a_large_script)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct pieces_file file = { "m.sql", { NULL, 0 } };
    struct pieces p = { .files = &file, .len = 1, .piece = 64 };
    struct script_request r = { .version = "1" };
    struct planned_script s;
    struct script script;

    for (size_t i = 0; i < STATEMENTS_MAX + 5; i++)
        buf_printf(&sql,
                   "INSERT INTO t VALUES (%zu, 'a row that is long enough for a megabyte of them, with words, "
                   "and more words, so that it does not end before it has to');\n",
                   i);
    file.text = buf_content(&sql);
    script = pieces_script(&p, 0, a);
    r.script = &script;
    read_script(&s, "postgres", &r, a);
    cr_expect(file.text.len > 1024 * 1024 && !s.source.at);
    cr_expect(s.len == STATEMENTS_MAX && s.total == STATEMENTS_MAX + 5);
    for (size_t i = 0; i < s.len; i += 997) {
        cr_expect(s.at[i].at.line == (int)i + 1 && s.at[i].at.column == 1);
        cr_expect(text_equal(text_cut(file.text, s.at[i].from, s.at[i].to), s.at[i].sql));
    }
    arena_close(a);
}
