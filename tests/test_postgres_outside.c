/* Scripts that are no single transaction: what is kept, counted and recorded of them. */
#include <criterion/criterion.h>

#include "tests/support/postgres_unit.h"

Test(postgres_outside, outside_a_transaction_with_history)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up_outside(b, "1", "CREATE TABLE a (id int);\nSET ROLE pg_monitor;\nSELECT 1;"), "%s",
              b->err.message);
    cr_expect_eq(b->result.statements_done, 3);
    cr_expect_str_eq(unit_ask(b, "SELECT outcome || statements_done || (started_at < now()) FROM history"),
                     "applied3true");
    cr_assert_not(unit_up_outside(b, "2", "CREATE TABLE b (id int);\nSELECT 1/0;\nSELECT 1;"));
    cr_expect_str_eq(unit_error(b), "m.sql:2:1 script-failed 22012");
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_eq(b->result.statements_done, 1);
    cr_expect_str_eq(unit_ask(b, "SELECT outcome || statements_done FROM history WHERE version = '2'"), "started1");
    cr_expect_str_eq(unit_ledger(b), "1");
    cr_assert_not(unit_up_outside(b, "3", "\n  SELECT nope;"));
    cr_expect_str_eq(unit_error(b), "m.sql:2:10 script-failed 42703");
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_assert_not(
        unit_up_outside(b, "4", "BEGIN;\nSELECT 1;\nCOMMIT;\nSTART TRANSACTION;\nSELECT 1;\nSELECT 1/0;\nCOMMIT;"));
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_eq(b->result.statements_done, 1, "what its open block did is not kept");
    cr_expect_str_eq(unit_ask(b, "SELECT statements_done FROM history WHERE version = '4'"), "1");
    unit_close(b);
}

Test(postgres_outside, a_procedure_that_commits)
{
    struct unit_db *b = unit_open(NULL, NULL);
    const char *sql = "CALL p();";

    unit_ask(b, "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE a (id int); COMMIT; END $$");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed 2D000");
    cr_expect(strstr(b->err.hint, "no-transaction"), "%s", b->err.hint);
    cr_assert(unit_up_outside(b, "1", sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM a"), "0");
    unit_close(b);
}

Test(postgres_outside, a_script_that_commits_leaves_its_trace)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id int);"), "%s",
              b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) || max(outcome) || bool_and(started_at < now()) FROM history"),
                     "1appliedtrue");
    cr_assert_not(unit_up(b, "2", "CREATE TABLE c (id int);\nCOMMIT;\nBEGIN;\nSELECT 1/0;"));
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_eq(b->result.statements_done, 1);
    cr_expect_str_eq(unit_ask(b, "SELECT outcome || statements_done FROM history WHERE version = '2'"), "started1");
    cr_assert_not(
        unit_up(b, "3", "COMMIT;\nBEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;\nCREATE TABLE e (id int);\nSELECT 1/0;"));
    cr_expect_eq(b->result.statements_done, 1);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('e') IS NULL"), "t");
    /* The ledger's rows are checked before the trace is left. */
    cr_assert_not(unit_up(b, "1", "CREATE TABLE d (id int);\nCOMMIT;\nBEGIN;\nSELECT 1;"));
    cr_expect_eq(b->err.kind, ERR_LEDGER_MOVED);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM history"), "3");
    unit_close(b);
}

/* The rows' statements are prepared between the segments, where the script's role may see no table of ours. */
Test(postgres_outside, a_role_that_sees_no_schema_lasts_over_segments)
{
    struct unit_db *b = unit_open(NULL, NULL);

    unit_ask(b, "REVOKE ALL ON SCHEMA public FROM public");
    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int);\nSET ROLE pg_monitor;\nVACUUM pg_class;\nSELECT 1;"), "%s",
              b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_APPLIED);
    cr_expect_str_eq(unit_ledger(b), "1");
    unit_close(b);
}

/* Its own role is back for the next statement, and the rows are written under ours: with and without `session`. */
Test(postgres_outside, rows_outside_a_transaction_are_written_under_our_role)
{
    static const char *const session[] = { "SET ROLE pg_write_all_data", NULL };
    struct unit_db *b = unit_open(NULL, NULL);
    const char *sql = "CREATE TABLE IF NOT EXISTS who (name text); GRANT ALL ON who TO public; SET ROLE pg_monitor;\n"
                      "INSERT INTO who VALUES (current_user);\nSELECT 1;\nINSERT INTO who VALUES (current_user);\n"
                      "SET SESSION AUTHORIZATION pg_signal_backend;\nSET ROLE pg_signal_backend;\n"
                      "INSERT INTO who VALUES (session_user || current_user);\n";
    const char *later = "SET ROLE pg_monitor;\nINSERT INTO who VALUES (current_user);\n";

    cr_assert(unit_up_outside(b, "1", sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT string_agg(name, ' ') FROM who"),
                     "pg_monitor pg_monitor pg_signal_backendpg_signal_backend");
    db_close(b->db);
    unit_ask(b, "GRANT SELECT, UPDATE, INSERT ON history, schema_migrations TO pg_write_all_data; TRUNCATE who");
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_assert(unit_up_outside(b, "2", later), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT string_agg(name, ' ') FROM who"), "pg_monitor");
    cr_expect_str_eq(unit_ask(b, "SELECT outcome || statements_done FROM history WHERE version = '2'"), "applied2");
    unit_close(b);
}
