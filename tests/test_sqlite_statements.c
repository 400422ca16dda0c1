/* Scripts that run outside a transaction, one statement after the other. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tests/support/rows.h"
#include "tests/support/sqlite.h"

enum { CELLS = 7 };

struct started {
    struct cell cells[CELLS];
    struct row_change before;
    struct unit unit;
};

/* A script with the history row that says "started". */
static struct started *started(struct sqlite_place *p, struct db *db, const char *sql)
{
    static const struct cell cells[CELLS] = {
        { .column = "run_id", .kind = CELL_TEXT, .text = { "r1", 2 }, .key = true },
        { .column = "ledger", .kind = CELL_TEXT, .text = { "schema_migrations", 17 } },
        { .column = "version", .kind = CELL_TEXT, .text = { "7", 1 }, .key = true },
        { .column = "direction", .kind = CELL_TEXT, .text = { "up", 2 } },
        { .column = "outcome", .kind = CELL_TEXT, .text = { "started", 7 } },
        { .column = "started_at", .kind = CELL_STARTED },
        { .column = "statements_done", .kind = CELL_INTEGER, .text = { "0", 1 } },
    };
    struct started *s = arena_make(p->a, struct started, 1);

    memcpy(s->cells, cells, sizeof cells);
    s->before = (struct row_change) {
        .kind = ROW_APPEND,
        .table = { NULL, "__merganser_history" },
        .cells = s->cells,
        .len = CELLS,
    };
    s->unit = sqlite_unit(p, db, sql);
    s->unit.before = &s->before;
    s->unit.nbefore = 1;
    s->unit.journal.done = "statements_done";
    cr_assert(db_table_create(db, TABLE_HISTORY, s->before.table, &p->e), "%s", p->e.message);
    return s;
}

static const char *history(struct sqlite_place *p, struct db *db)
{
    return sqlite_rows(p, db, "__merganser_history", "version,outcome,statements_done");
}

Test(sqlite_statements, each_is_kept_and_counted)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, "CREATE TABLE a (x); VACUUM; BEGIN; CREATE TABLE b (x); COMMIT;");
    struct unit_result result;

    cr_assert_eq(s->unit.facts.shape, SCRIPT_STATEMENTS);
    cr_assert(db_apply(db, &s->unit, &result, &p.e), "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_APPLIED);
    cr_expect_eq(result.statements_done, 5);
    cr_expect_str_eq(history(&p, db), "7|started|5");
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "7");
    cr_expect_str_eq(sqlite_tables(&p, db), "__merganser_history a b schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_statements, the_row_is_found_without_keys_too)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, "VACUUM; CREATE TABLE a (x);");
    struct unit_result result;

    s->cells[0].key = s->cells[2].key = false;
    sqlite_set_up(&p, db,
                  "INSERT INTO __merganser_history (run_id, ledger, version, direction, outcome, started_at) VALUES "
                  "('r0', 'schema_migrations', '6', 'up', 'applied', '');");
    cr_assert(db_apply(db, &s->unit, &result, &p.e), "%s", p.e.message);
    cr_expect_str_eq(history(&p, db), "6|applied|-;7|started|2");
    db_close(db);
    sqlite_place_end(&p);
}

/* The rows of a reopening script: the ledger's, and the history row that is finished with it. */
static struct started *reopening(struct sqlite_place *p, struct db *db, const char *sql)
{
    struct started *s = started(p, db, sql);
    struct row_change *rows = arena_make(p->a, struct row_change, 2);
    struct cell *cells = arena_make(p->a, struct cell, 3);

    cr_assert_eq(s->unit.facts.shape, SCRIPT_REOPENING);
    cells[0] = s->cells[0];
    cells[1] = s->cells[2];
    cells[2] = (struct cell) { .column = "outcome", .kind = CELL_TEXT, .text = TEXT("applied") };
    rows[0] = s->unit.rows[0];
    rows[1] = (struct row_change) { ROW_UPDATE, s->before.table, cells, 3 };
    s->unit.rows = rows;
    s->unit.nrows = 2;
    s->unit.journal.done = NULL;
    return s;
}

static const struct {
    const char *sql;
    enum unit_outcome outcome;
    const char *history;
} reopened[] = {
    { "CREATE TABLE a (x); COMMIT; BEGIN; CREATE TABLE b (x);", UNIT_APPLIED, "7|applied|0" },
    { "SELEC; COMMIT; BEGIN; CREATE TABLE b (x);", UNIT_ROLLED_BACK, "7|started|0" },
    { "CREATE TABLE a (x); COMMIT; BEGIN; SELEC;", UNIT_PARTIAL, "7|started|0" },
};

