/* What runs record of the schema, on both databases: when, how often, and what does not stop them. */
#include "core/base/text.h"
#include "tests/support/both.h"
#include "tests/support/scene.h"

#define TABLE(n)                                                                                                       \
    "== file db/migrate/" n "_t" n ".sql\nCREATE TABLE t" n " (id integer PRIMARY KEY);\n"                             \
    "== file db/migrate/" n "_t" n ".down.sql\nDROP TABLE t" n ";\n"

#define THREE "== commit First\n" TABLE("101") TABLE("102") TABLE("103")

/* "found 101*, up 101": the side table, oldest first, a * behind each that has a text. */
static const char *recorded(struct scene *c)
{
    const char *rows =
        scene_ask(c, arena_printf(c->arena,
                                  "SELECT direction || ' ' || version || CASE WHEN description IS NULL THEN "
                                  "'' ELSE '*' END FROM %s_schema ORDER BY id",
                                  c->history));
    struct buf out = buf_open(c->arena, SIZE_MAX / 2);

    for (const char *at = rows; *at; at++)
        buf_string(&out, *at == '\n' ? ", " : (const char[]) { *at, '\0' });
    return buf_cstr(&out);
}

static const char *newest_is(struct scene *c, const char *set)
{
    return scene_ask(c, arena_printf(c->arena, "UPDATE %s_schema SET %s WHERE id = (SELECT max(id) FROM %s_schema)",
                                     c->history, set, c->history));
}

static void is_quiet(struct process_result r)
{
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
}

ON_BOTH(schema_record, every_step_of_a_short_run)
{
    struct scene c = scene_open(THREE, postgres);

    is_quiet(scene_run(&c, 0, "up"));
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, up 102*, up 103*");
    /* What was there before is kept already. */
    is_quiet(scene_run(&c, 0, "down --steps 2"));
    is_quiet(scene_run(&c, 0, "redo"));
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, up 102*, up 103*, down 103, down 102, down 101, up 101");
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    scene_close(&c);
}

ON_BOTH(schema_record, nothing_where_nothing_ran)
{
    struct scene c = scene_open(THREE, postgres);

    scene_run(&c, 0, "up --dry-run");
    scene_run(&c, 0, "status");
    scene_run(&c, 0, "up");
    is_quiet(scene_run(&c, 0, "up"));
    scene_run(&c, 0, "down --dry-run");
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, up 102*, up 103*");
    scene_close(&c);
}

ON_BOTH(schema_record, a_long_run_twice)
{
    struct scene c = scene_open(THREE TABLE("104") TABLE("105") TABLE("106") TABLE("107") TABLE("108") TABLE("109")
                                    TABLE("110") TABLE("111"),
                                postgres);
    struct process_result r;

    is_quiet(scene_run(&c, 0, "up"));
    cr_expect_str_eq(recorded(&c), "found 101*, up 111*");
    r = scene_run(&c, 0, "history --show 105");
    scene_says(r.out, "in one run with 10 others");
    scene_says(r.out, "11 added");
    scene_close(&c);
}

ON_BOTH(schema_record, what_stands_of_a_run_that_failed)
{
    struct scene c = scene_open(THREE "== file db/migrate/104_wrong.sql\nSELECT nothing;\n", postgres);

    scene_run(&c, 1, "up");
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, up 102*, up 103*");
    scene_run(&c, 1, "up");
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, up 102*, up 103*");
    scene_close(&c);
}

/* The run's own rows are committed, and it dies before the schema is recorded. */
ON_BOTH(schema_record, a_crash_between_applying_and_recording)
{
    struct scene c = scene_open(THREE, postgres);
    struct process_result r;

    scene_run(&c, 0, "up --steps 2");
    scene_ask(&c, arena_printf(c.arena, "DELETE FROM %s_schema WHERE version = '102'", c.history));
    r = scene_run(&c, 0, "drift");
    scene_says(r.out, "102_t102 ran since, and the schema was not recorded behind it");
    is_quiet(scene_run(&c, 0, "up"));
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, found 103*, up 103*");
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    r = scene_run(&c, 4, "history --show 102");
    scene_says(r.err, "what 102 made of the schema is not known: the schema was not recorded around it");
    scene_close(&c);
}

