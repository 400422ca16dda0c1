/* apply runs exactly the steps of its plan, from its commit, once; what the file brings chooses nothing else. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/text.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/planned.h"
#include "tests/support/postgres.h"

static const char apply[] = "merganser apply plan.json --database \"$PG\"";
static const char versions[] = "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations";

static struct scene planned_and_written(bool postgres, const char *options)
{
    struct scene c = planned_open(postgres);

    scene_run(&c, 0, arena_printf(c.arena, "plan --output plan.json --quiet %s", options));
    return c;
}

Test(plan_apply, two_at_once_apply_once)
{
    struct scene c = planned_and_written(true, "");
    struct postgres_session *holder = postgres_session_open(c.stage.conninfo);
    int one, two;

    postgres_session_run(holder, "BEGIN; LOCK TABLE users");
    one = stage_start(&c.stage, apply, "one");
    two = stage_start(&c.stage, apply, "two");
    /* One waits for the table, the other one tries to get the lock again and again. */
    postgres_await(c.stage.conninfo,
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                   "application_name LIKE 'merganser%' AND (wait_event = 'relation' OR query LIKE '%try_advisory%')",
                   "2");
    postgres_session_run(holder, "COMMIT");
    cr_expect_eq(process_wait(one), 0, "%s", stage_printed(&c.stage, "one.err"));
    cr_expect_eq(process_wait(two), 0, "%s", stage_printed(&c.stage, "two.err"));
    cr_expect_str_eq(scene_ask(&c, versions), "1 2 3 4 5");
    cr_expect_str_eq(
        scene_ask(&c, "SELECT string_agg(outcome, ' ') FROM merganser.history WHERE version IN ('4', '5')"),
        "applied applied");
    postgres_session_close(holder);
    scene_close(&c);
}

/* Killed while the second step waits for a table: the first one is applied. */
static void kill_between(struct scene *c)
{
    struct postgres_session *holder = postgres_session_open(c->stage.conninfo);
    int pid;

    postgres_session_run(holder, "BEGIN; LOCK TABLE cities");
    pid = stage_start(&c->stage, apply, "killed");
    postgres_await(c->stage.conninfo, versions, "1 2 3 4");
    cr_assert_eq(kill(pid, SIGKILL), 0);
    process_wait(pid);
    /* The server has all of the step already, and would run it when it gets the lock. */
    postgres_session_run(holder, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                 "datname = current_database() AND application_name LIKE 'merganser%'");
    postgres_await(c->stage.conninfo,
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                   "application_name LIKE 'merganser%'",
                   "0");
    postgres_session_run(holder, "COMMIT");
    postgres_session_close(holder);
}

Test(plan_apply, goes_on_where_it_was_killed)
{
    struct scene c = planned_and_written(true, "");
    struct process_result r;

    kill_between(&c);
    r = stage_expect(&c.stage, 0, apply);
    scene_says(r.err, "an earlier run of this plan has applied 1 of its 2 steps: going on with the rest");
    cr_expect_str_eq(scene_ask(&c, versions), "1 2 3 4 5");
    r = stage_expect(&c.stage, 0, apply);
    scene_says(r.out, "nothing to do: every step of the plan is applied");
    scene_close(&c);
}

Test(plan_apply, a_begun_plan_is_as_stale_as_any_other)
{
    static const struct planned_change changes[] = {
        { .name = "what the begun script does not name",
          .sql = "ALTER TABLE cities ADD COLUMN name text",
          .back = "ALTER TABLE cities DROP COLUMN name",
          .exit_code = 4,
          .says = "column public.cities.name" },
        { .name = "another version",
          .sql = "INSERT INTO schema_migrations VALUES ('9')",
          .back = "DELETE FROM schema_migrations WHERE version = '9'",
          .exit_code = 4,
          .says = "ledger: recorded now 9" },
        { .name = "not applied with the plan's script",
          .sql = "UPDATE merganser.history SET sha256 = repeat('0', 64) WHERE version = '4'",
          .exit_code = 4,
          .says = "ledger: recorded now 4" },
    };
    struct scene c = planned_and_written(true, "");

    kill_between(&c);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        planned_try(&c, &changes[i]);
    scene_close(&c);
}

