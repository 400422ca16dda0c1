/* Applying migrations on a real server: what a script may do, and what is left of it. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <unistd.h>

#include "tests/support/postgres_unit.h"
#include "tests/support/scratch.h"

static const struct {
    const char *name, *sql;
    bool ok;
    enum unit_outcome outcome;
    const char *error; /* of unit_error */
    const char *check; /* a query, and its answer */
    const char *answer;
} cases[] = {
    { "plain", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (2);", true, UNIT_APPLIED, NULL,
      "SELECT count(*) FROM a", "2" },
    { "nothing at all", "", true, UNIT_APPLIED, NULL, "SELECT 1", "1" },
    { "only comments", "-- nothing\n/* here */", true, UNIT_APPLIED, NULL, "SELECT 1", "1" },
    { "ends in a comment", "CREATE TABLE a (id int) -- no end", true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a",
      "0" },
    { "byte order mark",
      "\xef\xbb\xbf"
      "CREATE TABLE a (id int);",
      true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a", "0" },
    { "carriage returns", "CREATE TABLE a (id int);\r\nINSERT INTO a VALUES (1);\r\n", true, UNIT_APPLIED, NULL,
      "SELECT count(*) FROM a", "1" },
    { "a SELECT with many rows", "SELECT * FROM generate_series(1, 100000);", true, UNIT_APPLIED, NULL, "SELECT 1",
      "1" },
    { "rows copied out", "COPY (SELECT 1) TO STDOUT; CREATE TABLE a (id int);", true, UNIT_APPLIED, NULL,
      "SELECT count(*) FROM a", "0" },

    /* errors and their places */
    { "syntax error", "CREATE TABLE a (id int);\nSELEC 1;", false, UNIT_ROLLED_BACK, "m.sql:2:1 script-failed 42601",
      "SELECT to_regclass('a') IS NULL", "t" },
    { "syntax error behind letters of two and four bytes",
      "SELECT '\xc3\xa9\xf0\x9f\x90\xa6';\nSELECT '\xc3\xa9', nope;", false, UNIT_ROLLED_BACK,
      "m.sql:2:13 script-failed 42703", "SELECT 1", "1" },
    { "on the same line as a byte order mark", "\xef\xbb\xbfSELECT nope;", false, UNIT_ROLLED_BACK,
      "m.sql:1:8 script-failed 42703", "SELECT 1", "1" },
    { "breaks off", "CREATE TABLE a (\n  id int", false, UNIT_ROLLED_BACK, "m.sql:2:9 script-failed 42601", "SELECT 1",
      "1" },
    { "an error without a position", "SELECT 1;\n\n  ALTER TABLE absent ADD COLUMN x int;", false, UNIT_ROLLED_BACK,
      "m.sql:3:3 script-failed 42P01", "SELECT 1", "1" },
    { "an error at run time",
      "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nSELECT 1/count(*) FROM a WHERE id = 2;", false,
      UNIT_ROLLED_BACK, "m.sql:3:1 script-failed 22012", "SELECT to_regclass('a') IS NULL", "t" },
    { "an error inside a function", "SELECT 1;\nDO $$ BEGIN\n PERFORM * FROM absent; END $$;", false, UNIT_ROLLED_BACK,
      "m.sql:2:1 script-failed 42P01", "SELECT 1", "1" },
    { "a syntax error inside a function", "SELECT 1;\nDO $$ BEGIN\n  PERFOR 1; END $$;", false, UNIT_ROLLED_BACK,
      "m.sql:3:3 script-failed 42601", "SELECT 1", "1" },
    { "behind a lifted BEGIN", "BEGIN;\nCREATE TABLE a (id int);\nSELECT 1/0;\nCOMMIT;", false, UNIT_ROLLED_BACK,
      "m.sql:3:1 script-failed 22012", "SELECT to_regclass('a') IS NULL", "t" },
    { "in the options of a lifted BEGIN", "\nBEGIN ISOLATION FOO;\nSELECT 1;", false, UNIT_ROLLED_BACK,
      "m.sql:3:1 script-failed 42601", "SELECT 1", "1" },
    { "at COMMIT", "CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);",
      false, UNIT_ROLLED_BACK, "m.sql:0:0 script-failed 23505", "SELECT to_regclass('a') IS NULL", "t" },
    { "text that is not UTF-8", "SELECT 1;\nSELECT '\xff';", false, UNIT_ROLLED_BACK, "m.sql:2:9 script-failed 22021",
      "SELECT 1", "1" },
    { "rows copied in", "CREATE TABLE a (id int);\nCOPY a FROM STDIN;", false, UNIT_ROLLED_BACK,
      "m.sql:2:1 not-supported ", "SELECT 1", "1" },

    /* transaction control */
    { "lifted BEGIN and COMMIT", "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;", true, UNIT_APPLIED, NULL,
      "SELECT count(*) FROM a", "0" },
    { "options of a lifted BEGIN",
      "BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE a AS SELECT current_setting('transaction_isolation') AS "
      "level;",
      true, UNIT_APPLIED, NULL, "SELECT level FROM a", "serializable" },
    { "ours is READ COMMITTED", "CREATE TABLE a AS SELECT current_setting('transaction_isolation') AS level;", true,
      UNIT_APPLIED, NULL, "SELECT level FROM a", "read committed" },
    { "a pair of Rails' own", "BEGIN;\nCREATE TABLE a (id int);\nINSERT INTO schema_migrations (version) VALUES ('1');",
      true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a", "0" },
    { "commits and begins again", "CREATE TABLE a (id int);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id int);", true,
      UNIT_APPLIED, NULL, "SELECT count(*) FROM b", "0" },
    { "several blocks", "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id int);\nCOMMIT;", true,
      UNIT_APPLIED, NULL, "SELECT count(*) FROM b", "0" },
    { "fails in its second block", "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\nBEGIN;\nSELECT 1/0;\nCOMMIT;", false,
      UNIT_PARTIAL, "m.sql:5:1 script-failed 22012", "SELECT count(*) FROM a", "0" },
    { "fails in its first block", "BEGIN;\nSELECT 1/0;\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id int);\nCOMMIT;", false,
      UNIT_ROLLED_BACK, "m.sql:2:1 script-failed 22012", "SELECT to_regclass('b') IS NULL", "t" },
    { "COMMIT AND CHAIN", "CREATE TABLE a (id int);\nCOMMIT AND CHAIN;\nCREATE TABLE b (id int);", true, UNIT_APPLIED,
      NULL, "SELECT count(*) FROM b", "0" },
    { "a lone COMMIT", "CREATE TABLE a (id int);\nCOMMIT;", true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a", "0" },
    { "rolls itself back", "BEGIN;\nCREATE TABLE a (id int);\nROLLBACK;\nCREATE TABLE b (id int);", true, UNIT_APPLIED,
      NULL, "SELECT to_regclass('a') IS NULL AND to_regclass('b') IS NOT NULL", "t" },
    { "fails behind its COMMIT", "CREATE TABLE a (id int);\nCOMMIT;\nSELECT 1/0;", false, UNIT_PARTIAL,
      "m.sql:3:1 script-failed 22012", "SELECT count(*) FROM a", "0" },
    { "savepoints", "SAVEPOINT s;\nCREATE TABLE a (id int);\nROLLBACK TO SAVEPOINT s;\nCREATE TABLE b (id int);", true,
      UNIT_APPLIED, NULL, "SELECT to_regclass('a') IS NULL AND to_regclass('b') IS NOT NULL", "t" },
    { "an SQL-standard body with END",
      "CREATE FUNCTION f() RETURNS int LANGUAGE SQL BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;\n"
      "CREATE TABLE a (id int);",
      true, UNIT_APPLIED, NULL, "SELECT f()", "2" },

    /* what the server refuses inside a transaction */
    { "an index made concurrently", "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);", true,
      UNIT_APPLIED, NULL, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass", "t" },
    { "VACUUM", "VACUUM;", true, UNIT_APPLIED, NULL, "SELECT 1", "1" },

    /* session */
    { "SET ROLE", "CREATE TABLE a (id int);\nSET ROLE pg_monitor;", true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a",
      "0" },
    { "SET LOCAL ROLE", "SET LOCAL ROLE pg_monitor;", true, UNIT_APPLIED, NULL, "SELECT 1", "1" },
    { "SET search_path", "CREATE SCHEMA s;\nSET search_path = s;\nCREATE TABLE schema_migrations (version text);", true,
      UNIT_APPLIED, NULL, "SELECT count(*) FROM s.schema_migrations", "0" },
    { "no search_path, as pg_dump writes", "SELECT pg_catalog.set_config('search_path', '', false);", true,
      UNIT_APPLIED, NULL, "SELECT 1", "1" },
    { "RESET ALL", "CREATE TABLE a (id int);\nRESET ALL;\nCREATE TABLE b (id int);", true, UNIT_APPLIED, NULL,
      "SELECT count(*) FROM b", "0" },
    { "DEALLOCATE ALL", "DEALLOCATE ALL;\nCREATE TABLE a (id int);", true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a",
      "0" },
    { "DEALLOCATE where nobody sees it", "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$;", false, UNIT_ROLLED_BACK,
      ":0:0 database 26000", "SELECT 1", "1" },
    { "DISCARD ALL", "CREATE TABLE a (id int);\nDISCARD ALL;", false, UNIT_ROLLED_BACK, "m.sql:2:1 migration-file ",
      "SELECT to_regclass('a') IS NULL", "t" },
    { "DISCARD PLANS, TEMP, SEQUENCES", "DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES;\nCREATE TABLE a (id int);",
      true, UNIT_APPLIED, NULL, "SELECT count(*) FROM a", "0" },
    { "strings with backslashes from now on", "SET standard_conforming_strings = off;", true, UNIT_APPLIED, NULL,
      "SELECT 1", "1" },
    { "syntax newer than the parser's, which the server refuses",
      "CREATE TABLE a (id int);\nSELECT JSON_OBJECT('a': 1);", false, UNIT_ROLLED_BACK,
      "m.sql:2:23 script-failed 42601", "SELECT to_regclass('a') IS NULL", "t" },
};

ParameterizedTestParameters(postgres, apply)
{
    static size_t rows[sizeof cases / sizeof *cases];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = i;
    return cr_make_param_array(size_t, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, postgres, apply)
{
    struct unit_db *b = unit_open(NULL, NULL);
    const char *name = cases[*row].name;
    bool ok = unit_up(b, "1", cases[*row].sql);

    cr_expect_eq(ok, cases[*row].ok, "%s: %s", name, b->err.message);
    cr_expect_eq(b->result.outcome, cases[*row].outcome, "%s: outcome %d", name, b->result.outcome);
    if (!ok)
        cr_expect_str_eq(unit_error(b), cases[*row].error, "%s: %s", name, unit_error(b));
    cr_expect_str_eq(unit_ask(b, cases[*row].check), cases[*row].answer, "%s", name);
    cr_expect_str_eq(unit_ledger(b), ok ? "1" : "", "%s", name);
    /* Whatever it did, the connection serves the next one, in a session as it was. */
    cr_expect(unit_up(b, "2",
                      "CREATE TABLE later AS SELECT current_user::text AS who, "
                      "current_setting('search_path') AS path;"),
              "%s: then %s", name, b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT path FROM public.later WHERE who = session_user"), "\"$user\", public", "%s",
                     name);
    unit_close(b);
}

Test(postgres, role_that_may_not_write_the_ledger_is_reset)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE ROLE mg_nobody_role; SET ROLE mg_nobody_role;"), "%s", b->err.message);
    cr_expect_str_eq(unit_ledger(b), "1");
    unit_ask(b, "DROP ROLE mg_nobody_role");
    unit_close(b);
}

Test(postgres, session_is_issued_again)
{
    static const char *const session[] = { "SET ROLE pg_write_all_data", "SET lock_timeout = '7s' -- why", NULL };
    struct unit_db *b = unit_bare();

    unit_ask(b, "CREATE TABLE schema_migrations (version text PRIMARY KEY); GRANT ALL ON SCHEMA public TO public; "
                "GRANT ALL ON schema_migrations TO pg_write_all_data");
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_assert(unit_up(b, "1", "RESET ROLE; SET lock_timeout = 0; CREATE TABLE a AS SELECT current_user::text AS who"),
              "%s", b->err.message);
    cr_assert(unit_up(b, "2", "CREATE TABLE b AS SELECT current_user::text || current_setting('lock_timeout') AS who"),
              "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT who FROM b"), "pg_write_all_data7s");
    unit_close(b);
}

Test(postgres, session_statement_that_fails_is_named)
{
    static const char *const session[] = { "SET lock_timeout = 0", "SET ROLE mg_absent", NULL };
    struct unit_db *b = unit_bare();

    cr_assert_not(unit_connect(b, session, b->conninfo));
    cr_expect_eq(b->err.kind, ERR_DATABASE);
    cr_expect(strstr(b->err.message, "\"SET ROLE mg_absent\""), "%s", b->err.message);
    unit_close(b);
}

Test(postgres, applied_twice)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int)"), "%s", b->err.message);
    cr_assert_not(unit_up(b, "1", "CREATE TABLE b (id int)"));
    cr_expect_eq(b->err.kind, ERR_LEDGER_MOVED, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('b') IS NULL"), "t");
    unit_close(b);
}

Test(postgres, own_row_must_be_there_once)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert_not(
        unit_up(b, "1", "INSERT INTO schema_migrations (version) VALUES ('1');\nDELETE FROM schema_migrations;"));
    cr_expect_eq(b->err.kind, ERR_SCRIPT_FAILED, "%s", b->err.message);
    cr_expect(unit_warned(b, "empties-ledger"));
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}

Test(postgres, down_and_its_row)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int)"));
    cr_assert(unit_up(b, "2", "CREATE TABLE b (id int)"));
    cr_assert(unit_down(b, "2", "DROP TABLE b"), "%s", b->err.message);
    cr_assert_not(unit_down(b, "2", "SELECT 1"));
    cr_expect_eq(b->err.kind, ERR_LEDGER_MOVED);
    cr_assert(unit_down(b, "1", "DROP TABLE a;\nDELETE FROM public.schema_migrations WHERE version = '1';"), "%s",
              b->err.message);
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}

