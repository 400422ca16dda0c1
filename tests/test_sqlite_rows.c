/* Tables as they are found and made, rows as they are written and read. */
#include <signal.h>

#include "tests/support/sqlite.h"

Test(sqlite_rows, columns_are_told_by_their_declared_types)
{
    static const struct {
        const char *name;
        enum column_kind kind;
        int max_length;
        bool not_null, has_default, primary_key;
    } want[] = {
        { "id", COLUMN_INTEGER, 0, true, true, true },     { "v", COLUMN_TEXT, 50, true, false, false },
        { "t", COLUMN_TEXT, 0, false, false, false },      { "n", COLUMN_OTHER, 0, false, true, false },
        { "ok", COLUMN_BOOLEAN, 0, true, true, false },    { "at", COLUMN_TIME, 0, true, true, false },
        { "big", COLUMN_INTEGER, 0, false, false, false }, { "any", COLUMN_OTHER, 0, false, false, false },
        { "made", COLUMN_TEXT, 0, true, true, false },
    };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct table_name names[] = { { NULL, "absent" }, { NULL, "KINDS" } };
    struct table_info found[2];

    sqlite_set_up(&p, db,
                  "CREATE TABLE kinds (id INTEGER PRIMARY KEY NOT NULL, v varchar ( 50 ) NOT NULL, t TEXT, n NUMERIC "
                  "DEFAULT 1, ok boolean NOT NULL DEFAULT 0, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, big "
                  "BIGINT, any, made TEXT NOT NULL AS (v || t))");
    cr_assert(db_tables_find(db, names, 2, found, p.a, &p.e), "%s", p.e.message);
    cr_expect_not(found[0].exists);
    cr_assert(found[1].exists);
    cr_assert_eq(found[1].ncolumns, sizeof want / sizeof *want);
    for (size_t i = 0; i < found[1].ncolumns; i++) {
        const struct column_info *got = &found[1].columns[i];

        cr_expect_str_eq(got->name, want[i].name);
        cr_expect_eq(got->kind, want[i].kind, "%s", got->name);
        cr_expect_eq(got->max_length, want[i].max_length, "%s", got->name);
        cr_expect_eq(got->not_null, want[i].not_null, "%s", got->name);
        cr_expect_eq(got->has_default, want[i].has_default, "%s", got->name);
        cr_expect_eq(got->primary_key, want[i].primary_key, "%s", got->name);
    }
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, sqlites_own_tables_are_not_listed)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);

    sqlite_set_up(&p, db,
                  "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE sqlitefoo (x); CREATE VIEW v AS "
                  "SELECT 1; CREATE INDEX i ON b (id); CREATE TABLE \"a \"\"b\" (x); ANALYZE;");
    cr_expect_str_eq(sqlite_tables(&p, db), "a \"b b sqlitefoo");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, known_tables_are_made_once_and_as_their_tools_make_them)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct row_query q = {
        .table = { NULL, "sqlite_schema" },
        .columns = (const char *[]) { "sql" },
        .n = 1,
        .where = { .column = "name", .kind = CELL_TEXT },
    };
    struct {
        enum known_table kind;
        const char *table, *sql;
    } want[] = {
        { TABLE_SCHEMA_MIGRATIONS, "schema_migrations",
          "CREATE TABLE \"schema_migrations\" (\"version\" varchar NOT NULL PRIMARY KEY)" },
        { TABLE_AR_INTERNAL_METADATA, "ar_internal_metadata",
          "CREATE TABLE \"ar_internal_metadata\" (\"key\" varchar NOT NULL PRIMARY KEY, \"value\" varchar, "
          "\"created_at\" datetime(6) NOT NULL, \"updated_at\" datetime(6) NOT NULL)" },
        { TABLE_DIESEL, "__diesel_schema_migrations",
          "CREATE TABLE \"__diesel_schema_migrations\" (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT "
          "NULL DEFAULT CURRENT_TIMESTAMP)" },
        { TABLE_DRIZZLE, "__drizzle_migrations",
          "CREATE TABLE \"__drizzle_migrations\" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)" },
        { TABLE_HISTORY, "__merganser_history", NULL },
    };
    struct rows rows;

    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        struct table_name name = { NULL, want[i].table };

        cr_assert(db_table_create(db, want[i].kind, name, &p.e), "%s", p.e.message);
        cr_assert(db_table_create(db, want[i].kind, name, &p.e), "%s", p.e.message);
        q.where.text = text_from(want[i].table);
        cr_assert(db_rows_read(db, &q, &rows, p.a, &p.e), "%s", p.e.message);
        cr_assert_eq(rows.len, 1);
        if (want[i].sql)
            cr_expect(text_is(rows.cells[0], want[i].sql), "%s", rows.cells[0].at);
    }
    q.where.text = TEXT("__merganser_history_version");
    cr_assert(db_rows_read(db, &q, &rows, p.a, &p.e), "%s", p.e.message);
    cr_expect_eq(rows.len, 1);
    db_close(db);
    sqlite_place_end(&p);
}