ON_BOTH(schema_record, two_runs_at_once)
{
    struct scene c = scene_open(THREE, postgres);
    const char *line = arena_printf(c.arena, "merganser up --database '%s'", c.url);
    int one = stage_start(&c.stage, line, "one"), other = stage_start(&c.stage, line, "other");

    cr_assert_eq(process_wait(one), 0);
    cr_assert_eq(process_wait(other), 0);
    cr_expect_str_eq(recorded(&c), "found 101*, up 101*, up 102*, up 103*");
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    scene_close(&c);
}

static const struct {
    const char *name, *set, *says;
} damages[] = {
    { "no letters of base64", "description = '{}'", "its text is damaged" },
    { "cut off", "description = substr(description, 1, 40)", "its text is damaged" },
    { "another row's", "sha256 = '0000'", "its text is damaged" },
    { "gone", "description = NULL", "its text is gone" },
    { "a later format", "format = 2", "another release of merganser recorded it" },
    { "no format", "format = NULL", "another release of merganser recorded it" },
};

ParameterizedTestParameters(schema_record, a_damaged_row)
{
    return rows_numbered(DATABASES * sizeof damages / sizeof *damages);
}

ParameterizedTest(size_t *row, schema_record, a_damaged_row)
{
    size_t n = *row / DATABASES;
    struct scene c = scene_open(THREE, *row % DATABASES == POSTGRES);
    struct process_result r;

    scene_run(&c, 0, "up --steps 2");
    newest_is(&c, damages[n].set);
    r = scene_run(&c, 4, "drift --exit-code");
    scene_says(r.err, damages[n].says);
    scene_says(r.err, "merganser drift --accept");
    /* Nobody changed anything, and nobody is told so. */
    is_quiet(scene_run(&c, 0, "up"));
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    newest_is(&c, damages[n].set);
    scene_run(&c, 0, "drift --accept --yes");
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    scene_close(&c);
}

/* Another tool runs a migration of its own, with its row. */
ON_BOTH(schema_record, another_tool_in_between)
{
    struct scene c = scene_open(THREE, postgres);
    struct process_result r;

    scene_run(&c, 0, "up --to 101");
    scene_ask(&c, "CREATE TABLE t102 (id integer PRIMARY KEY)");
    scene_ask(&c, "INSERT INTO schema_migrations VALUES ('102')");
    r = scene_run(&c, 0, "drift");
    scene_says(r.out, "another tool wrote to");
    scene_says(r.out, "(1 version then, 2 now)");
    is_quiet(scene_run(&c, 0, "up"));
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    r = scene_run(&c, 4, "history --show 102");
    scene_says(r.err, "the history has no row of it");
    scene_close(&c);
}

/* Two services share a database and a history, each with its own ledger. */
ON_BOTH(schema_record, two_ledgers)
{
    struct scene c = scene_open(THREE, postgres);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_shell(&c, "mkdir other && echo 'CREATE TABLE other (id integer);' >other/201_other.sql && "
                    "echo 'ledger: {table: other_migrations}' >other.yml && git add . && git commit -qm Other");
    is_quiet(scene_run(&c, 0, "up --fresh --config other.yml --migrations other"));
    is_quiet(scene_run(&c, 0, "drift --exit-code --config other.yml --migrations other"));
    r = scene_run(&c, 3, "drift --exit-code --migrations db/migrate");
    scene_says(r.out, "other_migrations ran since: what they made is listed too");
    is_quiet(scene_run(&c, 0, "redo --migrations db/migrate"));
    scene_says(scene_run(&c, 0, "drift --exit-code --migrations db/migrate").out, "no drift");
    scene_close(&c);
}