Test(postgres, another_holds_the_transaction_key)
{
    struct unit_db *b = unit_open(NULL, NULL), *other = unit_bare();

    /* The other one's migration tries ours from within: a script of merganser's that runs at the same moment. */
    cr_assert(unit_up(b, "1",
                      "CREATE TABLE a (id int); SELECT pg_advisory_lock(objid::bigint + (classid::bigint << 32)) "
                      "FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();"),
              "%s", b->err.message);
    cr_assert(unit_connect(other, NULL, b->conninfo), "%s", other->err.message);
    cr_assert_not(unit_up(other, "2", "SELECT 1"));
    cr_expect_eq(other->err.kind, ERR_LEDGER_MOVED, "%s", other->err.message);
    cr_expect_eq(other->result.outcome, UNIT_ROLLED_BACK);
    unit_close(other);
    unit_close(b);
}

Test(postgres, outside_a_transaction_with_history)
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
    unit_close(b);
}

Test(postgres, a_procedure_that_commits)
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

Test(postgres, notices_are_collected_with_the_script)
{
    struct unit_db *b = unit_open(NULL, NULL);
    bool found = false;

    cr_assert(unit_up(b, "1", "DROP TABLE IF EXISTS nope;\nDO $$ BEGIN RAISE WARNING 'careful\n\033[31m'; END $$"));
    for (size_t i = 0; i < b->notices.len; i++) {
        const struct notice *n = &b->notices.at[i];

        cr_expect_eq(n->level, NOTICE_VERBOSE, "%s", n->message);
        found = found || (strcmp(n->message, "WARNING: careful\\n\\e[31m") == 0 && strcmp(n->at.path, "m.sql") == 0);
    }
    cr_expect(found);
    unit_close(b);
}