Test(plan_apply, runs_the_steps_that_were_planned_and_no_others)
{
    struct scene c = planned_and_written(false, "--steps 1");
    struct process_result r = scene_run(&c, 0, "apply plan.json --json");

    scene_says(r.out, "\"version\": \"4\"");
    cr_expect_str_eq(scene_ask(&c, "SELECT group_concat(version, ' ') FROM schema_migrations"), "1 2 3 4");
    scene_run(&c, 0, "plan --to 4 --output plan.json --quiet");
    r = scene_run(&c, 0, "apply plan.json");
    scene_says(r.out, "nothing to do");
    scene_ask(&c, "CREATE TABLE t (id int)");
    scene_run(&c, 4, "apply plan.json");
    scene_close(&c);
}

Test(plan_apply, relinks_as_planned)
{
    struct scene c = planned_open(false);

    scene_git(&c, "mv db/migrate/3_cities.sql db/migrate/6_cities.sql");
    scene_git(&c, "commit -qm Renamed");
    scene_run(&c, 4, "plan --output plan.json");
    scene_run(&c, 0, "plan --relink --output plan.json --quiet");
    scene_run(&c, 4, "apply plan.json"); /* it asks, and nobody answers */
    scene_run(&c, 0, "apply plan.json --yes --quiet");
    cr_expect_str_eq(scene_ask(&c, "SELECT group_concat(version, ' ') FROM (SELECT version FROM schema_migrations "
                                   "ORDER BY 1)"),
                     "1 2 4 5 6");
    scene_close(&c);
}

Test(plan_apply, a_pooler_leads_to_the_same_target)
{
    struct scene c = planned_open(true);
    struct pgbouncer *pooler =
        pgbouncer_open(&(struct pgbouncer_options) { c.stage.conninfo, "transaction", 0 }, c.arena);
    const char *direct = c.url;

    c.url = pgbouncer_url(pooler, c.arena);
    scene_run(&c, 0, "plan --output plan.json --quiet");
    c.url = direct;
    scene_run(&c, 0, "apply plan.json --quiet");
    cr_expect_str_eq(scene_ask(&c, versions), "1 2 3 4 5");
    pgbouncer_close(pooler);
    scene_close(&c);
}

/* Of the same commit, ledger and target there is one plan, whenever and from where it is asked. */
Test(plan_apply, the_same_is_planned_alike)
{
    struct scene c = planned_open(true);

    scene_run(&c, 0, "plan --ref HEAD --output one.yml --quiet");
    scene_run(&c, 0, "plan --ref HEAD --json > two.yml");
    scene_shell(&c, "git clone -q . ../clone && cp one.yml ../one.yml");
    scene_shell(&c, "cd ../clone && merganser plan --ref HEAD --output ../three.yml --quiet --database \"$PG\"");
    scene_shell(&c, "for f in one.yml two.yml ../three.yml; do grep -v '\"created_at\"' $f | sha256sum; done | uniq | "
                    "wc -l > lines.yml; grep -qx 1 lines.yml");
    scene_shell(&c, "test $(jq -r .sha256 one.yml) = "
                    "$(jq -cSj 'del(.created_at, .sha256)' one.yml | sha256sum | cut -c 1-64)");
    scene_close(&c);
}

/* ---- what a file may not choose ---- */

/* A plan that was changed, with the checksum that it then has to have. */
static void forge(struct scene *c, const char *filter)
{
    scene_shell(c, arena_printf(c->arena,
                                "jq '%s' plan.json > forged.yml && "
                                "sum=$(jq -cSj 'del(.created_at, .sha256)' forged.yml | sha256sum | cut -c 1-64) && "
                                "jq --arg sum $sum '.sha256 = $sum' forged.yml > forged.json",
                                filter));
}

