/* The run's lock as a row: who waits, who has lost it, and that he can't commit then. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/text.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres.h"
#include "tests/support/rows.h"
#include "tests/support/scene.h"

/* The second script stops at a table that a test holds. */
static const char story[] = "== commit All\n"
                            "== file merganser.yml\nlock: lease\n"
                            "== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                            "== file db/migrate/2_b.sql\nCREATE TABLE b (id integer);\nLOCK TABLE gate;\n"
                            "== file db/migrate/3_c.sql\nCREATE TABLE c (id integer);\n";

static const char *ask(struct scene *c, const char *sql)
{
    return postgres_ask(c->arena, c->stage.conninfo, sql);
}

static const char *printed(struct scene *c, const char *name)
{
    return stage_printed(&c->stage, arena_printf(c->arena, "%s.err", name));
}

static int start(struct scene *c, const char *url, const char *name)
{
    return stage_start(&c->stage, arena_printf(c->arena, "merganser up --fresh --database '%s'", url), name);
}

static void wait_until(struct scene *c, const char *condition)
{
    postgres_await(c->stage.conninfo, condition, "t");
}

/* As if nobody had been heard of for that long, by the server's clock. */
static void let_pass(struct scene *c, int seconds)
{
    ask(c, arena_printf(c->arena, "UPDATE merganser.lease SET renewed_at = renewed_at - interval '%d s'", seconds));
}

static void expect_complete(struct scene *c)
{
    cr_expect_str_eq(ask(c, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"), "1 2 3");
    cr_expect_str_eq(ask(c, "SELECT string_agg(version, ' ' ORDER BY version) FROM merganser.history WHERE outcome = "
                            "'applied'"),
                     "1 2 3");
    cr_expect_str_eq(ask(c, "SELECT holder IS NULL FROM merganser.lease"), "t");
}

/* No advisory lock at all: those who ask for a lease may not have any. */
Test(postgres_lease, is_taken_and_given_back, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *gate = postgres_gate_close(c.stage.conninfo);
    int pid = start(&c, c.url, "up");

    postgres_gate_await(c.stage.conninfo);
    cr_expect_str_eq(ask(&c, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
                             "database = (SELECT oid FROM pg_database WHERE datname = current_database())"),
                     "0");
    cr_expect_str_eq(ask(&c, "SELECT token || application FROM merganser.lease WHERE holder IS NOT NULL"),
                     "1merganser up");
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(pid), 0, "%s", printed(&c, "up"));
    expect_complete(&c);
    postgres_session_close(gate);
    scene_close(&c);
}

Test(postgres_lease, who_waits_says_who_has_it, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *gate = postgres_gate_close(c.stage.conninfo);
    int first = start(&c, c.url, "first"), second;
    struct process_result r;

    postgres_gate_await(c.stage.conninfo);
    second = start(&c, c.url, "second");
    stage_await(&c.stage, second, "second.err", "waiting for the lock, held by merganser up on ");
    cr_expect(strstr(printed(&c, "second"), " (user postgres, pid "), "%s", printed(&c, "second"));
    scratch_write(c.stage.repository, "merganser.yml", TEXT("lock: lease\ntimeouts: {wait: 0}\n"));
    r = scene_run(&c, 5, "up --fresh");
    scene_says(r.err, "was not had within ");
    scene_says(r.err, ": it is held by merganser up on ");
    scene_says(r.err, "loses its lease 30 s after it was last heard of");
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(first), 0, "%s", printed(&c, "first"));
    cr_expect_eq(process_wait(second), 0, "%s", printed(&c, "second"));
    expect_complete(&c);
    postgres_session_close(gate);
    scene_close(&c);
}

/* A sign of life while a statement takes long. */
Test(postgres_lease, is_renewed_while_a_statement_runs, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *gate = postgres_gate_close(c.stage.conninfo);
    int pid = start(&c, c.url, "up");

    postgres_gate_await(c.stage.conninfo);
    let_pass(&c, 29);
    wait_until(&c, "SELECT clock_timestamp() - renewed_at < interval '20 s' FROM merganser.lease");
    postgres_gate_await(c.stage.conninfo);
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(pid), 0, "%s", printed(&c, "up"));
    expect_complete(&c);
    postgres_session_close(gate);
    scene_close(&c);
}