static struct row_change change(enum row_change_kind kind, const struct cell *cells, size_t len)
{
    return (struct row_change) { .kind = kind, .table = { NULL, "k \"v" }, .cells = cells, .len = len };
}

/* Each is tried on a table that has the row (a, 1). */
Test(sqlite_rows, changes_ask_for_what_they_need)
{
    static const struct cell a[] = { { .column = "k", .kind = CELL_TEXT, .text = { "a", 1 }, .key = true },
                                     { .column = "v", .kind = CELL_INTEGER, .text = { "-5", 2 } } };
    static const struct cell b[] = { { .column = "k", .kind = CELL_TEXT, .text = { "b", 1 }, .key = true },
                                     { .column = "v", .kind = CELL_NULL } };
    static const struct {
        enum row_change_kind kind;
        const struct cell *cells;
        const char *rows; /* NULL: ERR_LEDGER_MOVED */
    } cases[] = {
        { ROW_INSERT, a, NULL },      { ROW_INSERT, b, "a|1;b|-" }, { ROW_DELETE, a, "" },   { ROW_DELETE, b, NULL },
        { ROW_UPDATE, a, "a|-5" },    { ROW_UPDATE, b, NULL },      { ROW_EXPECT, b, NULL }, { ROW_EXPECT, a, NULL },
        { ROW_EXPECT_GONE, a, NULL }, { ROW_APPEND, b, "a|1;b|-" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sqlite_place p = sqlite_place_make();
        struct db *db = sqlite_place_open(&p, NULL);
        struct row_change changes[] = { change(ROW_APPEND, a, 2), change(cases[i].kind, cases[i].cells, 2) };
        struct cell first[] = { a[0], { .column = "v", .kind = CELL_INTEGER, .text = TEXT("1") } };
        bool ok;

        sqlite_set_up(&p, db, "CREATE TABLE \"k \"\"v\" (k TEXT, v INTEGER)");
        changes[0].cells = first;
        cr_assert(db_rows_write(db, changes, 1, &p.e), "%s", p.e.message);
        ok = db_rows_write(db, changes + 1, 1, &p.e);
        cr_expect_eq(ok, cases[i].rows != NULL, "case %zu: %s", i, p.e.message);
        if (!ok) {
            cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED, "case %zu", i);
            cr_expect_str_not_empty(p.e.hint, "case %zu", i);
        }
        cr_expect_str_eq(sqlite_rows(&p, db, "k \"v", "k,v"), ok ? cases[i].rows : "a|1");
        db_close(db);
        sqlite_place_end(&p);
    }
}

/* Made by the session's statements, it is there for as long as the connection. */
Test(sqlite_rows, a_temporary_table_of_the_same_name_is_left_alone)
{
    static const struct cell a[] = { { .column = "version", .kind = CELL_TEXT, .text = { "a", 1 }, .key = true },
                                     { .column = "outcome", .kind = CELL_TEXT, .text = { "x", 1 } } };
    const char *session[] = { "CREATE TEMP TABLE __merganser_history (version, outcome, ledger)", NULL };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, session);
    struct table_name history = { NULL, "__merganser_history" };
    struct row_change changes[] = {
        { .kind = ROW_UPDATE, .table = history, .cells = a, .len = 2 },
        { .kind = ROW_DELETE, .table = history, .cells = a, .len = 1 },
    };

    cr_assert(db_table_create(db, TABLE_HISTORY, history, &p.e), "%s", p.e.message);
    sqlite_set_up(&p, db,
                  "INSERT INTO main.__merganser_history (run_id, ledger, version, direction, outcome, started_at) "
                  "VALUES ('r', 'l', 'a', 'up', 'started', '');");
    cr_assert(db_rows_write(db, changes, 1, &p.e), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, history.table, "version,outcome"), "a|x");
    cr_assert(db_rows_write(db, changes + 1, 1, &p.e), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, history.table, "version"), "");
    sqlite_set_up(&p, db,
                  "CREATE TABLE made AS SELECT name FROM main.sqlite_schema WHERE type = 'index' AND sql <> ''");
    cr_expect_str_eq(sqlite_rows(&p, db, "made", "name"), "__merganser_history_version");
    db_close(db);
    sqlite_place_end(&p);
}

