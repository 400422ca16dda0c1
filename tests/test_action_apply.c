/* The action on a push: the plan of the merged commit, and applying exactly that. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/action.h"

static const char story[] = "== commit Base\n"
                            "== file db/migrate/20240108090000_create_users.sql\nCREATE TABLE users (id integer);\n"
                            "== file db/migrate/20240108090000_create_users.down.sql\nDROP TABLE users;\n"
                            "== branch merged\n== commit Merged\n"
                            "== file db/migrate/20240109000000_add_city.sql\nALTER TABLE users ADD city text;\n"
                            "== file db/migrate/20240109000000_add_city.down.sql\nALTER TABLE users DROP city;\n"
                            "== git checkout -q main\n";

#define PUSH .event = "push", .payload = "push", .head = "merged"

static bool has(const char *text, const char *what)
{
    return strstr(text, what) != NULL;
}

static const char *versions(struct stage *s)
{
    return stage_query(s, s->postgres ? s->postgres : s->sqlite, "SELECT version FROM schema_migrations ORDER BY 1");
}

static struct stage deployed(struct arena *a, bool postgres)
{
    struct stage s = action_stage(a, text_from(story), postgres);

    stage_expect(&s, 0, arena_printf(a, "merganser up --quiet --database '%s'", postgres ? s.postgres : s.sqlite));
    return s;
}

Test(action_apply, makes_the_plan_of_the_pushed_commit_and_runs_it)
{
    struct arena *a = arena_open();
    struct stage s = deployed(a, false);
    const struct action_run push = { PUSH, .inputs = "task=apply database=$DB" };

    cr_expect_eq(action_run(&s, &push), 0, "%s", action_log(&s));
    cr_expect_str_eq(versions(&s), "20240108090000\n20240109000000");
    cr_expect_str_eq(action_output(&s, "exit-code"), "0");
    cr_expect_str_eq(action_output(&s, "steps"), "1");
    cr_expect(has(action_summary(&s), "merganser plan: 1 migration to apply"), "%s", action_summary(&s));
    cr_expect(has(action_summary(&s), "Migrations: 1 applied"), "%s", action_summary(&s));
    cr_expect(!has(action_summary(&s), "create_users"), "the summary is of this push");
    /* Again: nothing to do is no failure. */
    cr_expect_eq(action_run(&s, &push), 0, "%s", action_log(&s));
    cr_expect_str_eq(action_output(&s, "steps"), "0");
    stage_close(&s);
    arena_close(a);
}

Test(action_apply, a_plan_of_one_job_is_run_in_the_next)
{
    struct arena *a = arena_open();
    struct stage s = deployed(a, true);
    const struct action_run plan = { PUSH, .inputs = "task=plan \"database=$PG\" plan-file=../plan.json" };
    const struct action_run apply = { PUSH, .inputs = "task=apply \"database=$PG\" plan-file=../plan.json" };

    cr_expect_eq(action_run(&s, &plan), 0, "%s", action_log(&s));
    cr_expect(has(action_output(&s, "plan"), "/plan.json"));
    cr_expect_str_eq(versions(&s), "20240108090000");
    cr_expect_eq(action_run(&s, &apply), 0, "%s", action_log(&s));
    cr_expect_str_eq(versions(&s), "20240108090000\n20240109000000");
    cr_expect(!has(action_log(&s), STAGE_PASSWORD) && !has(action_summary(&s), STAGE_PASSWORD));
    stage_close(&s);
    arena_close(a);
}

Test(action_apply, refuses_a_stale_plan)
{
    struct arena *a = arena_open();
    struct stage s = deployed(a, true);
    const struct action_run plan = { PUSH, .inputs = "task=plan \"database=$PG\" plan-file=../plan.json" };
    const struct action_run apply = { PUSH, .inputs = "task=apply \"database=$PG\" plan-file=../plan.json" };
    const struct action_run other = { .event = "push",
                                      .payload = "push",
                                      .base = "main",
                                      .head = "main",
                                      .inputs = "task=apply \"database=$PG\" plan-file=../plan.json" };

    cr_expect_eq(action_run(&s, &plan), 0, "%s", action_log(&s));
    /* Of another commit than the one that was pushed. */
    cr_expect_eq(action_run(&s, &other), 1);
    cr_expect(has(action_log(&s), "the plan is not that of "), "%s", action_log(&s));
    /* The table that it changes was changed by hand. */
    stage_query(&s, s.postgres, "ALTER TABLE users ADD town text");
    cr_expect_eq(action_run(&s, &apply), 1);
    cr_expect_str_eq(action_output(&s, "exit-code"), "4");
    cr_expect_str_eq(versions(&s), "20240108090000");
    /* Edited: its own checksum tells. */
    stage_query(&s, s.postgres, "ALTER TABLE users DROP town");
    stage_expect(&s, 0, "sed -i 's/20240109000000/20240109000001/' ../plan.json");
    cr_expect_eq(action_run(&s, &apply), 1);
    cr_expect_str_eq(versions(&s), "20240108090000");
    stage_close(&s);
    arena_close(a);
}

Test(action_apply, what_is_checked_out_is_what_was_pushed)
{
    struct arena *a = arena_open();
    struct stage s = deployed(a, false);
    const struct action_run push = { PUSH, .checkout = "main", .inputs = "task=apply database=$DB" };

    cr_expect_eq(action_run(&s, &push), 1);
    cr_expect(has(action_log(&s), "what is checked out is not "), "%s", action_log(&s));
    cr_expect_str_eq(versions(&s), "20240108090000");
    stage_close(&s);
    arena_close(a);
}

Test(action_apply, a_failure_is_the_jobs_and_stands_in_its_summary)
{
    struct arena *a = arena_open();
    struct stage s = deployed(a, false);
    const struct action_run push = { PUSH, .inputs = "task=apply database=$DB" };

    stage_query(&s, s.sqlite, "ALTER TABLE users ADD city text");
    cr_expect_eq(action_run(&s, &push), 1);
    cr_expect_str_eq(action_output(&s, "exit-code"), "1");
    cr_expect(has(action_summary(&s), "Migrations: 1 failed"), "%s", action_summary(&s));
    cr_expect(has(action_log(&s), "duplicate column name: city"), "%s", action_log(&s));
    stage_close(&s);
    arena_close(a);
}

Test(action_apply, the_readme_shows_workflows_that_it_takes)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT("== plain\n"), false);
    struct process_result r = stage_expect(&s, 0,
                                           "ruby " TESTDATA "/../tests/tools/workflows.rb " TESTDATA
                                           "/../README.md " TESTDATA "/../.github/actions/merganser/action.yml");

    cr_expect_eq(r.out.len, 0, "%.*s", (int)r.out.len, r.out.at);
    stage_close(&s);
    arena_close(a);
}
