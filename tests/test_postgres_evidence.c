/* What a script has left, held against the catalog of a real server: when nothing of it ran, and when all of it did. */
#include <criterion/criterion.h>

#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/rows.h"

/* A letter a statement: done, not done, unclear. */
static const char *labels(const struct evidences *found, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < found->len; i++)
        buf_char(&out, "dnu"[found->at[i].label]);
    return buf_cstr(&out);
}

static const char *whys(const struct evidences *found, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < found->len; i++)
        buf_printf(&out, "\n%s: %s", found->at[i].sql, found->at[i].why);
    return buf_cstr(&out);
}

static struct evidences examine(struct unit_db *b, const char *sql)
{
    struct script_request r = unit_request(b, "7", DIRECTION_UP, sql, strlen(sql));
    struct evidences found;

    cr_assert(db_examine(&found, b->db, &r, b->arena, &b->err), "%s", b->err.message);
    return found;
}

static const struct {
    const char *name, *setup, *script;
    const char *nothing, *all; /* the labels before the script, and behind it */
} cases[] = {
    { "tables", "", "CREATE TABLE a (x int, y text); CREATE TABLE s.b (x int); CREATE TABLE IF NOT EXISTS c ()", "nnn",
      "ddd" },
    { "a table that was there", "CREATE TABLE a (x int)", "CREATE TABLE IF NOT EXISTS a (x int)", "d", "d" },
    { "a table that lacks a column", "CREATE TABLE a (x int)", "CREATE TABLE IF NOT EXISTS a (x int, y int)", "u",
      "u" },
    { "columns", "CREATE TABLE a (x int, z int)",
      "ALTER TABLE a ADD y varchar(20); ALTER TABLE a DROP COLUMN z; ALTER TABLE a ADD v serial, ADD w s.mood", "nnn",
      "ddd" },
    { "a column of another type", "CREATE TABLE a (x int)", "ALTER TABLE a ADD COLUMN IF NOT EXISTS x bigint", "u",
      "u" },
    { "types of columns", "CREATE TABLE a (x int, y varchar(10), z timestamptz)",
      "ALTER TABLE a ALTER x TYPE bigint; ALTER TABLE a ALTER y TYPE varchar(20); ALTER TABLE a ALTER z TYPE "
      "timestamp(3)",
      "nnn", "ddd" },
    { "columns' properties", "CREATE TABLE a (x int, y int DEFAULT 1 NOT NULL, z int)",
      "ALTER TABLE a ALTER x SET NOT NULL; ALTER TABLE a ALTER y DROP NOT NULL; ALTER TABLE a ALTER y DROP DEFAULT; "
      "ALTER TABLE a ALTER z SET DEFAULT 2",
      "nnnn", "dddu" },
    { "constraints", "CREATE TABLE a (x int, y int)",
      "ALTER TABLE a ADD CONSTRAINT k CHECK (x > 0) NOT VALID; ALTER TABLE a ADD PRIMARY KEY (x); ALTER TABLE a ADD "
      "UNIQUE (y, x); ALTER TABLE a ADD FOREIGN KEY (y) REFERENCES a (x)",
      "nnnn", "dddd" },
    { "validating", "CREATE TABLE a (x int); ALTER TABLE a ADD CONSTRAINT k CHECK (x > 0) NOT VALID",
      "ALTER TABLE a VALIDATE CONSTRAINT k", "n", "d" },
    { "dropping a constraint", "CREATE TABLE a (x int CONSTRAINT k CHECK (x > 0))", "ALTER TABLE a DROP CONSTRAINT k",
      "n", "d" },
    { "indexes", "CREATE TABLE a (x int, y int); CREATE INDEX old ON a (x)",
      "CREATE INDEX i ON a (x); CREATE UNIQUE INDEX ON a (y, x); DROP INDEX old", "nnn", "ddd" },
    { "an index whose name the server chooses by an expression", "CREATE TABLE a (x int)",
      "CREATE INDEX ON a ((x + 1))", "u", "u" },
    { "an index of that name on another table",
      "CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE INDEX i ON b (x)",
      "CREATE INDEX IF NOT EXISTS i ON a (x)", "u", "u" },
    { "an index of a partitioned table alone",
      "CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a FOR VALUES IN (1)",
      "CREATE INDEX i ON ONLY a (x); CREATE UNIQUE INDEX ON ONLY a (x)", "nn", "dd" },
    { "types", "", "CREATE TYPE m AS ENUM ('a'); ALTER TYPE m ADD VALUE 'b'; CREATE TYPE s.c AS (x int)", "nnn",
      "ddd" },
    { "domains", "CREATE DOMAIN o AS int",
      "CREATE DOMAIN d AS int; ALTER DOMAIN o ADD CONSTRAINT k CHECK (VALUE > 0); ALTER DOMAIN o SET NOT NULL", "nnn",
      "ddd" },
    { "renames", "CREATE TABLE a (x int); CREATE TYPE m AS ENUM ('a'); CREATE INDEX i ON a (x)",
      "ALTER TABLE a RENAME COLUMN x TO y; ALTER TYPE m RENAME VALUE 'a' TO 'b'; ALTER INDEX i RENAME TO j", "nnn",
      "ddd" },
    { "a table renamed behind its columns", "CREATE TABLE a (x int)",
      "ALTER TABLE a ADD y int; ALTER TABLE a RENAME TO b; CREATE INDEX k ON b (y)", "nnn", "ddd" },
    { "another schema", "CREATE TABLE a (x int)", "ALTER TABLE a SET SCHEMA s", "n", "d" },
    { "views, sequences, materialized views", "CREATE VIEW old AS SELECT 1",
      "CREATE VIEW v AS SELECT 1; CREATE SEQUENCE q; CREATE MATERIALIZED VIEW m AS SELECT 1; DROP VIEW old", "nnnn",
      "dddd" },
    { "a view that is replaced", "CREATE VIEW v AS SELECT 1 AS x", "CREATE OR REPLACE VIEW v AS SELECT 2 AS x", "u",
      "u" },
    { "functions", "CREATE FUNCTION old(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE FUNCTION f(a int, b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION s.f() RETURNS int "
      "LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p() LANGUAGE sql AS ''; DROP FUNCTION old(int)",
      "nnnn", "dddd" },
    { "a function that is replaced", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'", "n", "d" },
    { "a function of a type that is not there", "", "CREATE FUNCTION f(nothing) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "n", NULL },
    { "triggers, rules, policies",
      "CREATE TABLE a (x int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
      "RETURN NULL; END'",
      "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION g(); CREATE RULE r AS ON DELETE TO a DO ALSO NOTHING; "
      "CREATE "
      "POLICY p ON a USING (true); ALTER TABLE a ENABLE ROW LEVEL SECURITY",
      "nnnn", "dddd" },
    { "schemas, statistics, publications", "CREATE TABLE a (x int, y int)",
      "CREATE SCHEMA u; CREATE STATISTICS st ON x, y FROM a; CREATE PUBLICATION p FOR TABLE a", "nnn", "ddd" },
    { "comments", "CREATE TABLE a (x int)", "COMMENT ON TABLE a IS 'it''s'; COMMENT ON COLUMN a.x IS 'x'", "nn", "dd" },
    { "partitions", "CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b (x int)",
      "ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)", "n", "d" },
    { "made and dropped again", "", "CREATE TABLE a (x int); DROP TABLE a", "uu", "uu" },
    { "dropped and made again", "CREATE TABLE a (x int)", "DROP TABLE a; CREATE TABLE a (y int)", "uu", "uu" },
    { "a column whose type changes further", "CREATE TABLE a ()",
      "ALTER TABLE a ADD x int; ALTER TABLE a ALTER x TYPE bigint", "nu", "dd" },
    { "search_path", "CREATE TABLE s.a (x int); CREATE TABLE a (y int, z int)",
      "SET search_path = s; ALTER TABLE a ADD y int; SET search_path = public; ALTER TABLE a DROP COLUMN z", "unun",
      "udud" },
    { "quoted names", "", "CREATE TABLE \"Odd \"\"name\" (\"the X\" int); CREATE TABLE \"sel'ect\" ()", "nn", "dd" },
    { "what the catalog does not tell", "CREATE TABLE a (x int)",
      "UPDATE a SET x = 1; SELECT 1; DO $$ BEGIN NULL; END $$; ANALYZE a; GRANT SELECT ON a TO PUBLIC; CREATE TEMP "
      "TABLE "
      "tt (x int)",
      "uuuuuu", "uuuuuu" },
    { "syntax that the parser does not know", "CREATE TABLE a (x int)",
      "ALTER TABLE a ADD CONSTRAINT k NOT NULL x NOT VALID; CREATE TABLE b ()", "un", NULL },
};

ParameterizedTestParameters(postgres_evidence, before_and_behind)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, postgres_evidence, before_and_behind)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct evidences found;

    unit_ask(b, "CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('a')");
    if (*cases[*row].setup)
        unit_ask(b, cases[*row].setup);
    found = examine(b, cases[*row].script);
    cr_expect_str_eq(labels(&found, b->arena), cases[*row].nothing, "%s, before: %s", cases[*row].name,
                     whys(&found, b->arena));
    if (cases[*row].all) {
        unit_ask(b, cases[*row].script);
        found = examine(b, cases[*row].script);
        cr_expect_str_eq(labels(&found, b->arena), cases[*row].all, "%s, behind: %s", cases[*row].name,
                         whys(&found, b->arena));
    }
    unit_close(b);
}

