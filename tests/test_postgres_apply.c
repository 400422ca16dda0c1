/* Applying migrations on a real server: what a script may do, and what is left of it. */
#include <criterion/criterion.h>

#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/rows.h"

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
      "m.sql:2:1 script-failed 42601", "SELECT 1", "1" },
    { "syntax that only the first statement meets",
      "BEGIN ISOLATION LEVEL SERIALIZABLE;\nDO $$BEGIN EXECUTE 'SELEC'; "
      "END$$;",
      false, UNIT_ROLLED_BACK, "m.sql:2:1 script-failed 42601", "SELECT 1", "1" },
    { "made read-only by itself", "SET TRANSACTION READ ONLY;\nSELECT 1;", false, UNIT_ROLLED_BACK,
      "m.sql:0:0 script-failed ", "SELECT 1", "1" },
    { "at COMMIT", "CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);",
      false, UNIT_ROLLED_BACK, "m.sql:0:0 script-failed 23505", "SELECT to_regclass('a') IS NULL", "t" },
    { "text that is not UTF-8", "SELECT 1;\nSELECT '\xff';", false, UNIT_ROLLED_BACK, "m.sql:2:9 script-failed 22021",
      "SELECT 1", "1" },

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
    { "syntax newer than the parser's, which the server refuses",
      "CREATE TABLE a (id int);\nSELECT JSON_OBJECT('a': 1);", false, UNIT_ROLLED_BACK,
      "m.sql:2:23 script-failed 42601", "SELECT to_regclass('a') IS NULL", "t" },
    { "newer syntax behind a BEGIN", "BEGIN;\nCREATE TABLE a (id int);\nSELECT JSON_OBJECT('a': 1);\nCOMMIT;", false,
      UNIT_ROLLED_BACK, "m.sql:3:23 script-failed 42601", "SELECT to_regclass('a') IS NULL", "t" },
};

ParameterizedTestParameters(postgres_apply, script)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, postgres_apply, script)
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

Test(postgres_apply, what_the_server_adds_is_kept)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert_not(
        unit_up(b, "1", "DO $$ BEGIN\nRAISE EXCEPTION 'no' USING DETAIL = E'one\\ntwo', HINT = 'three';\nEND $$"));
    cr_expect_str_eq(b->err.detail, "one\ntwo\nPL/pgSQL function inline_code_block line 2 at RAISE", "%s",
                     b->err.detail);
    cr_expect_str_eq(b->err.server_hint, "three");
    cr_expect_str_eq(b->err.hint, "");
    unit_close(b);
}

/* A hint of ours for what the SQLSTATE explains: each with the words that it can't do without. */
static const struct {
    const char *session, *sql, *sqlstate, *hint;
} hinted[] = {
    { "SET statement_timeout = 300", "SELECT pg_sleep(60)", "57014",
      "statement_timeout allows (300ms, set by `session`" },
    { "SELECT 1", "SET LOCAL statement_timeout = 300; SELECT pg_sleep(60)", "57014", "the script's own" },
    { "SET lock_timeout = 30", "LOCK TABLE held", "55P03", "timeouts.lock" },
    { "SET ROLE pg_monitor", "CREATE TABLE a (id int)", "42501", "session" },
    { "SET ROLE pg_monitor", "DROP TABLE held", "42501", "session" },
    { "SELECT 1", "ALTER TYPE mood ADD VALUE 'new'; INSERT INTO moods VALUES (concat('ne', 'w')::mood)", "55P04",
      "later migration" },
};

ParameterizedTestParameters(postgres_apply, hint)
{
    return rows_numbered(sizeof hinted / sizeof *hinted);
}

ParameterizedTest(size_t *row, postgres_apply, hint)
{
    const char *const session[] = { hinted[*row].session, NULL };
    struct unit_db *b = unit_bare();
    struct postgres_session *holder = postgres_session_open(b->conninfo);

    unit_ask(b, "CREATE TABLE held (id int); CREATE TYPE mood AS ENUM ('old'); CREATE TABLE moods (m mood);"
                "CREATE TABLE schema_migrations (version text PRIMARY KEY);"
                "GRANT SELECT, INSERT ON schema_migrations TO public");
    postgres_session_run(holder, "BEGIN; LOCK TABLE held");
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_assert_not(unit_up(b, "1", hinted[*row].sql));
    cr_expect_str_eq(b->err.sqlstate, hinted[*row].sqlstate, "%s", b->err.message);
    cr_expect(strstr(b->err.hint, hinted[*row].hint), "%s", b->err.hint);
    postgres_session_close(holder);
    unit_close(b);
}

Test(postgres_apply, notices_are_collected_with_the_script)
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

Test(postgres_apply, a_thousand_statements_find_the_right_one)
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
