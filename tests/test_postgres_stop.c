/* Signals: wherever a run is, it ends, says what stands, and leaves nothing that the next one would stumble over. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/server.h"
#include "tests/support/stage.h"

/* The second one waits for the table `gate`. */
static const char story[] = "== commit All\n"
                            "== file db/migrate/1_a.sql\nCREATE TABLE a (id int);\n"
                            "== file db/migrate/2_b.sql\nCREATE TABLE b (id int);\nLOCK TABLE gate;\n"
                            "== file db/migrate/3_c.sql\nCREATE TABLE c (id int);\n";

static struct arena *a;
static struct stage s;
static struct postgres_session *gate;

static void setup(void)
{
    a = arena_open();
    s = stage_open(a, TEXT(story), true);
    scratch_write(s.repository, "merganser.yml", TEXT("timeouts: {lock: 0}\n"));
    gate = postgres_gate_close(s.conninfo);
}

static void teardown(void)
{
    postgres_session_close(gate);
    stage_close(&s);
    arena_close(a);
}

TestSuite(postgres_stop, .init = setup, .fini = teardown, .timeout = 180);

static int start(const char *name)
{
    return stage_start(&s, "merganser up --json --fresh --database \"$PG\"", name);
}

static void expect_end(int pid, const char *file, int code, const char *words)
{
    int got = process_wait(pid);
    const char *said = stage_printed(&s, file);

    cr_expect_eq(got, code, "exit %d: %s", got, said);
    cr_expect(strstr(said, words), "%s", said);
}

static void expect_next_run(void)
{
    postgres_session_run(gate, "COMMIT");
    stage_expect(&s, 0, "merganser up --fresh --database \"$PG\"");
    cr_expect_str_eq(
        postgres_ask(a, s.conninfo, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"),
        "1 2 3");
}

static const struct {
    int number, code;
    const char *words;
} kinds[] = {
    { SIGINT, 130, "stopped by SIGINT" },
    { SIGTERM, 143, "stopped by SIGTERM" },
    { SIGHUP, 129, "stopped by SIGHUP" },
};

Test(postgres_stop, while_a_script_runs)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int pid = start("up");

        postgres_gate_await(s.conninfo);
        kill(pid, kinds[i].number);
        expect_end(pid, "up.err", kinds[i].code, kinds[i].words);
        cr_expect(strstr(stage_printed(&s, "up.err"),
                         "2_b was rolled back; 1 migration before it is applied, 1 after it did not run\n"
                         "hint: run `merganser up` again to go on"),
                  "%s", stage_printed(&s, "up.err"));
    }
    cr_expect_str_eq(postgres_ask(a, s.conninfo, "SELECT count(*) FROM merganser.history WHERE outcome = 'failed'"),
                     "3");
    expect_next_run();
}

Test(postgres_stop, while_it_waits_for_the_lock)
{
    int first = start("first"), second;

    postgres_gate_await(s.conninfo);
    second = start("second");
    stage_await(&s, second, "second.err", "waiting for the lock");
    kill(second, SIGINT);
    expect_end(second, "second.err", 130, "stopped by SIGINT\nnothing was run");
    kill(first, SIGTERM);
    expect_end(first, "first.err", 143, "2_b was rolled back");
    expect_next_run();
}

Test(postgres_stop, while_it_sleeps_between_attempts)
{
    int pid;

    scratch_write(s.repository, "merganser.yml", TEXT("timeouts: {lock: 20ms, retries: 1000}\n"));
    pid = start("up");
    stage_await(&s, pid, "up.err", "\"attempt\":2");
    kill(pid, SIGTERM);
    expect_end(pid, "up.err", 143, "2_b was rolled back; 1 migration before it is applied, 1 after it did not run");
    expect_next_run();
}

/* To something that takes the connection and says nothing. */
Test(postgres_stop, while_it_connects)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), taken, pid;

    cr_assert(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
    cr_assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    pid = stage_start(&s,
                      arena_printf(a, "merganser up --fresh --database postgresql://postgres@127.0.0.1:%d/none",
                                   ntohs(address.sin_port)),
                      "up");
    taken = accept(listener, NULL, NULL);
    cr_assert(taken >= 0);
    kill(pid, SIGINT);
    expect_end(pid, "up.err", 130, "stopped by SIGINT");
    close(taken);
    close(listener);
}

/* A server that does nothing is not waited for by whoever asks twice. */
Test(postgres_stop, the_second_signal_goes_at_once)
{
    int pid = start("up");
    const char *backend;
    uint64_t number;

    postgres_gate_await(s.conninfo);
    backend = postgres_ask(a, s.conninfo,
                           "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                           " AND wait_event_type = 'Lock'");
    cr_assert(text_to_u64(text_from(backend), &number));
    cr_assert_eq(kill((int)number, SIGSTOP), 0);
    kill(pid, SIGINT);
    stage_await(&s, pid, "up.err", "a second signal does not wait for it");
    kill(pid, SIGTERM);
    expect_end(pid, "up.err", 143, "stopped at once; the database may still be at work");
    cr_assert_eq(kill((int)number, SIGCONT), 0);
    expect_next_run();
}

/* nohup is what one starts it with to go on behind a closed terminal. */
Test(postgres_stop, an_ignored_hangup_stays_ignored)
{
    int pid = stage_start(&s, "nohup merganser up --fresh --database \"$PG\"", "up");

    postgres_gate_await(s.conninfo);
    kill(pid, SIGHUP);
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(pid), 0, "%s", stage_printed(&s, "up.err"));
}

static struct server *server;

static void setup_commit(void)
{
    static const char *const settings[] = { "synchronous_standby_names = 'nobody'", "synchronous_commit = off", NULL };

    a = arena_open();
    server = server_open(a, settings);
    s = stage_open(a,
                   TEXT("== commit All\n== file db/migrate/1_a.sql\nSET LOCAL synchronous_commit = on;\n"
                        "CREATE TABLE a (id int);\n== file db/migrate/2_b.sql\nCREATE TABLE b (id int);\n"),
                   true);
}

static void teardown_commit(void)
{
    server_close(server);
    arena_close(a);
}

/* It stands, and waits for a standby that will never have it. */
Test(postgres_stop_commit, while_it_commits, .init = setup_commit, .fini = teardown_commit, .timeout = 180)
{
    int pid = start("up");

    postgres_await(s.conninfo, "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'", "t");
    kill(pid, SIGINT);
    expect_end(pid, "up.err", 130, "2_b did not run; 1 migration before it is applied");
    cr_expect_str_eq(postgres_ask(a, s.conninfo, "SELECT string_agg(version, ' ') FROM schema_migrations"), "1");
}
