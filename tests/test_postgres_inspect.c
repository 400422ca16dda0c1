/* What reading a script tells, without a server. */
#include <criterion/criterion.h>

#include "dialects/postgres/postgres.h"
#include "dialects/postgres/script.h"
#include "tests/support/rows.h"

static bool read_text(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    (void)e;
    *piece = (struct text) { (const char *)s->from + offset, s->size - offset };
    return true;
}

struct look {
    struct arena *arena;
    struct notices notices;
    struct script_facts facts;
    struct err err;
    bool ok;
};

static struct look inspect(const char *sql, size_t len, enum direction direction, const char *separator)
{
    struct look l = { .arena = arena_open() };
    struct script s = { .path = "m.sql", .size = len, .read = read_text, .from = sql };
    struct script_request r = { .script = &s,
                                .direction = direction,
                                .version = "7",
                                .ledger = { "public", "schema_migrations" },
                                .separator = separator };

    l.notices.arena = l.arena;
    l.ok = postgres_dialect.inspect(&l.facts, &r, &l.notices, l.arena, &l.err);
    return l;
}

static const char *warnings(const struct look *l)
{
    struct buf codes = buf_open(l->arena, 1000);

    for (size_t i = 0; i < l->notices.len; i++)
        if (l->notices.at[i].level == NOTICE_WARNING)
            buf_printf(&codes, "%s%s:%d", codes.len ? " " : "", l->notices.at[i].code, l->notices.at[i].at.line);
    return buf_cstr(&codes);
}

/* ---- what can't be used ---- */

static const struct {
    const char *name, *sql, *error;
} bad[] = {
    { "open quote", "SELECT 1;\nSELECT 'it;\n", "2:8 script-syntax" },
    { "open quote with escapes", "SELECT E'it\\';", "1:8 script-syntax" },
    { "open name", "SELECT \"it;", "1:8 script-syntax" },
    { "open name with escapes", "SELECT 1, U&\"it;", "1:11 script-syntax" },
    { "open comment", "/* one */ /* two /* three */\nSELECT 1;", "1:11 script-syntax" },
    { "open dollar quote", "DO $x$ BEGIN $$ $y$ END;", "1:4 script-syntax" },
    { "open behind letters of two bytes", "SELECT '\xc3\xa9', '", "1:13 script-syntax" },
    { "psql's command", "SELECT 1;\n\\i other.sql\n", "2:1 migration-file" },
    { "its lock thrown away", "SELECT 1;\nDISCARD ALL;", "2:1 migration-file" },
    { "its lock thrown away, unended", "SELECT 1;\n  discard /* it */ all", "2:3 migration-file" },
    { "its lock released", "SELECT 1;\nSELECT pg_catalog.PG_advisory_unlock_all ();", "2:1 migration-file" },
    { "its lock released, by a quoted name", "SELECT \"pg_advisory_unlock_all\"()", "1:1 migration-file" },
    { "its lock released within DO", "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;", "1:1 migration-file" },
    { "another version's row", "INSERT INTO schema_migrations (version) VALUES ('7'), ('8');", "1:56 migration-file" },
    { "another version's row, qualified", "INSERT INTO \"public\".Schema_Migrations VALUES ('8');",
      "1:48 migration-file" },
    { "another version's row, in another column", "INSERT INTO schema_migrations (a, version) VALUES (f('x', 1), '8');",
      "1:63 migration-file" },
    { "another version's row, as a number", "INSERT INTO schema_migrations (version) VALUES (8);",
      "1:49 migration-file" },
    { "another version's row, in a WITH",
      "WITH x AS (INSERT INTO schema_migrations (version) VALUES ('8') RETURNING 1) SELECT * FROM x;",
      "1:60 migration-file" },
    { "another version's row goes", "DELETE FROM schema_migrations WHERE version = '8';", "1:47 migration-file" },
    { "another version's row changes", "UPDATE ONLY schema_migrations s SET a = 1 WHERE version = '8';",
      "1:59 migration-file" },
    { "a version changes", "UPDATE schema_migrations SET (a, version) = (1, '9') WHERE a = 2;", "1:34 migration-file" },
    { "a version changes in a WITH",
      "WITH x AS (UPDATE public.schema_migrations SET a = f(1, 2), version = '7' "
      "RETURNING 1) SELECT 1",
      "1:61 migration-file" },
    { "a BEGIN that lets nothing be written", "-- x\nBEGIN ISOLATION LEVEL SERIALIZABLE, READ\n ONLY;\nSELECT 1;",
      "2:37 migration-file" },
    { "several rows go", "DELETE FROM ONLY public.schema_migrations WHERE version IN ('7', '8')",
      "1:66 migration-file" },
};