Test(postgres_lease, a_killed_run_loses_it, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *gate = postgres_gate_close(c.stage.conninfo);
    int pid = start(&c, c.url, "first"), second;

    postgres_gate_await(c.stage.conninfo);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    process_wait(pid);
    second = start(&c, c.url, "second");
    stage_await(&c.stage, second, "second.err", "waiting for the lock, held by ");
    /* Its transaction on the server is an orphan, and goes on once the gate opens. */
    let_pass(&c, 31);
    wait_until(&c, "SELECT token = 2 FROM merganser.lease");
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(second), 0, "%s", printed(&c, "second"));
    expect_complete(&c);
    postgres_session_close(gate);
    scene_close(&c);
}

/* The dangerous one: it stood still, was taken for dead, and goes on. */
static void stand_still(bool pooled)
{
    struct scene c = scene_open(story, true);
    struct pgbouncer *pooler = NULL;
    struct postgres_session *gate;
    const char *url = c.url;
    int first, second;

    if (pooled) {
        pooler = pgbouncer_open(&(struct pgbouncer_options) { c.stage.conninfo, "transaction", 5 }, c.arena);
        url = pgbouncer_url(pooler, c.arena);
    }
    gate = postgres_gate_close(c.stage.conninfo);
    first = start(&c, url, "first");
    postgres_gate_await(c.stage.conninfo);
    cr_assert_eq(kill(first, SIGSTOP), 0);
    let_pass(&c, 31);
    second = start(&c, url, "second");
    wait_until(&c, "SELECT token = 2 FROM merganser.lease");
    postgres_session_run(gate, "COMMIT");
    cr_assert_eq(kill(first, SIGCONT), 0);
    cr_expect_eq(process_wait(first), 1, "%s", printed(&c, "first"));
    cr_expect(strstr(printed(&c, "first"), "the lease on "), "%s", printed(&c, "first"));
    cr_expect_eq(process_wait(second), 0, "%s", printed(&c, "second"));
    expect_complete(&c);
    postgres_session_close(gate);
    if (pooler)
        pgbouncer_close(pooler);
    scene_close(&c);
}

Test(postgres_lease, who_stood_still_can_not_commit, .timeout = 120)
{
    stand_still(false);
}

Test(postgres_lease, who_stood_still_behind_a_pooler_can_not_commit, .timeout = 120)
{
    stand_still(true);
}

/* Nobody stood still: the row was changed by hand. What was under way is not committed. */
Test(postgres_lease, one_that_was_lost_is_missed, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *gate = postgres_gate_close(c.stage.conninfo);
    int pid = start(&c, c.url, "up");

    postgres_gate_await(c.stage.conninfo);
    ask(&c, "UPDATE merganser.lease SET token = token + 1, client_host = 'elsewhere'");
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(pid), 1, "%s", printed(&c, "up"));
    cr_expect(strstr(printed(&c, "up"), " was lost during the run to merganser up on elsewhere "), "%s",
              printed(&c, "up"));
    cr_expect_str_eq(ask(&c, "SELECT string_agg(version, ' ') || (to_regclass('b') IS NULL)::text FROM "
                             "schema_migrations"),
                     "1true");
    postgres_session_close(gate);
    scene_close(&c);
}

/* A refusal leaves no trace, not even the lease's table. */
Test(postgres_lease, a_refusal_comes_before_it)
{
    struct scene c = scene_open(story, true);
    struct process_result r;

    ask(&c, "CREATE TABLE somebodys ()");
    r = scene_run(&c, 4, "up");
    scene_says(r.err, "but the database has the table public.somebodys");
    cr_expect_str_eq(ask(&c, "SELECT to_regnamespace('merganser') IS NULL"), "t");
    scene_run(&c, 0, "status");
    scene_close(&c);
}
