/* A plan is applied to what it was made for, or not at all: what moves in between is named, and nothing runs. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/planned.h"
#include "tests/support/rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const struct planned_change moved[] = {
    { .name = "a version was added",
      .sql = "INSERT INTO schema_migrations VALUES ('9')",
      .back = "DELETE FROM schema_migrations WHERE version = '9'",
      .exit_code = 4,
      .says = "ledger: recorded now 9" },
    { .name = "a version was taken out",
      .sql = "DELETE FROM schema_migrations WHERE version = '3'",
      .back = "INSERT INTO schema_migrations VALUES ('3')",
      .exit_code = 4,
      .says = "ledger: not recorded any more 3" },
    { .name = "a column was added",
      .sql = "ALTER TABLE users ADD COLUMN city text",
      .back = "ALTER TABLE users DROP COLUMN city",
      .exit_code = 4,
      .says = "column public.users.city" },
    { .name = "an index was dropped",
      .sql = "DROP INDEX users_email",
      .back = "CREATE INDEX users_email ON users (email)",
      .exit_code = 4,
      .says = "gone index public.users_email" },
    { .name = "a function was changed",
      .sql = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
      .back = "DROP FUNCTION f()",
      .exit_code = 4,
      .says = "function public.f()" },
    { .name = "a constraint was added",
      .sql = "ALTER TABLE users ADD CONSTRAINT short CHECK (length(email) < 9)",
      .back = "ALTER TABLE users DROP CONSTRAINT short",
      .exit_code = 4,
      .says = "constraint public.users.short" },
    { .name = "somebody made the table by hand",
      .sql = "CREATE TABLE posts (id int)",
      .back = "DROP TABLE posts",
      .exit_code = 4,
      .says = "table public.posts" },
    { .name = "the version was baselined",
      .sql = "INSERT INTO schema_migrations VALUES ('4')",
      .back = "DELETE FROM schema_migrations WHERE version = '4'",
      .exit_code = 4,
      .says = "ledger: recorded now 4" },
    { .name = "the role is another one",
      .sql = "CREATE ROLE plan_role LOGIN SUPERUSER",
      .shell = "printf 'session: [\"SET ROLE plan_role\"]\\n' > merganser.yml",
      .back = "DROP ROLE plan_role",
      .unshell = "rm merganser.yml",
      .exit_code = 4,
      .says = "role (plan_role, was postgres)" },
    { .name = "the session is another one",
      .shell = "printf 'session: [\"SET work_mem = 4096\"]\\n' > merganser.yml",
      .unshell = "rm merganser.yml",
      .exit_code = 4,
      .says = "target: changed session" },
    { .name = "names are looked for elsewhere",
      .sql = "CREATE SCHEMA other; ALTER ROLE postgres IN DATABASE DB SET search_path = public, other",
      .back = "DROP SCHEMA other; ALTER ROLE postgres IN DATABASE DB RESET search_path",
      .exit_code = 4,
      .says = "search path" },
    { .name = "another database", .elsewhere = true, .exit_code = 4, .says = "the plan was made for another database" },
    { .name = "the policy refuses",
      .shell = "printf 'policy: {confirm: true}\\n' > merganser.yml",
      .unshell = "rm merganser.yml",
      .exit_code = 4,
      .says = "confirm" },
    { .name = "the plan was edited",
      .shell = "cp plan.json kept.yml && sed -i 's/\"4\"/\"5\"/' plan.json",
      .unshell = "mv kept.yml plan.json",
      .exit_code = 4,
      .says = "the plan was changed after it was made" },
    { .name = "the plan was cut off",
      .shell = "cp plan.json kept.yml && head -c 3000 kept.yml > plan.json",
      .unshell = "mv kept.yml plan.json",
      .exit_code = 4,
      .says = "was cut off" },
    { .name = "the plan is of another format",
      .shell = "cp plan.json kept.yml && sed -i 's/\"format_version\": 1/\"format_version\": 2/' plan.json",
      .unshell = "mv kept.yml plan.json",
      .exit_code = 4,
      .says = "the plan has the format 2" },
    { .name = "a version stopped midway",
      .sql = "INSERT INTO merganser.history (run_id, ledger, version, name, direction, outcome, format, "
             "started_at) VALUES ('x', 'public.schema_migrations', '8', 'x', 'up', 'started', '2', now())",
      .back = "DELETE FROM merganser.history WHERE version = '8'",
      .exit_code = 4,
      .says = "stopped midway" },
};

static const struct planned_change still[] = {
    { .name = "rows came", .sql = "INSERT INTO users VALUES (1, 'a')" },
    { .name = "the planner looked", .sql = "ANALYZE" },
};

/* The database's own name stands where a row says DB; a change of the role's settings needs it. */
static struct planned_change of(struct scene *c, const struct planned_change *row)
{
    struct planned_change out = *row;
    const char **texts[] = { &out.sql, &out.back };

    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *at = *texts[i] ? strstr(*texts[i], "DATABASE DB ") : NULL;

        if (at)
            *texts[i] = arena_printf(c->arena, "%.*sDATABASE %s %s", (int)(at - *texts[i]), *texts[i],
                                     c->stage.database, at + strlen("DATABASE DB "));
    }
    return out;
}

enum { SHARES = 4 };