ParameterizedTestParameters(sqlite_statements, a_reopening_script_says_that_it_started)
{
    return rows_numbered(sizeof reopened / sizeof *reopened);
}

ParameterizedTest(size_t *row, sqlite_statements, a_reopening_script_says_that_it_started)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = reopening(&p, db, reopened[*row].sql);
    struct unit_result result;
    bool ok = db_apply(db, &s->unit, &result, &p.e);

    cr_expect_eq(ok, reopened[*row].outcome == UNIT_APPLIED, "%s", p.e.message);
    cr_expect_eq(result.outcome, reopened[*row].outcome);
    cr_expect_str_eq(history(&p, db), reopened[*row].history);
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), ok ? "7" : "");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_statements, a_row_that_is_there_stops_a_reopening_script_before_it_starts)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = reopening(&p, db, "CREATE TABLE a (x); COMMIT; BEGIN; CREATE TABLE b (x);");
    struct unit_result result;

    sqlite_set_up(&p, db, "INSERT INTO schema_migrations SELECT '7'");
    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED, "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(history(&p, db), "");
    db_close(db);
    sqlite_place_end(&p);
}

/* Where each stops: what is done then, and the tables. */
static const struct {
    const char *sql;
    int line, column;
    uint64_t done;
    const char *tables;
} failing[] = {
    { "VACUUM; CREATE TABLE a (x);\nSELEC;", 2, 1, 2, "__merganser_history a schema_migrations" },
    { "VACUUM;\nCREATE TABLE a (x); BEGIN; CREATE TABLE b (x); SELEC; COMMIT", 2, 48, 2,
      "__merganser_history a schema_migrations" },
    { "PRAGMA journal_mode = WAL; SELEC", 1, 28, 1, "__merganser_history schema_migrations" },
};

ParameterizedTestParameters(sqlite_statements, failing)
{
    return rows_numbered(sizeof failing / sizeof *failing);
}

ParameterizedTest(size_t *row, sqlite_statements, failing)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, failing[*row].sql);
    struct unit_result result;

    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect_eq(p.e.at.line, failing[*row].line);
    cr_expect_eq(p.e.at.column, failing[*row].column, "%d", p.e.at.column);
    cr_expect_eq(result.outcome, UNIT_PARTIAL);
    cr_expect_eq(result.statements_done, failing[*row].done, "%d", (int)result.statements_done);
    cr_expect_str_eq(history(&p, db), arena_printf(p.a, "7|started|%d", (int)failing[*row].done));
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "");
    cr_expect_str_eq(sqlite_tables(&p, db), failing[*row].tables);
    db_close(db);
    sqlite_place_end(&p);
}

/* Nothing of these takes effect, so the next run may begin them anew. */
static const struct {
    const char *sql;
    enum unit_outcome outcome;
} first_fails[] = {
    { "SELEC; VACUUM;", UNIT_ROLLED_BACK },
    { "INSERT INTO absent VALUES (1); VACUUM;", UNIT_ROLLED_BACK },
    { "INSERT INTO t VALUES (2), (1); VACUUM;", UNIT_ROLLED_BACK },
    { "PRAGMA foreign_keys = OFF; SELEC; VACUUM;", UNIT_ROLLED_BACK },
    { "BEGIN; INSERT INTO t VALUES (2); SELEC; COMMIT; VACUUM;", UNIT_ROLLED_BACK },
    { "BEGIN; INSERT INTO t VALUES (2); COMMIT; SELEC; VACUUM;", UNIT_PARTIAL },
    { "INSERT OR FAIL INTO t VALUES (2), (1); VACUUM;", UNIT_PARTIAL },
    { "VACUUM INTO 'file:?mode=nope';", UNIT_PARTIAL },
};

ParameterizedTestParameters(sqlite_statements, the_first_fails)
{
    return rows_numbered(sizeof first_fails / sizeof *first_fails);
}