Test(postgres, a_thousand_statements_find_the_right_one)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct buf sql = buf_open(b->arena, SIZE_MAX / 2);

    for (int i = 1; i <= 1000; i++)
        buf_printf(&sql, i == 777 ? "SELECT 1/0 AS x%d;\n" : "SELECT %d;\n", i);
    cr_assert_not(unit_up(b, "1", buf_cstr(&sql)));
    cr_expect_str_eq(unit_error(b), "m.sql:777:1 script-failed 22012");
    cr_expect_str_eq(b->err.excerpt, "SELECT 1/0 AS x777;");
    cr_expect_eq(b->err.caret, 1);
    unit_close(b);
}

Test(postgres, a_ledger_that_may_not_be_written)
{
    static const char *const session[] = { "SET ROLE pg_monitor", NULL };
    struct unit_db *b = unit_bare();

    unit_ask(b,
             "CREATE TABLE schema_migrations (version text PRIMARY KEY); GRANT SELECT ON schema_migrations TO public");
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_assert_not(unit_up(b, "1", "SELECT 1"));
    cr_expect_str_eq(unit_error(b), ":0:0 database 42501");
    cr_expect(strstr(b->err.hint, "session"), "%s", b->err.hint);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    unit_close(b);
}

/* Without the run's lock: what stands in each migration's own transaction has to be enough. */
Test(postgres, two_at_once_apply_each_once, .timeout = 120)
{
    enum { VERSIONS = 30 };
    struct unit_db *b = unit_open(NULL, NULL);
    int pids[2];

    unit_ask(b, "CREATE TABLE log (version text)");
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        cr_assert(pids[i] >= 0);
        if (pids[i] > 0)
            continue;
        struct unit_db mine = {
            .arena = b->arena, .conninfo = b->conninfo, .notices = { .arena = b->arena }, .history = true
        };
        bool ok = unit_connect(&mine, NULL, b->conninfo);

        for (int v = 1; ok && v <= VERSIONS; v++) {
            const char *version = arena_printf(b->arena, "%d", v);
            const char *sql = arena_printf(b->arena, "INSERT INTO log VALUES ('%d')", v);

            while (!unit_up(&mine, version, sql) && strstr(mine.err.message, "at this moment"))
                ;
            ok = mine.result.outcome == UNIT_APPLIED || mine.err.kind == ERR_LEDGER_MOVED;
        }
        db_close(mine.db);
        arena_close(b->arena);
        _exit(ok ? 0 : 1);
    }
    for (int i = 0; i < 2; i++)
        cr_expect_eq(process_wait(pids[i]), 0);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM log"), "30");
    cr_expect_str_eq(unit_ask(b, "SELECT count(DISTINCT version) FROM log"), "30");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM schema_migrations"), "30");
    unit_close(b);
}

