/* Other migration tools at work on the same database: merganser waits for them, and they for it. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/rows.h"
#include "tests/support/scene.h"

#define TOOLS TESTDATA "/../tests/tools"

/* The first script stops at a table that a test holds. */
static const char story[] = "== commit All\n"
                            "== file config/application.rb\nmodule App\nend\n"
                            "== file db/migrate/1001_a.rb\n"
                            "class A < ActiveRecord::Migration[6.1]\n  def change\n    create_table :a\n  end\nend\n"
                            "== file db/migrate/1001_a.sql\nLOCK TABLE gate;\nCREATE TABLE a (id integer);\n";

/* Ledgers as the tools make them, as far as they are told by it, and the keys of their locks (of the database app). */
static const struct {
    const char *tool, *table, *key;
} tools[] = {
    { "golang-migrate", "elsewhere.schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
      NULL },
    { "goose", "goose_db_version (id integer, version_id bigint, is_applied boolean, tstamp timestamp)", "4097083626" },
    { "sqlx", "_sqlx_migrations (version bigint, description text, checksum bytea)", NULL },
    { "Prisma", "_prisma_migrations (id varchar(36), checksum varchar(64), migration_name varchar(255))", "72707369" },
    { "Flyway", "flyway_schema_history (installed_rank integer, version varchar(50))", "77433833903597" },
    { "tern", "schema_version (version int4)", "9628173550095224" },
    { "node-pg-migrate", "pgmigrations (id serial, name varchar(255), run_on timestamp)", "7241865325823964" },
};

static void make_ledger(struct scene *c, const char *table)
{
    postgres_ask(c->arena, c->stage.conninfo,
                 arena_printf(c->arena, "CREATE SCHEMA IF NOT EXISTS elsewhere; CREATE TABLE %s", table));
}

static const char *printed(struct scene *c)
{
    return stage_printed(&c->stage, "up.err");
}

/* Until the first script waits for the gate. */
static int up_until_the_gate(struct scene *c)
{
    int pid = stage_start(&c->stage, arena_printf(c->arena, "merganser up --fresh --database '%s'", c->url), "up");

    postgres_gate_await(c->stage.conninfo);
    return pid;
}

static const char *advisory_keys(struct scene *c)
{
    return postgres_ask(c->arena, c->stage.conninfo,
                        "SELECT string_agg(((classid::bigint << 32) + objid::bigint)::text, ' ') FROM pg_locks WHERE "
                        "locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = "
                        "current_database())");
}

ParameterizedTestParameters(postgres_foreign_runs, are_kept_out)
{
    return rows_numbered(sizeof tools / sizeof *tools);
}

/* While merganser runs, the tool's own lock is not to be had; afterwards it is. */
ParameterizedTest(size_t *row, postgres_foreign_runs, are_kept_out, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *gate;
    const char *without, *with;
    int pid;

    gate = postgres_gate_close(c.stage.conninfo);
    pid = up_until_the_gate(&c);
    without = advisory_keys(&c);
    postgres_session_run(gate, "COMMIT");
    cr_assert_eq(process_wait(pid), 0, "%s", printed(&c));
    stage_empty(&c.stage);
    postgres_session_close(gate);

    make_ledger(&c, tools[*row].table);
    gate = postgres_gate_close(c.stage.conninfo);
    pid = up_until_the_gate(&c);
    with = advisory_keys(&c);
    cr_expect(strlen(with) > strlen(without), "%s: %s", tools[*row].tool, with);
    if (tools[*row].key)
        cr_expect(strstr(with, tools[*row].key) && !strstr(without, tools[*row].key), "%s", with);
    postgres_session_run(gate, "COMMIT");
    cr_assert_eq(process_wait(pid), 0, "%s", printed(&c));
    cr_expect_str_eq(advisory_keys(&c), "");
    postgres_session_close(gate);
    scene_close(&c);
}

/* goose takes its lock with a waiting statement or by trying; either way it is one that a session holds. */
Test(postgres_foreign_runs, are_waited_for, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *goose;
    struct process_result r;
    int pid;

    make_ledger(&c, tools[1].table);
    postgres_ask(c.arena, c.stage.conninfo, "CREATE TABLE gate ()");
    goose = postgres_session_open(arena_printf(c.arena, "%s application_name=goose", c.stage.conninfo));
    postgres_session_run(goose, "SELECT pg_advisory_lock(4097083626)");

    scratch_write(c.stage.repository, "merganser.yml", TEXT("timeouts: {wait: 0}\n"));
    r = scene_run(&c, 5, "up --fresh");
    scene_says(r.err, "goose's lock, which belongs to public.goose_db_version, was not had within ");
    scene_says(r.err, ", goose from this host, connected for ");
    scene_says(r.err, "hint: goose works on this database too");
    cr_expect_str_eq(scene_ask(&c, "SELECT to_regclass('schema_migrations') IS NULL"), "t");
    cr_expect_str_eq(advisory_keys(&c), "4097083626");

    scratch_write(c.stage.repository, "merganser.yml", TEXT(""));
    pid = stage_start(&c.stage, arena_printf(c.arena, "merganser up --fresh --database '%s'", c.url), "up");
    stage_await(&c.stage, pid, "up.err", "waiting for the lock, held by pid ");
    cr_expect(strstr(printed(&c), " (goose's lock)"), "%s", printed(&c));
    /* Its tries are the only thing on the server: nothing of it waits there. */
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                   " AND wait_event_type = 'Lock'"),
                     "0");
    postgres_session_close(goose);
    cr_assert_eq(process_wait(pid), 0, "%s", printed(&c));
    cr_expect_str_eq(scene_ask(&c, "SELECT version FROM schema_migrations"), "1001");
    cr_expect_str_eq(advisory_keys(&c), "");
    scene_close(&c);
}

/* The real one: it does not wait, and says so. */
Test(postgres_foreign_runs, rails_itself_is_kept_out, .timeout = 120)
{
    struct scene c = scene_open(story, true);
    const char *migrate = arena_printf(c.arena, "ruby " TOOLS "/active_record.rb '%s' migrate", c.url);
    struct postgres_session *gate;
    struct process_result r;
    int pid;

    gate = postgres_gate_close(c.stage.conninfo);
    pid = up_until_the_gate(&c);
    r = stage_run(&c.stage, migrate);
    cr_expect_neq(r.exit_code, 0);
    scene_says(r.err, "ConcurrentMigrationError");
    postgres_session_run(gate, "COMMIT");
    cr_assert_eq(process_wait(pid), 0, "%s", printed(&c));
    stage_expect(&c.stage, 0, migrate);
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM schema_migrations"), "1");
    postgres_session_close(gate);
    scene_close(&c);
}

/* A tool's lock that a script of ours lets go is missed at the end, and named. */
Test(postgres_foreign_runs, a_lock_that_a_script_lets_go_is_missed)
{
    struct scene c = scene_open("== commit All\n== file db/migrate/1_a.sql\n"
                                "SELECT pg_advisory_unlock(4097083626);\n",
                                true);
    struct process_result r;

    make_ledger(&c, tools[1].table);
    r = scene_run(&c, 1, "up --fresh");
    scene_says(r.err, "goose's lock, which merganser held too, was lost during the run");
    cr_expect_str_eq(scene_ask(&c, "SELECT version FROM schema_migrations"), "1");
    cr_expect_str_eq(advisory_keys(&c), "");
    scene_close(&c);
}
