/* A server that ends under a run, and comes back: what had happened is found, and the run goes on where it may. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/proxy.h"
#include "tests/support/server.h"
#include "tests/support/stage.h"

/* The second one waits for the table `gate`. */
static const char story[] = "== commit All\n"
                            "== file db/migrate/1_a.sql\nCREATE TABLE a (id int);\n"
                            "== file db/migrate/2_b.sql\nCREATE TABLE b (id int);\nLOCK TABLE gate;\n"
                            "== file db/migrate/3_c.sql\nCREATE TABLE c (id int);\n";

static struct arena *a;
static struct server *server;
static struct stage s;
static struct postgres_session *gate;

static void setup(void)
{
    a = arena_open();
    server = server_open(a, NULL);
    s = stage_open(a, TEXT(story), true);
    scratch_write(s.repository, "merganser.yml", TEXT("timeouts: {lock: 0}\n"));
    gate = postgres_gate_close(s.conninfo);
}

static void teardown(void)
{
    postgres_session_close(gate);
    server_close(server);
    arena_close(a);
}

TestSuite(postgres_restart, .init = setup, .fini = teardown, .timeout = 180);

/* Starts `up`, and returns when its second migration waits. */
static int up_until_the_gate(void)
{
    int pid = stage_start(&s, "merganser up --fresh --database \"$PG\"", "up");

    postgres_gate_await(s.conninfo);
    return pid;
}

static const char *backend(void)
{
    return postgres_ask(a, s.conninfo, "SELECT pid FROM pg_locks WHERE NOT granted");
}

static const char *printed(void)
{
    return stage_printed(&s, "up.err");
}

static const char *ledger(void)
{
    return postgres_ask(a, s.conninfo, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations");
}

static void expect_exactly_once(void)
{
    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    cr_expect_str_eq(ledger(), "1 2 3");
    cr_expect_str_eq(postgres_ask(a, s.conninfo,
                                  "SELECT string_agg(version, ' ' ORDER BY version) FROM merganser.history"
                                  " WHERE outcome = 'applied'"),
                     "1 2 3");
}

static void restarted_in_the_middle(enum server_stop how)
{
    int pid = up_until_the_gate();

    server_stop(server, how);
    server_start(server);
    cr_assert_eq(process_wait(pid), 0, "%s", printed());
    cr_expect(strstr(printed(), "2_b ran; nothing of it stands, and it is run again"), "%s", printed());
    cr_expect_str_eq(ledger(), "1 2 3");
    expect_exactly_once();
}

Test(postgres_restart, a_restart_in_the_middle_is_waited_for)
{
    restarted_in_the_middle(SERVER_FAST);
}

Test(postgres_restart, an_immediate_stop_too)
{
    restarted_in_the_middle(SERVER_IMMEDIATE);
}

/* It may have been the script that brought it down. */
Test(postgres_restart, a_backend_that_was_killed_is_not_tried_again)
{
    int pid = up_until_the_gate(), code;

    server_kill_backend(server, backend());
    server_wait(server);
    code = process_wait(pid);
    cr_assert(code == 6 || code == 1, "%d: %s", code, printed());
    cr_expect(strstr(printed(), "2_b was rolled back; 1 migration before it is applied, 1 after it did not run"), "%s",
              printed());
    cr_expect_str_eq(ledger(), "1");
    expect_exactly_once();
}

Test(postgres_restart, somebody_who_ends_the_session_is_obeyed)
{
    int pid = up_until_the_gate();

    postgres_ask(a, s.conninfo, arena_printf(a, "SELECT pg_terminate_backend(%s)", backend()));
    cr_assert_eq(process_wait(pid), 1, "%s", printed());
    cr_expect(strstr(printed(), "[57P01]") && strstr(printed(), "somebody ended merganser's session on the server"),
              "%s", printed());
    cr_expect(strstr(printed(), "2_b was rolled back; 1 migration before it is applied, 1 after it did not run"), "%s",
              printed());
    postgres_session_run(gate, "COMMIT");
    expect_exactly_once();
}

Test(postgres_restart, a_server_that_stays_away)
{
    int pid = up_until_the_gate();

    server_stop(server, SERVER_IMMEDIATE);
    stage_await(&s, pid, "up.err", "the server is away: it is waited for");
    cr_assert_eq(kill(pid, SIGTERM), 0);
    /* All of it was sent, and nobody can tell what became of it. */
    cr_expect_eq(process_wait(pid), 6, "%s", printed());
    cr_expect(strstr(printed(), "2_b may or may not be committed; 1 migration before it is applied"), "%s", printed());
    server_start(server);
    expect_exactly_once();
}

/* Each migration's COMMIT in turn goes unanswered. */
Test(postgres_restart, a_commit_without_its_answer)
{
    static const char *const at[] = { "CREATE TABLE a", "CREATE TABLE b", "CREATE TABLE c" };

    postgres_session_run(gate, "COMMIT");
    for (size_t i = 0; i < 3; i++)
        for (int withheld = 0; withheld < 2; withheld++) {
            struct proxy_options o = { .conninfo = s.conninfo, .cut_at_text = at[i], .withheld = withheld };
            struct proxy *p = proxy_open(&o, a);
            struct process_result r;

            stage_empty(&s);
            postgres_ask(a, s.conninfo, "CREATE TABLE gate (id int)");
            r = stage_run(&s, arena_printf(a, "merganser up --fresh --database '%s'", proxy_conninfo(p, a)));
            cr_expect_eq(r.exit_code, 0, "%s, %d: %.*s", at[i], withheld, (int)r.err.len, r.err.at);
            cr_expect(strstr(arena_cstr(a, r.err), "the connection was lost while "), "%.*s", (int)r.err.len, r.err.at);
            proxy_close(p);
            expect_exactly_once();
        }
}

/* What is left of the plan is somebody else's affair once the ledger says something else. */
Test(postgres_restart, a_rest_that_is_not_right_any_more)
{
    struct proxy *p = proxy_open(
        &(struct proxy_options) { .conninfo = s.conninfo, .cut_at_text = "CREATE TABLE b", .withheld = true }, a);
    struct process_result r;

    /* It is there before the transaction that would have made it sees it: the check of our run comes first. */
    postgres_session_run(gate, "COMMIT");
    postgres_ask(a, s.conninfo,
                 "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
                 "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$ BEGIN INSERT INTO schema_migrations VALUES ('3'); RETURN NULL; END $$;"
                 "CREATE TRIGGER skip AFTER INSERT ON schema_migrations FOR EACH ROW WHEN (new.version = '1')"
                 " EXECUTE FUNCTION skip()");
    r = stage_run(&s, arena_printf(a, "merganser up --fresh --database '%s'", proxy_conninfo(p, a)));
    cr_expect_eq(r.exit_code, 1, "%.*s", (int)r.err.len, r.err.at);
    cr_expect(strstr(arena_cstr(a, r.err), "what is left is not what would be planned now"), "%.*s", (int)r.err.len,
              r.err.at);
    cr_expect_str_eq(ledger(), "1 3");
    proxy_close(p);
}
