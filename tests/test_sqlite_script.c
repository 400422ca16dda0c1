/* SQLite scripts as they are read, without a database. */
#include <criterion/criterion.h>

#include "dialects/sqlite/scan.h"
#include "dialects/sqlite/script.h"
#include "tests/support/rows.h"
#include "tests/support/sqlite.h"

/* Statements are shown in brackets; "!" before one with a quote that nothing closes. */
static const struct {
    const char *sql, *want;
} splits[] = {
    { "", "" },
    { " \n\t", "" },
    { ";;  ;", "" },
    { "-- only\n/* comments */", "" },
    { "/* never closed ; x", "" },
    { "SELECT 1", "[SELECT 1]" },
    { "SELECT 1;SELECT 2;", "[SELECT 1][SELECT 2]" },
    { "a;\r\nb\r\n;\r\n", "[a][b]" },
    { "SELECT ';', \"a;\"\"b\", `;`, [;] ; b", "[SELECT ';', \"a;\"\"b\", `;`, [;]][b]" },
    { "SELECT 'it''s; ok'; b", "[SELECT 'it''s; ok'][b]" },
    { "SELECT [a]];b]; c", "[SELECT [a]]][b]][c]" },
    { "a -- ; not here\n; b /* ; ' */;", "[a][b]" },
    { "-- don't\nSELECT 1;", "[SELECT 1]" },
    { "SELECT 1 - -1, 4 / 2; b", "[SELECT 1 - -1, 4 / 2][b]" },
    { "SELECT 'abc; b", "![SELECT 'abc; b]" },
    { "a; SELECT \"abc; b", "[a]![SELECT \"abc; b]" },
    { "SELECT [abc; b", "![SELECT [abc; b]" },
    { "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN x THEN 1 ELSE 2 END; DELETE FROM b; END; c",
      "[CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN x THEN 1 ELSE 2 END; DELETE FROM b; END]"
      "[c]" },
    { "create temp trigger t begin select 1; end ; c", "[create temp trigger t begin select 1; end][c]" },
    { "CREATE /* x */ TEMPORARY -- y\n TRIGGER t BEGIN SELECT 1; /* z */ END",
      "[CREATE /* x */ TEMPORARY -- y\n "
      "TRIGGER t BEGIN SELECT 1; /* z */ END]" },
    { "CREATE TRIGGER t BEGIN SELECT CASE WHEN 1 THEN CASE WHEN 2 THEN 3 END END; END; c",
      "[CREATE TRIGGER t BEGIN SELECT CASE WHEN 1 THEN CASE WHEN 2 THEN 3 END END; END][c]" },
    { "CREATE TRIGGER t BEGIN SELECT 1; END_x; END; c", "[CREATE TRIGGER t BEGIN SELECT 1; END_x; END][c]" },
    { "CREATE TABLE trigger_log (x); END; c", "[CREATE TABLE trigger_log (x)][END][c]" },
    { "CREATE TABLE \"trigger\" (x); b", "[CREATE TABLE \"trigger\" (x)][b]" },
    { "EXPLAIN QUERY PLAN CREATE TRIGGER t BEGIN SELECT 1; END; c",
      "[EXPLAIN QUERY PLAN CREATE TRIGGER t BEGIN SELECT 1; END][c]" },
    { "INSERT INTO \xc3\xa4\xc3\xb6 VALUES ('\xe2\x82\xac;'); b", "[INSERT INTO \xc3\xa4\xc3\xb6 VALUES "
                                                                  "('\xe2\x82\xac;')][b]" },
};

ParameterizedTestParameters(sqlite_script, splits)
{
    return rows_numbered(sizeof splits / sizeof *splits);
}

ParameterizedTest(size_t *row, sqlite_script, splits)
{
    struct arena *a = arena_open();
    struct text sql = text_from(splits[*row].sql);
    struct buf got = buf_open(a, 4096);
    struct sqlite_range range;

    for (size_t at = 0; sqlite_statement_next(sql, at, &range); at = range.behind)
        buf_printf(&got, "%s[%.*s]", range.open_quote ? "!" : "", (int)(range.to - range.from), sql.at + range.from);
    cr_expect_str_eq(buf_cstr(&got), splits[*row].want);
    arena_close(a);
}

