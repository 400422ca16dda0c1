/* What statements do, told from their text alone. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "dialects/postgres/postgres.h"
#include "tests/support/actions.h"
#include "tests/support/rows.h"

static const struct {
    const char *sql, *want;
} cases[] = {
    { "", "" },
    { "CREATE TABLE t ()", "create table t" },
    { "CREATE TABLE IF NOT EXISTS Public.\"Users\" (id serial PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x')",
      "create table public.Users if-not-exists; create column public.Users.id integer within not-null default computed "
      "primary serial volatile; create constraint public.Users [id] within primary; create column public.Users.name "
      "character varying(20) within not-null default" },
    { "CREATE TABLE t (a int REFERENCES s.u (id), b int, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES v, CHECK (a > 0))",
      "create table t; create column t.a integer within; create constraint t ->s.u [a] within foreign; create column "
      "t.b integer within; create constraint t.k ->v [a, b] within foreign; create constraint t within check" },
    { "CREATE TEMP TABLE t (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS (a * 2) STORED)",
      "create table t temporary; create column t.a integer temporary within not-null identity; create column t.b "
      "integer temporary within computed generated" },
    { "CREATE UNLOGGED TABLE t (LIKE u)", "create table t like ->u unlogged" },
    { "CREATE TABLE p PARTITION OF s.t FOR VALUES IN (1)", "create table p ->s.t partition" },
    { "CREATE TABLE t (a int) PARTITION BY RANGE (a)", "create table t partitioned; create column t.a integer within" },
    { "CREATE FOREIGN TABLE t (a int) SERVER s", "create table t; create column t.a integer within" },
    { "CREATE TABLE t AS SELECT 1", "create table t query" },
    { "SELECT 1 AS a INTO t", "create table t query" },
    { "CREATE TABLE t (a timestamptz(3), b numeric(10,2)[], c s.mood, d \"Mood\", e char, f bit varying(3), g interval "
      "day, h double precision, i time)",
      "create table t; create column t.a timestamp(3) with time zone within; create column t.b numeric(10,2)[] within; "
      "create column t.c s.mood within; create column t.d \"Mood\" within; create column t.e character(1) within; "
      "create column t.f bit varying(3) within; create column t.g interval within; create column t.h double precision "
      "within; create column t.i time without time zone within" },
    { "ALTER TABLE public.users ADD COLUMN IF NOT EXISTS city text DEFAULT lower('X'), DROP COLUMN IF EXISTS b CASCADE",
      "create column public.users.city text if-not-exists default computed stable; drop column public.users.b "
      "if-exists cascade" },
    { "ALTER TABLE IF EXISTS t ADD c int REFERENCES u NOT NULL",
      "create column t.c integer if-exists not-null; create constraint t ->u [c] if-exists within foreign" },
    { "ALTER TABLE t ALTER c TYPE bigint USING c::bigint, ALTER d SET NOT NULL, ALTER d DROP NOT NULL, ALTER e SET "
      "DEFAULT now(), ALTER e DROP DEFAULT, ALTER e SET STATISTICS 3",
      "alter column t.c type bigint rewrites; alter column t.d set-not-null; alter column t.d drop-not-null; alter "
      "column t.e set-default default computed stable; alter column t.e drop-default; alter column t.e statistics" },
    { "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID, VALIDATE CONSTRAINT k, DROP CONSTRAINT l",
      "create constraint t.k check not-valid; alter constraint t.k validate; drop constraint t.l" },
    { "ALTER TABLE t ADD PRIMARY KEY USING INDEX i", "create constraint t.i ->i primary using-index" },
    { "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b)", "create constraint t.u [a, b] unique" },
    { "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)", "create constraint t exclude" },
    { "ALTER TABLE t ATTACH PARTITION s.p DEFAULT", "alter table t attach ->s.p" },
    { "ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "alter table t detach ->p concurrently" },
    { "ALTER TABLE t OWNER TO bob, ENABLE ROW LEVEL SECURITY", "alter table t owner ->bob; alter table t rls" },
    { "ALTER TABLE t DISABLE ROW LEVEL SECURITY, SET LOGGED", "alter table t no-rls; alter table t logged" },
    { "ALTER TYPE c ADD ATTRIBUTE a int", "create column of type c.a integer" },
    { "ALTER VIEW v ALTER c SET DEFAULT 1", "alter column of view v.c set-default default" },
    { "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t (a, b DESC) WHERE a > 0",
      "create index s.i btree ->s.t [a, b] concurrently if-not-exists unique partial" },
    { "CREATE INDEX ON t (lower(a))", "create index btree ->t" },
    { "DROP INDEX CONCURRENTLY IF EXISTS s.i, j",
      "drop index s.i concurrently if-exists; drop index j concurrently if-exists" },
    { "DROP TABLE a, s.b CASCADE", "drop table a cascade; drop table s.b cascade" },
    { "DROP FUNCTION f(int, text), g", "drop function f(integer, text); drop function g" },
    { "DROP AGGREGATE f(*)", "drop aggregate f()" },
    { "DROP TYPE s.mood", "drop type s.mood" },
    { "DROP DOMAIN d", "drop domain d" },
    { "DROP TRIGGER x ON s.t", "drop trigger s.t.x" },
    { "DROP RULE x ON t", "drop rule t.x" },
    { "DROP POLICY IF EXISTS x ON t", "drop policy t.x if-exists" },
    { "DROP SCHEMA a, b CASCADE", "drop schema a cascade; drop schema b cascade" },
    { "DROP EXTENSION x", "drop extension x" },
    { "DROP ROLE IF EXISTS a, b", "drop role a if-exists; drop role b if-exists" },
    { "DROP DATABASE x", "drop database x" },
    { "DROP CAST (int AS text)", "drop other" },
    { "ALTER TABLE s.t RENAME TO u", "rename table s.t ->u" },
    { "ALTER TABLE t RENAME COLUMN a TO b", "rename column t.a ->b" },
    { "ALTER TABLE t RENAME CONSTRAINT a TO b", "rename constraint t.a ->b" },
    { "ALTER INDEX i RENAME TO j", "rename index i ->j" },
    { "ALTER TYPE mood RENAME TO temper", "rename type mood ->temper" },
    { "ALTER TYPE mood RENAME VALUE 'a' TO 'b'", "rename label mood.a ->b" },
    { "ALTER SCHEMA a RENAME TO b", "rename schema a ->b" },
    { "ALTER FUNCTION f(int) RENAME TO g", "rename function f(integer) ->g" },
    { "ALTER DOMAIN d RENAME CONSTRAINT a TO b", "rename constraint of domain d.a ->b" },
    { "ALTER TRIGGER a ON t RENAME TO b", "rename trigger t.a ->b" },
    { "ALTER ROLE a RENAME TO b", "rename role a ->b" },
    { "ALTER TABLE t SET SCHEMA s", "move table t ->s" },
    { "ALTER TYPE s.m SET SCHEMA u", "move type s.m ->u" },
    { "ALTER FUNCTION f(int) OWNER TO CURRENT_USER", "alter function f(integer) owner" },
    { "CREATE TYPE s.mood AS ENUM ('a')", "create type s.mood" },
    { "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s' BEFORE 'b'", "create label mood.it's ->b if-not-exists" },
    { "CREATE TYPE c AS (a int)", "create type c" },
    { "CREATE TYPE r AS RANGE (subtype = float8)", "create type r" },
    { "CREATE DOMAIN d AS int CHECK (VALUE > 0)", "create domain d integer check" },
    { "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 1) NOT VALID",
      "create constraint of domain d.k check not-valid" },
    { "ALTER DOMAIN d DROP CONSTRAINT IF EXISTS k", "drop constraint of domain d.k if-exists" },
    { "ALTER DOMAIN d VALIDATE CONSTRAINT k", "alter constraint of domain d.k validate" },
    { "ALTER DOMAIN d SET NOT NULL", "alter domain d set-not-null" },
    { "ALTER DOMAIN d DROP NOT NULL", "alter domain d drop-not-null" },
    { "ALTER DOMAIN d SET DEFAULT 1", "alter domain d set-default" },
    { "CREATE SEQUENCE IF NOT EXISTS s.q", "create sequence s.q if-not-exists" },
    { "ALTER SEQUENCE q RESTART", "alter sequence q" },
    { "CREATE OR REPLACE VIEW v AS SELECT 1", "create view v or-replace" },
    { "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1", "create matview v if-not-exists" },
    { "CREATE OR REPLACE FUNCTION f(a int, OUT b text, VARIADIC c text[]) LANGUAGE sql AS 'SELECT 1'",
      "create function f(integer, text[]) or-replace" },
    { "CREATE FUNCTION f() RETURNS TABLE (a int) LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
      "create function f()" },
    { "CREATE PROCEDURE s.p(OUT a int) LANGUAGE sql AS ''", "create procedure s.p(integer)" },
    { "CREATE AGGREGATE g(int) (SFUNC = f, STYPE = int)", "create aggregate g" },
    { "CREATE TRIGGER x AFTER INSERT ON s.t EXECUTE FUNCTION f()", "create trigger s.t.x" },
    { "CREATE RULE x AS ON INSERT TO t DO INSTEAD NOTHING", "create rule t.x" },
    { "CREATE POLICY x ON t USING (true)", "create policy t.x" },
    { "ALTER POLICY x ON t USING (false)", "alter policy t.x" },
    { "CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION f()", "create eventtrigger x" },
    { "CREATE SCHEMA IF NOT EXISTS s", "create schema s if-not-exists" },
    { "CREATE SCHEMA AUTHORIZATION bob", "create schema bob" },
    { "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"", "create extension uuid-ossp if-not-exists" },
    { "CREATE ROLE bob PASSWORD 'secret'", "create role bob" },
    { "ALTER ROLE bob LOGIN", "alter role bob" },
    { "CREATE DATABASE x", "create database x" },
    { "CREATE STATISTICS s.x ON a, b FROM t", "create statistics s.x ->t" },
    { "CREATE PUBLICATION p FOR ALL TABLES", "create publication p" },
    { "CREATE CAST (int AS text) WITH INOUT", "create other" },
    { "ALTER SYSTEM SET work_mem = 1", "alter other" },
    { "COMMENT ON TABLE s.t IS 'of all'", "comment table s.t 'of all" },
    { "COMMENT ON COLUMN t.c IS NULL", "comment column t.c" },
    { "COMMENT ON CONSTRAINT k ON DOMAIN d IS 'x'", "comment constraint d.k 'x" },
    { "GRANT SELECT ON t, u TO bob", "grant table t ->bob; grant table u ->bob" },
    { "GRANT ALL ON ALL TABLES IN SCHEMA s TO bob", "grant schema s ->bob" },
    { "GRANT a TO b", "grant role" },
    { "REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC", "revoke function f(integer) ->public" },
    { "INSERT INTO s.t VALUES (1)", "data table s.t insert" },
    { "UPDATE t SET a = 1", "data table t update" },
    { "DELETE FROM t WHERE a = 1", "data table t delete filtered" },
    { "TRUNCATE a, b", "data table a truncate; data table b truncate" },
    { "COPY t FROM STDIN", "data table t insert" },
    { "COPY t TO STDOUT", "read" },
    { "WITH x AS (DELETE FROM t WHERE a = 1 RETURNING *) SELECT * FROM x", "data table t delete filtered" },
    { "SELECT f(1)", "read" },
    { "DO $$ BEGIN NULL; END $$", "run" },
    { "CALL p()", "run" },
    { "SET search_path TO a, \"B\"", "session search_path set ->\"a\", \"B\"" },
    { "SET search_path TO DEFAULT", "session search_path set" },
    { "RESET ALL", "session reset" },
    { "LOCK TABLE t", "session table t lock ->ACCESS EXCLUSIVE" },
    { "BEGIN", "control begin" },
    { "VACUUM t", "maintain table t vacuum" },
    { "REINDEX INDEX CONCURRENTLY s.i", "maintain index s.i reindex concurrently" },
    { "REINDEX (CONCURRENTLY) TABLE t", "maintain table t reindex concurrently" },
    { "REINDEX SCHEMA s", "maintain other s reindex" },
    { "CLUSTER t USING i", "maintain table t cluster" },
    { "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "maintain matview v refresh concurrently" },
    /* What the grammar does not know, newer syntax with it: nobody can tell, and nothing breaks. */
    { "CREATE TABEL t ()", "?" },
    { "ALTER TABLE t ADD CONSTRAINT k NOT NULL c NOT VALID", "?" },
    { "SELECT 'open", "?" },
    { "CREATE TABLE t (a bigserial, b serial8 UNIQUE, c s.serial, d char(3), e json, f timestamp, g citext)",
      "create table t; create column t.a bigint within not-null default computed serial volatile; create column t.b "
      "bigint within not-null default computed serial volatile; create constraint t [b] within unique; create column "
      "t.c s.serial within; create column t.d character(3) within; create column t.e json within; create column t.f "
      "timestamp without time zone within; create column t.g citext within" },
    { "CREATE TABLE t (LIKE s.u INCLUDING ALL)", "create table t like ->s.u" },
    { "CREATE TABLE t (a int) INHERITS (s.p)", "create table t inherit ->s.p; create column t.a integer within" },
    { "CREATE TABLE t AS SELECT 1 WITH NO DATA", "create table t query empty" },
    { "CREATE DOMAIN d AS int NOT NULL DEFAULT 1 CHECK (VALUE > 0)", "create domain d integer not-null default check" },
    { "ALTER TABLE t ADD a timestamptz DEFAULT now(), ADD b timestamptz DEFAULT CURRENT_TIMESTAMP, ADD c uuid DEFAULT "
      "gen_random_uuid(), ADD d int DEFAULT f(), ADD e text DEFAULT ('x' || random()::text), ADD f int DEFAULT -1, ADD "
      "g text[] DEFAULT '{}'::text[], ADD h int DEFAULT nextval('q'), ADD i text[] DEFAULT ARRAY['a'], ADD j timestamp "
      "DEFAULT (now() AT TIME ZONE 'utc'), ADD k date DEFAULT CURRENT_DATE + 1, ADD l text DEFAULT NULL",
      "create column t.a timestamp with time zone default computed stable; create column t.b timestamp with time zone "
      "default computed stable; create column t.c uuid default computed volatile; create column t.d integer default "
      "computed; create column t.e text default computed volatile; create column t.f integer default; create column "
      "t.g text[] default; create column t.h integer default computed volatile; create column t.i text[] default; "
      "create column t.j timestamp without time zone default computed stable; create column t.k date default computed "
      "stable; create column t.l text" },
    { "ALTER TABLE t ALTER a SET DEFAULT uuid_generate_v4()",
      "alter column t.a set-default default computed volatile" },
    { "ALTER TABLE t ADD a serial", "create column t.a integer not-null default computed serial volatile" },
    { "ALTER TABLE t ADD a int GENERATED BY DEFAULT AS IDENTITY", "create column t.a integer not-null identity" },
    { "ALTER TABLE t ADD CHECK (a IS NOT NULL), ADD CHECK (a IS NOT NULL AND b > 0 AND c IS NOT NULL) NOT VALID, ADD "
      "CHECK (a IS NOT NULL OR b > 0), ADD CHECK (NOT (a IS NOT NULL))",
      "create constraint t never null: a check; create constraint t never null: a, c check not-valid; create "
      "constraint t check; create constraint t check" },
    { "ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = off), RESET (fillfactor), ALTER c SET (n_distinct = 3)",
      "alter table t options [fillfactor, autovacuum_enabled]; alter table t options [fillfactor]; alter column t.c "
      "options [n_distinct]" },
    { "ALTER TABLE t SET LOGGED, SET TABLESPACE x, CLUSTER ON i, REPLICA IDENTITY FULL, DISABLE TRIGGER ALL, ENABLE "
      "RULE r",
      "alter table t logged; alter table t tablespace ->x; alter table t cluster-on; alter table t replica-identity; "
      "alter table t triggers; alter table t rules" },
    { "ALTER TABLE t SET UNLOGGED", "alter table t unlogged-now" },
    { "ALTER TABLE t SET ACCESS METHOD heap", "alter table t access-method ->heap" },
    { "ALTER TABLE t INHERIT s.p, NO INHERIT q", "alter table t inherit ->s.p; alter table t no-inherit ->q" },
    { "ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY, ALTER b SET GENERATED BY DEFAULT, ALTER c DROP "
      "IDENTITY, ALTER d DROP EXPRESSION, ALTER e SET STORAGE external, ALTER f SET COMPRESSION lz4",
      "alter column t.a add-identity; alter column t.b set-identity; alter column t.c drop-identity; alter column t.d "
      "drop-expression; alter column t.e storage; alter column t.f storage" },
    { "ALTER TABLE ONLY t ADD CONSTRAINT k CHECK (a > 0)", "create constraint t.k check only" },
    { "ALTER TABLE t DETACH PARTITION p FINALIZE", "alter table t detach ->p concurrently" },
    { "ALTER INDEX i ATTACH PARTITION j", "alter index i attach ->j" },
    { "ALTER INDEX i SET (fillfactor = 70)", "alter index i options [fillfactor]" },
    { "ALTER MATERIALIZED VIEW v SET TABLESPACE x", "alter matview v tablespace ->x" },
    { "ALTER FOREIGN TABLE t ADD a int", "create column t.a integer" },
    { "ALTER VIEW v RENAME COLUMN a TO b", "rename column of view v.a ->b" },
    { "CREATE INDEX i ON ONLY t USING hash (a)", "create index i hash ->t [a] only" },
    { "ALTER TYPE mood ADD VALUE 'x' AFTER 'b'", "create label mood.x ->b" },
    { "INSERT INTO t SELECT * FROM u", "data table t insert query" },
    { "INSERT INTO t SELECT 1", "data table t insert" },
    { "INSERT INTO t DEFAULT VALUES", "data table t insert" },
    { "WITH x AS (UPDATE u SET a = 1 RETURNING a) INSERT INTO t SELECT a FROM x",
      "data table u update; data table t insert query" },
    { "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "data table t merge filtered" },
    { "TRUNCATE s.t, u RESTART IDENTITY CASCADE", "data table s.t truncate cascade; data table u truncate cascade" },
    { "COPY t (a, b) FROM '/x' WITH (FORMAT csv)", "data table t insert" },
    { "SET LOCAL lock_timeout = '5s'", "session lock_timeout set ->5s temporary" },
    { "SET statement_timeout TO 5000", "session statement_timeout set ->5000" },
    { "SET LOCK_TIMEOUT = DEFAULT", "session lock_timeout set" },
    { "RESET lock_timeout", "session lock_timeout reset" },
    { "SET SESSION ROLE deployer", "session role set ->deployer" },
    { "SET TIME ZONE 'UTC'", "session timezone set ->UTC" },
    { "SET x.y TO on", "session x.y set ->on" },
    { "SELECT set_config('lock_timeout', '1s', true)", "session lock_timeout set ->1s temporary" },
    { "SELECT pg_catalog.set_config('search_path', '', false)", "session search_path set ->\"\"" },
    { "SELECT set_config('search_path', current_setting('x'), false)", "read" },
    { "LOCK TABLE s.t, u IN SHARE ROW EXCLUSIVE MODE NOWAIT",
      "session table s.t lock ->SHARE ROW EXCLUSIVE; session table u lock ->SHARE ROW EXCLUSIVE" },
    { "START TRANSACTION ISOLATION LEVEL SERIALIZABLE", "control begin" },
    { "COMMIT AND CHAIN", "control commit" },
    { "END", "control commit" },
    { "ROLLBACK", "control rollback" },
    { "ROLLBACK TO x", "control savepoint" },
    { "PREPARE TRANSACTION 'x'", "control" },
    { "VACUUM", "maintain vacuum" },
    { "VACUUM FULL s.t, u", "maintain table s.t vacuum-full; maintain table u vacuum-full" },
    { "VACUUM (FULL, ANALYZE) t", "maintain table t vacuum-full" },
    { "ANALYZE t (a)", "maintain table t analyze" },
    { "CLUSTER", "maintain cluster" },
    { "CHECKPOINT", "maintain" },
    { "REINDEX DATABASE CONCURRENTLY x", "maintain other x reindex concurrently" },
    { "REFRESH MATERIALIZED VIEW v WITH NO DATA", "maintain matview v refresh empty" },
    { "GRANT SELECT ON t TO PUBLIC, bob", "grant table t ->public, bob" },
    { "GRANT USAGE ON SCHEMA s TO PUBLIC", "grant schema s ->public" },
    { "DROP DATABASE IF EXISTS x WITH (FORCE)", "drop database x if-exists" },
    { "DROP OWNED BY bob", "drop other" },
    { "ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING gist (r WITH &&)", "create constraint t.k exclude" },
    { "DO $$ BEGIN ALTER TABLE \"a\" ADD CONSTRAINT \"k\" FOREIGN KEY (\"b\") REFERENCES \"public\".\"c\"(\"id\") ON "
      "DELETE cascade; EXCEPTION WHEN duplicate_object THEN null; END $$",
      "create constraint a.k ->public.c [b] if-not-exists foreign" },
    { "DO LANGUAGE plpgsql $x$ BEGIN CREATE TYPE t AS ENUM ('a'); DROP TABLE u; EXCEPTION WHEN others THEN null; END; "
      "$x$",
      "create type t if-not-exists; drop table u if-exists" },
    { "do $$ begin update t set a = 1; end $$", "data table t update" },
    { "DO $$ BEGIN IF true THEN DROP TABLE t; END IF; END $$", "run" },
    { "DO $$ DECLARE x int; BEGIN DROP TABLE t; END $$", "run" },
    { "DO $$ BEGIN SELECT 1 INTO x; END $$", "run" },
    { "DO $$ BEGIN PERFORM f(); END $$", "run" },
    { "DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$", "run" },
    { "DO $$ BEGIN DROP TABLE t; EXCEPTION WHEN others THEN DROP TABLE u; END $$", "run" },
    { "DO $$ BEGIN DROP TABLE t; COMMIT; END $$", "run" },
    { "DO $$ BEGIN END $$", "run" },
    { "DO $$ BEGIN DROP TABLE t", "?" },
    { "DO 'BEGIN DROP TABLE t; END'", "run" },
    { "DO LANGUAGE plpython3u $$ BEGIN DROP TABLE t; END $$", "run" },
};

