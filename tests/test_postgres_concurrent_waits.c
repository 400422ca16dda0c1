/* Whom a concurrent build waits for is told, a signal and its own timeout end it, and it never waits for ourselves. */
#include <criterion/criterion.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/session.h"
#include "tests/support/postgres_build.h"

Test(postgres_concurrent_waits, says_what_it_waits_for_before_and_during)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");

    cr_assert(build_up(b, &t, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(t.first.state, "idle in transaction");
    cr_expect_eq(t.first.pid, t.blocker.pid);
    cr_expect_str_eq(t.build.phase, "waiting for writers before build");
    cr_expect_eq(t.build.percent, 0);
    cr_expect_str_eq(t.build.object, "public.i");
    cr_expect_str_eq(t.blocker.query, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    cr_expect_str_eq(build_indexes(b), "i");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'merganser%'"
                                 " AND datname = current_database() AND xact_start IS NOT NULL"),
                     "0");
    postgres_session_close(t.holder);
    unit_close(b);
}

/* The classic bug of migration tools: the build waits for the tool's own other connection. */
Test(postgres_concurrent_waits, nothing_of_ours_is_in_a_transaction_while_it_builds)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    struct lock_request lock = { .wait_ms = 0, .ledger = "public.schema_migrations" };
    int64_t waited;

    t.release = "CREATE TEMP TABLE seen AS SELECT count(*) FILTER (WHERE state LIKE 'idle in%') AS idle, count(*) AS n"
                " FROM pg_stat_activity WHERE application_name LIKE 'merganser%' AND datname = current_database();"
                " COMMIT; CREATE TABLE seen_too AS TABLE seen";
    cr_assert(db_lock(b->db, &lock, &waited, &b->err));
    cr_assert(build_up(b, &t, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT idle || ' of ' || n FROM seen_too"), "0 of 2");
    cr_expect(db_unlock(b->db, &b->err));
    postgres_session_close(t.holder);
    unit_close(b);
}

/* golang-migrate, goose and others let the server wait for their lock; a build then waits for that statement, and it
 * for us: whichever came first. */
Test(postgres_concurrent_waits, no_deadlock_with_a_run_that_waits_for_our_lock)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "SET application_name = 'another tool'");
    struct pg *pg = (struct pg *)b->db;

    cr_assert(pg_run(pg, "SELECT pg_advisory_lock(4711)", &b->err));
    postgres_session_send(t.holder, "SELECT pg_advisory_lock(4711)");
    postgres_await(b->conninfo,
                   "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                   " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted",
                   "1");
    cr_assert_not(unit_up(b, "1", build_sql));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed ");
    cr_expect(strstr(b->err.message, "another tool"), "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(build_indexes(b), "", "nothing was begun");
    cr_assert(pg_run(pg, "SELECT pg_advisory_unlock(4711)", &b->err));
    postgres_session_wait(t.holder);
    unit_ask(b, "TRUNCATE history");
    cr_assert(unit_up(b, "1", build_sql), "%s", b->err.message);
    postgres_session_close(t.holder);
    unit_close(b);
}

Test(postgres_concurrent_waits, a_stop_signal_cancels_it_and_the_next_run_builds_again)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");

    interrupt_install();
    t.stop = true;
    cr_assert_not(build_up(b, &t, "1", build_sql));
    interrupt_reset();
    cr_expect_eq(b->err.kind, ERR_INTERRUPTED, "%s", b->err.message);
    cr_expect_str_eq(b->err.hint, "run `merganser up` again: it drops the invalid index public.i, which this has left, "
                                  "and builds anew");
    cr_expect_str_eq(unit_ask(b, "SELECT outcome FROM history"), "started");
    postgres_session_run(t.holder, "COMMIT");
    unit_ask(b, "TRUNCATE history");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(build_indexes(b), "i");
    postgres_session_close(t.holder);
    unit_close(b);
}

Test(postgres_concurrent_waits, no_lock_timeout_but_its_own)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    struct pg *pg = (struct pg *)b->db;

    pg->options.lock_timeout_ms = 10;
    pg->options.statement_timeout_ms = 900; /* the first look comes after a second */
    pg->dirty = true;                       /* so that they are set */
    cr_assert(build_up(b, &t, "1", build_sql), "%s", b->err.message);
    cr_assert(pg_run(pg,
                     "DO $$ BEGIN ASSERT current_setting('lock_timeout') = '10ms'"
                     " AND current_setting('statement_timeout') = '900ms'; END $$",
                     &b->err),
              "%s", b->err.message);
    postgres_session_run(t.holder, "BEGIN; INSERT INTO t VALUES (98, 'late')");
    cr_assert_not(unit_up_outside(b, "2", "SET statement_timeout = 200;\nCREATE INDEX CONCURRENTLY own ON t (a);"));
    cr_expect_str_eq(b->err.sqlstate, "57014", "the script's own stays");
    unit_ask(b, "TRUNCATE history");
    pg->options.index_timeout_ms = 300;
    t.quiet = true;
    cr_assert_not(unit_up(b, "2", "CREATE INDEX CONCURRENTLY j ON t (a);"));
    cr_expect_str_eq(b->err.sqlstate, "57014");
    cr_expect(strstr(b->err.hint, "`timeouts.index`"), "%s", b->err.hint);
    cr_expect(strstr(b->err.hint, "drops the invalid index public.j"), "%s", b->err.hint);
    postgres_session_close(t.holder);
    unit_close(b);
}

/* The server goes on with what a killed run has sent. */
Test(postgres_concurrent_waits, a_build_that_goes_on_without_its_client_is_waited_for)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    struct postgres_session *orphan = postgres_session_open(b->conninfo);

    postgres_session_send(orphan, arena_printf(b->arena, "%.*s", (int)strcspn(build_sql, ";"), build_sql));
    build_await(b->conninfo);
    cr_assert_not(unit_up(b, "1", build_sql), "it is not ours");
    cr_expect(strstr(b->err.message, "the index public.i is being built: another session is at it: pid "), "%s",
              b->err.message);
    unit_ask(b, "TRUNCATE history");
    b->resume = &build_begun;
    cr_assert(build_up(b, &t, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(t.build.phase, "another session is at it");
    cr_expect_str_eq(build_indexes(b), "i");
    postgres_session_wait(orphan);
    postgres_session_close(orphan);
    postgres_session_close(t.holder);
    unit_close(b);
}

Test(postgres_concurrent_waits, a_build_whose_server_process_is_ended)
{
    struct unit_db *b = build_open();
    struct build_wait t = build_wait_for(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");

    t.release = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_progress_create_index"
                " WHERE datname = current_database(); COMMIT";
    cr_assert_not(build_up(b, &t, "1", build_sql));
    cr_expect_eq(b->err.kind, ERR_CONNECTION, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_str_eq(b->err.hint, "run `merganser up` again: it looks at what is left of it, and goes on there");
    cr_expect_str_eq(build_indexes(b), "i!");
    unit_ask(b, "TRUNCATE history");
    cr_assert(db_reopen(b->db, &(struct reopen) { .said = "" }, &b->err), "%s", b->err.message);
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", build_sql), "%s", b->err.message);
    cr_expect_str_eq(build_indexes(b), "i");
    postgres_session_close(t.holder);
    unit_close(b);
}