RowsTest(postgres_inspect, refuses, sizeof bad / sizeof *bad)
{
    struct look l = inspect(bad[*row].sql, strlen(bad[*row].sql), DIRECTION_UP, NULL);
    const char *got;

    cr_assert_not(l.ok, "%s", bad[*row].name);
    got = arena_printf(l.arena, "%d:%d %s", l.err.at.line, l.err.at.column, err_word(l.err.kind));
    cr_expect_str_eq(got, bad[*row].error, "%s: %s %s", bad[*row].name, got, l.err.message);
    cr_expect_str_eq(l.err.at.path, "m.sql");
    cr_expect(*l.err.hint, "%s has no hint", bad[*row].name);
    arena_close(l.arena);
}

Test(postgres_inspect, a_nul_byte_is_placed)
{
    struct look l = inspect("SELECT 1;\n\0SELECT 2;", 20, DIRECTION_UP, NULL);

    cr_assert_not(l.ok);
    cr_expect_eq(l.err.kind, ERR_MIGRATION_FILE);
    cr_expect_eq(l.err.at.line, 2);
    arena_close(l.arena);
}

/* ---- what it is ---- */

#define A SCRIPT_ATOMIC
#define R SCRIPT_REOPENING
#define S SCRIPT_STATEMENTS

static const struct {
    const char *sql;
    enum script_shape shape;
    unsigned statements;
    bool parsed, own, session;
    const char *warnings;
} good[] = {
    { "", A, 0, true, false, false, "" },
    { "-- it's nothing; really", A, 0, true, false, false, "" },
    { ";;", A, 0, true, false, false, "" },
    { "SELECT 1; SELECT ';' /* ; */ -- ;\n; SELECT $$;$$, $a$ $$;$$ $a$, E'\\';', U&'\\0061;', \"a;b\"", A, 3, true,
      false, false, "" },
    { "SELECT E'a'\n'\\';'; SELECT 2", A, 2, true, false, false, "" },
    { "SELECT 'a\\'; SELECT 2", A, 2, true, false, false, "" },
    { "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); SELECT 3;", A, 2, true, false, false, "" },
    { "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT "
      "2;",
      A, 2, true, false, false, "" },
    { "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'select 1;'; SELECT 2;", A, 2, true, false, false, "" },
    { "PREPARE p(int) AS SELECT $1; EXECUTE p(1); DEALLOCATE p;", A, 3, true, false, false, "" },
    { "BEGIN; SELECT 1; INSERT INTO schema_migrations (version) VALUES ('7');", A, 2, true, true, false, "" },
    { "INSERT INTO \"schema_migrations\" (\"version\") VALUES\n('7') ON CONFLICT DO NOTHING;", A, 1, true, true, false,
      "" },
    { "INSERT INTO other.schema_migrations (version) VALUES ('8');", A, 1, true, false, false, "" },
    { "INSERT INTO t VALUES ('schema_migrations', '8');", A, 1, true, false, false, "" },
    { "SELECT 'INSERT INTO schema_migrations (version) VALUES (''8'')';", A, 1, true, false, false, "" },
    { "INSERT INTO schema_migrations (version) SELECT v FROM t;", A, 1, true, false, false, "" },
    { "TRUNCATE a, public.schema_migrations CASCADE;", A, 1, true, false, false, "empties-ledger:1" },
    { "SELECT 1;\nDELETE FROM schema_migrations;", A, 2, true, false, false, "empties-ledger:2" },
    { "DELETE FROM schema_migrations WHERE version < '7';", A, 1, true, false, false, "" },
    { "BEGIN READ WRITE;\nSELECT 1;", A, 1, true, false, false, "" },
    { "UPDATE schema_migrations SET a = version;", A, 1, true, false, false, "" },
    { "UPDATE schema_migrations SET a = 1 WHERE version = '7';", A, 1, true, false, false, "" },
    { "UPDATE other.schema_migrations SET version = '8';", A, 1, true, false, false, "" },
    { "SELECT 1 FROM schema_migrations FOR UPDATE OF schema_migrations;", A, 1, true, false, false, "" },
    { "SELECT 1;\nDO $$BEGIN DELETE FROM schema_migrations; END$$;", A, 2, true, false, false, "ledger-in-do:2" },
    { "DO $$BEGIN PERFORM old_schema_migrations(); END$$;", A, 1, true, false, false, "" },
    { "SET search_path = x;", A, 1, true, false, true, "" },
    { "SET LOCAL search_path = x; SET CONSTRAINTS ALL DEFERRED; SET TRANSACTION READ WRITE;", A, 3, true, false, false,
      "" },
    { "SET LOCAL ROLE x;", A, 1, true, false, true, "" },
    { "SELECT pg_catalog.set_config('a.b', 'c', false);", A, 1, true, false, true, "" },
    { "SELECT 'set_config';", A, 1, true, false, false, "" },
    { "DO $$ BEGIN PERFORM 1; END $$;", A, 1, true, false, false, "" },
    { "DO $$ BEGIN SET ROLE x; END $$;", A, 1, true, false, true, "" },
    { "RESET ALL;", A, 1, true, false, true, "" },
    { "UPDATE t SET a = 1;", A, 1, true, false, false, "" },
    { "SELECT 1;\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);", S, 2, true, false, false, "not-atomic:2" },
    { "DROP INDEX CONCURRENTLY i;", S, 1, true, false, false, "not-atomic:1" },
    { "CREATE INDEX concurrently_not ON t (a);", A, 1, true, false, false, "" },
    { "REINDEX TABLE CONCURRENTLY t;", S, 1, true, false, false, "not-atomic:1" },
    { "REINDEX (CONCURRENTLY, VERBOSE) TABLE t;", S, 1, true, false, false, "not-atomic:1" },
    { "REINDEX (CONCURRENTLY false) TABLE t;", A, 1, true, false, false, "" },
    { "REINDEX SCHEMA s;", S, 1, true, false, false, "not-atomic:1" },
    { "REINDEX TABLE s.t;", A, 1, true, false, false, "" },
    { "VACUUM t;", S, 1, true, false, false, "not-atomic:1" },
    { "ANALYZE t;", A, 1, true, false, false, "" },
    { "CLUSTER;", S, 1, true, false, false, "not-atomic:1" },
    { "CLUSTER VERBOSE;", S, 1, true, false, false, "not-atomic:1" },
    { "CLUSTER t USING i;", A, 1, true, false, false, "" },
    { "ALTER SYSTEM SET a = b;", S, 1, true, false, false, "not-atomic:1" },
    { "CREATE DATABASE d;", S, 1, true, false, false, "not-atomic:1" },
    { "DROP DATABASE d;", S, 1, true, false, false, "not-atomic:1" },
    { "CREATE TABLESPACE x LOCATION '/x';", S, 1, true, false, false, "not-atomic:1" },
    { "ALTER DATABASE d SET TABLESPACE x;", S, 1, true, false, false, "not-atomic:1" },
    { "ALTER DATABASE d SET work_mem = 1;", A, 1, true, false, false, "" },
    { "ALTER TABLE t DETACH PARTITION p CONCURRENTLY;", S, 1, true, false, false, "not-atomic:1" },
    { "ALTER TABLE t DETACH PARTITION p;", A, 1, true, false, false, "" },
    { "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;", S, 1, true, false, false, "not-atomic:1" },
    { "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false);", A, 1, true, false, false, "" },
    { "GRANT EXECUTE ON FUNCTION pg_advisory_unlock_all() TO x; SELECT 'pg_advisory_unlock_all()';", A, 2, true, false,
      false, "" },
    { "DISCARD TEMP;", A, 1, true, false, true, "" },
    { "COMMIT PREPARED 'x';", S, 1, true, false, false, "not-atomic:1" },
    { "START TRANSACTION READ WRITE; SELECT 1; END;", A, 1, true, false, false, "" },
    { "SELECT 1;\nCOMMIT;\nSELECT 2;\nBEGIN;\nSELECT 3;", R, 3, true, false, false, "not-atomic:2" },
    { "SELECT 1; ABORT;", S, 1, true, false, false, "not-atomic:1" },
    { "BEGIN; SAVEPOINT a; ROLLBACK TO a; RELEASE a; COMMIT;", A, 3, true, false, false, "" },
    { "SELECT 1;\nCOMMIT AND CHAIN;\nSELECT 2;", R, 2, true, false, false, "not-atomic:2" },
    { "COMMIT AND NO CHAIN;", S, 0, true, false, false, "not-atomic:1" },
    { "CREATE TABLE t (id int) WITHOUT OVERLAPS 1_000; SELECT 2;", A, 2, false, false, false, "" },
    { "INSERT INTO schema_migrations (version) VALUES ('7'); SELECT JSON_OBJECT('a': 1);", A, 2, false, true, false,
      "" },
    { "MERGE INTO t USING s ON true WHEN NOT MATCHED BY SOURCE THEN DELETE;", A, 1, false, false, false, "" },
    { "BEGIN; MERGE INTO t USING s ON true WHEN NOT MATCHED BY SOURCE THEN DELETE; COMMIT;", A, 1, false, false, false,
      "" },
    { "BEGIN NOT YET KNOWN; SELECT 1; COMMIT;", A, 1, true, false, false, "" },
    { "CREATE FUNCTION f() RETURNS json BEGIN ATOMIC SELECT JSON_OBJECT('a': 1); SELECT CASE WHEN true THEN 1 END; "
      "END; "
      "SELECT 2;",
      A, 2, false, false, false, "" },
};

