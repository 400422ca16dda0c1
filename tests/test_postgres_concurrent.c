/* Index builds that are supervised: what they wait for is told, what they leave is dropped and built again, and what is
 * not theirs is left alone. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/session.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

static const struct resume begun_first = { .begun = 1, .hash = "" };

static struct unit_db *with_table(void)
{
    struct unit_db *b = unit_open(NULL, NULL);

    unit_ask(b, "CREATE TABLE t (a int, b text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 10) i");
    return b;
}

static const char *indexes(struct unit_db *b)
{
    return unit_ask(b, "SELECT coalesce(string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE '!' END, ' '"
                       " ORDER BY c.relname), '') FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                       " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname ~ '^(t|T|p|c)[ 0-9]*$'");
}

/* An invalid index of somebody's. */
static void leave_invalid(struct unit_db *b, const char *sql)
{
    struct arena *a = arena_open();

    unit_ask(b, "INSERT INTO t VALUES (1, 'twice')");
    cr_assert_not(unit_up_outside(b, "0", sql));
    unit_ask(b, "DELETE FROM t WHERE b = 'twice'; TRUNCATE history");
    arena_close(a);
}

static const char *const build = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);";

Test(postgres_concurrent, a_unique_violation_says_what_remains_and_the_next_run_builds_again)
{
    struct unit_db *b = with_table();

    unit_ask(b, "INSERT INTO t VALUES (1, 'twice')");
    cr_assert_not(unit_up(b, "1", build));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed 23505");
    cr_expect_str_eq(b->err.detail, "Key (a)=(1) is duplicated.");
    cr_expect_str_eq(b->err.hint, "remove the duplicates, then run `merganser up` again: it drops the invalid index "
                                  "public.i, which this has left, and builds anew");
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_str_eq(indexes(b), "i!");
    unit_ask(b, "DELETE FROM t WHERE b = 'twice'; TRUNCATE history");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", build), "%s", b->err.message);
    cr_expect_str_eq(indexes(b), "i");
    cr_expect_str_eq(unit_ledger(b), "1");
    unit_close(b);
}

Test(postgres_concurrent, what_an_earlier_run_finished_is_not_built_twice)
{
    struct unit_db *b = with_table();
    const char *oid;

    unit_ask(b, build);
    oid = unit_ask(b, "SELECT 'i'::regclass::oid");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", build), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT 'i'::regclass::oid"), oid);
    unit_close(b);
}

static const struct {
    const char *sql, *message;
} foreign[] = {
    { "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);", NULL },
    { "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (b);", NULL },
    { "SELECT 1;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t (b);", NULL },
};

Test(postgres_concurrent, an_invalid_index_of_somebody_else_is_refused_and_untouched)
{
    struct unit_db *b = with_table();
    const char *oid;

    leave_invalid(b, build);
    oid = unit_ask(b, "SELECT 'i'::regclass::oid");
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        cr_assert_not(unit_up_outside(b, "1", foreign[i].sql), "row %zu", i);
        cr_expect_eq(b->err.kind, ERR_SCRIPT_FAILED);
        cr_expect(strstr(b->err.message, "the index public.i is there already, and it is invalid"), "%s",
                  b->err.message);
        cr_expect(strstr(b->err.hint, "DROP INDEX CONCURRENTLY public.i;"), "%s", b->err.hint);
        cr_expect_eq(b->err.at.line, i == 2 ? 2 : 1);
        cr_expect_eq(b->result.outcome, i == 2 ? UNIT_PARTIAL : UNIT_ROLLED_BACK);
        cr_expect_str_eq(unit_ask(b, "SELECT 'i'::regclass::oid"), oid);
        unit_ask(b, "TRUNCATE history");
    }
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}

