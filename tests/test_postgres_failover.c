/* A primary that dies in the middle of a run, and its standby, which takes its place: by a URL with both hosts. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/server.h"
#include "tests/support/stage.h"

/* The second script waits for the table `gate`. */
static const char story[] = "== commit All\n"
                            "== file merganser.yml\ntimeouts: {lock: 0}\n"
                            "== file db/migrate/1_first.sql\nCREATE TABLE done (version text);\n"
                            "INSERT INTO done VALUES ('1');\n"
                            "== file db/migrate/2_second.sql\nINSERT INTO done VALUES ('2');\nLOCK TABLE gate;\n"
                            "== file db/migrate/3_third.sql\nINSERT INTO done VALUES ('3');\n";

struct pair {
    struct arena *arena;
    struct server *primary, *standby;
    struct stage stage;
    const char *both, *new_one; /* URLs */
};

static struct pair pair_open(void)
{
    struct pair p = { .arena = arena_open() };
    const char *first, *second;

    p.primary = server_open(p.arena, NULL);
    p.stage = stage_open(p.arena, TEXT(story), true);
    p.standby = server_follow(p.arena, postgres_server());
    first = server_conninfo(p.primary, p.arena);
    second = server_conninfo(p.standby, p.arena);
    p.both =
        arena_printf(p.arena, "host=%s,%s port=%s,%s user=postgres dbname=%s target_session_attrs=primary",
                     postgres_part(p.arena, first, "host"), postgres_part(p.arena, second, "host"),
                     postgres_part(p.arena, first, "port"), postgres_part(p.arena, second, "port"), p.stage.database);
    p.new_one = arena_printf(p.arena, "%s dbname=%s", second, p.stage.database);
    return p;
}

static void pair_close(struct pair *p)
{
    server_close(p->primary);
    server_close(p->standby);
    arena_close(p->arena);
}

static int up_to_the_lock(struct pair *p)
{
    struct postgres_session *gate = postgres_gate_close(p->stage.conninfo);
    int pid =
        stage_start(&p->stage, arena_printf(p->arena, "merganser up --fresh --json --database '%s'", p->both), "up");

    postgres_gate_await(p->stage.conninfo);
    server_stop(p->primary, SERVER_IMMEDIATE);
    postgres_session_close(gate);
    return pid;
}

/* Whatever of the first run the standby has heard of: each is there once in the end. */
static void expect_complete(struct pair *p)
{
    stage_expect(&p->stage, 0, arena_printf(p->arena, "merganser up --fresh --database '%s'", p->both));
    cr_expect_str_eq(postgres_ask(p->arena, p->new_one, "SELECT string_agg(version, ' ' ORDER BY version) FROM done"),
                     "1 2 3");
    cr_expect_str_eq(
        postgres_ask(p->arena, p->new_one, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"),
        "1 2 3");
    cr_expect_str_eq(postgres_ask(p->arena, p->new_one,
                                  "SELECT string_agg(version, ' ' ORDER BY version) FROM merganser.history"
                                  " WHERE outcome = 'applied'"),
                     "1 2 3");
}

Test(postgres_failover, the_standby_takes_over_while_it_runs, .timeout = 300)
{
    struct pair p = pair_open();
    int pid = up_to_the_lock(&p), code;

    server_promote(p.standby);
    code = process_wait(pid);
    /* It may have found the new one by itself. Where it says that all is done, it is. */
    cr_expect(code == 0 || code == 1 || code == 6, "exit %d", code);
    if (code == 0)
        cr_expect_str_eq(postgres_ask(p.arena, p.new_one, "SELECT count(*) FROM done"), "3");
    expect_complete(&p);
    pair_close(&p);
}

Test(postgres_failover, the_standby_takes_over_later, .timeout = 300)
{
    struct pair p = pair_open();
    int code = process_wait(up_to_the_lock(&p));
    struct process_result r;
    size_t at;

    cr_expect(code == 1 || code == 6, "exit %d", code);
    /* Only a standby answers: it can be looked at by its own address, and nobody is there to be written to. */
    r = stage_expect(&p.stage, 1, arena_printf(p.arena, "merganser up --database '%s'", p.both));
    cr_expect(text_find(r.err, "error:", &at), "%.*s", (int)r.err.len, r.err.at);
    stage_expect(&p.stage, 0, arena_printf(p.arena, "merganser status --database '%s'", p.new_one));
    server_promote(p.standby);
    expect_complete(&p);
    pair_close(&p);
}
