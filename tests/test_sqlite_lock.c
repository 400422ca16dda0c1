/* Several processes at one file: the run lock, SQLite's own locks, and those that are killed. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/test_sqlite_support.h"

static struct criterion_test_params indices(size_t n)
{
    size_t *rows = cr_malloc(n * sizeof *rows);

    for (size_t i = 0; i < n; i++)
        rows[i] = i;
    return cr_make_param_array(size_t, rows, n, NULL);
}

/* Row 0: a rollback journal; row 1: a write-ahead log. */
static const char *const log_on[] = { "PRAGMA journal_mode = WAL", NULL };
static const char *const *const journals[] = { NULL, log_on };

static const struct lock_request once = { .ledger = "schema_migrations" };
static const struct lock_request patient = { .ledger = "schema_migrations", .wait_ms = 60000 };

/* A process that takes the run lock, says so, and ends when it is told to. SQLite must not be open across a fork. */
static int holder_start(struct sqlite_place *p, struct sqlite_signal *held, struct sqlite_signal *end)
{
    int pid = fork();
    struct db *db;
    int64_t waited;

    if (pid != 0)
        return pid;
    db = sqlite_place_open(p, NULL);
    cr_assert(db_lock(db, &once, &waited, &p->e), "%s", p->e.message);
    sqlite_signal_send(held);
    sqlite_signal_wait(end);
    db_close(db);
    _exit(0);
}

