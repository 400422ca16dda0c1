/* Another connection that writes or reads for ever, is killed, or is stopped. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/await.h"
#include "tests/support/rows.h"
#include "tests/support/sqlite.h"

/* Row 0: a rollback journal; row 1: a write-ahead log. */
static const char *const log_on[] = { "PRAGMA journal_mode = WAL", NULL };
static const char *const *const journals[] = { NULL, log_on };

/* Writes more than SQLite's cache holds, so that the file itself is changed, and then goes on for ever. */
static const char endless[] =
    "CREATE TABLE half (x);\n"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO half SELECT "
    "randomblob(1000) FROM n;\n"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO half SELECT 1 FROM n WHERE i < 0;";

static off_t size_of(struct sqlite_place *p, const char *ending)
{
    struct stat st;

    return stat(arena_printf(p->a, "%s%s", p->path, ending), &st) == 0 ? st.st_size : 0;
}

/* Returns when the writer is in the middle: it holds the write lock, and has written part of it to the disk. */
static int writer_start(struct sqlite_place *p, const char *const *session)
{
    struct await w = await_begin("the writer is in the middle");
    int pid = fork();

    if (pid == 0) {
        struct unit_result result;

        sqlite_applies(p, sqlite_place_open(p, session), endless, &result);
        _exit(1);
    }
    while (session ? size_of(p, "-wal") < 4000000 : !sqlite_file_exists(p, "-journal") || size_of(p, "") < 4000000) {
        cr_assert_not(await_ended(pid));
        await_again(&w);
    }
    return pid;
}

static void table_make(struct sqlite_place *p, const char *const *session)
{
    struct db *db = sqlite_place_open(p, session);

    sqlite_set_up(p, db, "CREATE TABLE whole (x); INSERT INTO whole VALUES (1);");
    db_close(db);
}

/* journal, and whether the first to look is a reader */
ParameterizedTestParameters(sqlite_busy, killed)
{
    return rows_numbered(4);
}

ParameterizedTest(size_t *row, sqlite_busy, killed)
{
    struct sqlite_place p = sqlite_place_make();
    const char *const *session = journals[*row / 2];
    struct unit_result result;
    struct db *db;
    int pid;

    table_make(&p, session);
    pid = writer_start(&p, session);
    kill(pid, SIGKILL);
    cr_assert_eq(process_wait(pid), 128 + SIGKILL);
    if (*row % 2) {
        db = sqlite_place_open_reading(&p);
        cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations whole");
        cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "");
        db_close(db);
    }
    db = sqlite_place_open(&p, session);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations whole");
    cr_expect_str_eq(sqlite_rows(&p, db, "schema_migrations", "version"), "");
    cr_expect_str_eq(sqlite_rows(&p, db, "whole", "x"), "1");
    cr_expect(sqlite_applies(&p, db, "CREATE TABLE half (x)", &result), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

ParameterizedTestParameters(sqlite_busy, a_writer_is_named)
{
    return rows_numbered(2);
}

ParameterizedTest(size_t *row, sqlite_busy, a_writer_is_named)
{
    struct sqlite_place p = sqlite_place_make();
    struct unit unit = { 0 };
    struct unit_result result;
    struct db *db = NULL;
    int64_t began;
    int pid;

    table_make(&p, journals[*row]);
    p.options.lock_timeout_ms = 150;
    pid = writer_start(&p, journals[*row]);
    p.options.read_only = false;
    p.options.session = NULL;
    began = time_monotonic_ms();
    if (db_open(&db, &p.options, p.a, &p.e))
        cr_expect_not(db_apply(db, &unit, &result, &p.e));
    cr_expect_geq(time_monotonic_ms() - began, 150);
    cr_expect_eq(p.e.kind, ERR_DATABASE);
    cr_expect(strstr(p.e.message, arena_printf(p.a, "locked by pid %d", pid)), "%s", p.e.message);
    /* A rollback journal that has been written to the file keeps readers out too. */
    cr_expect_eq(db != NULL, *row == 1);
    db_close(db);
    kill(pid, SIGKILL);
    process_wait(pid);
    sqlite_place_end(&p);
}

/* A real signal that comes while it waits. */
Test(sqlite_busy, waiting_for_a_writer_is_stopped_by_a_signal)
{
    struct sqlite_place p = sqlite_place_make();
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGINT };
    struct itimerspec soon = { .it_value = { .tv_nsec = 200000000 } };
    struct unit_result result;
    timer_t timer;
    struct db *db;
    int pid;

    table_make(&p, log_on);
    p.options.lock_timeout_ms = 60000;
    pid = writer_start(&p, log_on);
    db = sqlite_place_open(&p, NULL);
    interrupt_install();
    cr_assert(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    cr_assert(timer_settime(timer, 0, &soon, NULL) == 0);
    cr_assert_not(db_apply(db, &(struct unit) { .script = sqlite_request(p.a, "CREATE TABLE a (x)") }, &result, &p.e));
    timer_delete(timer);
    interrupt_reset();
    cr_expect_eq(p.e.kind, ERR_INTERRUPTED, "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    db_close(db);
    kill(pid, SIGKILL);
    process_wait(pid);
    sqlite_place_end(&p);
}

Test(sqlite_busy, a_running_statement_is_stopped_by_a_signal)
{
    struct sqlite_place p = sqlite_place_make();
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM };
    struct itimerspec soon = { .it_value = { .tv_nsec = 300000000 } };
    struct db *db = sqlite_place_open(&p, NULL);
    struct unit_result result;
    timer_t timer;

    interrupt_install();
    cr_assert(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    cr_assert(timer_settime(timer, 0, &soon, NULL) == 0);
    cr_assert_not(sqlite_applies(&p, db, endless, &result));
    timer_delete(timer);
    interrupt_reset();
    cr_expect_eq(p.e.kind, ERR_TERMINATED, "%s", p.e.message);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(sqlite_tables(&p, db), "schema_migrations");
    db_close(db);
    sqlite_place_end(&p);
}

/* With a rollback journal a COMMIT waits for those who read: here for one that never ends. */
Test(sqlite_busy, a_commit_that_readers_keep_waiting_is_rolled_back)
{
    struct sqlite_place p = sqlite_place_make();
    struct unit_result result;
    struct db *db;
    int pid;
    struct await w;

    table_make(&p, NULL);
    pid = fork();
    if (pid == 0) {
        struct unit reading = {
            .script = sqlite_request(p.a, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                          "SELECT count(*) FROM whole, n;"),
        };

        reading.script.no_transaction = true;
        p.options.lock_timeout_ms = 60000;
        db_apply(sqlite_place_open(&p, NULL), &reading, &result, &p.e);
        _exit(1);
    }
    p.options.lock_timeout_ms = 100;
    db = sqlite_place_open(&p, NULL);
    w = await_begin("the reader has begun");
    /* Until the reader has begun, it works. */
    while (
        db_apply(db, &(struct unit) { .script = sqlite_request(p.a, "UPDATE whole SET x = x + 1") }, &result, &p.e)) {
        cr_assert_not(await_ended(pid));
        await_again(&w);
    }
    cr_expect_eq(p.e.kind, ERR_DATABASE);
    cr_expect(text_starts(text_from(p.e.message), "can't commit the transaction: the database is locked"), "%s",
              p.e.message);
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    kill(pid, SIGKILL);
    process_wait(pid);
    cr_expect(sqlite_applies(&p, db, "CREATE TABLE a (x)", &result), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}
