/* A SQLite file's description: the same after a dump and however a table came to be what it is. */
#include <unistd.h>

#include "tests/support/rows.h"
#include "tests/support/schema.h"
#include "tests/support/sqlite.h"

static void shell(struct arena *a, const char *command)
{
    const char *const argv[] = { "sh", "-c", command, NULL };
    struct process_result r = process_run(&(struct process) { .argv = argv }, a);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", command, (int)r.err.len, r.err.at);
}

static struct schema made_by(struct sqlite_place *p, const char *sql)
{
    struct db *db;

    unlink(p->path);
    db = sqlite_place_open(p, NULL);
    sqlite_set_up(p, db, sql);
    db_close(db);
    return schema_of(p->url, NULL, NULL, p->a);
}

Test(sqlite_schema, is_the_same_after_a_dump)
{
    struct sqlite_place p = sqlite_place_make();
    struct schema before, after;

    shell(p.a, arena_printf(p.a, "sqlite3 -bail %s < %s/schema/everything.sqlite.sql", p.path, TESTDATA));
    before = schema_of(p.url, NULL, NULL, p.a);
    shell(p.a, arena_printf(p.a, "sqlite3 %s .dump | sqlite3 -bail %s.2", p.path, p.path));
    after = schema_of(arena_printf(p.a, "%s.2", p.url), NULL, NULL, p.a);
    cr_assert_gt(before.len, 50);
    schema_assert_same(&before, &after, p.a);
    sqlite_place_end(&p);
}

/* Two ways to the same schema. */
static const struct {
    const char *one, *other;
} ways[] = {
    { "CREATE TABLE t (a integer, b text DEFAULT 'x')",
      "CREATE TABLE t (a integer); ALTER TABLE t ADD COLUMN b text DEFAULT 'x'" },
    { "CREATE TABLE t (a integer, b text, CHECK (a > 0))",
      "CREATE TABLE t (a integer, CHECK (a > 0)); ALTER TABLE t ADD b text" },
    { "CREATE TABLE users (a integer)", "CREATE TABLE `__new_users` (\n\t`a` integer\n);\n"
                                        "ALTER TABLE `__new_users` RENAME TO `users`" },
    { "CREATE TABLE t (b int, CHECK (b > 0)); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t",
      "CREATE TABLE t (a int, CHECK (a > 0)); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;"
      "ALTER TABLE t RENAME COLUMN a TO b" },
    { "CREATE TABLE t (a int, c int)", "CREATE TABLE t (a int, b int, c int); ALTER TABLE t DROP COLUMN b" },
    { "CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE t (a int REFERENCES p(a))",
      "CREATE TABLE q (a INTEGER PRIMARY KEY); CREATE TABLE t (a int REFERENCES q(a)); ALTER TABLE q RENAME TO p" },
    { "CREATE TABLE t (a int NOT NULL, b x DEFAULT (x'00' || 1), c DEFAULT-1.5e3)",
      "create table IF NOT EXISTS main.[t](\"a\" int\n not /* never */ null,--\n `b` x default(x'00'||1), c default "
      "-1.5e3)" },
    { "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT new.a->>'$.x' <> 1; END",
      "CREATE TABLE t (a); CREATE TRIGGER IF NOT EXISTS g after insert on \"t\" begin\n  select new.a ->> '$.x' <> 1; "
      "-- c\nend" },
};

ParameterizedTestParameters(sqlite_schema, ways)
{
    return rows_numbered(sizeof ways / sizeof *ways);
}

ParameterizedTest(size_t *row, sqlite_schema, ways)
{
    struct sqlite_place p = sqlite_place_make();
    struct schema one, other;

    one = made_by(&p, ways[*row].one);
    other = made_by(&p, ways[*row].other);
    schema_assert_same(&one, &other, p.a);
    sqlite_place_end(&p);
}

