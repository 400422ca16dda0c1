/* Through a connection pooler: what one transaction can hold is carried, nothing is left in a session that others use,
 * and all else is refused before anything runs. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/text.h"
#include "dialects/postgres/pooler.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres.h"
#include "tests/support/rows.h"
#include "tests/support/scene.h"

static const char story[] = "== commit All\n"
                            "== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                            "== file db/migrate/1_a.down.sql\nDROP TABLE a;\n"
                            "== file db/migrate/2_b.sql\nSET LOCAL work_mem = '5MB';\nCREATE TABLE b (id integer);\n"
                            "== file db/migrate/2_b.down.sql\nDROP TABLE b;\n";

/* A scene whose database is reached through PgBouncer. */
struct pooled {
    struct scene c;
    struct pgbouncer *pooler;
};

static struct pooled pooled_open(const char *told, const char *mode, int pool)
{
    struct pooled p = { .c = scene_open(told, true) };

    p.pooler = pgbouncer_open(&(struct pgbouncer_options) { p.c.stage.conninfo, mode, pool }, p.c.arena);
    p.c.url = pgbouncer_url(p.pooler, p.c.arena);
    return p;
}

static void pooled_close(struct pooled *p)
{
    pgbouncer_close(p->pooler);
    scene_close(&p->c);
}

/* Around the pooler. */
static const char *ask(struct pooled *p, const char *sql)
{
    return postgres_ask(p->c.arena, p->c.stage.conninfo, sql);
}

static void expect_nothing_left(struct pooled *p)
{
    struct postgres_session *next = postgres_session_open(pgbouncer_conninfo(p->pooler, p->c.arena));

    cr_expect_str_eq(ask(p, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
                            "database = (SELECT oid FROM pg_database WHERE datname = current_database())"),
                     "0");
    /* Another client on the same session of the server's. */
    cr_expect_str_eq(postgres_ask(p->c.arena, pgbouncer_conninfo(p->pooler, p->c.arena),
                                  "SELECT concat_ws(' ', current_setting('search_path'), current_setting('role'), "
                                  "current_setting('lock_timeout'), current_setting('statement_timeout'), "
                                  "current_setting('work_mem'), nullif(current_setting('merganser.xid', true), ''), "
                                  "(SELECT count(*) FROM pg_prepared_statements))"),
                     "\"$user\", public none 0 0 4MB 0");
    postgres_session_close(next);
}

static const char *const modes[] = { "transaction", "session" };

ParameterizedTestParameters(postgres_pooler, transactions_are_carried)
{
    return rows_numbered(sizeof modes / sizeof *modes);
}

