/* An application at work on the tables that a migration changes: it is not kept waiting for longer than lock_timeout,
 * and no session of its loses a deadlock to us. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/await.h"
#include "tests/support/postgres.h"
#include "tests/support/stage.h"
#include "tests/support/traffic.h"

enum {
    LOCK_MS = 500,       /* timeouts.lock, below */
    TOLERANCE_MS = 2000, /* what a busy machine takes for one short transaction */
    TIMED_OUT = 2,       /* attempts, before the report ends */
};

#define SETTINGS "== commit All\n== file merganser.yml\ntimeouts: {lock: 500ms, retries: 100}\n"

static const char tables[] = "CREATE TABLE items (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0);"
                             "INSERT INTO items SELECT generate_series(1, 1000);"
                             "CREATE TABLE orders (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0);"
                             "INSERT INTO orders VALUES (1)";

static const char *const writes[] = { "BEGIN", "UPDATE items SET n = n + 1 WHERE id = 1",
                                      "INSERT INTO items SELECT max(id) + 1 FROM items", "COMMIT", NULL };
static const char *const reads[] = { "SELECT count(*) FROM items WHERE n = 0", NULL };

struct street {
    struct arena *arena;
    struct stage stage;
    struct postgres_session *eye, *report;
    struct traffic *writer, *reader;
    int pid, exit_code;
};

static struct street street_open(const char *story)
{
    struct street s = { .arena = arena_open() };

    s.stage = stage_open(s.arena, text_from(story), true);
    postgres_ask(s.arena, s.stage.conninfo, tables);
    s.eye = postgres_session_open(s.stage.conninfo);
    s.report = postgres_session_open(s.stage.conninfo);
    s.writer = traffic_open(s.stage.conninfo, writes, s.arena);
    s.reader = traffic_open(s.stage.conninfo, reads, s.arena);
    traffic_await(s.writer, 1);
    traffic_await(s.reader, 1);
    return s;
}

static void up(struct street *s)
{
    s->pid = stage_start(&s->stage, "merganser up --fresh --database \"$PG\"", "up");
}

static bool is(struct street *s, const char *sql)
{
    return strcmp(postgres_session_ask(s->eye, s->arena, sql), "t") == 0;
}

/* Fails the test where the run ends before. */
static void await(struct street *s, const char *sql)
{
    struct await w = await_begin(sql);

    while (!is(s, sql)) {
        cr_assert_not(await_ended(s->pid), "it ended too early: %s", stage_printed(&s->stage, "up.err"));
        await_again(&w);
    }
}

static void street_close(struct street *s)
{
    postgres_session_close(s->eye);
    postgres_session_close(s->report);
    stage_close(&s->stage);
    arena_close(s->arena);
}

static void finish(struct street *s, const char *what, int64_t bound)
{
    int64_t longest;
    int code = process_wait(s->pid);

    cr_expect_eq(code, 0, "exit %d: %s", code, stage_printed(&s->stage, "up.err"));
    longest = traffic_longest_ms(s->writer);
    longest = traffic_longest_ms(s->reader) > longest ? traffic_longest_ms(s->reader) : longest;
    fprintf(stderr, "%s: %u transactions beside it, the longest took %lld ms\n", what,
            traffic_transactions(s->writer) + traffic_transactions(s->reader), (long long)longest);
    cr_expect_leq(longest, bound);
    cr_expect_eq(traffic_errors(s->writer) + traffic_errors(s->reader), 0);
    traffic_close(s->writer);
    traffic_close(s->reader);
}

#define WAITS                                                                                                          \
    "SELECT count(*) %s FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted"                       \
    " AND a.datname = current_database() AND a.application_name LIKE 'merganser%%'"

Test(traffic, an_alter_behind_a_report, .timeout = 300)
{
    struct street s = street_open(SETTINGS "== file db/migrate/1_alter.sql\nALTER TABLE items ADD note text;\n"
                                           "ALTER TABLE items ADD CONSTRAINT positive CHECK (n >= 0) NOT VALID;\n");
    unsigned before;

    postgres_session_run(s.report, "BEGIN; SELECT count(*) FROM items");
    before = traffic_transactions(s.writer);
    up(&s);
    /* Those who come behind the ALTER wait as long as it does, and then they are let by. */
    for (int i = 0; i < TIMED_OUT; i++) {
        await(&s, arena_printf(s.arena, WAITS, "> 0"));
        await(&s, arena_printf(s.arena, WAITS, "= 0"));
    }
    cr_expect_gt(traffic_transactions(s.writer), before);
    postgres_session_run(s.report, "COMMIT");
    finish(&s, "an ALTER behind a report", LOCK_MS + TOLERANCE_MS);
    cr_expect_str_eq(postgres_ask(s.arena, s.stage.conninfo, "SELECT count(note) FROM items"), "0");
    street_close(&s);
}

Test(traffic, a_concurrent_build_behind_a_report, .timeout = 300)
{
    struct street s =
        street_open(SETTINGS "== file db/migrate/1_index.sql\nCREATE INDEX CONCURRENTLY by_n ON items (n);\n");

    postgres_session_run(s.report, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM items");
    up(&s);
    await(&s, "SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE datname = current_database()"
              " AND phase LIKE 'waiting%'");
    /* The build waits; nobody else does. */
    traffic_await(s.writer, 20);
    traffic_await(s.reader, 20);
    postgres_session_run(s.report, "COMMIT");
    finish(&s, "a concurrent build behind a report", TOLERANCE_MS);
    cr_expect_str_eq(
        postgres_ask(s.arena, s.stage.conninfo, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_n'::regclass"),
        "t");
    street_close(&s);
}

/* A session that has `orders` and waits for `items`. */
#define CROSSED                                                                                                        \
    "SELECT FROM pg_locks w JOIN pg_locks h USING (pid) WHERE w.relation = 'items'::regclass AND NOT w.granted"        \
    " AND h.relation = 'orders'::regclass AND h.granted"

/* The application has `orders` and waits for `items`, which the script has; the script wants `orders`. Until the report
 * ends, which holds the gate, the script goes on only when they have met. */
Test(traffic, locks_taken_in_the_other_order, .timeout = 300)
{
    static const char *const crossing[] = { "BEGIN", "UPDATE orders SET n = n + 1",
                                            "UPDATE items SET n = 1 WHERE id = 2", "COMMIT", NULL };
    struct street s = street_open(SETTINGS "== file db/migrate/1_both.sql\nALTER TABLE items ADD note text;\n"
                                           "DO $$ BEGIN WHILE NOT EXISTS (" CROSSED ") AND NOT"
                                           " pg_try_advisory_xact_lock(1) LOOP END LOOP; END $$;\n"
                                           "ALTER TABLE orders ADD note text;\n");
    struct traffic *other = traffic_open(s.stage.conninfo, crossing, s.arena);

    postgres_session_run(s.report, "SELECT pg_advisory_lock(1)");
    traffic_await(other, 1);
    up(&s);
    for (int i = 0; i < TIMED_OUT; i++) {
        await(&s, arena_printf(s.arena, WAITS, "> 0"));
        await(&s, arena_printf(s.arena, WAITS, "= 0"));
    }
    cr_expect_eq(traffic_deadlocks(other), 0);
    cr_expect_eq(traffic_errors(other), 0);
    cr_expect_leq(traffic_longest_ms(other), LOCK_MS + TOLERANCE_MS);
    traffic_close(other);
    postgres_session_run(s.report, "SELECT pg_advisory_unlock_all()");
    finish(&s, "locks in the other order", LOCK_MS + TOLERANCE_MS);
    street_close(&s);
}