Test(plan_apply, a_forged_plan_chooses_nothing)
{
    static const struct {
        const char *filter;
        int exit_code;
    } rows[] = {
        { ".steps[0].sha256 = .steps[1].sha256", 4 },
        { ".steps |= reverse", 4 },
        { ".steps |= .[1:]", 4 },
        { ".steps[0].version = \"3\"", 4 },
        { ".steps += [.steps[0]]", 4 },
        { ".steps[0].direction = \"down\"", 4 },
        { ".steps[0].direction = \"relink\" | .steps[0].renamed_from = \"3\"", 4 },
        { ".source.commit = \"HEAD\"", 4 },
        { ".source.commit = \"0123456789012345678901234567890123456789\"", 2 },
        { ".source.commit = null", 4 },
        { ".repository = null", 4 },
        { ".repository = \"0123456789012345678901234567890123456789\"", 4 },
        { ".fingerprint.schema = \"x\"", 4 },
        { ".fingerprint = null", 4 },
        { ".basis = null | .fingerprint.ledger = \"\"", 4 },
        { ".steps = {}", 4 },
        { ".steps = [1, null, \"x\"]", 4 },
        { ".verb = \"status\"", 4 },
        { ".applicable = false", 4 },
        { "[]", 4 },
        /* What is only shown: it runs what the commit has, on the database that is configured. */
        { ".database = {host: \"elsewhere\", name: \"other\"} | .source.folders = [\"..\"] | "
          ".steps[0].segments[0].statements[0].sql = \"DROP TABLE users\" | .steps[0].path = \"/etc/passwd\"",
          0 },
    };
    struct scene c = planned_and_written(false, "");

    scene_shell(&c, "echo '*.json' >> .git/info/exclude");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct process_result r;

        if (strcmp(rows[i].filter, "[]") == 0)
            scene_shell(&c, "echo '[]' > forged.json");
        else
            forge(&c, rows[i].filter);
        r = stage_run(&c.stage, "merganser apply forged.json --database \"$DB\"");
        cr_expect_eq(r.exit_code, rows[i].exit_code, "%s: exit %d\n%.*s", rows[i].filter, r.exit_code, (int)r.err.len,
                     r.err.at);
        cr_expect_str_eq(scene_ask(&c, "SELECT group_concat(version, ' ') FROM schema_migrations"),
                         rows[i].exit_code ? "1 2 3" : "1 2 3 4 5", "%s", rows[i].filter);
    }
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM users"), "0");
    scene_close(&c);
}

Test(plan_apply, a_commit_that_is_gone_is_asked_for)
{
    struct scene c = planned_and_written(false, "");
    struct process_result r;

    scene_shell(&c, "git clone -q --depth 1 \"file://$PWD\" ../shallow && cp plan.json ../shallow");
    r = stage_expect(&c.stage, 4, "cd ../shallow && merganser apply plan.json --database \"$DB\"");
    scene_says(r.err, "`git fetch --unshallow` gets the rest of it");
    scene_shell(&c, "git reset -q --hard HEAD~1 && git reflog expire --expire=now --all && git gc -q --prune=now");
    r = scene_run(&c, 2, "apply plan.json");
    scene_says(r.err, "the plan's commit ");
    scene_says(r.err, "`git fetch origin ");
    scene_close(&c);
}

Test(plan_apply, another_repository_is_refused)
{
    struct scene c = planned_and_written(false, "");
    struct process_result r;

    scene_shell(&c, "git checkout -q --orphan other && git commit -qm Other");
    scene_shell(&c, "git clone -q --single-branch -b other \"file://$PWD\" ../other && cp plan.json ../other");
    r = stage_expect(&c.stage, 4, "cd ../other && merganser apply plan.json --database \"$DB\"");
    scene_says(r.err, "the plan was made in another repository");
    scene_shell(&c, "git -C ../other fetch -q origin main");
    stage_expect(&c.stage, 0, "cd ../other && merganser apply plan.json --quiet --database \"$DB\"");
    scene_close(&c);
}
