/* Foreign keys around a migration: tables that are rebuilt keep their children, and nothing new may dangle. */
#include "tests/support/sqlite.h"

static const char schema[] = "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n"
                             "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id) "
                             "ON DELETE CASCADE);\n"
                             "INSERT INTO parents VALUES (1, 'a'), (2, 'b');\n"
                             "INSERT INTO children VALUES (10, 1), (11, 1), (12, 2);\n";

/* As drizzle-kit and SQLite's own manual rebuild a table. */
#define REBUILD                                                                                                        \
    "CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"                                         \
    "INSERT INTO new_parents SELECT id, name FROM parents;\n"                                                          \
    "DROP TABLE parents;\n"                                                                                            \
    "ALTER TABLE new_parents RENAME TO parents;\n"

static const char *const keys_on[] = { "PRAGMA foreign_keys = ON", NULL };

static struct db *prepared(struct sqlite_place *p, const char *const *session)
{
    struct db *db = sqlite_place_open(p, session);

    sqlite_set_up(p, db, schema);
    return db;
}

/* What the connection has now. */
static const char *setting(struct sqlite_place *p, struct db *db)
{
    sqlite_set_up(p, db, "CREATE TABLE setting AS SELECT foreign_keys AS x FROM pragma_foreign_keys");
    return sqlite_rows(p, db, "setting", "x");
}