/* shape, statements that are sent, and what is remarkable. */
static const struct {
    const char *sql;
    enum script_shape shape;
    uint64_t statements;
    bool session, warned, no_transaction;
    const char *separator;
} shapes[] = {
    { "", SCRIPT_ATOMIC, .statements = 0 },
    { "\xef\xbb\xbf-- a comment\n", SCRIPT_ATOMIC, .statements = 0 },
    { "CREATE TABLE a (x)", SCRIPT_ATOMIC, .statements = 1 },
    { "BEGIN; CREATE TABLE a (x); COMMIT;", SCRIPT_ATOMIC, .statements = 1 },
    { "begin transaction; CREATE TABLE a (x); end transaction;", SCRIPT_ATOMIC, .statements = 1 },
    { "BEGIN IMMEDIATE; SELECT 1; COMMIT", SCRIPT_ATOMIC, .statements = 1 },
    { "BEGIN EXCLUSIVE; SELECT 1; COMMIT", SCRIPT_ATOMIC, .statements = 1 },
    { "BEGIN; SELECT 1; INSERT INTO schema_migrations (version) VALUES ('7');", SCRIPT_ATOMIC, .statements = 2 },
    { "PRAGMA foreign_keys=OFF; BEGIN; SELECT 1; COMMIT; PRAGMA foreign_keys=ON;", SCRIPT_ATOMIC, .statements = 1 },
    { "PRAGMA foreign_keys(0); SELECT 1; pragma Foreign_Keys ( on )", SCRIPT_ATOMIC, .statements = 1 },
    { "PRAGMA main.foreign_keys = 'off'; SELECT 1;", SCRIPT_ATOMIC, .statements = 1 },
    { "PRAGMA foreign_keys; SELECT 1;", SCRIPT_ATOMIC, .statements = 2 },
    { "SAVEPOINT a; SELECT 1; ROLLBACK TO a; ROLLBACK TRANSACTION TO SAVEPOINT a; RELEASE a;", SCRIPT_ATOMIC,
      .statements = 5 },
    { "COMMIT; PRAGMA foreign_keys=OFF; BEGIN; SELECT 1;", SCRIPT_REOPENING, .statements = 4, false, true },
    { "SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT", SCRIPT_REOPENING, .statements = 4, false, true },
    { "SELECT 1; COMMIT; SELECT 2;", SCRIPT_STATEMENTS, .statements = 2, false, true },
    { "SELECT 1; ROLLBACK;", SCRIPT_STATEMENTS, .statements = 1, false, true },
    { "VACUUM", SCRIPT_STATEMENTS, .statements = 1, false, true },
    { "EXPLAIN VACUUM", SCRIPT_ATOMIC, .statements = 1 },
    { "VACUUM", SCRIPT_STATEMENTS, .statements = 1, false, false, true },
    { "SELECT 1", SCRIPT_STATEMENTS, .statements = 1, false, false, true },
    { "PRAGMA journal_mode = WAL; SELECT 1", SCRIPT_STATEMENTS, .statements = 2, true, true },
    { "PRAGMA journal_mode; SELECT 1", SCRIPT_ATOMIC, .statements = 2 },
    { "PRAGMA synchronous(1)", SCRIPT_STATEMENTS, .statements = 1, true, true },
    { "ATTACH 'x' AS y; DETACH y", SCRIPT_STATEMENTS, .statements = 2, true, true },
    { "CREATE TEMP TABLE a (x)", SCRIPT_ATOMIC, .statements = 1, true },
    { "PRAGMA recursive_triggers = 1", SCRIPT_ATOMIC, .statements = 1, true },
    { "PRAGMA user_version = 3; PRAGMA table_info(a)", SCRIPT_ATOMIC, .statements = 2 },
    { "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END;", SCRIPT_ATOMIC,
      .statements = 1 },
    { "CREATE TABLE a (x)\n--> statement-breakpoint\nCREATE TABLE b (x)", SCRIPT_ATOMIC, .statements = 2,
      .separator = "--> statement-breakpoint" },
    { "SELECT '--> statement-breakpoint'", SCRIPT_ATOMIC, .statements = 2, .separator = "--> statement-breakpoint" },
    { "SELECT 'open", SCRIPT_ATOMIC, .statements = 1 },
};

ParameterizedTestParameters(sqlite_script, shapes)
{
    return rows_numbered(sizeof shapes / sizeof *shapes);
}

ParameterizedTest(size_t *row, sqlite_script, shapes)
{
    struct arena *a = arena_open();
    struct script_request r = sqlite_request(a, shapes[*row].sql);
    struct notices notices = { .arena = a };
    struct script_facts facts;
    struct err e;

    r.no_transaction = shapes[*row].no_transaction;
    r.separator = shapes[*row].separator;
    cr_assert(sqlite_script_inspect(&facts, &r, &notices, a, &e), "%s", e.message);
    cr_expect_eq(facts.shape, shapes[*row].shape, "%s", shapes[*row].sql);
    cr_expect_eq(facts.statements, shapes[*row].statements, "%s: %d", shapes[*row].sql, (int)facts.statements);
    cr_expect_eq(facts.changes_session, shapes[*row].session, "%s", shapes[*row].sql);
    cr_expect_eq(notices.len, (size_t)shapes[*row].warned, "%s", shapes[*row].sql);
    cr_expect(facts.parsed);
    arena_close(a);
}