ParameterizedTest(size_t *row, sqlite_statements, the_first_fails)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    bool partial = first_fails[*row].outcome == UNIT_PARTIAL;
    struct unit_result result;
    struct started *s;

    sqlite_set_up(&p, db, "CREATE TABLE t (x PRIMARY KEY); INSERT INTO t VALUES (1);");
    s = started(&p, db, first_fails[*row].sql);
    cr_assert_eq(s->unit.facts.shape, SCRIPT_STATEMENTS);
    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED, "%s", p.e.message);
    cr_expect_eq(result.outcome, first_fails[*row].outcome, "%s", first_fails[*row].sql);
    if (!partial) {
        cr_expect_eq(result.statements_done, 0);
        cr_expect_str_eq(sqlite_rows(&p, db, "t", "x"), "1");
    }
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_statements, a_stop_before_the_first_statement_leaves_nothing)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, "VACUUM; CREATE TABLE a (x);");
    struct unit_result result;

    interrupt_install();
    raise(SIGINT);
    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    interrupt_reset();
    cr_expect_eq(p.e.kind, ERR_INTERRUPTED, "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "__merganser_history schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_statements, an_open_quote_is_seen_before_anything_runs)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, "VACUUM; CREATE TABLE a (x);\nINSERT INTO a VALUES ('oh);");
    struct unit_result result;

    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect_eq(p.e.at.line, 2);
    cr_expect_eq(p.e.at.column, 23);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(history(&p, db), "");
    cr_expect_str_eq(sqlite_tables(&p, db), "__merganser_history schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_statements, a_row_that_is_there_stops_it_before_anything_runs)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, "VACUUM");
    struct unit_result result;

    sqlite_set_up(&p, db, "INSERT INTO schema_migrations SELECT '7'");
    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(history(&p, db), "");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_statements, a_write_ahead_log_can_be_turned_on)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db, "PRAGMA journal_mode = WAL; CREATE TABLE a (x);");
    struct unit_result result;

    cr_assert(db_apply(db, &s->unit, &result, &p.e), "%s", p.e.message);
    cr_expect(sqlite_file_exists(&p, "-wal"));
    cr_expect_str_eq(history(&p, db), "7|started|2");
    db_close(db);
    cr_expect_not(sqlite_file_exists(&p, "-wal"));
    sqlite_place_end(&p);
}

Test(sqlite_statements, foreign_keys_are_as_the_script_says_and_then_as_before)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db,
                                "VACUUM; PRAGMA foreign_keys = ON; CREATE TABLE a AS SELECT * FROM "
                                "pragma_foreign_keys;");
    struct unit_result result;

    cr_assert(db_apply(db, &s->unit, &result, &p.e), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "a", "foreign_keys"), "1");
    sqlite_set_up(&p, db, "CREATE TABLE b AS SELECT * FROM pragma_foreign_keys");
    cr_expect_str_eq(sqlite_rows(&p, db, "b", "foreign_keys"), "0");
    db_close(db);
    sqlite_place_end(&p);
}

/* In a process of its own: once two statements are counted, it stops this one. */
static int stop_after_two(struct sqlite_place *p)
{
    int pid = fork();

    if (pid != 0)
        return pid;
    for (;;) {
        struct db *db = sqlite_place_open_reading(p);
        struct table_info table;
        const char *done = "";

        cr_assert(db_tables_find(db, &(struct table_name) { NULL, "__merganser_history" }, 1, &table, p->a, &p->e));
        if (table.exists)
            done = history(p, db);
        db_close(db);
        if (strcmp(done, "7|started|2") == 0) {
            kill(getppid(), SIGINT);
            _exit(0);
        }
        poll(NULL, 0, 2);
    }
}

Test(sqlite_statements, a_stop_signal_leaves_what_is_done_and_says_so)
{
    struct sqlite_place p = sqlite_place_make();
    int pid = stop_after_two(&p);
    struct db *db = sqlite_place_open(&p, NULL);
    struct started *s = started(&p, db,
                                "CREATE TABLE a (x); VACUUM; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                                "FROM n) SELECT count(*) FROM n;");
    struct unit_result result;

    interrupt_install();
    cr_assert_not(db_apply(db, &s->unit, &result, &p.e));
    cr_expect_eq(process_wait(pid), 0);
    interrupt_reset();
    cr_expect_eq(p.e.kind, ERR_INTERRUPTED, "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_PARTIAL);
    cr_expect_eq(result.statements_done, 2);
    cr_expect_str_eq(history(&p, db), "7|started|2");
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "");
    db_close(db);
    sqlite_place_end(&p);
}