/* A change and what is told of it; base has the table t (a, b), an index, a view and a trigger. */
static const struct {
    const char *sql, *told;
} changes[] = {
    { "ALTER TABLE t ADD COLUMN c int", "added column t.c\n" },
    { "ALTER TABLE t DROP COLUMN b", "removed column t.b\n" },
    { "CREATE TABLE u (x INTEGER PRIMARY KEY, y text UNIQUE, CHECK (y <> '')); CREATE INDEX uy ON u (y)",
      "added table u\n" },
    { "DROP TABLE t; DROP VIEW v", "removed table t\nremoved view v\n" },
    { "DROP INDEX i", "removed index i\n" },
    { "DROP INDEX i; CREATE UNIQUE INDEX i ON t (a)", "changed index i\n" },
    { "DROP INDEX i; CREATE INDEX i ON t (a) WHERE a > 0", "changed index i\n" },
    { "DROP VIEW v; CREATE VIEW v AS SELECT 'A'", "changed view v\n" },
    { "DROP TRIGGER g", "removed trigger g\n" },
    { "DROP TRIGGER g; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 2; END", "changed trigger g\n" },
    { "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (b text, a int)' WHERE name = 't'",
      "changed column order t\n" },
    { "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a int NOT NULL, b text)'"
      " WHERE name = 't'",
      "changed column t.a\n" },
    { "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a int, b text, CHECK (a > 0))'"
      " WHERE name = 't'",
      "added constraint t.CHECK (a > 0)\n" },
    { "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a int, b text) STRICT'"
      " WHERE name = 't'",
      "changed table t\n" },
    { "INSERT INTO t VALUES (1, 'x'); ANALYZE; CREATE TEMPORARY TABLE tt (a); ATTACH ':memory:' AS other;"
      " CREATE TABLE other.o (a)",
      "" },
};

ParameterizedTestParameters(sqlite_schema, changes)
{
    return rows_numbered(sizeof changes / sizeof *changes);
}

ParameterizedTest(size_t *row, sqlite_schema, changes)
{
    static const char base[] = "CREATE TABLE t (a int, b text); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT 'a';"
                               "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;";
    struct sqlite_place p = sqlite_place_make();
    struct schema before = made_by(&p, base), after;
    struct db *db = sqlite_place_open(&p, NULL);

    sqlite_set_up(&p, db, changes[*row].sql);
    db_close(db);
    after = schema_of(p.url, NULL, NULL, p.a);
    cr_assert_str_eq(schema_differences(&before, &after, p.a), changes[*row].told, "%s\n%s", changes[*row].sql,
                     schema_differences(&before, &after, p.a));
    sqlite_place_end(&p);
}

Test(sqlite_schema, knows_nothing_of_our_own_tables)
{
    struct sqlite_place p = sqlite_place_make();
    struct ledger ledger = { .main = { NULL, "schema_migrations" },
                             .metadata = { NULL, "ar_internal_metadata" },
                             .history = { .table = { NULL, "__merganser_history" } } };
    struct schema_wanted wanted = { .ledger = &ledger };
    struct schema s =
        made_by(&p, "CREATE TABLE Schema_Migrations (version varchar PRIMARY KEY);"
                    "CREATE TABLE ar_internal_metadata (key);"
                    "CREATE TABLE __merganser_history (id INTEGER PRIMARY KEY AUTOINCREMENT, v);"
                    "CREATE INDEX hi ON __merganser_history (v); CREATE TABLE __merganser_history_schema (x)");

    cr_assert_gt(s.len, 0);
    s = schema_of(p.url, NULL, &wanted, p.a);
    cr_assert_eq(s.len, 0, "%s", s.len ? s.at[0].name : "");
    sqlite_place_end(&p);
}

Test(sqlite_schema, of_a_file_that_is_not_there_is_empty)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open_reading(&p);
    struct schema_request r = { 0 };
    struct db_identity id;
    struct schema s;

    cr_assert(db_schema(&s, db, &r, p.a, &p.e), "%s", p.e.message);
    cr_assert_eq(s.len, 0);
    cr_assert(db_identify(&id, db, p.a, &p.e));
    cr_assert_str_eq(id.system, arena_printf(p.a, "absent:%s", p.path));
    cr_assert_not(sqlite_file_exists(&p, ""));
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_schema, identity_is_the_files)
{
    struct sqlite_place p = sqlite_place_make();
    struct db_identity id, linked;
    struct db *db;

    made_by(&p, "CREATE TABLE t (a)");
    cr_assert_eq(link(p.path, arena_printf(p.a, "%s/other.sqlite3", p.folder)), 0);
    db = sqlite_place_open_reading(&p);
    cr_assert(db_identify(&id, db, p.a, &p.e));
    db_close(db);
    p.options.url = arena_printf(p.a, "sqlite:%s/other.sqlite3", p.folder);
    db = sqlite_place_open_reading(&p);
    cr_assert(db_identify(&linked, db, p.a, &p.e));
    db_close(db);
    cr_assert_str_eq(id.system, linked.system);
    cr_assert_str_eq(id.database, "main");
    cr_assert_str_eq(id.name, "app.sqlite3");
    cr_assert_str_eq(linked.name, "other.sqlite3");
    cr_assert_null(id.schema);
    cr_assert_null(id.role);
    cr_assert_eq(id.major, 3);
    sqlite_place_end(&p);
}
