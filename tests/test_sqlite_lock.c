/* The run lock: who has it, who waits, and what ends the waiting. */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "tests/support/sqlite.h"

static const struct lock_request once = { .ledger = "schema_migrations" };

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
