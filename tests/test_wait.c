/* `wait` as a process of its own, beside one that applies: what ends it, and what it sits out. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/text.h"
#include "tests/support/await.h"
#include "tests/support/postgres.h"
#include "tests/support/proxy.h"
#include "tests/support/scene.h"
#include "tests/support/server.h"

static const char story[] = "== commit Two\n== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                            "== file db/migrate/2_b.sql\nCREATE TABLE b (id integer);\n";

TestSuite(wait, .timeout = 180);

/* Starts it on a database, and returns when it has said these words. */
static int start_waiting(struct scene *c, const char *url, const char *words)
{
    const char *line = arena_printf(c->arena, "merganser wait --timeout 100s --interval 50ms --database '%s'", url);
    int pid = stage_start(&c->stage, line, "wait");

    stage_await(&c->stage, pid, "wait.err", words);
    return pid;
}

static void expect_end(struct scene *c, int pid, int code)
{
    cr_assert_eq(process_wait(pid), code, "%s%s", stage_printed(&c->stage, "wait.out"),
                 stage_printed(&c->stage, "wait.err"));
    if (code == 0)
        scene_says(text_from(stage_printed(&c->stage, "wait.out")), "nothing is pending, after");
}

static void until_another_applies(bool postgres)
{
    struct scene c = scene_open(story, postgres);
    int pid = start_waiting(&c, c.url, "2 pending, the next is 1_a; waiting for at most");

    scene_run(&c, 0, "up --to 1");
    cr_expect_not(await_ended(pid));
    scene_run(&c, 0, "up");
    expect_end(&c, pid, 0);
    scene_close(&c);
}

Test(wait, until_another_process_applies)
{
    until_another_applies(true);
}

Test(wait, until_another_process_makes_a_sqlite_file)
{
    until_another_applies(false);
}

/* While the other is in the middle of it, and holds what it writes. */
Test(wait, neither_disturbs_nor_is_held_up_by_a_run)
{
    struct scene c = scene_open(story, true);
    struct postgres_session *other = postgres_session_open(c.stage.conninfo);
    int pid;

    scene_run(&c, 0, "up --to 1");
    postgres_session_run(other, "BEGIN; INSERT INTO schema_migrations VALUES ('2'); CREATE TABLE b ()");
    pid = start_waiting(&c, c.url, "1 pending, the next is 2_b");
    postgres_session_run(other, "COMMIT");
    expect_end(&c, pid, 0);
    postgres_session_close(other);
    scene_close(&c);
}

Test(wait, for_a_server_that_starts_later)
{
    struct arena *a = arena_open();
    struct server *server = server_open(a, NULL);
    struct scene c = scene_open(story, true);
    int pid;

    server_stop(server, SERVER_FAST);
    pid = start_waiting(&c, c.url, "the database can't be asked yet");
    server_start(server);
    scene_run(&c, 0, "up");
    expect_end(&c, pid, 0);
    scene_close(&c);
    server_close(server);
    arena_close(a);
}

Test(wait, for_a_database_that_is_made_later)
{
    struct scene c = scene_open(story, true);
    const char *name = arena_printf(c.arena, "%s_later", c.stage.database);
    const char *sql = arena_printf(c.arena, "ALTER DATABASE \"%s\" RENAME TO \"%s\"", c.stage.database, name);
    const char *back = arena_printf(c.arena, "ALTER DATABASE \"%s\" RENAME TO \"%s\"", name, c.stage.database);
    const char *server = arena_printf(c.arena, "%s dbname=postgres", postgres_server());
    int pid;

    postgres_ask(c.arena, server, sql);
    pid = start_waiting(&c, c.url, "the database can't be asked yet");
    /* Between two of its looks: one that is under way keeps the database from being renamed, or doesn't see it. */
    postgres_ask(c.arena, server, back);
    scene_run(&c, 0, "up");
    expect_end(&c, pid, 0);
    scene_close(&c);
}

Test(wait, through_a_connection_that_is_lost)
{
    struct scene c = scene_open(story, true);
    struct proxy_options o = { .conninfo = c.stage.conninfo };
    struct proxy *p = proxy_open(&o, c.arena);
    int pid = start_waiting(&c, proxy_conninfo(p, c.arena), "2 pending");
    unsigned before = proxy_connections(p);
    struct await w = await_begin("another connection");

    proxy_cut(p);
    while (proxy_connections(p) == before) {
        cr_assert_not(await_ended(pid), "it has ended: %s", stage_printed(&c.stage, "wait.err"));
        await_again(&w);
    }
    scene_run(&c, 0, "up");
    expect_end(&c, pid, 0);
    proxy_close(p);
    scene_close(&c);
}

/* A role that is not let in will not be let in later. */
Test(wait, not_for_a_server_that_turns_it_away)
{
    struct scene c = scene_open(story, true);
    const char *line =
        arena_printf(c.arena, "merganser wait --timeout 100s --database '%s user=nobody_knows'", c.stage.conninfo);
    struct process_result r = stage_expect(&c.stage, 1, line);

    scene_says(r.err, "nobody_knows");
    scene_close(&c);
}

Test(wait, no_longer_than_it_may)
{
    struct scene c = scene_open(story, true);
    struct process_result r = scene_run(&c, 3, "wait --timeout 300ms --interval 50ms");

    scene_says(r.out, "pending  1_a\npending  2_b\n2 still pending after ");
    /* It has written nothing. */
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM pg_class WHERE relname ~ 'migrations|history'"), "0");
    scene_run(&c, 0, "up");
    scene_run(&c, 0, "wait --timeout 0");
    scene_close(&c);
}

Test(wait, not_for_a_server_that_is_not_there_for_ever)
{
    struct scene c = scene_open(story, true);
    struct process_result r =
        stage_expect(&c.stage, 3, "merganser wait --timeout 300ms --database postgres://127.0.0.1:1/none");

    scene_says(r.out, "the database could not be asked for ");
    scene_close(&c);
}

Test(wait, for_what_stopped_midway)
{
    struct scene c = scene_open("== commit One\n== file db/migrate/1_a.sql\n-- merganser: no-transaction\n"
                                "CREATE TABLE a (id integer);\nSELECT 1 / 0;\n",
                                true);
    int pid;

    scene_run(&c, 1, "up");
    pid = start_waiting(&c, c.url, "stopped midway: `merganser repair 1_a` shows how far");
    scene_run(&c, 0, "repair 1_a --mark-applied --yes");
    expect_end(&c, pid, 0);
    scene_close(&c);
}

static void until_a_signal(int signal, int code)
{
    struct scene c = scene_open(story, true);
    int pid = start_waiting(&c, c.url, "2 pending");

    cr_assert_eq(kill(pid, signal), 0);
    expect_end(&c, pid, code);
    scene_close(&c);
}

Test(wait, until_sigterm)
{
    until_a_signal(SIGTERM, 143);
}

Test(wait, until_sigint)
{
    until_a_signal(SIGINT, 130);
}