/* The key is not what the table's own constraint is about. */
Test(sqlite_rows, a_constraint_that_an_insert_breaks_says_what_to_do)
{
    static const struct cell b[] = { { .column = "k", .kind = CELL_TEXT, .text = { "b", 1 }, .key = true },
                                     { .column = "v", .kind = CELL_INTEGER, .text = { "1", 1 } } };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct row_change row = change(ROW_INSERT, b, 2);

    sqlite_set_up(&p, db, "CREATE TABLE \"k \"\"v\" (k, v UNIQUE); INSERT INTO \"k \"\"v\" VALUES ('a', 1);");
    cr_assert_not(db_rows_write(db, &row, 1, &p.e));
    cr_expect_eq(p.e.kind, ERR_LEDGER_MOVED);
    cr_expect_str_not_empty(p.e.hint);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, they_are_written_all_or_none)
{
    static const struct cell a[] = { { .column = "k", .kind = CELL_TEXT, .text = { "a", 1 }, .key = true } };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct row_change changes[] = { change(ROW_INSERT, a, 1), change(ROW_DELETE, a, 1), change(ROW_INSERT, a, 1),
                                    change(ROW_INSERT, a, 1) };

    sqlite_set_up(&p, db, "CREATE TABLE \"k \"\"v\" (k TEXT PRIMARY KEY)");
    cr_expect_not(db_rows_write(db, changes, 4, &p.e));
    cr_expect_str_eq(sqlite_rows(&p, db, "k \"v", "k"), "");
    cr_expect(db_rows_write(db, changes, 3, &p.e), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "k \"v", "k"), "a");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, a_stop_signal_does_not_keep_them_from_being_written)
{
    static const struct cell a[] = { { .column = "k", .kind = CELL_TEXT, .text = { "a", 1 }, .key = true } };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct row_change row = change(ROW_INSERT, a, 1);
    bool ok;

    sqlite_set_up(&p, db, "CREATE TABLE \"k \"\"v\" (k TEXT PRIMARY KEY)");
    interrupt_install();
    raise(SIGTERM);
    ok = db_rows_write(db, &row, 1, &p.e);
    interrupt_reset();
    cr_expect(ok, "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "k \"v", "k"), "a");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, values_come_back_in_one_form)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);

    sqlite_set_up(&p, db,
                  "CREATE TABLE a (id INTEGER PRIMARY KEY, ok BOOLEAN, at DATETIME(6), v VARCHAR, n NUMERIC);"
                  "INSERT INTO a VALUES (1, 1, '2024-03-20 12:30:00.123456', 'x', 1700000000000);"
                  "INSERT INTO a VALUES (2, 0, '2024-03-20T12:30:00Z', '', 1.5);"
                  "INSERT INTO a VALUES (3, NULL, '2024-03-20 12:30', NULL, NULL);"
                  "INSERT INTO a VALUES (4, 'yes', 12, 007, '2024-03-20 12:30:00');");
    cr_expect_str_eq(sqlite_rows(&p, db, "a", "id,ok,at,v,n"), "1|t|2024-03-20T12:30:00.123456Z|x|1700000000000;"
                                                               "2|f|2024-03-20T12:30:00Z||1.5;"
                                                               "3|-|2024-03-20 12:30|-|-;"
                                                               "4|yes|12|7|2024-03-20 12:30:00");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, reading_can_choose_sort_and_stop)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct row_query q = {
        .table = { NULL, "a" },
        .columns = (const char *[]) { "id" },
        .n = 1,
        .order_by = "id",
        .descending = true,
        .where = { .column = "v", .kind = CELL_TEXT, .text = TEXT("x") },
        .limit = 2,
    };
    struct rows rows;

    sqlite_set_up(&p, db, "CREATE TABLE a (id, v); INSERT INTO a VALUES (1,'x'),(2,'y'),(3,'x'),(4,'x'),(5,NULL);");
    cr_assert(db_rows_read(db, &q, &rows, p.a, &p.e), "%s", p.e.message);
    cr_assert_eq(rows.len, 2);
    cr_expect(text_is(rows.cells[0], "4") && text_is(rows.cells[1], "3"));
    q.where.kind = CELL_NULL;
    cr_assert(db_rows_read(db, &q, &rows, p.a, &p.e), "%s", p.e.message);
    cr_assert_eq(rows.len, 1);
    cr_expect(text_is(rows.cells[0], "5"));
    q.table.table = "absent";
    cr_expect_not(db_rows_read(db, &q, &rows, p.a, &p.e));
    cr_expect_eq(p.e.kind, ERR_DATABASE);
    cr_expect(strstr(p.e.message, "no such table"), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_rows, times_are_written_in_utc_with_milliseconds)
{
    static const struct cell cells[] = { { .column = "a", .kind = CELL_STARTED }, { .column = "b", .kind = CELL_NOW } };
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct row_change row = { .kind = ROW_APPEND, .table = { NULL, "t" }, .cells = cells, .len = 2 };
    struct unit unit = { .rows = &row, .nrows = 1 };
    struct unit_result result = { .started_at_ms = 1710937800007 };
    const char *got;

    sqlite_set_up(&p, db, "CREATE TABLE t (a, b)");
    cr_assert(db->dialect->apply(db, &unit, &result, &p.e), "%s", p.e.message);
    got = sqlite_rows(&p, db, "t", "a,b");
    cr_expect(text_starts(text_from(got), "2024-03-20T12:30:00.007Z|20"), "%s", got);
    cr_expect_eq(strlen(got), 24 + 1 + 24);
    db_close(db);
    sqlite_place_end(&p);
}