RowsTest(postgres_describe, statements, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    struct actions list;

    dialect_describe(&list, &postgres_dialect, text_from(cases[*row].sql), a);
    cr_expect_str_eq(actions_words(&list, a), cases[*row].want, "%s", cases[*row].sql);
    arena_close(a);
}

/* Each of these ends a process that lets libpg_query write its tree out. */
static const struct {
    const char *head, *part;
} deep[] = {
    { "CREATE VIEW v AS SELECT 1", "+1" },       { "CREATE VIEW v AS SELECT 1", "::int" },
    { "CREATE VIEW v AS SELECT 1", " IS NULL" }, { "CREATE VIEW v AS SELECT 1", " UNION SELECT 1" },
    { "CREATE VIEW v AS SELECT ", "(" },         { "CREATE VIEW v AS SELECT ", "f(1," },
};

RowsTest(postgres_describe, deep_statements_are_not_read, sizeof deep / sizeof *deep)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct actions list;

    buf_string(&sql, deep[*row].head);
    for (size_t i = 0; i < 15000; i++)
        buf_string(&sql, deep[*row].part);
    dialect_describe(&list, &postgres_dialect, buf_content(&sql), a);
    cr_expect_not(list.known, "%s", deep[*row].part);
    arena_close(a);
}

Test(postgres_describe, what_is_wide_is_read)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct actions list;

    buf_string(&sql, "CREATE TABLE t (c0 integer");
    for (int i = 1; i < 1500; i++)
        buf_printf(&sql, ", c%d numeric(10, 2) NOT NULL DEFAULT 0 CHECK (c%d > 0)", i, i);
    buf_char(&sql, ')');
    dialect_describe(&list, &postgres_dialect, buf_content(&sql), a);
    cr_expect(list.known);
    cr_expect_eq(list.len, 1 + 1500 + 1499);
    arena_close(a);
}