ON_BOTH(schema_record, baseline_and_repair)
{
    struct scene c = scene_open(THREE, postgres);

    scene_ask(&c, "CREATE TABLE t101 (id integer PRIMARY KEY)");
    scene_run(&c, 0, "baseline 101");
    cr_expect_str_eq(recorded(&c), "found 101*, baseline 101");
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    scene_shell(&c, "printf '%s\\n' '-- merganser: no-transaction' 'CREATE TABLE half (id integer);' "
                    "'SELECT nothing;' >db/migrate/102_t102.sql");
    scene_run(&c, 1, "up --to 102");
    cr_expect_str_eq(recorded(&c), "found 101*, baseline 101, up 102*");
    scene_ask(&c, "CREATE TABLE t102 (id integer PRIMARY KEY)");
    is_quiet(scene_run(&c, 0, "repair 102 --mark-applied --yes"));
    cr_expect_str_eq(recorded(&c), "found 101*, baseline 101, up 102*, repair 102*");
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    is_quiet(scene_run(&c, 0, "up"));
    scene_close(&c);
}

/* ---- where it can't be ---- */

Test(schema_record, without_the_right_to_make_the_table)
{
    struct scene c = scene_open(THREE, true);
    const char *role = arena_printf(c.arena, "%s_poor", c.stage.database), *url;
    struct process_result r;

    scene_run(&c, 0, "up --to 101");
    scene_ask(&c, "DROP TABLE merganser.history_schema");
    scene_ask(&c, arena_printf(c.arena,
                               "CREATE ROLE %s LOGIN PASSWORD 'hunter2'; GRANT USAGE ON SCHEMA merganser TO %s; GRANT "
                               "SELECT, INSERT ON merganser.history, schema_migrations TO %s; "
                               "GRANT CREATE ON SCHEMA public TO %s",
                               role, role, role, role));
    url = arena_printf(c.arena, "postgresql://%s:hunter2@127.0.0.1:%s/%s", role, c.stage.port, c.stage.database);
    r = stage_expect(&c.stage, 0, arena_printf(c.arena, "merganser up --to 102 --database '%s'", url));
    is_quiet(r);
    r = stage_expect(&c.stage, 0, arena_printf(c.arena, "merganser up --verbose --database '%s'", url));
    scene_says(r.err, "the schema is not recorded: permission denied");
    scene_ask(&c, arena_printf(c.arena, "DROP OWNED BY %s; DROP ROLE %s", role, role));
    scene_close(&c);
}

Test(schema_record, not_through_a_pooler)
{
    struct scene c = scene_open(THREE, true);
    struct process_result r = stage_expect(
        &c.stage, 0, arena_printf(c.arena, "merganser up --verbose --database '%s?pgbouncer=true'", c.url));

    scene_says(r.err, "the schema is not recorded: a connection pooler stands between");
    cr_expect_str_eq(scene_ask(&c, "SELECT to_regclass('merganser.history_schema') IS NULL"), "t");
    scene_close(&c);
}

/* It does not compress well, and comes back whole. */
Test(schema_record, ten_megabytes)
{
    struct scene c = scene_open("== commit First\n"
                                "== file db/migrate/101_large.sql\n"
                                "CREATE TABLE t (id integer);\n"
                                "DO $$ BEGIN EXECUTE format('COMMENT ON TABLE t IS %L', (SELECT string_agg(md5(i::text)"
                                ", ' ') FROM generate_series(1, 320000) i)); END $$;\n",
                                true);

    is_quiet(scene_run(&c, 0, "up"));
    is_quiet(scene_run(&c, 0, "drift --exit-code"));
    scene_ask(&c, "COMMENT ON TABLE t IS 'short'");
    scene_says(scene_run(&c, 3, "drift --exit-code").out, "1 changed");
    scene_close(&c);
}
