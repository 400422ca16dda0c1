/* The action's review of pull requests: what it says, what it asks GitHub for, and what a branch can't make it do. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/action.h"

static const char story[] = "== commit Base\n"
                            "== file db/migrate/20240108090000_create_users.sql\nCREATE TABLE users (id integer);\n"
                            "== file db/migrate/20240108090000_create_users.down.sql\nDROP TABLE users;\n"
                            "== branch feature\n== commit Feature\n"
                            "== file db/migrate/20240107000000_add_city.sql\nALTER TABLE users ADD city text;\n"
                            "== branch fixed\n== commit Fixed\n== delete db/migrate/20240107000000_add_city.sql\n"
                            "== file db/migrate/20240109000000_add_city.sql\nALTER TABLE users ADD city text;\n"
                            "== file db/migrate/20240109000000_add_city.down.sql\nALTER TABLE users DROP city;\n"
                            "== git checkout -q main\n== branch nothing\n== commit Nothing\n== file README\nHello\n"
                            "== git checkout -q main\n";

#define LIST   "GET /repos/acme/shop/issues/7/comments?per_page=100&page=1 200\n"
#define REVIEW .event = "pull_request", .payload = "pull_request"

static bool has(const char *text, const char *what)
{
    return strstr(text, what) != NULL;
}

Test(action, a_comment_is_made_and_then_updated_in_place)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(story), false);
    const struct action_run opened = { REVIEW, .inputs = "task=review" };
    const struct action_run pushed = { REVIEW, .action = "synchronize", .head = "fixed", .inputs = "task=review" };

    cr_expect_eq(action_run(&s, &opened), 1);
    cr_expect_str_eq(action_requests(&s), LIST "POST /repos/acme/shop/issues/7/comments 201\n");
    cr_expect_str_eq(action_output(&s, "exit-code"), "3");
    cr_expect_str_eq(action_output(&s, "errors"), "1");
    cr_expect_str_eq(action_output(&s, "warnings"), "1");
    cr_expect(has(action_log(&s), "\n::error file=db/migrate/20240107000000_add_city.sql,line=1,"), "%s",
              action_log(&s));
    cr_expect(has(action_summary(&s), "late-version"));
    cr_expect(has(action_comments(&s, ".[0].body"), "late-version"));
    cr_expect(has(action_comments(&s, ".[0].body"), "ADD city"), "the plan is not there");
    stage_expect(&s, 0, "jq -e '.runs[0].results | length == 2' \"$(jq -r .sarif ../state/outputs.json)\"");
    stage_expect(&s, 0,
                 "jq -e --arg at \"file://$PWD/\" '.runs[0].originalUriBaseIds[\"%SRCROOT%\"].uri == $at'"
                 " \"$(jq -r .sarif ../state/outputs.json)\"");
    stage_expect(&s, 0, "test -z \"$(git status --porcelain)\" && test $(git worktree list | wc -l) = 1");

    cr_expect_eq(action_run(&s, &pushed), 0, "%s", action_log(&s));
    cr_expect_str_eq(action_requests(&s), LIST "PATCH /repos/acme/shop/issues/comments/1000 200\n");
    cr_expect_str_eq(action_comments(&s, "length"), "1");
    cr_expect(!has(action_comments(&s, ".[0].body"), "late-version"));
    cr_expect_str_eq(action_output(&s, "steps"), "1");
    stage_close(&s);
    arena_close(a);
}

Test(action, the_comments_of_others_are_left_alone)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(story), false);
    const struct action_run opened = { REVIEW, .inputs = "task=review fail-on=never" };
    const struct action_run other = { REVIEW, .inputs = "task=review fail-on=never comment-name=staging" };

    stage_expect(&s, 0,
                 "jq -n '[range(120) | {id: ., user: {login: \"mallory\"},"
                 " body: \"<!-- merganser action: merganser -->\\nmine\"}]' > ../state/comments.json");
    cr_expect_eq(action_run(&s, &opened), 0, "%s", action_log(&s));
    cr_expect_str_eq(action_comments(&s, "length"), "121");
    cr_expect_eq(action_run(&s, &opened), 0);
    cr_expect_str_eq(action_requests(&s), LIST "GET /repos/acme/shop/issues/7/comments?per_page=100&page=2 200\n"
                                               "PATCH /repos/acme/shop/issues/comments/1120 200\n");
    cr_expect_eq(action_run(&s, &other), 0);
    cr_expect_str_eq(action_comments(&s, "length"), "122");
    cr_expect_str_eq(action_comments(&s, "map(select(.user.login == \"mallory\") | .body) | unique | length"), "1");
    stage_close(&s);
    arena_close(a);
}

Test(action, without_migrations_there_is_no_comment)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(story), false);
    const struct action_run nothing = { REVIEW, .head = "nothing", .inputs = "task=review" };
    const struct action_run closed = { REVIEW, .action = "closed", .inputs = "task=review" };
    const struct action_run opened = { REVIEW, .inputs = "task=review" };

    cr_expect_eq(action_run(&s, &nothing), 0, "%s", action_log(&s));
    cr_expect_str_eq(action_requests(&s), LIST);
    cr_expect_eq(action_run(&s, &closed), 0);
    cr_expect_str_eq(action_requests(&s), "");
    cr_expect_str_eq(action_lines(&s), "--version\n");
    cr_expect_eq(action_run(&s, &opened), 1);
    cr_expect_eq(action_run(&s, &nothing), 0);
    cr_expect(has(action_comments(&s, ".[0].body"), "nothing found"), "an old comment must not stay");
    stage_close(&s);
    arena_close(a);
}

/* Everything that a branch can bring: a configuration, names, a plan, a hook, a symbolic link. */
static const char hostile[] =
    "== commit Base\n== file db/migrate/20240108090000_create_users.sql\nCREATE TABLE users (id integer);\n"
    "== file db/migrate/20240108090000_create_users.down.sql\nDROP TABLE users;\n"
    "== file merganser.yml\ncheck: {rules: {missing-down: error}}\n"
    "== branch feature\n== commit Feature\n"
    "== file merganser.yml\ndatabase: sqlite:PWNED\nsession: [\"CREATE TABLE pwned (id integer)\"]\n"
    "check: {rules: {missing-down: off}}\n"
    "== file db/merganser.yml\ndatabase: sqlite:PWNED\n"
    "== file .git-hooks/post-checkout\n#!/bin/sh\ntouch PWNED\n"
    "== file plan.json\n{\"steps\": []}\n"
    "== bytes db/migrate/20240109000000_\\n::error::x\\n::add-path::$(touch\\x20PWNED)`touch\\x20PWNED`.sql\n"
    "SELECT 1;\\n::stop-commands::x\\n##[error]x\\n\n"
    "== git checkout -q main\n";

