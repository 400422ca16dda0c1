/* Index builds that broke off are dropped and built again; what is not theirs is left alone. */
#include <criterion/criterion.h>

#include "tests/support/postgres_build.h"

Test(postgres_concurrent, a_unique_violation_says_what_remains_and_the_next_run_builds_again)
{
    struct unit_db *b = build_open();

    unit_ask(b, "INSERT INTO t VALUES (1, 'twice')");
    cr_assert_not(unit_up(b, "1", build_sql));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed 23505");
    cr_expect_str_eq(b->err.detail, "Key (a)=(1) is duplicated.");
    cr_expect_str_eq(b->err.hint, "remove the duplicates, then run `merganser up` again: it drops the invalid index "
                                  "public.i, which this has left, and builds anew");
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_str_eq(build_indexes(b), "i!");
    unit_ask(b, "DELETE FROM t WHERE b = 'twice'; TRUNCATE history");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(build_indexes(b), "i");
    cr_expect_str_eq(unit_ledger(b), "1");
    unit_close(b);
}

Test(postgres_concurrent, what_an_earlier_run_finished_is_not_built_twice)
{
    struct unit_db *b = build_open();
    const char *oid;

    unit_ask(b, build_sql);
    oid = unit_ask(b, "SELECT 'i'::regclass::oid");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT 'i'::regclass::oid"), oid);
    unit_close(b);
}

static const struct {
    const char *sql, *message;
} foreign[] = {
    { "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);", NULL },
    { "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (b);", NULL },
    { "SELECT 1;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t (b);", NULL },
};

Test(postgres_concurrent, an_invalid_index_of_somebody_else_is_refused_and_untouched)
{
    struct unit_db *b = build_open();
    const char *oid;

    build_leave_invalid(b, build_sql);
    oid = unit_ask(b, "SELECT 'i'::regclass::oid");
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        cr_assert_not(unit_up_outside(b, "1", foreign[i].sql), "row %zu", i);
        cr_expect_eq(b->err.kind, ERR_SCRIPT_FAILED);
        cr_expect(strstr(b->err.message, "the index public.i is there already, and it is invalid"), "%s",
                  b->err.message);
        cr_expect(strstr(b->err.hint, "DROP INDEX CONCURRENTLY public.i;"), "%s", b->err.hint);
        cr_expect_eq(b->err.at.line, i == 2 ? 2 : 1);
        cr_expect_eq(b->result.outcome, i == 2 ? UNIT_PARTIAL : UNIT_ROLLED_BACK);
        cr_expect_str_eq(unit_ask(b, "SELECT 'i'::regclass::oid"), oid);
        unit_ask(b, "TRUNCATE history");
    }
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}

Test(postgres_concurrent, if_not_exists_over_a_valid_index_is_done)
{
    struct unit_db *b = build_open();

    unit_ask(b, "CREATE TABLE t2 (a int); CREATE INDEX i ON t (a); CREATE INDEX j ON t2 (a)");
    cr_assert(unit_up(b, "1", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);"), "%s", b->err.message);
    cr_expect_not(unit_warned(b, "index-elsewhere"));
    cr_assert(unit_up(b, "2", "CREATE INDEX CONCURRENTLY IF NOT EXISTS j ON t (a);"), "%s", b->err.message);
    cr_expect(unit_warned(b, "index-elsewhere"));
    cr_expect_str_eq(build_indexes(b), "i j");
    unit_close(b);
}

Test(postgres_concurrent, names_with_quotes_and_capitals)
{
    struct unit_db *b = build_open();
    const char *sql = "CREATE UNIQUE INDEX CONCURRENTLY \"It's \"\"I\"\"\" ON \"S S\".\"T 1\" (a);";

    unit_ask(
        b, "CREATE SCHEMA \"S S\"; CREATE TABLE \"S S\".\"T 1\" (a int); INSERT INTO \"S S\".\"T 1\" VALUES (1), (1)");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect(strstr(b->err.hint, "drops the invalid index \"S S\".\"It's \"\"I\"\"\", which"), "%s", b->err.hint);
    unit_ask(b, "TRUNCATE \"S S\".\"T 1\", history");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", sql), "%s: %s", b->err.message, b->err.hint);
    cr_expect_str_eq(build_indexes(b), "It's \"I\"");
    unit_close(b);
}

Test(postgres_concurrent, an_index_without_a_name_is_known_by_what_it_is)
{
    struct unit_db *b = build_open();
    const char *sql = "CREATE UNIQUE INDEX CONCURRENTLY ON t ((a+1), lower(b)) WHERE b<>'y';";

    unit_ask(b, "INSERT INTO t VALUES (1, 'x'); CREATE UNIQUE INDEX other ON t ((a + 1)) WHERE a > 1");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect(strstr(b->err.hint, "drops the invalid index public.t_expr_lower_idx, which"), "%s", b->err.hint);
    unit_ask(b, "DELETE FROM t; TRUNCATE history");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", sql), "%s: %s", b->err.message, b->err.hint);
    cr_expect_str_eq(build_indexes(b), "other t_expr_lower_idx");
    unit_ask(b, "TRUNCATE history");
    cr_assert(unit_up(b, "2", sql), "%s: %s", b->err.message, b->err.hint);
    cr_expect_str_eq(build_indexes(b), "other t_expr_lower_idx", "what is there is not built a second time");
    unit_close(b);
}

Test(postgres_concurrent, an_index_whose_table_is_found_by_search_path)
{
    struct unit_db *b = build_open();
    const char *sql = "SET search_path = s;\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);";

    unit_ask(b, "CREATE SCHEMA s; CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (1), (1); CREATE INDEX i ON t (a)");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect(strstr(b->err.hint, "drops the invalid index s.i, which"), "%s", b->err.hint);
    unit_close(b);
}
