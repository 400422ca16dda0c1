/* The lock for a whole run: Rails' own key. */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

static const char *key_of(struct unit_db *b)
{
    return unit_ask(b,
                    "SELECT ((classid::bigint << 32) + objid::bigint)::text FROM pg_locks WHERE locktype = 'advisory' "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
}

/* Names of databases with the keys that Rails has for them. */
static const struct {
    const char *name, *key;
} vectors[] = {
    { "postgres", "737815420147457505" },
    { "app", "6939591962871035475" },
    { "myapp_development", "7864839756650184315" },
};

ParameterizedTestParameters(postgres_lock, key_is_that_of_rails)
{
    return rows_numbered(sizeof vectors / sizeof *vectors);
}

ParameterizedTest(size_t *row, postgres_lock, key_is_that_of_rails)
{
    struct unit_db *b = unit_bare();
    const char *own = b->conninfo, *name = vectors[*row].name;
    struct lock_request r = { .ledger = "public.schema_migrations" };
    int64_t waited;

    if (*row > 0) {
        postgres_ask(b->arena, own, arena_printf(b->arena, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name));
        postgres_ask(b->arena, own, arena_printf(b->arena, "CREATE DATABASE %s TEMPLATE template0", name));
    }
    b->conninfo = arena_printf(b->arena, "%s dbname=%s", postgres_server(), name);
    cr_assert(unit_connect(b, NULL, b->conninfo), "%s", b->err.message);
    cr_assert(db_lock(b->db, &r, &waited, &b->err), "%s", b->err.message);
    cr_expect_str_eq(key_of(b), vectors[*row].key);
    cr_expect(db_unlock(b->db, &b->err), "%s", b->err.message);
    cr_expect_str_eq(key_of(b), "");
    db_close(b->db);
    b->db = NULL;
    if (*row > 0)
        postgres_drop(b->conninfo);
    b->conninfo = own;
    unit_close(b);
}

static void remember(void *to, const char *holder)
{
    snprintf(to, 256, "%s", holder);
}

Test(postgres_lock, held_by_another)
{
    struct unit_db *b = unit_open(NULL, NULL), *other = unit_bare();
    char holder[256] = "";
    struct lock_request r = { .wait_ms = 120, .ledger = "public.schema_migrations", .waiting = remember, .to = holder };
    int64_t waited;

    cr_assert(db_lock(b->db, &r, &waited, &b->err), "%s", b->err.message);
    cr_expect_lt(waited, 120);
    cr_assert(unit_connect(other, NULL, b->conninfo), "%s", other->err.message);
    cr_assert_not(db_lock(other->db, &r, &waited, &other->err));
    cr_expect_geq(waited, 120);
    cr_expect_eq(other->err.kind, ERR_LOCKED);
    cr_expect(strstr(other->err.message, "pid ") && strstr(other->err.message, "merganser from this host"), "%s",
              other->err.message);
    cr_expect(strstr(other->err.hint, "earlier run's session"), "%s", other->err.hint);
    cr_expect(strstr(holder, "pid "), "%s", holder);
    r.wait_ms = 0;
    cr_assert_not(db_lock(other->db, &r, &waited, &other->err));
    cr_expect_eq(other->err.kind, ERR_LOCKED);
    /* The session's end lets it go. */
    db_close(b->db);
    b->db = NULL;
    r.wait_ms = 10000;
    cr_expect(db_lock(other->db, &r, &waited, &other->err), "%s", other->err.message);
    cr_expect(db_unlock(other->db, &other->err), "%s", other->err.message);
    db_close(other->db);
    other->db = NULL;
    unit_close(b);
    unit_close(other);
}

Test(postgres_lock, no_transaction_is_open_while_waiting, .timeout = 60)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct lock_request r = { .wait_ms = 60000, .ledger = "public.schema_migrations" };
    const char *idle =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'merganser' AND xact_start IS NULL "
        "AND query LIKE '%pg_try_advisory_lock%' AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory') "
        "AND datname = current_database()";
    int64_t waited;
    int pid;

    cr_assert(db_lock(b->db, &r, &waited, &b->err));
    pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        /* Another runner waits; seen between its tries, it is idle. Then it is told to stop. */
        struct unit_db *other = arena_make(b->arena, struct unit_db, 1);

        interrupt_install();
        *other = (struct unit_db) { .arena = b->arena, .conninfo = b->conninfo, .notices = { .arena = b->arena } };
        if (!unit_connect(other, NULL, b->conninfo) || db_lock(other->db, &r, &waited, &other->err))
            _exit(1);
        db_close(other->db);
        _exit(other->err.kind == ERR_TERMINATED ? 0 : 2);
    }
    postgres_await(b->conninfo, idle, "1");
    kill(pid, SIGTERM);
    cr_expect_eq(process_wait(pid), 0);
    unit_close(b);
}

Test(postgres_lock, lost_during_the_run)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct lock_request r = { .ledger = "public.schema_migrations" };
    int64_t waited;

    cr_assert(db_lock(b->db, &r, &waited, &b->err));
    cr_assert(unit_up(b, "1", "DO $$ BEGIN EXECUTE 'SELECT pg_advisory_' || 'unlock_all()'; END $$"), "%s",
              b->err.message);
    cr_expect_not(db_unlock(b->db, &b->err));
    cr_expect_eq(b->err.kind, ERR_DATABASE);
    cr_expect(*b->err.hint);
    unit_close(b);
}

/* Our own key, by name. What the script did stands; the run says at its end that nothing kept others out. */
Test(postgres_lock, a_script_lets_it_go)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct lock_request r = { .ledger = "public.schema_migrations" };
    int64_t waited;

    cr_assert(db_lock(b->db, &r, &waited, &b->err));
    cr_assert(unit_up(b, "1", arena_printf(b->arena, "CREATE TABLE a ();SELECT pg_advisory_unlock(%s)", key_of(b))),
              "%s", b->err.message);
    cr_expect_str_eq(key_of(b), "");
    cr_expect_str_eq(unit_ledger(b), "1");
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('a') IS NOT NULL"), "t");
    cr_expect_not(db_unlock(b->db, &b->err));
    cr_expect(strstr(b->err.message, "the lock was lost during the run"), "%s", b->err.message);
    unit_close(b);
}

/* Scripts that would take all locks away, and what is there behind them: nothing of them, and the lock. */
static const char *const releasing[] = {
    "CREATE TABLE a ();\nDISCARD ALL;",
    "CREATE TABLE a ();\nSELECT pg_advisory_unlock_all();",
    "CREATE TABLE a ();\nDO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;",
};

ParameterizedTestParameters(postgres_lock, is_not_taken_away)
{
    return rows_numbered(sizeof releasing / sizeof *releasing);
}

ParameterizedTest(size_t *row, postgres_lock, is_not_taken_away)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct lock_request r = { .ledger = "public.schema_migrations" };
    const char *before;
    int64_t waited;

    cr_assert(db_lock(b->db, &r, &waited, &b->err));
    before = key_of(b);
    cr_expect_not(unit_up(b, "1", releasing[*row]));
    cr_expect_eq(b->err.kind, ERR_MIGRATION_FILE, "%s", b->err.message);
    cr_expect_str_eq(key_of(b), before);
    cr_expect_str_eq(unit_ledger(b), "");
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('a') IS NULL"), "t");
    cr_expect(db_unlock(b->db, &b->err), "%s", b->err.message);
    unit_close(b);
}