/* Too large for the parser, so that it goes without its tail: as with a syntax that the parser does not know. */
Test(postgres, a_script_that_was_not_parsed)
{
    struct unit_db *b = unit_open(NULL, NULL);
    size_t len = 9 * 1024 * 1024;
    char *sql = arena_alloc(b->arena, len + 200);

    memset(sql, '-', len);
    snprintf(sql + len, 200,
             "\nCREATE TABLE a (id int);\nSET search_path = nowhere;\n"
             "INSERT INTO public.schema_migrations (version) VALUES ('1');");
    cr_assert(unit_up(b, "1", sql), "%s", b->err.message);
    cr_expect_not(b->facts.parsed);
    cr_expect_str_eq(unit_ledger(b), "1");
    snprintf(sql + len, 200, "\nCREATE TABLE b (id int);\nSELECT 1/0;");
    cr_assert_not(unit_up(b, "2", sql));
    cr_expect_str_eq(unit_error(b), "m.sql:3:1 script-failed 22012");
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    snprintf(sql + len, 200, "\nCREATE TABLE b (id int);");
    cr_assert(unit_up(b, "2", sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ledger(b), "1 2");
    unit_close(b);
}

Test(postgres, a_script_that_commits_leaves_its_trace)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id int);"), "%s",
              b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) || max(outcome) || bool_and(started_at < now()) FROM history"),
                     "1appliedtrue");
    cr_assert_not(unit_up(b, "2", "CREATE TABLE c (id int);\nCOMMIT;\nBEGIN;\nSELECT 1/0;"));
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_str_eq(unit_ask(b, "SELECT outcome FROM history WHERE version = '2'"), "started");
    /* The ledger's rows are checked before the trace is left. */
    cr_assert_not(unit_up(b, "1", "CREATE TABLE d (id int);\nCOMMIT;\nBEGIN;\nSELECT 1;"));
    cr_expect_eq(b->err.kind, ERR_LEDGER_MOVED);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM history"), "2");
    unit_close(b);
}

/* Its own role is back for the next statement, and the rows are written under ours: with and without `session`. */
Test(postgres, rows_outside_a_transaction_are_written_under_our_role)
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
