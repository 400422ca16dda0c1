/* Migrations applied to a real SQLite file: what remains, and what is said where one fails. */
#include <criterion/criterion.h>

#include "tests/support/rows.h"
#include "tests/support/sqlite.h"

/* Scripts that fail: nothing of them remains. */
static const struct {
    const char *sql;
    int line, column;
    const char *message; /* a part of it */
} failing[] = {
    { "CREATE TABLE a (x);\nSELEC 1;", 2, 1, "near \"SELEC\"" },
    { "CREATE TABLE a (x);\nSELECT \x1b[31m;", 2, 8, "unrecognized token: \"\\e\"" },
    { "CREATE TABLE a (x);\r\n  INSERT INTO b VALUES (1)", 2, 3, "no such table: b" },
    { "CREATE TABLE a (x);\nSELECT '\xc3\xa4\xe2\x82\xac', nope FROM a;", 2, 14, "no such column: nope" },
    { "\xef\xbb\xbfSELECT nope;", 1, 8, "no such column: nope" },
    { "CREATE TABLE a (x); INSERT INTO a VALUES ('never closed);\nSELECT 1;", 1, 43, "unrecognized token" },
    { "CREATE TABLE a (x PRIMARY KEY); -- c\nINSERT INTO a VALUES (1);\n\n  -- here\n INSERT INTO a VALUES (1);", 5, 2,
      "UNIQUE constraint failed" },
    { "CREATE TABLE a (x UNIQUE); INSERT INTO a VALUES (1); INSERT OR ROLLBACK INTO a VALUES (1); CREATE TABLE b (x);",
      1, 54, "UNIQUE constraint failed" },
    { "CREATE TABLE a (x); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;", 1, 21, "incomplete input" },
    { "CREATE TABLE a (x)\nCREATE TABLE b (x)", 2, 1, "near \"CREATE\"" },
    { "CREATE TABLE a (x REFERENCES b(x) DEFERRABLE INITIALLY DEFERRED);\nPRAGMA foreign_keys = ON;\n"
      "CREATE TABLE b (x PRIMARY KEY);\nINSERT INTO a VALUES (5);",
      2, 1, "a(x) = 5 has no row in b" },
};

ParameterizedTestParameters(sqlite_apply, failing)
{
    return rows_numbered(sizeof failing / sizeof *failing);
}

ParameterizedTest(size_t *row, sqlite_apply, failing)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db, failing[*row].sql, &result), "%s", failing[*row].sql);
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED, "%s", p.e.message);
    cr_expect_eq(p.e.at.line, failing[*row].line, "%d:%d %s", p.e.at.line, p.e.at.column, p.e.message);
    cr_expect_eq(p.e.at.column, failing[*row].column, "%d:%d %s", p.e.at.line, p.e.at.column, p.e.message);
    cr_expect_str_eq(p.e.at.path, "db/migrate/7_x.sql");
    cr_expect(strstr(p.e.message, failing[*row].message), "%s", p.e.message);
    cr_expect_str_empty(p.e.sqlstate);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_nul_byte_is_refused_at_its_place)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit unit = sqlite_unit(&p, db, "CREATE TABLE a (x);\nC?REATE TABLE b (x);");
    struct text *all = (struct text *)unit.script.script->from;
    char *bytes = arena_cstr(p.a, *all);
    struct unit_result result;

    bytes[21] = '\0';
    all->at = bytes;
    cr_assert_not(db_apply(db, &unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect_eq(p.e.at.line, 2);
    cr_expect_eq(p.e.at.column, 2);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

/* Scripts that succeed: the tables afterwards, and the rows of a where there is one. */
static const struct {
    const char *sql, *tables, *rows;
    uint64_t statements;
    const char *separator;
} succeeding[] = {
    { "", "schema_migrations", NULL, .statements = 0 },
    { "-- nothing\n/* at all */", "schema_migrations", NULL, .statements = 0 },
    { "CREATE TABLE a (x)", "a schema_migrations", "", .statements = 1 },
    { "CREATE TABLE a (x);\r\nINSERT INTO a VALUES ('1;2')\r\n", "a schema_migrations", "1;2", .statements = 2 },
    { "\xef\xbb\xbf"
      "CREATE TABLE a (x); -- end",
      "a schema_migrations", "", .statements = 1 },
    { "BEGIN;\nCREATE TABLE a (x);\nINSERT INTO schema_migrations (version) VALUES ('7');\n", "a schema_migrations", "",
      .statements = 2 },
    { "BEGIN; CREATE TABLE a (x); COMMIT;", "a schema_migrations", "", .statements = 1 },
    { "BEGIN EXCLUSIVE; CREATE TABLE a (x); END TRANSACTION;", "a schema_migrations", "", .statements = 1 },
    { "CREATE TABLE a (x); SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; INSERT INTO a VALUES (2); RELEASE s;",
      "a schema_migrations", "2", .statements = 6 },
    { "CREATE TABLE a (x);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n UPDATE a SET x = CASE WHEN x > 1 THEN CASE x "
      "WHEN 2 THEN 'two' END ELSE 'one' END;\nEND;\nINSERT INTO a VALUES (2);",
      "a schema_migrations", "two", .statements = 3 },
    { "CREATE TABLE a (x)--> statement-breakpoint\nINSERT INTO a VALUES (3);--> statement-breakpoint",
      "a schema_migrations", "3", .statements = 2, .separator = "--> statement-breakpoint" },
    { "CREATE TABLE a (x); SELECT * FROM a; PRAGMA table_info(a); INSERT INTO a SELECT 4 RETURNING x;",
      "a schema_migrations", "4", .statements = 4 },
    { "CREATE TABLE a (x); COMMIT; PRAGMA foreign_keys=OFF; BEGIN; INSERT INTO a VALUES (5); COMMIT;"
      " PRAGMA foreign_keys=ON; BEGIN;",
      "a schema_migrations", "5", .statements = 8 },
};

ParameterizedTestParameters(sqlite_apply, succeeding)
{
    return rows_numbered(sizeof succeeding / sizeof *succeeding);
}

ParameterizedTest(size_t *row, sqlite_apply, succeeding)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit unit = sqlite_unit(&p, db, succeeding[*row].sql);
    struct unit_result result;

    unit.script.separator = succeeding[*row].separator;
    cr_assert(db_apply(db, &unit, &result, &p.e), "%s: %s", succeeding[*row].sql, p.e.message);
    cr_expect_eq(result.outcome, UNIT_APPLIED);
    cr_expect_eq(result.statements_done, succeeding[*row].statements, "%d", (int)result.statements_done);
    cr_expect_str_eq(sqlite_tables(&p, db), succeeding[*row].tables);
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "7");
    if (succeeding[*row].rows)
        cr_expect_str_eq(sqlite_rows(&p, db, "a", "x"), succeeding[*row].rows);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_row_that_came_meanwhile_stops_it)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit unit = sqlite_unit(&p, db, "CREATE TABLE a (x)");
    struct unit_result result;

    sqlite_set_up(&p, db, "INSERT INTO schema_migrations SELECT '7'");
    cr_assert_not(db_apply(db, &unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_row_that_is_gone_stops_the_way_down)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit unit = sqlite_unit(&p, db, "CREATE TABLE a (x)");
    struct row_change row = unit.rows[0];
    struct unit_result result;

    row.kind = ROW_DELETE;
    unit.rows = &row;
    cr_assert_not(db_apply(db, &unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_script_that_hides_its_own_insert_is_rolled_back)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db, "CREATE TABLE a (x); INSERT INTO schema_migrations SELECT '7'", &result));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED);
    cr_expect(strstr(p.e.message, "version = 7"), "%s", p.e.message);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

