/* Scripts above 1 MB that are one transaction, in which they are sent in batches, and the rows of COPY. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/interrupt.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/rows.h"

static struct unit_db *b;

static void setup(void)
{
    b = unit_open(NULL, NULL);
}

static void teardown(void)
{
    interrupt_reset();
    unit_close(b);
}

TestSuite(postgres_large, .init = setup, .fini = teardown);

enum { ROWS = 20000 };

/* "CREATE TABLE t", then ROWS lines that make about 1.6 MB, then the end. The end begins at line ROWS + 2. */
static const char *large(const char *end)
{
    struct buf sql = buf_open(b->arena, SIZE_MAX / 2);

    buf_string(&sql, "CREATE TABLE t (id bigint PRIMARY KEY, a text);\n");
    for (int i = 1; i <= ROWS; i++)
        buf_printf(&sql, "INSERT INTO t VALUES (%d, 'größer; than one piece -- \"%d\" and ''more'' of it as well');\n",
                   i, i);
    buf_string(&sql, end);
    return buf_cstr(&sql);
}

static const char *state(void)
{
    return unit_ask(b, "SELECT concat_ws(' ', to_regclass('t'), to_regclass('c'), (SELECT count(*) FROM "
                       "schema_migrations), (SELECT count(*) FROM history))");
}

/* What stands behind the large part, and what becomes of it. line counts from the end's first. */
static const struct {
    const char *end;
    int line, column;
    const char *sqlstate; /* NULL: it is applied */
} ends[] = {
    { "SELECT 1;", 0, 0, NULL },
    { "SELECT 1", 0, 0, NULL },
    { "-- the end", 0, 0, NULL },
    { "CREATE TABLE c (id int);\nCOPY c FROM stdin;\n1\n2\n\\.\n", 0, 0, NULL },
    { "CREATE TABLE c (id int);\nCOPY c FROM stdin;\n\\.\nCOPY c FROM stdin;\n1\n\\.\nSELECT 1;", 0, 0, NULL },
    { "CREATE TABLE c (id int);\nCOPY c FROM stdin;\n1\n2", 0, 0, NULL },
    { "SELECT 1;\n  SELECT ü FROM t;", 2, 10, "42703" },
    { "SELECT 'ü', nothing FROM t;\nSELECT 1;", 1, 13, "42703" },
    { "SELECT 1;\n\n  SELECT 1/0;\n", 3, 3, "22012" },
    { "INSERT INTO t VALUES (7, '');", 1, 1, "23505" },
    { "SELECT 1;\nSELEC 2;\n", 2, 1, "42601" },
    { "SELECT '\xff';", 1, 9, "22021" },
    { "CREATE TABLE c (id int);\nCOPY c FROM stdin;\n1\n2\nthree\n4\n\\.\n", 5, 1, "22P02" },
    { "CREATE TABLE c (id int);\nCOPY c FROM stdin\n;\n1\n2\nthree\n4\n\\.\n", 6, 1, "22P02" },
    { "CREATE TABLE c (id int, v text);\nCOPY c FROM stdin (FORMAT csv);\n0,z\n1,\"a\nb\"\n2,x,y\n\\.\n", 6, 1,
      "22P04" },
    { "COPY nowhere FROM stdin;\n1\n\\.\n", 1, 1, "42P01" },
    { "CREATE TABLE c (id int PRIMARY KEY);\nCOPY c FROM stdin;\n1\n2\n1\n\\.\n", 5, 1, "23505" },
};

ParameterizedTestParameters(postgres_large, stands_or_falls_as_one)
{
    return rows_numbered(2 * sizeof ends / sizeof *ends);
}

/* Each end behind a large part, and behind a small one: nobody can tell the difference. */
ParameterizedTest(size_t *row, postgres_large, stands_or_falls_as_one)
{
    size_t i = *row / 2;
    bool is_large = *row % 2;
    const char *sql = is_large ? large(ends[i].end)
                               : arena_printf(b->arena,
                                              "CREATE TABLE t (id bigint PRIMARY KEY, a text);\n"
                                              "INSERT INTO t VALUES (7, '');\n%s",
                                              ends[i].end);
    bool ok = unit_up(b, "1", sql);

    cr_assert_eq(ok, !ends[i].sqlstate, "%s: %s", ends[i].end, b->err.message);
    if (ok) {
        cr_expect(text_ends(text_from(state()), " 1 1"), "%s", state());
        cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM t"), is_large ? "20000" : "1");
        return;
    }
    cr_expect_str_eq(state(), "0 0");
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_error(b),
                     arena_printf(b->arena, "m.sql:%d:%d script-failed %s", (is_large ? ROWS + 1 : 2) + ends[i].line,
                                  ends[i].column, ends[i].sqlstate));
    /* The session is as good as new. */
    cr_expect(unit_up(b, "1", "CREATE TABLE c (id int);"), "%s", b->err.message);
}