RowsTest(postgres_inspect, tells, sizeof good / sizeof *good)
{
    const char *sql = good[*row].sql;
    struct look l = inspect(sql, strlen(sql), DIRECTION_UP, NULL);

    cr_assert(l.ok, "%s: %s", sql, l.err.message);
    cr_expect_eq(l.facts.shape, good[*row].shape, "%s: shape %d", sql, l.facts.shape);
    cr_expect_eq(l.facts.statements, good[*row].statements, "%s: %d statements", sql, (int)l.facts.statements);
    cr_expect_eq(l.facts.parsed, good[*row].parsed, "%s", sql);
    cr_expect_eq(l.facts.writes_own_row, good[*row].own, "%s", sql);
    cr_expect_eq(l.facts.changes_session, good[*row].session, "%s", sql);
    cr_expect_str_eq(warnings(&l), good[*row].warnings, "%s: %s", sql, warnings(&l));
    arena_close(l.arena);
}

Test(postgres_inspect, down_scripts_delete_their_own_row)
{
    const char *sql = "DROP TABLE a; DELETE FROM schema_migrations WHERE version = '7';";
    struct look l = inspect(sql, strlen(sql), DIRECTION_DOWN, NULL);

    cr_assert(l.ok, "%s", l.err.message);
    cr_expect(l.facts.writes_own_row);
    arena_close(l.arena);
}