Test(postgres_concurrent, if_not_exists_over_a_valid_index_is_done)
{
    struct unit_db *b = with_table();

    unit_ask(b, "CREATE TABLE t2 (a int); CREATE INDEX i ON t (a); CREATE INDEX j ON t2 (a)");
    cr_assert(unit_up(b, "1", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);"), "%s", b->err.message);
    cr_expect_not(unit_warned(b, "index-elsewhere"));
    cr_assert(unit_up(b, "2", "CREATE INDEX CONCURRENTLY IF NOT EXISTS j ON t (a);"), "%s", b->err.message);
    cr_expect(unit_warned(b, "index-elsewhere"));
    cr_expect_str_eq(indexes(b), "i j");
    unit_close(b);
}

Test(postgres_concurrent, names_with_quotes_and_capitals)
{
    struct unit_db *b = with_table();
    const char *sql = "CREATE UNIQUE INDEX CONCURRENTLY \"It's \"\"I\"\"\" ON \"S S\".\"T 1\" (a);";

    unit_ask(
        b, "CREATE SCHEMA \"S S\"; CREATE TABLE \"S S\".\"T 1\" (a int); INSERT INTO \"S S\".\"T 1\" VALUES (1), (1)");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect(strstr(b->err.hint, "drops the invalid index \"S S\".\"It's \"\"I\"\"\", which"), "%s", b->err.hint);
    unit_ask(b, "TRUNCATE \"S S\".\"T 1\", history");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", sql), "%s: %s", b->err.message, b->err.hint);
    cr_expect_str_eq(indexes(b), "It's \"I\"");
    unit_close(b);
}

Test(postgres_concurrent, an_index_without_a_name_is_known_by_what_it_is)
{
    struct unit_db *b = with_table();
    const char *sql = "CREATE UNIQUE INDEX CONCURRENTLY ON t ((a+1), lower(b)) WHERE b<>'y';";

    unit_ask(b, "INSERT INTO t VALUES (1, 'x'); CREATE UNIQUE INDEX other ON t ((a + 1)) WHERE a > 1");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect(strstr(b->err.hint, "drops the invalid index public.t_expr_lower_idx, which"), "%s", b->err.hint);
    unit_ask(b, "DELETE FROM t; TRUNCATE history");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", sql), "%s: %s", b->err.message, b->err.hint);
    cr_expect_str_eq(indexes(b), "other t_expr_lower_idx");
    unit_ask(b, "TRUNCATE history");
    cr_assert(unit_up(b, "2", sql), "%s: %s", b->err.message, b->err.hint);
    cr_expect_str_eq(indexes(b), "other t_expr_lower_idx", "what is there is not built a second time");
    unit_close(b);
}

Test(postgres_concurrent, an_index_whose_table_is_found_by_search_path)
{
    struct unit_db *b = with_table();
    const char *sql = "SET search_path = s;\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);";

    unit_ask(b, "CREATE SCHEMA s; CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (1), (1); CREATE INDEX i ON t (a)");
    cr_assert_not(unit_up(b, "1", sql));
    cr_expect(strstr(b->err.hint, "drops the invalid index s.i, which"), "%s", b->err.hint);
    unit_close(b);
}

Test(postgres_concurrent, a_reindex_that_broke_off_leaves_nothing_behind)
{
    static const char *const scripts[] = { "REINDEX INDEX CONCURRENTLY i;", "REINDEX (CONCURRENTLY) TABLE t;",
                                           "REINDEX SCHEMA CONCURRENTLY public;" };
    struct unit_db *b = with_table();

    unit_ask(b, "CREATE UNIQUE INDEX i ON t (a)");
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct err *e = &b->err;

        /* Makes it fail: the index is unique no more, and nobody looks but REINDEX. */
        unit_ask(b, "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'i'::regclass;"
                    " INSERT INTO t VALUES (1, 'twice');"
                    " UPDATE pg_index SET indisunique = true WHERE indexrelid = 'i'::regclass");
        b->resume = NULL;
        cr_assert_not(unit_up_outside(b, "1", scripts[i]), "row %zu", i);
        cr_expect_str_eq(e->sqlstate, "23505");
        cr_expect(strstr(e->hint, "public.i_ccnew, which this has left, and builds anew"), "row %zu: %s", i, e->hint);
        cr_expect_str_eq(indexes(b), "i i_ccnew!");
        unit_ask(b, "DELETE FROM t WHERE b = 'twice'; TRUNCATE history, schema_migrations");
        cr_assert(unit_up_outside(b, "1", scripts[i]), "%s", e->message);
        cr_expect(i == 2 || unit_warned(b, "index-invalid"));
        cr_expect_str_eq(indexes(b), i == 0 ? "i i_ccnew!" : indexes(b), "somebody else's stays");
        unit_ask(b, "TRUNCATE history, schema_migrations");
        b->resume = &begun_first;
        cr_assert(unit_up_outside(b, "1", scripts[i]), "%s", e->message);
        cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0", "a TOAST table's too");
        unit_ask(b, "TRUNCATE history, schema_migrations");
    }
    unit_close(b);
}