/* What it does to schema_migrations; version is "7". column 0: no error. */
static const struct {
    const char *sql;
    enum direction direction;
    bool own;
    int line, column;
    bool warned;
} ledgers[] = {
    { "INSERT INTO schema_migrations (version) VALUES ('8');", DIRECTION_UP, .own = false, 1, 49 },
    { "SELECT '\xc3\xa4';\n INSERT INTO schema_migrations VALUES ('\xc3\xa4')", DIRECTION_UP, .own = false, 2, 40 },
    { "INSERT INTO schema_migrations (version) VALUES ('7'), ('8')", DIRECTION_UP, .own = false, 1, 56 },
    { "INSERT INTO schema_migrations (version) VALUES ('07')", DIRECTION_UP, .own = false, 1, 49 },
    { "DELETE FROM schema_migrations WHERE version = '8'", DIRECTION_UP, .own = false, 1, 47 },
    { "UPDATE schema_migrations SET at = 1 WHERE version = '8'", DIRECTION_UP, .own = false, 1, 53 },
    { "UPDATE OR IGNORE main.schema_migrations AS s SET (at, version) = (1, '7')", DIRECTION_UP, .own = false, 1, 55 },
    { "UPDATE schema_migrations SET at = f(1, 2), version = '9' WHERE at = 1", DIRECTION_UP, .own = false, 1, 44 },
    { "UPDATE schema_migrations SET at = version WHERE version = '7'", DIRECTION_UP, .own = false },
    { "UPDATE other SET version = '9'", DIRECTION_UP, .own = false },
    { "DELETE FROM schema_migrations WHERE version IN ('7', '8')", DIRECTION_DOWN, .own = false, 1, 54 },
    { "DELETE FROM schema_migrations WHERE '8' = version", DIRECTION_DOWN, .own = false, 1, 37 },
    { "INSERT INTO schema_migrations VALUES ('8')", DIRECTION_DOWN, .own = false, 1, 39 },
    { "INSERT INTO schema_migrations (version) VALUES ('7');", DIRECTION_UP, .own = true },
    { "insert into \"Schema_Migrations\" (\"version\") values (7) returning version", DIRECTION_UP, .own = true },
    { "INSERT OR IGNORE INTO main.[schema_migrations] (at, version) VALUES (now(1, 2), '7')", DIRECTION_UP,
      .own = true },
    { "REPLACE INTO `schema_migrations` VALUES ('7') ON CONFLICT DO NOTHING", DIRECTION_UP, .own = true },
    { "INSERT INTO schema_migrations (version) VALUES ('7');", DIRECTION_DOWN, .own = false },
    { "DELETE FROM schema_migrations WHERE version = '7'", DIRECTION_DOWN, .own = true },
    { "DELETE FROM schema_migrations AS s WHERE s.version == '7'", DIRECTION_DOWN, .own = true },
    { "DELETE FROM schema_migrations WHERE version = '7'", DIRECTION_UP, .own = false },
    { "INSERT INTO schema_migrations SELECT '8'", DIRECTION_UP, .own = false },
    { "INSERT INTO schema_migrations (version) VALUES ('7' || '1')", DIRECTION_UP, .own = false },
    { "INSERT INTO schema_migrations (at) VALUES ('8')", DIRECTION_UP, .own = false },
    { "INSERT INTO other.schema_migrations VALUES ('8')", DIRECTION_UP, .own = false },
    { "INSERT INTO schema_migrations_old VALUES ('8')", DIRECTION_UP, .own = false },
    { "DELETE FROM schema_migrations WHERE version = '8' AND 0", DIRECTION_UP, .own = false },
    { "-- INSERT INTO schema_migrations VALUES ('8')\nSELECT 1", DIRECTION_UP, .own = false },
    { "DELETE FROM schema_migrations", DIRECTION_UP, .own = false, .warned = true },
    { "DELETE FROM schema_migrations;", DIRECTION_DOWN, .own = false, .warned = true },
};

ParameterizedTestParameters(sqlite_script, ledgers)
{
    return rows_numbered(sizeof ledgers / sizeof *ledgers);
}

ParameterizedTest(size_t *row, sqlite_script, ledgers)
{
    struct arena *a = arena_open();
    struct script_request r = sqlite_request(a, ledgers[*row].sql);
    struct notices notices = { .arena = a };
    struct script_facts facts;
    struct err e = { 0 };
    bool ok;

    r.direction = ledgers[*row].direction;
    ok = sqlite_script_inspect(&facts, &r, &notices, a, &e);
    cr_expect_eq(ok, ledgers[*row].column == 0, "%s: %s", ledgers[*row].sql, e.message);
    cr_expect_eq(e.at.line, ledgers[*row].line, "%s", ledgers[*row].sql);
    cr_expect_eq(e.at.column, ledgers[*row].column, "%s: %d", ledgers[*row].sql, e.at.column);
    if (ok) {
        cr_expect_eq(facts.writes_own_row, ledgers[*row].own, "%s", ledgers[*row].sql);
    } else {
        cr_expect_eq(e.kind, ERR_MIGRATION_FILE);
        cr_expect_neq(e.hint[0], '\0');
    }
    cr_expect_eq(notices.len, (size_t)ledgers[*row].warned, "%s", ledgers[*row].sql);
    arena_close(a);
}