/* ---- Drizzle's separator ---- */

static const struct {
    const char *sql;
    unsigned statements;
} separated[] = {
    { "CREATE TABLE a (id int);\n--> statement-breakpoint\nCREATE TABLE b (id int);", 2 },
    { "CREATE TABLE a (id int)\n--> statement-breakpoint\nCREATE TABLE b (id int)", 2 },
    { "CREATE TABLE a (id int);--> statement-breakpoint\nCREATE TABLE b (id int);--> statement-breakpoint\n", 2 },
    { "CREATE TABLE a (id int) -- last column --> statement-breakpoint\nCREATE TABLE b (id int)", 2 },
    { "SELECT '--> statement-breakpoint'", 1 },
    { "SELECT 1 --> statement-breakpoint SELECT 2", 2 },
};

RowsTest(postgres_inspect, separator, sizeof separated / sizeof *separated)
{
    const char *sql = separated[*row].sql;
    struct look l = inspect(sql, strlen(sql), DIRECTION_UP, "--> statement-breakpoint");

    cr_assert(l.ok, "%s: %s", sql, l.err.message);
    cr_expect_eq(l.facts.statements, separated[*row].statements, "%s: %d", sql, (int)l.facts.statements);
    cr_expect(l.facts.parsed, "%s", sql);
    arena_close(l.arena);
}

Test(postgres_inspect, a_thousand_scripts_cost_little)
{
    const char *sql = "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL);\nCREATE INDEX ON t (name);\n";
    struct timespec from, to;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < 1000; i++) {
        struct look l = inspect(sql, strlen(sql), DIRECTION_UP, NULL);

        cr_assert(l.ok);
        arena_close(l.arena);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    /* 40 ms is the goal without sanitizers; with them it may be ten times that. */
    cr_expect_lt((double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6, 400.0);
}