/* SQLite takes an unqualified name for the temporary table. */
Test(sqlite_apply, a_temporary_table_does_not_stand_in_for_the_ledger)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;

    cr_assert(sqlite_applies(&p, db, "CREATE TEMP TABLE schema_migrations (version);", &result), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "7");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, its_own_row_in_a_temporary_table_does_not_count)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db,
                                 "CREATE TEMP TABLE schema_migrations (version);"
                                 "INSERT INTO schema_migrations (version) VALUES ('7');",
                                 &result));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED, "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_script_that_reopened_and_failed_is_partial)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db, "CREATE TABLE a (x); COMMIT; BEGIN; CREATE TABLE b (x); SELEC", &result));
    cr_expect_eq(result.outcome, UNIT_PARTIAL);
    cr_expect_eq(result.statements_done, 2);
    cr_expect_str_eq(sqlite_tables(&p, db), "a schema_migrations");
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_script_that_only_committed_nothing_is_rolled_back)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db, "COMMIT; PRAGMA foreign_keys=OFF; BEGIN; CREATE TABLE b (x); SELEC", &result));
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, rows_alone_are_a_unit_too)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit unit = sqlite_unit(&p, db, "");
    struct unit_result result;

    unit.script.script = NULL;
    cr_assert(db_apply(db, &unit, &result, &p.e), "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_APPLIED);
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "7");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_full_disk_leaves_nothing_behind)
{
    const char *session[] = { "PRAGMA max_page_count = 20", NULL };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, session);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db,
                                 "CREATE TABLE a (x);\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                 "WHERE i < 1000) INSERT INTO a SELECT randomblob(1000) FROM n;",
                                 &result));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED, "%s", p.e.message);
    cr_expect_eq(p.e.at.line, 2);
    cr_expect(strstr(p.e.message, "full"), "%s", p.e.message);
    cr_expect_str_eq(p.e.detail, "SQLITE_FULL (13)");
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    cr_assert(sqlite_applies(&p, db, "CREATE TABLE b (x)", &result), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, what_a_script_did_to_the_session_is_undone)
{
    const char *session[] = { "PRAGMA recursive_triggers = ON", NULL };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, session);
    struct lock_request lock = { .ledger = "schema_migrations" };
    struct unit_result result;
    int64_t waited;

    cr_assert(db_lock(db, &lock, &waited, &p.e), "%s", p.e.message);
    cr_assert(sqlite_applies(&p, db, "CREATE TEMP TABLE t (x); PRAGMA query_only = 0; PRAGMA recursive_triggers = OFF;",
                             &result),
              "%s", p.e.message);
    sqlite_set_up(&p, db,
                  "CREATE TABLE seen (name, on_now); "
                  "INSERT INTO seen SELECT 'temp', count(*) FROM sqlite_temp_master; "
                  "INSERT INTO seen SELECT 'triggers', recursive_triggers FROM pragma_recursive_triggers;");
    cr_expect_str_eq(sqlite_rows(&p, db, "seen", "name,on_now"), "temp|0;triggers|1");
    cr_expect(db_unlock(db, &p.e), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_apply, a_statement_timeout_stops_and_rolls_back)
{
    struct sqlite_place p = sqlite_place_make();
    struct unit_result result;
    struct db *db;

    p.options.statement_timeout_ms = 50;
    db = sqlite_place_open(&p, NULL);
    cr_assert_not(sqlite_applies(&p, db,
                                 "CREATE TABLE a (x);\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                 "SELECT count(*) FROM n;",
                                 &result));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect(strstr(p.e.message, "statement timeout"), "%s", p.e.message);
    cr_expect_eq(p.e.at.line, 2);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}