Test(postgres_evidence, an_invalid_index_is_not_done)
{
    static const char script[] = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (x)";
    struct unit_db *b = unit_open(NULL, NULL);
    struct evidences found;

    unit_ask(b, "CREATE TABLE a (x int); CREATE INDEX i ON a (x);"
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass");
    found = examine(b, script);
    cr_expect_str_eq(labels(&found, b->arena), "n");
    cr_expect_str_eq(found.at[0].why, "index public.i exists but is INVALID, on a");
    unit_close(b);
}

/* Through a pooler what the URL sets has to be set in each transaction. */
Test(postgres_evidence, names_are_found_as_a_script_finds_them_through_a_pooler)
{
    struct unit_db *b = unit_bare();
    const char *url =
        arena_printf(b->arena, "postgres://%s@/%s?host=%s&port=%s&pgbouncer=true&schema=s",
                     postgres_part(b->arena, b->conninfo, "user"), postgres_part(b->arena, b->conninfo, "dbname"),
                     postgres_part(b->arena, b->conninfo, "host"), postgres_part(b->arena, b->conninfo, "port"));
    struct evidences found;

    unit_ask(b, "CREATE SCHEMA s; CREATE TABLE s.a (x int)");
    cr_assert(unit_connect(b, NULL, url), "%s", b->err.message);
    found = examine(b, "CREATE TABLE a (x int); ALTER TABLE a ADD y int");
    cr_expect_str_eq(labels(&found, b->arena), "dn", "%s", whys(&found, b->arena));
    unit_close(b);
}

Test(postgres_evidence, nothing_is_changed_and_secrets_are_not_shown)
{
    struct unit_db *b = unit_open(NULL, NULL);
    const char *before = unit_ask(b, "SELECT count(*) FROM pg_class"), *path = unit_ask(b, "SHOW search_path");
    struct evidences found = examine(b, "SET search_path = s;\nCREATE ROLE nobody_has_this\n  PASSWORD 'hunter2'");
    size_t at;

    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_class"), before);
    cr_expect_str_eq(path, unit_ask(b, "SHOW search_path"));
    cr_expect_eq(found.at[1].at.line, 2);
    cr_expect(!text_find(text_from(found.at[1].sql), "hunter2", &at), "%s", found.at[1].sql);
    /* The connection is as it was: a script runs on it. */
    cr_expect(unit_up(b, "7", "CREATE TABLE a ()"), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('public.a')"), "a");
    unit_close(b);
}