Test(sqlite_keys, with_them_on_a_rebuild_deletes_the_children)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    /* The danger that the other tests are about is real. */
    cr_assert(sqlite_applies(&p, db, REBUILD, &result), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "children", "id"), "");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_rebuild_with_them_off_keeps_the_children)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    cr_assert(sqlite_applies(&p, db, "PRAGMA foreign_keys=OFF;\n" REBUILD "PRAGMA foreign_keys=ON;", &result), "%s",
              p.e.message);
    cr_expect_eq(result.outcome, UNIT_APPLIED);
    cr_expect_str_eq(sqlite_rows(&p, db, "children", "id,parent_id"), "10|1;11|1;12|2");
    cr_expect_str_eq(setting(&p, db), "1");
    cr_expect_eq(p.notices.len, 0);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, off_in_the_middle_holds_for_all_of_it)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    cr_assert(sqlite_applies(&p, db,
                             "BEGIN;\nALTER TABLE children ADD COLUMN x;\nPRAGMA foreign_keys=OFF;\n" REBUILD
                             "PRAGMA foreign_keys=ON;\nALTER TABLE children ADD COLUMN y;\nCOMMIT;",
                             &result),
              "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "children", "id,x,y"), "10|-|-;11|-|-;12|-|-");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, on_only_at_the_end_does_not_reach_back)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    cr_assert(sqlite_applies(&p, db, REBUILD "PRAGMA foreign_keys=ON;", &result), "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "children", "id"), "10;11;12");
    cr_expect_str_eq(setting(&p, db), "0");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_failing_script_leaves_the_setting_as_it_was)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db, "PRAGMA foreign_keys=OFF;\nDROP TABLE parents;\nSELEC;", &result));
    cr_expect_eq(p.e.at.line, 3);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_rows(&p, db, "parents", "id"), "1;2");
    cr_expect_str_eq(setting(&p, db), "1");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_row_that_dangles_after_it_fails_it)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(&p, db, "SELECT 1;\n PRAGMA foreign_keys=OFF;\nDELETE FROM parents;", &result));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect_eq(p.e.at.line, 2);
    cr_expect_eq(p.e.at.column, 2);
    cr_expect_str_eq(p.e.message, "the script breaks a foreign key: children(parent_id) = 1 has no row in parents");
    cr_expect_str_eq(p.e.detail, "and 2 more like it, that were not there before");
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_rows(&p, db, "parents", "id"), "1;2");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, rows_that_dangled_before_do_not_fail_it)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    sqlite_set_up(&p, db,
                  "CREATE TABLE notes (code TEXT REFERENCES parents(id)); INSERT INTO notes VALUES ('gone'), (1), "
                  "('away'); DELETE FROM notes WHERE code = 1; INSERT INTO children VALUES (13, 99);");
    /* The rebuild gives the rows of notes other row ids, and the table another foreign key before the one it had. */
    cr_assert(sqlite_applies(&p, db,
                             "PRAGMA foreign_keys=OFF;\n"
                             "CREATE TABLE new_notes (code TEXT REFERENCES parents(id), by_id REFERENCES parents(id));"
                             "INSERT INTO new_notes (code) SELECT code FROM notes ORDER BY code;"
                             "DROP TABLE notes; ALTER TABLE new_notes RENAME TO notes;\n" REBUILD,
                             &result),
              "%s (%s)", p.e.message, p.e.detail);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, one_mended_and_one_broken_is_a_new_one)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    sqlite_set_up(&p, db, "INSERT INTO children VALUES (13, 99);");
    cr_assert_not(sqlite_applies(
        &p, db, "PRAGMA foreign_keys=0; DELETE FROM children WHERE id = 13; INSERT INTO children VALUES (14, 98);",
        &result));
    cr_expect(strstr(p.e.message, "children(parent_id) = 98"), "%s", p.e.message);
    cr_expect_str_eq(p.e.detail, "");
    cr_expect_str_eq(sqlite_rows(&p, db, "children", "id"), "10;11;12;13");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_second_row_with_the_same_lost_parent_is_a_new_one)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    sqlite_set_up(&p, db, "INSERT INTO children VALUES (13, 99);");
    cr_assert_not(sqlite_applies(&p, db, "PRAGMA foreign_keys=OFF; INSERT INTO children VALUES (14, 99);", &result));
    cr_expect(strstr(p.e.message, "children(parent_id) = 99"), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_table_without_row_ids_is_checked_too)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    sqlite_set_up(&p, db,
                  "CREATE TABLE tags (tag TEXT PRIMARY KEY, p REFERENCES parents(id)) WITHOUT ROWID;"
                  "INSERT INTO tags VALUES ('x', 77);");
    cr_expect(sqlite_applies(&p, db, "PRAGMA foreign_keys=OFF; UPDATE tags SET tag = 'y';", &result), "%s",
              p.e.message);
    sqlite_set_up(&p, db, "DELETE FROM schema_migrations WHERE 1");
    cr_expect_not(sqlite_applies(&p, db, "PRAGMA foreign_keys=OFF; INSERT INTO tags VALUES ('z', 78);", &result));
    cr_expect_str_eq(sqlite_rows(&p, db, "tags", "tag"), "y");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_schema_that_can_not_be_checked_before_is_not_checked)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    sqlite_set_up(&p, db, "CREATE TABLE odd (n REFERENCES parents(name)); INSERT INTO odd VALUES ('a');");
    cr_expect(sqlite_applies(&p, db, "PRAGMA foreign_keys=OFF;\n" REBUILD, &result), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_script_that_makes_it_uncheckable_fails)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, NULL);
    struct unit_result result;

    cr_assert_not(sqlite_applies(
        &p, db, "PRAGMA foreign_keys=OFF; CREATE TABLE odd (n REFERENCES parents(name)); INSERT INTO odd VALUES ('a');",
        &result));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect(strstr(p.e.message, "foreign key mismatch"), "%s", p.e.message);
    cr_expect_eq(p.e.at.line, 1);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_script_may_leave_the_transaction_for_it)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    cr_assert(sqlite_applies(&p, db,
                             "COMMIT;\nPRAGMA foreign_keys=OFF;\nBEGIN;\n" REBUILD
                             "COMMIT;\nPRAGMA foreign_keys=ON;\nBEGIN;",
                             &result),
              "%s", p.e.message);
    cr_expect_str_eq(sqlite_rows(&p, db, "children", "id,parent_id"), "10|1;11|1;12|2");
    cr_expect_str_eq(setting(&p, db), "1");
    cr_expect_eq(result.outcome, UNIT_APPLIED);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, what_dangles_at_the_scripts_own_commit_is_not_committed)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    cr_assert_not(sqlite_applies(
        &p, db, "COMMIT;\nPRAGMA foreign_keys=OFF;\nBEGIN;\nDELETE FROM parents;\nCOMMIT;\nBEGIN;", &result));
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect_eq(p.e.at.line, 2);
    cr_expect_str_eq(sqlite_rows(&p, db, "parents", "id"), "1;2");
    cr_expect_str_eq(setting(&p, db), "1");
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_keys, a_deferred_key_that_is_broken_at_the_commit_fails_it)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = prepared(&p, keys_on);
    struct unit_result result;

    cr_assert_not(sqlite_applies(
        &p, db,
        "CREATE TABLE late (p REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED); INSERT INTO late VALUES (9);",
        &result));
    cr_expect_eq(p.e.kind, ERR_SCRIPT_FAILED);
    cr_expect_str_eq(p.e.at.path, "db/migrate/7_x.sql");
    cr_expect_str_eq(p.e.detail, "SQLITE_CONSTRAINT_FOREIGNKEY (787)");
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "children parents schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}