ParameterizedTest(size_t *row, postgres_pooler, transactions_are_carried, .timeout = 120)
{
    /* One session of the server's, whatever client asks. */
    struct pooled p = pooled_open(story, modes[*row], 1);
    struct process_result r;

    scratch_write(p.c.stage.repository, "merganser.yml",
                  TEXT("session: [\"SET SESSION search_path TO public, pg_catalog\", \"SET ROLE postgres\"]\n"
                       "timeouts: {lock: 7s, statement: 50s}\n"));
    r = scene_run(&p.c, 0, "status");
    scene_says(r.out, "0 applied, 2 pending");
    expect_nothing_left(&p);
    scene_run(&p.c, 0, "up");
    expect_nothing_left(&p);
    cr_expect_str_eq(ask(&p, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"), "1 2");
    cr_expect_str_eq(ask(&p, "SELECT string_agg(version || outcome, ' ' ORDER BY version) FROM merganser.history"),
                     "1applied 2applied");
    cr_expect_str_eq(ask(&p, "SELECT holder IS NULL FROM merganser.lease"), "t");
    scene_run(&p.c, 0, "down --steps 2");
    cr_expect_str_eq(ask(&p, "SELECT to_regclass('a') IS NULL AND to_regclass('b') IS NULL"), "t");
    expect_nothing_left(&p);
    pooled_close(&p);
}

/* Scripts that can't go through, and what is said of it. */
static const struct {
    const char *sql, *words;
} refusals[] = {
    { "CREATE INDEX CONCURRENTLY i ON a (id);", "the server refuses it inside a transaction" },
    { "-- merganser: no-transaction\nCREATE TABLE b ();", "the script does not run in one transaction" },
    { "CREATE TABLE b ();\nCOMMIT;\nBEGIN;\nCREATE TABLE d ();", "the script does not run in one transaction" },
    { "SET search_path = b;", "it changes a setting of the session" },
    { "SET ROLE pg_monitor;", "it changes a setting of the session" },
    { "SET SESSION AUTHORIZATION postgres;", "it changes a setting of the session" },
    { "RESET search_path;", "it resets what belongs to the session" },
    { "SELECT pg_catalog.set_config('search_path', '', false);", "set_config(..., false)" },
    { "LISTEN news;", "it listens" },
    { "PREPARE p AS SELECT 1;", "a prepared statement belongs to the session" },
    { "CREATE TEMP TABLE t (id integer);", "a temporary table stays" },
    { "SELECT 1 AS one INTO TEMPORARY TABLE t;", "a temporary table stays" },
    { "SELECT pg_advisory_lock(1);", "an advisory lock of the session" },
    { "DO $x$ BEGIN\n  PERFORM pg_try_advisory_lock(1);\nEND $x$;", "an advisory lock of the session" },
    { "DO 'BEGIN IF true THEN SET work_mem = 1000; END IF; END';", "it changes a setting of the session" },
};

ParameterizedTestParameters(postgres_pooler, the_rest_is_refused_before_anything_runs)
{
    return rows_numbered(sizeof refusals / sizeof *refusals);
}

ParameterizedTest(size_t *row, postgres_pooler, the_rest_is_refused_before_anything_runs, .timeout = 120)
{
    struct pooled p =
        pooled_open("== commit All\n== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n", "transaction", 1);
    struct process_result r;

    scratch_write(p.c.stage.repository, "db/migrate/2_b.sql", text_from(refusals[*row].sql));
    r = scene_run(&p.c, 4, "up");
    scene_says(r.err, "db/migrate/2_b.sql:");
    scene_says(r.err, "this can't go through a connection pooler: ");
    scene_says(r.err, refusals[*row].words);
    scene_says(r.err, "hint: give the server's own address beside the pooler's: `database: {url: ..., direct: ...}`");
    cr_expect_str_eq(ask(&p, "SELECT to_regclass('a') IS NULL AND to_regclass('schema_migrations') IS NULL AND "
                             "to_regnamespace('merganser') IS NULL"),
                     "t");
    expect_nothing_left(&p);
    pooled_close(&p);
}

/* Statements that can. */
static const char *const carried[] = {
    "UPDATE a SET id = 1",
    "SET LOCAL search_path = b",
    "SET CONSTRAINTS ALL DEFERRED",
    "SELECT set_config('a.b', f(1), true)",
    "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1",
    "SELECT pg_advisory_xact_lock(1)",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT pg_advisory_lock(1); END",
    "GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO app",
    "DO $$ BEGIN UPDATE a SET id = 2; IF true THEN SET LOCAL work_mem = 1000; END IF; END $$",
    "SELECT 'LISTEN x', \"set_config\" FROM t",
    "ALTER TABLE a ALTER COLUMN b SET DEFAULT 1",
    "INSERT INTO t (temp) SELECT 1 INTO x",
};

ParameterizedTestParameters(postgres_pooler, what_ends_with_the_transaction_is_carried)
{
    return rows_numbered(sizeof carried / sizeof *carried);
}

ParameterizedTest(size_t *row, postgres_pooler, what_ends_with_the_transaction_is_carried)
{
    size_t at;
    const char *why = pooler_refuses(text_from(carried[*row]), &at);

    cr_expect_null(why, "%s: %s", carried[*row], why);
}

static const struct {
    const char *session, *local; /* NULL: it has no such form */
} statements[] = {
    { "SET ROLE deployer", "SET LOCAL ROLE deployer" },
    { "set session lock_timeout to '2s'; ", "SET LOCAL lock_timeout to '2s'" },
    { "SET LOCAL x.y = 1 -- so", "SET LOCAL x.y = 1" },
    { "SET SESSION AUTHORIZATION app", "SET LOCAL SESSION AUTHORIZATION app" },
    { "SET TIME ZONE 'UTC'", "SET LOCAL TIME ZONE 'UTC'" },
    { "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", NULL },
    { "SET TRANSACTION READ ONLY", NULL },
    { "RESET ALL", NULL },
    { "SET a.b = 1; SELECT 1", NULL },
    { "SELECT set_config('a.b', 'c', false)", NULL },
    { "SET", NULL },
};

ParameterizedTestParameters(postgres_pooler, session_statements_become_local)
{
    return rows_numbered(sizeof statements / sizeof *statements);
}

ParameterizedTest(size_t *row, postgres_pooler, session_statements_become_local)
{
    struct arena *a = arena_open();
    const char *local = NULL;

    cr_expect_eq(pooler_as_local(&local, statements[*row].session, a), statements[*row].local != NULL);
    if (statements[*row].local)
        cr_expect_str_eq(local, statements[*row].local);
    arena_close(a);
}

Test(postgres_pooler, a_session_statement_that_would_stay_is_refused)
{
    struct pooled p = pooled_open(story, "transaction", 1);
    struct process_result r;

    scratch_write(p.c.stage.repository, "merganser.yml", TEXT("session: [\"SELECT set_config('a.b', 'c', false)\"]\n"));
    r = scene_run(&p.c, 4, "up");
    scene_says(r.err, "the session statement \"SELECT set_config('a.b', 'c', false)\" can't go through");
    scene_says(r.err, "database: {url: ..., direct: ...}");
    expect_nothing_left(&p);
    pooled_close(&p);
}

/* ---- two at once, and one that dies ---- */

Test(postgres_pooler, two_runs_apply_each_migration_once, .timeout = 300)
{
    struct pooled p = pooled_open(
        "== commit All\n== file db/migrate/1_runs.sql\nCREATE TABLE runs (version integer);\n", "transaction", 3);

    for (int i = 2; i <= 12; i++)
        scratch_write(p.c.stage.repository, arena_printf(p.c.arena, "db/migrate/%d_x.sql", i),
                      text_from(arena_printf(p.c.arena, "INSERT INTO runs VALUES (%d);\n", i)));
    for (int round = 0; round < 5; round++) {
        const char *up = arena_printf(p.c.arena, "merganser up --database '%s'", p.c.url);
        int first, second, a, b;

        stage_empty(&p.c.stage);
        first = stage_start(&p.c.stage, up, "first");
        second = stage_start(&p.c.stage, up, "second");
        a = process_wait(first);
        b = process_wait(second);
        cr_assert(a == 0 && b == 0, "round %d: exit %d and %d", round, a, b);
        cr_assert_str_eq(ask(&p, "SELECT count(*) || ' ' || count(DISTINCT version) FROM runs"), "11 11");
        cr_assert_str_eq(ask(&p, "SELECT count(*) || ' ' || count(DISTINCT version) FROM merganser.history"), "12 12");
        expect_nothing_left(&p);
    }
    pooled_close(&p);
}

/* The pooler ends with its server connections in the middle of the second script. */
Test(postgres_pooler, it_dies_in_the_middle, .timeout = 120)
{
    struct pooled p = pooled_open("== commit All\n== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                                  "== file db/migrate/2_b.sql\nCREATE TABLE b ();\nLOCK TABLE gate;\n",
                                  "transaction", 1);
    struct postgres_session *gate;
    int pid, code;

    gate = postgres_gate_close(p.c.stage.conninfo);
    pid = stage_start(&p.c.stage, arena_printf(p.c.arena, "merganser up --fresh --database '%s'", p.c.url), "up");
    postgres_gate_await(p.c.stage.conninfo);
    pgbouncer_close(p.pooler);
    code = process_wait(pid);
    cr_expect(code == 1 || code == 6, "exit %d", code);
    cr_expect_str_eq(ask(&p, "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE NOT granted AND relation = "
                             "'gate'::regclass; SELECT string_agg(version, ' ') FROM schema_migrations"),
                     "1");
    postgres_session_close(gate);
    /* The lease of the run that has died is not waited for by one that looks a while later. */
    ask(&p, "UPDATE merganser.lease SET renewed_at = renewed_at - interval '31 s'");
    stage_expect(&p.c.stage, 0, "merganser up --database \"$PG\"");
    cr_expect_str_eq(ask(&p, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"), "1 2");
    pooled_close(&p);
}

/* ---- around it ---- */

static void configure(struct pooled *p, const char *direct)
{
    scratch_write(p->c.stage.repository, "merganser.yml",
                  text_from(arena_printf(p->c.arena, "database: {url: \"%s\", direct: \"%s\"}\n", p->c.url, direct)));
}

Test(postgres_pooler, what_writes_goes_around_it, .timeout = 120)
{
    struct pooled p = pooled_open("== commit All\n== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                                  "== file db/migrate/2_i.sql\nCREATE INDEX CONCURRENTLY i ON a (id);\n",
                                  "transaction", 1);

    configure(&p, p.c.stage.postgres);
    stage_expect(&p.c.stage, 0, "merganser status");
    stage_expect(&p.c.stage, 0, "merganser up");
    cr_expect_str_eq(ask(&p, "SELECT to_regclass('i') IS NOT NULL AND to_regclass('merganser.lease') IS NULL"), "t");
    expect_nothing_left(&p);
    pooled_close(&p);
}

Test(postgres_pooler, two_ways_to_two_databases_are_refused, .timeout = 120)
{
    struct pooled p = pooled_open(story, "transaction", 1);
    struct process_result r;

    configure(
        &p, arena_printf(p.c.arena, "postgresql://postgres:" STAGE_PASSWORD "@127.0.0.1:%s/postgres", p.c.stage.port));
    r = stage_expect(&p.c.stage, 4, "merganser up");
    scene_says(r.err, "`database` and `database.direct` lead to two databases: ");
    cr_expect_null(strstr(arena_cstr(p.c.arena, r.err), STAGE_PASSWORD));
    cr_expect_str_eq(ask(&p, "SELECT to_regclass('schema_migrations') IS NULL"), "t");
    /* What only reads has no use for it. */
    stage_expect(&p.c.stage, 0, "merganser status");
    /* Which one is meant can't be told without the pooler. */
    configure(&p, p.c.stage.postgres);
    pgbouncer_close(p.pooler);
    r = stage_expect(&p.c.stage, 1, "merganser up");
    scene_says(r.err, "whether `database` and `database.direct` are one database can't be told: ");
    pooled_close(&p);
}