Test(postgres_large, a_statement_larger_than_any_batch)
{
    struct buf sql = buf_open(b->arena, SIZE_MAX / 2);

    buf_string(&sql, "CREATE TABLE t (id bigint);\nINSERT INTO t VALUES (0)");
    for (int i = 1; i < 200000; i++)
        buf_printf(&sql, ",\n(%d)", i);
    buf_string(&sql, ";\nSELECT 1/(count(*) - 200000) FROM t;");
    cr_assert_not(unit_up(b, "1", buf_cstr(&sql)));
    cr_expect_str_eq(unit_error(b), "m.sql:200002:1 script-failed 22012");
    cr_expect_str_eq(state(), "0 0");
}

static struct db_progress told;

static void tell(void *to, const struct db_progress *p)
{
    size_t *n = to;

    if (p->kind != PROGRESS_SCRIPT)
        return;
    cr_expect(p->statements >= told.statements && p->bytes >= told.bytes && p->bytes <= p->bytes_total);
    told = *p;
    ++*n;
}

Test(postgres_large, tells_how_far_it_is)
{
    size_t n = 0;

    b->progress = tell;
    b->progress_to = &n;
    cr_assert(unit_up(b, "1", large("SELECT pg_sleep(0.4); SELECT 1;")), "%s", b->err.message);
    cr_expect_gt(n, 0);
    cr_expect_gt(told.statements, 0);
}

/* The pauses make a word due at the end of a block of rows, and behind it. */
Test(postgres_large, never_goes_back_in_what_it_tells)
{
    struct buf rows = buf_open(b->arena, SIZE_MAX / 2);
    size_t n = 0;

    b->progress = tell;
    b->progress_to = &n;
    buf_string(&rows, "CREATE TABLE c (id int);\n"
                      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(0.3);\n"
                      "RETURN NULL; END$$;\n"
                      "CREATE TRIGGER c AFTER INSERT ON c EXECUTE FUNCTION slowly();\n");
    for (int block = 0; block < 2; block++) {
        buf_string(&rows, "COPY c FROM stdin;\n");
        for (int i = 0; i < 200000; i++)
            buf_printf(&rows, "%d\n", i);
        buf_string(&rows, "\\.\n");
    }
    cr_assert(unit_up(b, "1", large(buf_cstr(&rows))), "%s", b->err.message);
    cr_expect_gt(n, 1);
    cr_expect_gt(told.bytes, told.bytes_total / 2);
}

/* A signal comes while rows are being sent. */
static void stop(void *to, const struct db_progress *p)
{
    (void)to;
    if (p->kind == PROGRESS_SCRIPT)
        raise(SIGTERM);
}

Test(postgres_large, a_signal_leaves_nothing)
{
    struct buf rows = buf_open(b->arena, SIZE_MAX / 2);

    interrupt_install();
    b->progress = stop;
    buf_string(&rows, "SELECT pg_sleep(0.4);\nCREATE TABLE c (id int);\nCOPY c FROM stdin;\n");
    for (int i = 0; i < 300000; i++)
        buf_printf(&rows, "%d\n", i);
    buf_string(&rows, "\\.\n");
    cr_assert_not(unit_up(b, "1", large(buf_cstr(&rows))));
    cr_expect_eq(b->err.kind, ERR_TERMINATED, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    interrupt_reset();
    cr_expect_str_eq(state(), "0 0");
    b->progress = NULL;
    cr_expect(unit_up(b, "1", "SELECT 1"), "%s", b->err.message);
}

Test(postgres_large, small_blocks_of_rows_outside_a_transaction)
{
    cr_assert(unit_up_outside(b, "1",
                              "CREATE TABLE c (id int);\nCOPY c FROM stdin;\n1\n\\.\nCOPY c FROM stdin;\n2\n3\n\\.\n"),
              "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM c"), "1 2 3");
    cr_assert_not(unit_up_outside(b, "2", "SELECT 1;\nCOPY c FROM stdin;\n4\nx\n\\.\n"));
    cr_expect_str_eq(unit_error(b), "m.sql:4:1 script-failed 22P02");
}
