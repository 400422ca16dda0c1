/* The version's row: there once, by whom it is written, and never twice. */
#include <criterion/criterion.h>

#include <unistd.h>

#include "tests/support/postgres_unit.h"
#include "tests/support/scratch.h"

Test(postgres_row, applied_twice)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int)"), "%s", b->err.message);
    cr_assert_not(unit_up(b, "1", "CREATE TABLE b (id int)"));
    cr_expect_eq(b->err.kind, ERR_LEDGER_MOVED, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('b') IS NULL"), "t");
    unit_close(b);
}

Test(postgres_row, own_row_must_be_there_once)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert_not(
        unit_up(b, "1", "INSERT INTO schema_migrations (version) VALUES ('1');\nDELETE FROM schema_migrations;"));
    cr_expect_eq(b->err.kind, ERR_SCRIPT_FAILED, "%s", b->err.message);
    cr_expect(unit_warned(b, "empties-ledger"));
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}

Test(postgres_row, down_and_its_row)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int)"));
    cr_assert(unit_up(b, "2", "CREATE TABLE b (id int)"));
    cr_assert(unit_down(b, "2", "DROP TABLE b"), "%s", b->err.message);
    cr_assert_not(unit_down(b, "2", "SELECT 1"));
    cr_expect_eq(b->err.kind, ERR_LEDGER_MOVED);
    cr_assert(unit_down(b, "1", "DROP TABLE a;\nDELETE FROM public.schema_migrations WHERE version = '1';"), "%s",
              b->err.message);
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}

Test(postgres_row, another_holds_the_transaction_key)
{
    struct unit_db *b = unit_open(NULL, NULL), *other = unit_bare();

    /* The other one's migration tries ours from within: a script of merganser's that runs at the same moment. */
    cr_assert(unit_up(b, "1",
                      "CREATE TABLE a (id int); SELECT pg_advisory_lock(objid::bigint + (classid::bigint << 32)) "
                      "FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();"),
              "%s", b->err.message);
    cr_assert(unit_connect(other, NULL, b->conninfo), "%s", other->err.message);
    cr_assert_not(unit_up(other, "2", "SELECT 1"));
    cr_expect_eq(other->err.kind, ERR_LEDGER_MOVED, "%s", other->err.message);
    cr_expect_eq(other->result.outcome, UNIT_ROLLED_BACK);
    unit_close(other);
    unit_close(b);
}

/* Without the run's lock: what stands in each migration's own transaction has to be enough. */
Test(postgres_row, two_at_once_apply_each_once, .timeout = 120)
{
    enum { VERSIONS = 30 };
    struct unit_db *b = unit_open(NULL, NULL);
    int pids[2];

    unit_ask(b, "CREATE TABLE log (version text)");
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        cr_assert(pids[i] >= 0);
        if (pids[i] > 0)
            continue;
        struct unit_db mine = {
            .arena = b->arena, .conninfo = b->conninfo, .notices = { .arena = b->arena }, .history = true
        };
        bool ok = unit_connect(&mine, NULL, b->conninfo);

        for (int v = 1; ok && v <= VERSIONS; v++) {
            const char *version = arena_printf(b->arena, "%d", v);
            const char *sql = arena_printf(b->arena, "INSERT INTO log VALUES ('%d')", v);

            while (!unit_up(&mine, version, sql) && strstr(mine.err.message, "at this moment"))
                ;
            ok = mine.result.outcome == UNIT_APPLIED || mine.err.kind == ERR_LEDGER_MOVED;
        }
        db_close(mine.db);
        arena_close(b->arena);
        _exit(ok ? 0 : 1);
    }
    for (int i = 0; i < 2; i++)
        cr_expect_eq(process_wait(pids[i]), 0);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM log"), "30");
    cr_expect_str_eq(unit_ask(b, "SELECT count(DISTINCT version) FROM log"), "30");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM schema_migrations"), "30");
    unit_close(b);
}
