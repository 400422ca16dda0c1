/* The client killed, and its server's process ended, at a random message of fifty migrations: what the ledger says and
 * what the schema holds are the same at every stop, and the next run completes them. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/proxy.h"
#include "tests/support/stage.h"

#define MIGRATIONS 50

static int rounds(void)
{
    return getenv("MERGANSER_SOAK") ? 500 : 50;
}

/* Each leaves the table t_VERSION. */
static struct text story(struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    buf_string(&b, "== commit All\n");
    for (int i = 1000; i < 1000 + MIGRATIONS; i++)
        buf_printf(&b, "== file db/migrate/%d_t.sql\nCREATE TABLE t_%d (id integer);\nINSERT INTO t_%d VALUES (%d);\n",
                   i, i, i, i);
    return buf_content(&b);
}

/* The same numbers in every run of the tests (a linear congruence, Knuth's constants). */
static unsigned next_number(uint64_t *state, unsigned below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33) % below;
}

/* One statement, so one snapshot, whoever is still at work. */
static void expect_equal(struct stage *s, int round)
{
    if (*postgres_ask(s->arena, s->conninfo, "SELECT to_regclass('schema_migrations')") == '\0') {
        cr_assert_str_eq(
            postgres_ask(s->arena, s->conninfo, "SELECT count(*) FROM pg_class WHERE relname ~ '^t_[0-9]+$'"), "0",
            "round %d", round);
        return;
    }
    cr_assert_str_eq(postgres_ask(s->arena, s->conninfo,
                                  "SELECT count(*) FROM schema_migrations m"
                                  " FULL JOIN (SELECT relname FROM pg_class WHERE relname ~ '^t_[0-9]+$') t"
                                  " ON t.relname = 't_' || m.version WHERE m.version IS NULL OR t.relname IS NULL"),
                     "0", "round %d: the ledger and the schema differ", round);
}

static void expect_complete(struct stage *s, int round)
{
    expect_equal(s, round);
    cr_assert_str_eq(postgres_ask(s->arena, s->conninfo, "SELECT count(*) FROM schema_migrations"),
                     arena_printf(s->arena, "%d", MIGRATIONS), "round %d", round);
    cr_assert_str_eq(postgres_ask(s->arena, s->conninfo,
                                  "SELECT count(DISTINCT version) || ' of ' || count(*) FROM merganser.history"
                                  " WHERE outcome = 'applied'"),
                     arena_printf(s->arena, "%d of %d", MIGRATIONS, MIGRATIONS), "round %d", round);
}

/* Starts `up` behind the proxy and waits until it has said n messages, or has ended. Its pid. */
static int up_until(struct stage *s, struct proxy *p, unsigned n, bool *ended, int *status)
{
    const char *up = arena_printf(s->arena, "merganser up --database '%s'", proxy_conninfo(p, s->arena));
    int pid = stage_start(s, up, "up");

    *ended = false;
    while (!*ended && proxy_messages(p) < n)
        *ended = waitpid(pid, status, WNOHANG) == pid;
    return pid;
}

typedef void stop_function(struct stage *s, int pid, int round);

static void kill_client(struct stage *s, int pid, int round)
{
    (void)s;
    (void)round;
    cr_assert_eq(kill(pid, SIGKILL), 0);
    process_wait(pid);
}

static void end_backend(struct stage *s, int pid, int round)
{
    int code;

    postgres_ask(s->arena, s->conninfo,
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                 " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    code = process_wait(pid);
    cr_assert(code == 0 || code == 1 || code == 6, "round %d: exit %d", round, code);
}

static unsigned messages_of_a_whole_run(struct stage *s)
{
    struct proxy *p = proxy_open(&(struct proxy_options) { .conninfo = s->conninfo }, s->arena);
    unsigned all;
    bool ended;
    int status;

    up_until(s, p, UINT32_MAX, &ended, &status);
    all = proxy_messages(p);
    proxy_close(p);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    expect_complete(s, -1);
    cr_assert(all >= MIGRATIONS);
    return all;
}

static void stop_at_random(stop_function *stop, uint64_t seed)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, story(a), true);
    unsigned all = messages_of_a_whole_run(&s);

    for (int round = 0; round < rounds(); round++) {
        struct proxy *p;
        bool ended;
        int status, pid;

        stage_empty(&s);
        p = proxy_open(&(struct proxy_options) { .conninfo = s.conninfo }, a);
        pid = up_until(&s, p, 1 + next_number(&seed, all), &ended, &status);
        if (!ended)
            stop(&s, pid, round);
        proxy_close(p);
        expect_equal(&s, round);
        stage_expect(&s, 0, "merganser up --database \"$PG\"");
        expect_complete(&s, round);
    }
    stage_close(&s);
    arena_close(a);
}

Test(kill, client_at_any_message)
{
    stop_at_random(kill_client, 2024);
}

Test(kill, backend_at_any_message)
{
    stop_at_random(end_backend, 1977);
}