ParameterizedTestParameters(plan_stale, what_moved_is_named_and_nothing_runs)
{
    return rows_numbered(SHARES);
}

/* Every fourth of them on one database, one after the other. */
ParameterizedTest(size_t *share, plan_stale, what_moved_is_named_and_nothing_runs)
{
    struct scene c = planned_open(true);

    scene_run(&c, 0, "plan --output plan.json --quiet");
    for (size_t i = *share; i < COUNT(moved); i += SHARES) {
        struct planned_change change = of(&c, &moved[i]);

        planned_try(&c, &change);
    }
    /* All of it taken back, the plan holds again. */
    planned_try(&c, &(struct planned_change) { .name = "nothing moved" });
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM schema_migrations"), "5");
    scene_close(&c);
}

/* A view, a partitioned table and a second schema that no script names. */
static const char elsewhere[] =
    "CREATE SCHEMA billing; CREATE TABLE billing.invoices (id int);"
    "CREATE TABLE events (at date) PARTITION BY RANGE (at);"
    "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-01-02')";

static const char meanwhile[] =
    "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-01-02') TO ('2024-01-03');"
    "CREATE INDEX ON events_2 (at); DROP TABLE events_1;"
    "ALTER TABLE billing.invoices ADD COLUMN total int; CREATE TABLE billing.more (id int); CREATE SCHEMA third;"
    "COMMENT ON TABLE users IS 'people'; GRANT SELECT ON users TO PUBLIC;"
    "INSERT INTO users VALUES (1, 'a'); ANALYZE";

Test(plan_stale, what_its_scripts_do_not_reach_may_move)
{
    struct scene c = planned_open(true);

    scene_ask(&c, elsewhere);
    scene_run(&c, 0, "plan --output plan.json --quiet");
    scene_ask(&c, meanwhile);
    /* The branch goes on, too. */
    scene_shell(&c, "echo 'CREATE TABLE late (id int);' > db/migrate/6_late.sql && "
                    "echo '-- edited' >> db/migrate/5_posts.sql && git add db && git commit -qm Late");
    planned_try(&c, &(struct planned_change) { .name = "elsewhere" });
    cr_expect_str_eq(scene_ask(&c, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"),
                     "1 2 3 4 5");
    cr_expect_str_eq(scene_ask(&c, "SELECT commit FROM merganser.history WHERE version = '5'"),
                     arena_cstr(c.arena, text_trim(stage_expect(&c.stage, 0, "git rev-parse HEAD~1").out)));
    scene_close(&c);
}

Test(plan_stale, strict_counts_everything)
{
    static const char *const changes[] = {
        "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-01-02') TO ('2024-01-03')",
        "CREATE TABLE billing.more (id int)",
        "COMMENT ON TABLE users IS 'people'",
        "GRANT SELECT ON users TO PUBLIC",
    };
    struct scene c = planned_open(true);

    scene_ask(&c, elsewhere);
    for (size_t i = 0; i < COUNT(changes); i++) {
        const struct planned_change change = {
            .name = changes[i], .sql = changes[i], .exit_code = 4, .says = "its schema moved"
        };

        scene_run(&c, 0, "plan --strict --output plan.json --quiet");
        planned_try(&c, &change);
    }
    scene_close(&c);
}

/* A script that runs code can meet anything, one that names a schema what is in that. */
Test(plan_stale, scripts_say_what_they_reach)
{
    static const struct {
        const char *script;
        int exit_code;
    } rows[] = {
        { "CREATE TABLE s (id int)", 0 },  { "INSERT INTO t SELECT id FROM billing.invoices", 4 },
        { "DO $$ BEGIN NULL; END $$", 4 }, { "SET search_path = billing", 4 },
        { "SET lock_timeout = '5s'", 0 },  { "SELECT set_config('search_path', 'billing', false)", 4 },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene c = scene_open("== commit Begin\n== file db/migrate/1_t.sql\nCREATE TABLE t (id int);\n", true);

        scene_run(&c, 0, "up --quiet");
        scene_ask(&c, elsewhere);
        scene_shell(&c, arena_printf(c.arena, "cat > db/migrate/2_x.sql <<'E'\n%s;\nE\n", rows[i].script));
        scene_git(&c, "add db");
        scene_git(&c, "commit -qm Two");
        scene_run(&c, 0, "plan --output ../plan.json --quiet");
        scene_ask(&c, "CREATE TABLE billing.more (id int)");
        scene_run(&c, rows[i].exit_code, "apply ../plan.json");
        scene_close(&c);
    }
}

Test(plan_stale, rows_and_statistics_do_not_count_on_sqlite)
{
    struct scene c = planned_open(false);
    const struct planned_change column = { .name = "a column was added",
                                           .sql = "ALTER TABLE users ADD COLUMN city text",
                                           .back = "ALTER TABLE users DROP COLUMN city",
                                           .exit_code = 4,
                                           .says = "its schema moved" };

    scene_run(&c, 0, "plan --output plan.json --quiet");
    for (size_t i = 0; i < COUNT(still); i++)
        scene_ask(&c, still[i].sql);
    planned_try(&c, &column);
    planned_try(&c, &(struct planned_change) { .name = "rows" });
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM schema_migrations"), "5");
    scene_close(&c);
}