Test(action, a_fork_sees_no_secret_and_opens_no_database)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(hostile), false);
    const struct action_run fork = {
        REVIEW,
        .owner = "mallory",
        .secrets = "DATABASE_URL=sqlite:$up/PWNED MERGANSER_DATABASE=sqlite:$up/PWNED PGPASSWORD=hunter2"
                   " DEPLOY_TOKEN=hunter2 MERGANSER_CONFIG=nowhere GIT_CONFIG_COUNT=0",
        .inputs = "task=review plan=database database=sqlite:$up/PWNED token=reader",
    };
    const char *environments;

    cr_expect_eq(action_run(&s, &fork), 1);
    environments = action_environments(&s);
    cr_expect(has(environments, "LC_ALL=C.UTF-8"));
    cr_expect(!has(environments, "PWNED") && !has(environments, "hunter2") && !has(environments, "MERGANSER_") &&
                  !has(environments, "DATABASE") && !has(environments, "reader"),
              "%s", environments);
    /* The base's rules hold, and its severities. */
    cr_expect_str_eq(action_output(&s, "errors"), "1");
    cr_expect(has(action_log(&s), "title=merganser missing-down"), "%s", action_log(&s));
    /* A reader may not comment; that fails nothing. */
    cr_expect_str_eq(action_requests(&s), LIST "POST /repos/acme/shop/issues/7/comments 403\n");
    cr_expect(has(action_log(&s), "this token may not comment"));
    cr_expect(has(action_summary(&s), "missing-down"));
    stage_close(&s);
    arena_close(a);
}

static bool is_meant(struct text line)
{
    static const char *const commands[] = { "::error ", "::warning ", "::notice " };

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct text rest = text_cut(line, strlen(commands[i]), line.len);

        if (text_starts(line, commands[i]) &&
            (text_starts(rest, "file=db/migrate/2024010") || text_starts(rest, "title=merganser::")))
            return true;
    }
    return false;
}