Test(postgres_describe, long_rows_are_known_by_their_first_word)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct actions list;

    buf_string(&sql, "INSERT INTO t VALUES (1)");
    for (int i = 0; i < 100000; i++)
        buf_string(&sql, ", (1)");
    dialect_describe(&list, &postgres_dialect, buf_content(&sql), a);
    cr_expect_str_eq(actions_words(&list, a), "data table insert filtered");
    arena_close(a);
}

/* "ä" has two bytes. */
static const struct {
    const char *head, *part, *tail;
    int parts;
    size_t at, bytes;
} long_names[] = {
    { "CREATE TABLE ", "a", " ()", 63, 0, 0 },
    { "CREATE TABLE ", "a", " ()", 64, 13, 64 },
    { "CREATE TABLE s.\"", "\xc3\xa4", "\" ()", 32, 15, 64 },
    { "CREATE TABLE t (\"", "\"\"", "\" int)", 63, 0, 0 },
    { "ALTER TABLE t ADD CONSTRAINT ", "k", " CHECK (true)", 70, 29, 70 },
    { "SELECT '", "a", "'", 100, 0, 0 },
};

RowsTest(postgres_describe, names_that_the_server_cuts_are_told, sizeof long_names / sizeof *long_names)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct actions list;

    buf_string(&sql, long_names[*row].head);
    for (int i = 0; i < long_names[*row].parts; i++)
        buf_string(&sql, long_names[*row].part);
    buf_string(&sql, long_names[*row].tail);
    dialect_describe(&list, &postgres_dialect, buf_content(&sql), a);
    cr_expect_eq(list.long_name.at, long_names[*row].at, "%s", buf_cstr(&sql));
    cr_expect_eq(list.long_name.bytes, long_names[*row].bytes, "%s", buf_cstr(&sql));
    arena_close(a);
}

Test(postgres_describe, says_where_an_object_is_named)
{
    struct arena *a = arena_open();
    struct actions list;

    dialect_describe(&list, &postgres_dialect, TEXT("ALTER TABLE \xc3\xa9 ADD c int"), a);
    cr_assert_eq(list.len, 1);
    cr_expect_eq(list.at[0].at, 19, "%zu", list.at[0].at);
    arena_close(a);
}