Test(sqlite_lock, a_held_lock_is_refused_with_its_holder)
{
    struct sqlite_place p = sqlite_place_make();
    struct sqlite_signal held = sqlite_signal_make(), end = sqlite_signal_make();
    int pid = holder_start(&p, &held, &end);
    struct unit_result result;
    int64_t waited;
    struct db *db;

    sqlite_signal_wait(&held);
    db = sqlite_place_open(&p, NULL);
    cr_assert_not(db_lock(db, &once, &waited, &p.e));
    cr_expect_eq(p.e.kind, ERR_LOCKED);
    cr_expect(strstr(p.e.message, arena_printf(p.a, "pid %d (", pid)), "%s", p.e.message);
    cr_expect(strstr(p.e.message, p.path), "%s", p.e.message);
    cr_expect_neq(p.e.hint[0], '\0');
    cr_expect_not(db_unlock(db, &p.e));
    /* It keeps runs apart, not SQLite's users. */
    cr_expect(sqlite_applies(&p, db, "CREATE TABLE a (x)", &result), "%s", p.e.message);
    sqlite_signal_send(&end);
    cr_expect_eq(process_wait(pid), 0);
    cr_expect(db_lock(db, &once, &waited, &p.e), "%s", p.e.message);
    cr_expect(db_unlock(db, &p.e), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

struct told {
    struct sqlite_signal *end;
    char holder[128];
    int times;
};

static void tell_end(void *to, const char *holder)
{
    struct told *t = to;

    snprintf(t->holder, sizeof t->holder, "%s", holder);
    t->times++;
    if (t->end)
        sqlite_signal_send(t->end);
    else
        raise(SIGTERM);
}

Test(sqlite_lock, waiting_ends_when_the_holder_does)
{
    struct sqlite_place p = sqlite_place_make();
    struct sqlite_signal held = sqlite_signal_make(), end = sqlite_signal_make();
    int pid = holder_start(&p, &held, &end);
    struct told told = { .end = &end };
    struct lock_request r = { .ledger = "x", .wait_ms = 60000, .waiting = tell_end, .to = &told };
    int64_t waited;
    struct db *db;

    sqlite_signal_wait(&held);
    db = sqlite_place_open(&p, NULL);
    cr_assert(db_lock(db, &r, &waited, &p.e), "%s", p.e.message);
    cr_expect_eq(told.times, 1);
    cr_expect(text_starts(text_from(told.holder), arena_printf(p.a, "pid %d (", pid)), "%s", told.holder);
    cr_expect_gt(waited, 0);
    cr_expect_eq(process_wait(pid), 0);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_lock, waiting_is_stopped_by_a_signal)
{
    struct sqlite_place p = sqlite_place_make();
    struct sqlite_signal held = sqlite_signal_make(), end = sqlite_signal_make();
    int pid = holder_start(&p, &held, &end);
    struct told told = { .end = NULL };
    struct lock_request r = { .ledger = "x", .wait_ms = 60000, .waiting = tell_end, .to = &told };
    int64_t waited;
    struct db *db;

    sqlite_signal_wait(&held);
    db = sqlite_place_open(&p, NULL);
    interrupt_install();
    cr_assert_not(db_lock(db, &r, &waited, &p.e));
    interrupt_reset();
    cr_expect_eq(p.e.kind, ERR_TERMINATED);
    sqlite_signal_send(&end);
    cr_expect_eq(process_wait(pid), 0);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_lock, a_killed_holder_lets_go)
{
    struct sqlite_place p = sqlite_place_make();
    struct sqlite_signal held = sqlite_signal_make(), end = sqlite_signal_make();
    int pid = holder_start(&p, &held, &end);
    int64_t waited;
    struct db *db;

    sqlite_signal_wait(&held);
    db = sqlite_place_open(&p, NULL);
    kill(pid, SIGKILL);
    cr_expect_eq(process_wait(pid), 128 + SIGKILL);
    cr_expect(db_lock(db, &once, &waited, &p.e), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_lock, a_file_that_was_replaced_is_noticed)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    int64_t waited;

    cr_assert(db_lock(db, &once, &waited, &p.e), "%s", p.e.message);
    cr_assert(unlink(p.path) == 0);
    scratch_write(p.folder, "app.sqlite3", TEXT(""));
    cr_assert_not(db_unlock(db, &p.e));
    cr_expect(strstr(p.e.message, "replaced"), "%s", p.e.message);
    cr_assert_not(db_lock(db, &once, &waited, &p.e));
    cr_expect(strstr(p.e.message, "replaced"), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

/* ---- two runs at once ---- */

enum { MIGRATIONS = 30 };

static struct row_change ledger_row(struct sqlite_place *p, int i, enum row_change_kind kind)
{
    struct cell *cell = arena_make(p->a, struct cell, 1);

    *cell = (struct cell) {
        .column = "version",
        .kind = CELL_TEXT,
        .text = text_from(arena_printf(p->a, "%02d", i)),
        .key = true,
    };
    return (struct row_change) { .kind = kind, .table = { NULL, "schema_migrations" }, .cells = cell, .len = 1 };
}

/* Applies number i unless it is there already. */
static bool migrate(struct sqlite_place *p, struct db *db, int i)
{
    struct row_change row = ledger_row(p, i, ROW_INSERT);
    struct unit unit = {
        .script = sqlite_request(p->a, arena_printf(p->a,
                                                    "INSERT INTO done (version, who) VALUES (%d, %d);\n"
                                                    "CREATE TABLE t%d (x);",
                                                    i, (int)getpid(), i)),
        .rows = &row,
        .nrows = 1,
    };
    struct unit_result result;

    return db_apply(db, &unit, &result, &p->e);
}

/* Its own ledger is read under the lock, where it takes one. 0: all was well. */
static int run_all(struct sqlite_place *p, const char *const *session, bool locked)
{
    const char *applied;
    int64_t waited;
    struct db *db;

    p->options.lock_timeout_ms = 60000;
    db = sqlite_place_open(p, session);
    if (locked)
        cr_assert(db_lock(db, &patient, &waited, &p->e), "%s", p->e.message);
    applied = sqlite_rows(p, db, "schema_migrations", "version");
    for (int i = 0; i < MIGRATIONS; i++) {
        if (strstr(applied, arena_printf(p->a, "%02d", i)) || migrate(p, db, i))
            continue;
        if (locked || p->e.kind != ERR_LEDGER_MOVED)
            return 1;
    }
    if (locked)
        cr_assert(db_unlock(db, &p->e), "%s", p->e.message);
    db_close(db);
    return 0;
}

/* Even rows with the run lock; odd ones without, where the ledger's row alone has to do. */
ParameterizedTestParameters(sqlite_lock, two_runs)
{
    return indices(4);
}

ParameterizedTest(size_t *row, sqlite_lock, two_runs)
{
    for (int round = 0; round < 5; round++) {
        struct sqlite_place p = sqlite_place_make();
        const char *const *session = journals[*row / 2];
        struct sqlite_signal start = sqlite_signal_make();
        struct db *db = sqlite_place_open(&p, session);
        int pids[2];

        sqlite_set_up(&p, db,
                      "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY); "
                      "CREATE TABLE done (version, who);");
        db_close(db);
        for (int i = 0; i < 2; i++) {
            pids[i] = fork();
            if (pids[i] == 0) {
                sqlite_signal_wait(&start);
                _exit(run_all(&p, session, *row % 2 == 0));
            }
        }
        sqlite_signal_send(&start);
        sqlite_signal_send(&start);
        cr_expect_eq(process_wait(pids[0]), 0);
        cr_expect_eq(process_wait(pids[1]), 0);
        db = sqlite_place_open_reading(&p);
        for (int i = 0; i < MIGRATIONS; i++) {
            struct row_query q = {
                .table = { NULL, "done" },
                .columns = (const char *[]) { "who" },
                .n = 1,
                .where = { .column = "version", .kind = CELL_INTEGER, .text = text_from(arena_printf(p.a, "%d", i)) },
            };
            struct rows rows;

            cr_assert(db_rows_read(db, &q, &rows, p.a, &p.e), "%s", p.e.message);
            cr_expect_eq(rows.len, 1, "migration %d ran %zu times", i, rows.len);
        }
        db_close(db);
        sqlite_place_end(&p);
    }
}

/* ---- a writer that does not end ---- */

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

static bool is_running(int pid)
{
    siginfo_t ended = { 0 };

    return waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

/* Returns when the writer is in the middle: it holds the write lock, and has written part of it to the disk. */
static int writer_start(struct sqlite_place *p, const char *const *session)
{
    int pid = fork();

    if (pid == 0) {
        struct unit_result result;

        sqlite_applies(p, sqlite_place_open(p, session), endless, &result);
        _exit(1);
    }
    while (session ? size_of(p, "-wal") < 4000000 : !sqlite_file_exists(p, "-journal") || size_of(p, "") < 4000000)
        cr_assert(is_running(pid) && poll(NULL, 0, 2) == 0);
    return pid;
}

static void table_make(struct sqlite_place *p, const char *const *session)
{
    struct db *db = sqlite_place_open(p, session);

    sqlite_set_up(p, db, "CREATE TABLE whole (x); INSERT INTO whole VALUES (1);");
    db_close(db);
}

/* journal, and whether the first to look is a reader */
ParameterizedTestParameters(sqlite_lock, killed)
{
    return indices(4);
}

ParameterizedTest(size_t *row, sqlite_lock, killed)
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

ParameterizedTestParameters(sqlite_lock, busy)
{
    return indices(2);
}

ParameterizedTest(size_t *row, sqlite_lock, busy)
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
Test(sqlite_lock, waiting_for_a_writer_is_stopped_by_a_signal)
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

Test(sqlite_lock, a_running_statement_is_stopped_by_a_signal)
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
Test(sqlite_lock, a_commit_that_readers_keep_waiting_is_rolled_back)
{
    struct sqlite_place p = sqlite_place_make();
    struct unit_result result;
    struct db *db;
    int pid;

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
    /* Until the reader has begun, it works. */
    while (
        db_apply(db, &(struct unit) { .script = sqlite_request(p.a, "UPDATE whole SET x = x + 1") }, &result, &p.e)) {
        cr_assert(is_running(pid));
        poll(NULL, 0, 5);
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