Test(postgres_concurrent, a_drop_that_is_done_or_half_done)
{
    struct unit_db *b = with_table();
    const char *drop = "DROP INDEX CONCURRENTLY i;";

    cr_assert_not(unit_up(b, "1", drop));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed 42704");
    unit_ask(b, "TRUNCATE history");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", drop), "%s", b->err.message);
    unit_ask(b, "CREATE INDEX i ON t (a); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;"
                " TRUNCATE history");
    cr_assert(unit_up(b, "2", drop), "%s", b->err.message);
    cr_expect_str_eq(indexes(b), "");
    unit_close(b);
}

/* What the test does while the statement waits: it is told who is in the way, and lets go. */
struct told {
    struct unit_db *unit;
    struct postgres_session *holder;
    const char *release;
    bool stop;
    struct db_progress awaited, build;
    struct db_session first, blocker;
    unsigned n;
};

static void tell(void *to, const struct db_progress *p)
{
    struct told *t = to;

    if (p->kind == PROGRESS_AWAITED && p->blockers.len) {
        t->awaited = *p;
        t->first = p->blockers.at[0];
        t->first.state = arena_string(t->unit->arena, t->first.state);
    }
    if (p->kind != PROGRESS_BUILD || !p->blockers.len || t->n++)
        return;
    t->build = *p;
    t->build.phase = arena_string(t->unit->arena, p->phase);
    t->build.object = arena_string(t->unit->arena, p->object);
    t->blocker = p->blockers.at[0];
    t->blocker.query = arena_string(t->unit->arena, t->blocker.query);
    if (t->stop)
        raise(SIGINT);
    else
        postgres_session_run(t->holder, t->release);
}

static struct told hold(struct unit_db *b, const char *sql)
{
    struct told t = { .unit = b, .holder = postgres_session_open(b->conninfo), .release = "COMMIT" };

    postgres_session_run(t.holder, sql);
    return t;
}

static bool up_told(struct unit_db *b, struct told *t, const char *version, const char *sql)
{
    b->progress = tell;
    b->progress_to = t;
    return unit_up(b, version, sql);
}

Test(postgres_concurrent, says_what_it_waits_for_before_and_during)
{
    struct unit_db *b = with_table();
    struct told t = hold(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");

    cr_assert(up_told(b, &t, "1", build), "%s", b->err.message);
    cr_expect_str_eq(t.first.state, "idle in transaction");
    cr_expect_eq(t.first.pid, t.blocker.pid);
    cr_expect_str_eq(t.build.phase, "waiting for writers before build");
    cr_expect_eq(t.build.percent, 0);
    cr_expect_str_eq(t.build.object, "public.i");
    cr_expect_str_eq(t.blocker.query, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    cr_expect_str_eq(indexes(b), "i");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'merganser%'"
                                 " AND datname = current_database() AND xact_start IS NOT NULL"),
                     "0");
    postgres_session_close(t.holder);
    unit_close(b);
}

