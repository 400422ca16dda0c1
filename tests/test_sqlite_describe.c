/* What SQLite's statements do, told from their text alone. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "dialects/sqlite/sqlite.h"
#include "tests/support/actions.h"
#include "tests/support/rows.h"

static const struct {
    const char *sql, *want;
} cases[] = {
    { "", "" },
    { "CREATE TABLE t (a)", "create table t; create column t.a within" },
    { "CREATE TABLE IF NOT EXISTS Main.\"Users\" (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL "
      "DEFAULT 'x' COLLATE NOCASE, n decimal(10, 2) DEFAULT -1.5, at timestamp DEFAULT CURRENT_TIMESTAMP, r TEXT "
      "DEFAULT (lower('X')), z DEFAULT NULL)",
      "create table main.users if-not-exists; create column main.users.id INTEGER within primary; create constraint "
      "main.users [id] within primary; create column main.users.name VARCHAR(20) within not-null default; create "
      "column main.users.n decimal(10, 2) within default; create column main.users.at timestamp within default "
      "computed; create column main.users.r TEXT within default computed; create column main.users.z within" },
    { "CREATE TABLE t (a int REFERENCES u (id) ON DELETE SET DEFAULT ON UPDATE SET NULL NOT DEFERRABLE INITIALLY "
      "DEFERRED, b int, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES v, CHECK (a > (0)) CONSTRAINT u UNIQUE (a, b "
      "COLLATE nocase DESC) ON CONFLICT IGNORE, PRIMARY KEY (a)) STRICT, WITHOUT ROWID",
      "create table t; create column t.a int within; create constraint t ->u [a] within foreign; create column t.b int "
      "within; create constraint t.k ->v [a, b] within foreign; create constraint t within check; create constraint "
      "t.u [a, b] within unique; create constraint t [a] within primary" },
    { "CREATE TABLE t (a int, b GENERATED ALWAYS AS (a * 2) STORED, c int AS (a) , d text NOT NULL ON CONFLICT FAIL "
      "UNIQUE)",
      "create table t; create column t.a int within; create column t.b within computed generated; create column t.c "
      "int within computed generated empty; create column t.d text within not-null; create constraint t [d] within "
      "unique" },
    { "CREATE TEMP TABLE t AS SELECT 1", "create table t temporary query" },
    { "CREATE VIRTUAL TABLE t USING fts5(a, b)", "create table t" },
    { "CREATE TABLE `t` ([a b] \"unsigned big int\", 'c' text)",
      "create table t; create column t.a b \"unsigned big int\" within; create column t.c text within" },
    { "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a, b DESC) WHERE a > 0",
      "create index i ->t [a, b] if-not-exists unique partial" },
    { "CREATE INDEX main.i ON t (lower(a))", "create index main.i ->main.t" },
    { "CREATE VIEW v AS SELECT 1", "create view v" },
    { "CREATE TRIGGER IF NOT EXISTS x AFTER UPDATE OF a, b ON t BEGIN UPDATE t SET a = 1; END",
      "create trigger t.x if-not-exists" },
    { "CREATE TEMP TRIGGER x BEFORE INSERT ON t BEGIN SELECT 1; END", "create trigger t.x temporary" },
    { "DROP TABLE IF EXISTS s.t", "drop table s.t if-exists" },
    { "DROP INDEX i", "drop index i" },
    { "DROP VIEW v", "drop view v" },
    { "DROP TRIGGER x", "drop trigger x" },
    { "ALTER TABLE t RENAME TO U", "rename table t ->u" },
    { "ALTER TABLE t RENAME COLUMN a TO b", "rename column t.a ->b" },
    { "ALTER TABLE t RENAME a TO b", "rename column t.a ->b" },
    { "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 0 REFERENCES u (id)",
      "create column t.c int not-null default; create constraint t ->u [c] within foreign" },
    { "ALTER TABLE t ADD c", "create column t.c" },
    { "ALTER TABLE t DROP COLUMN c", "drop column t.c" },
    { "INSERT INTO t VALUES (1)", "data table t insert" },
    { "INSERT OR IGNORE INTO t (a, b) SELECT a, b FROM u", "data table t insert query" },
    { "REPLACE INTO t AS x (a) VALUES (1)", "data table t insert" },
    { "WITH x AS (SELECT 1 WHERE 1) INSERT INTO t SELECT * FROM x", "data table t insert query" },
    { "UPDATE t SET a = 1", "data table t update" },
    { "UPDATE OR ROLLBACK t SET a = (SELECT b FROM u WHERE u.a = t.a)", "data table t update" },
    { "UPDATE t SET a = 1 WHERE b = 2", "data table t update filtered" },
    { "DELETE FROM t", "data table t delete" },
    { "DELETE FROM t WHERE a = 1", "data table t delete filtered" },
    { "SELECT 1", "read" },
    { "VALUES (1)", "read" },
    { "EXPLAIN QUERY PLAN DELETE FROM t", "read" },
    { "PRAGMA foreign_keys = OFF", "session foreign_keys set ->OFF" },
    { "PRAGMA main.user_version(3)", "session user_version set ->3" },
    { "PRAGMA table_list", "read" },
    { "BEGIN IMMEDIATE", "control begin" },
    { "COMMIT", "control commit" },
    { "END TRANSACTION", "control commit" },
    { "ROLLBACK", "control rollback" },
    { "ROLLBACK TRANSACTION TO x", "control savepoint" },
    { "SAVEPOINT x", "control savepoint" },
    { "VACUUM", "maintain vacuum-full" },
    { "REINDEX t", "maintain reindex" },
    { "ANALYZE", "maintain analyze" },
    { "ATTACH 'x' AS y", "session" },
    { "CREATE TABLE t", "?" },
    { "CREATE TABLE t (", "?" },
    { "CREATE TABLE t (a int", "?" },
    { "CREATE TABLE t (a text DEFAULT 'open", "?" },
    { "CREATE FUNCTION f", "?" },
    { "ALTER TABLE t ALTER COLUMN a TYPE int", "?" },
    { "DROP SEQUENCE s", "?" },
    { "TRUNCATE t", "?" },
    { "GRANT SELECT ON t TO bob", "?" },
};

RowsTest(sqlite_describe, statements, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    struct actions list;

    dialect_describe(&list, &sqlite_dialect, text_from(cases[*row].sql), a);
    cr_expect_str_eq(actions_words(&list, a), cases[*row].want, "%s", cases[*row].sql);
    arena_close(a);
}

Test(sqlite_describe, says_where_an_object_is_named)
{
    struct arena *a = arena_open();
    struct actions list;

    dialect_describe(&list, &sqlite_dialect, TEXT("ALTER TABLE \"\xc3\xa9\" ADD c int"), a);
    cr_assert_eq(list.len, 1);
    cr_expect_eq(list.at[0].at, 21, "%zu", list.at[0].at);
    arena_close(a);
}

/* Each prefix of a statement is one that somebody may write, and none of them may be read past its end. */
Test(sqlite_describe, statements_that_end_early_are_read)
{
    static const char sql[] = "CREATE TABLE IF NOT EXISTS main.\"t\" (a INTEGER PRIMARY KEY, b VARCHAR(20) NOT NULL "
                              "DEFAULT -1.5 REFERENCES [u] (a) ON DELETE SET DEFAULT, CHECK (b > (1)), "
                              "FOREIGN KEY (a, b) REFERENCES v (a, b))";
    struct arena *a = arena_open();

    for (size_t len = 0; len < sizeof sql; len++) {
        char *exact = memcpy(malloc(len ? len : 1), sql, len);
        struct actions list;

        dialect_describe(&list, &sqlite_dialect, (struct text) { exact, len }, a);
        cr_expect_eq(list.known, len == 0 || len == sizeof sql - 1, "%zu", len);
        free(exact);
    }
    arena_close(a);
}