/* The lines of the log that the runner would take for commands, but for what merganser and the scripts mean to say. */
Test(action, no_name_becomes_a_command)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(hostile), false);
    const struct action_run opened = { REVIEW, .inputs = "task=review" };
    struct text rest, line;
    const char *stopped = NULL;
    size_t stops = 0;

    action_run(&s, &opened);
    rest = text_from(action_log(&s));
    while (text_line(&rest, &line)) {
        line = text_trim(line);
        if (stopped && text_is(line, stopped))
            stopped = NULL;
        else if (!stopped && text_starts(line, "::stop-commands::")) {
            stopped = arena_printf(a, "::%.*s::", (int)line.len - 17, line.at + 17);
            stops++;
        } else if (!stopped)
            cr_expect((!text_starts(line, "::") && !text_starts(line, "##[")) || is_meant(line), "%.*s", (int)line.len,
                      line.at);
    }
    cr_expect_null(stopped);
    cr_expect_gt(stops, 1);
    stage_close(&s);
    arena_close(a);
}

Test(action, a_review_with_a_database_is_for_branches_of_the_repository)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(story), false);
    const struct action_run own = { REVIEW, .head = "fixed", .inputs = "task=review plan=database database=$DB" };

    stage_expect(&s, 0, "git checkout -q main && merganser up --quiet --database $DB");
    cr_expect_eq(action_run(&s, &own), 0, "%s", action_log(&s));
    cr_expect(has(action_environments(&s), "MERGANSER_DATABASE=sqlite:"));
    cr_expect(has(action_comments(&s, ".[0].body"), "which has 1 applied version"), "%s",
              action_comments(&s, ".[0].body"));
    cr_expect_str_eq(stage_query(&s, s.sqlite, "SELECT count(*) FROM schema_migrations"), "1");
    stage_close(&s);
    arena_close(a);
}

static const struct {
    const char *name;
    struct action_run run;
    const char *why;
} refused[] = {
    { "pull_request_target has secrets",
      { .event = "pull_request_target", .payload = "pull_request", .inputs = "task=review" },
      "a review runs on pull_request" },
    { "a pull request applies nothing", { REVIEW, .inputs = "task=apply database=$DB" }, "apply runs what is merged" },
    { "nor what another workflow left",
      { .event = "workflow_run", .payload = "push", .inputs = "task=plan database=$DB" },
      "plan runs what is merged" },
    { "a folder outside", { REVIEW, .inputs = "task=review working-directory=../x" }, "a path inside the repository" },
    { "what merganser does not know", { REVIEW, .inputs = "task=review fail-on=fatal" }, "check did not begin" },
    { "a comment's name that is none",
      { REVIEW, .inputs = "task=review 'comment-name=x -->'" },
      "comment-name is a word" },
};

Test(action, refuses)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a, text_from(story), false);

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        cr_expect_eq(action_run(&s, &refused[i].run), 1, "%s", refused[i].name);
        cr_expect(has(action_log(&s), refused[i].why), "%s: %s", refused[i].name, action_log(&s));
        cr_expect_str_eq(action_requests(&s), "", "%s", refused[i].name);
    }
    cr_expect_neq(access(arena_printf(a, "%s/db.sqlite3", s.folder), F_OK), 0);
    stage_close(&s);
    arena_close(a);
}

Test(action, a_link_in_the_place_of_the_folder_is_refused)
{
    struct arena *a = arena_open();
    struct stage s = action_stage(a,
                                  TEXT("== commit Base\n== file app/db/migrate/1_a.sql\nSELECT 1;\n"
                                       "== file app/merganser.yml\nmigrations: db/migrate\n"
                                       "== branch feature\n== git rm -rq app\n== commit Feature\n"
                                       "== link app ../../..\n== git checkout -q main\n"),
                                  false);
    const struct action_run linked = { REVIEW, .checkout = "main", .inputs = "task=review working-directory=app" };

    cr_expect_eq(action_run(&s, &linked), 1);
    cr_expect(has(action_log(&s), "a symbolic link at ./app"), "%s", action_log(&s));
    cr_expect_neq(access(arena_printf(a, "%s/merganser.yml", s.folder), F_OK), 0);
    stage_close(&s);
    arena_close(a);
}