/* The classic bug of migration tools: the build waits for the tool's own other connection. */
Test(postgres_concurrent, nothing_of_ours_is_in_a_transaction_while_it_builds)
{
    struct unit_db *b = with_table();
    struct told t = hold(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    struct lock_request lock = { .wait_ms = 0, .ledger = "public.schema_migrations" };
    int64_t waited;

    t.release = "CREATE TEMP TABLE seen AS SELECT count(*) FILTER (WHERE state LIKE 'idle in%') AS idle, count(*) AS n"
                " FROM pg_stat_activity WHERE application_name LIKE 'merganser%' AND datname = current_database();"
                " COMMIT; CREATE TABLE seen_too AS TABLE seen";
    cr_assert(db_lock(b->db, &lock, &waited, &b->err));
    cr_assert(up_told(b, &t, "1", build), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT idle || ' of ' || n FROM seen_too"), "0 of 2");
    cr_expect(db_unlock(b->db, &b->err));
    postgres_session_close(t.holder);
    unit_close(b);
}

/* golang-migrate, goose and others let the server wait for their lock; a build then waits for that statement, and it
 * for us: whichever came first. */
Test(postgres_concurrent, no_deadlock_with_a_run_that_waits_for_our_lock)
{
    struct unit_db *b = with_table();
    struct told t = hold(b, "SET application_name = 'another tool'");
    struct pg *pg = (struct pg *)b->db;

    cr_assert(pg_run(pg, "SELECT pg_advisory_lock(4711)", &b->err));
    postgres_session_send(t.holder, "SELECT pg_advisory_lock(4711)");
    while (*unit_ask(b, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'") == '0')
        ;
    cr_assert_not(unit_up(b, "1", build));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed ");
    cr_expect(strstr(b->err.message, "another tool"), "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(indexes(b), "", "nothing was begun");
    cr_assert(pg_run(pg, "SELECT pg_advisory_unlock(4711)", &b->err));
    postgres_session_wait(t.holder);
    unit_ask(b, "TRUNCATE history");
    cr_assert(unit_up(b, "1", build), "%s", b->err.message);
    postgres_session_close(t.holder);
    unit_close(b);
}

Test(postgres_concurrent, a_stop_signal_cancels_it_and_the_next_run_builds_again)
{
    struct unit_db *b = with_table();
    struct told t = hold(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");

    interrupt_install();
    t.stop = true;
    cr_assert_not(up_told(b, &t, "1", build));
    interrupt_reset();
    cr_expect_eq(b->err.kind, ERR_INTERRUPTED, "%s", b->err.message);
    cr_expect_str_eq(b->err.hint, "run `merganser up` again: it drops the invalid index public.i, which this has left, "
                                  "and builds anew");
    cr_expect_str_eq(unit_ask(b, "SELECT outcome FROM history"), "started");
    postgres_session_run(t.holder, "COMMIT");
    unit_ask(b, "TRUNCATE history");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", build), "%s", b->err.message);
    cr_expect_str_eq(indexes(b), "i");
    postgres_session_close(t.holder);
    unit_close(b);
}

Test(postgres_concurrent, no_lock_timeout_but_its_own)
{
    struct unit_db *b = with_table();
    struct told t = hold(b, "BEGIN; INSERT INTO t VALUES (99, 'late')");
    struct pg *pg = (struct pg *)b->db;

    pg->options.lock_timeout_ms = 10;
    pg->options.statement_timeout_ms = 20;
    pg->dirty = true;
    cr_assert(up_told(b, &t, "1", build), "%s", b->err.message);
    cr_assert(pg_run(pg,
                     "DO $$ BEGIN ASSERT current_setting('lock_timeout') = '10ms'"
                     " AND current_setting('statement_timeout') = '20ms'; END $$",
                     &b->err),
              "%s", b->err.message);
    postgres_session_run(t.holder, "BEGIN; INSERT INTO t VALUES (98, 'late')");
    pg->options.index_timeout_ms = 300;
    t.n = 1;
    cr_assert_not(unit_up(b, "2", "CREATE INDEX CONCURRENTLY j ON t (a);"));
    cr_expect_str_eq(b->err.sqlstate, "57014");
    cr_expect(strstr(b->err.hint, "`timeouts.index`"), "%s", b->err.hint);
    cr_expect(strstr(b->err.hint, "drops the invalid index public.j"), "%s", b->err.hint);
    postgres_session_close(t.holder);
    unit_close(b);
}

Test(postgres_concurrent, detaching_that_was_interrupted_is_finished)
{
    struct unit_db *b = with_table();
    const char *sql = "ALTER TABLE p DETACH PARTITION c CONCURRENTLY;";
    struct told t;

    unit_ask(b, "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p FOR VALUES IN (1)");
    t = hold(b, "BEGIN; SELECT * FROM p");
    interrupt_install();
    t.stop = true;
    cr_assert_not(up_told(b, &t, "1", sql));
    interrupt_reset();
    cr_expect_eq(b->err.kind, ERR_INTERRUPTED, "%s", b->err.message);
    cr_expect_str_eq(b->err.hint, "run `merganser up` again: it finishes the detaching of c, which is pending");
    cr_expect_str_eq(unit_ask(b, "SELECT inhdetachpending FROM pg_inherits WHERE inhparent = 'p'::regclass"), "t");
    postgres_session_run(t.holder, "COMMIT");
    unit_ask(b, "TRUNCATE history");
    b->resume = &begun_first;
    cr_assert(unit_up(b, "1", sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'p'::regclass"), "0");
    unit_ask(b, "TRUNCATE history");
    cr_assert(unit_up(b, "2", sql), "it is done already: %s", b->err.message);
    postgres_session_close(t.holder);
    unit_close(b);
}
