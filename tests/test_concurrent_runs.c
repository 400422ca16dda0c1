/* Runs that are stopped, killed or cut off while an index is being built: the next `up` leaves one valid index, and
 * nothing else. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_build.h"
#include "tests/support/stage.h"

static const char story[] = "== commit All\n"
                            "== file db/migrate/1_users.sql\n"
                            "CREATE TABLE users (id integer, email text);\n"
                            "INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 100) i;\n"
                            "== file db/migrate/2_email.sql\n"
                            "-- merganser: no-transaction\n"
                            "SET work_mem = '8MB';\n"
                            "CREATE UNIQUE INDEX CONCURRENTLY \"Users' Email\" ON users (lower(email));\n"
                            "CREATE INDEX CONCURRENTLY ON users (id);\n";

static const char up[] = "merganser up --database \"$PG\"";

struct scene {
    struct arena *arena;
    struct stage stage;
    struct postgres_session *holder; /* has a row of the table that the build waits for */
};

static const char *ask(struct scene *c, const char *sql)
{
    return postgres_ask(c->arena, c->stage.conninfo, sql);
}

static struct scene scene_of_builds(void)
{
    struct scene c = { .arena = arena_open() };

    c.stage = stage_open(c.arena, text_from(story), true);
    stage_expect(&c.stage, 0, "merganser up --steps 1 --database \"$PG\"");
    c.holder = postgres_session_open(c.stage.conninfo);
    return c;
}

/* Starts `up`, whose nth build waits for a writer. */
static int start_blocked(struct scene *c, const char *name)
{
    int pid;

    postgres_session_run(c->holder, "BEGIN; INSERT INTO users VALUES (1000, 'late')");
    pid = stage_start(&c->stage, up, name);
    build_await(c->stage.conninfo);
    return pid;
}

/* One of each index, and the runs' own books agree. */
static void expect_built(struct scene *c)
{
    cr_expect_str_eq(ask(c, "SELECT string_agg(i.indexrelid::regclass || ' ' || i.indisvalid, ', ' ORDER BY 1)"
                            " FROM pg_index i WHERE i.indrelid = 'users'::regclass"),
                     "\"Users' Email\" true, users_id_idx true");
    cr_expect_str_eq(ask(c, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
    cr_expect_str_eq(ask(c, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"), "1 2");
    cr_expect_str_eq(ask(c, "SELECT count(*) FROM merganser.history WHERE version = '2' AND outcome = 'applied'"), "1");
    stage_expect(&c->stage, 0, up);
}

static void scene_end(struct scene *c)
{
    postgres_session_close(c->holder);
    stage_close(&c->stage);
    arena_close(c->arena);
}

/* Ours on the server; the test's own questions have another name. */
static const char sessions[] = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                               " AND application_name LIKE 'merganser%'";

Test(concurrent_runs, killed_in_the_build)
{
    struct scene c = scene_of_builds();
    int pid = start_blocked(&c, "up");

    cr_assert_eq(kill(pid, SIGKILL), 0);
    process_wait(pid);
    postgres_await(c.stage.conninfo, sessions, "0");
    postgres_session_run(c.holder, "COMMIT");
    cr_expect_str_eq(ask(&c, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "1");
    stage_expect(&c.stage, 0, up);
    expect_built(&c);
    scene_end(&c);
}

Test(concurrent_runs, stopped_in_the_build)
{
    struct scene c = scene_of_builds();
    int pid = start_blocked(&c, "up");
    struct text said;
    size_t at;

    cr_assert_eq(kill(pid, SIGINT), 0);
    cr_expect_eq(process_wait(pid), 130);
    said = text_from(stage_printed(&c.stage, "up.err"));
    cr_expect(
        text_find(said, "drops the invalid index public.\"Users' Email\", which this has left, and builds anew", &at),
        "%.*s", (int)said.len, said.at);
    postgres_session_run(c.holder, "ROLLBACK");
    stage_expect(&c.stage, 0, up);
    expect_built(&c);
    scene_end(&c);
}

Test(concurrent_runs, cut_off_in_the_build)
{
    struct scene c = scene_of_builds();
    int pid = start_blocked(&c, "up"), code;

    ask(&c, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_progress_create_index"
            " WHERE datname = current_database()");
    code = process_wait(pid);
    cr_expect(code == 1, "%d", code);
    postgres_session_run(c.holder, "COMMIT");
    stage_expect(&c.stage, 0, up);
    expect_built(&c);
    scene_end(&c);
}

Test(concurrent_runs, a_duplicate_that_is_removed)
{
    struct scene c = scene_of_builds();
    struct process_result r;
    size_t at;

    ask(&c, "INSERT INTO users VALUES (1000, 'USER 1')");
    r = stage_expect(&c.stage, 1, up);
    cr_expect(text_find(r.err,
                        "db/migrate/2_email.sql:3:1: error: could not create unique index \"Users' Email\" [23505]",
                        &at),
              "%.*s", (int)r.err.len, r.err.at);
    cr_expect(text_find(r.err, "detail: Key (lower(email))=(user 1) is duplicated.", &at));
    stage_expect(&c.stage, 1, up);
    ask(&c, "DELETE FROM users WHERE id = 1000");
    stage_expect(&c.stage, 0, up);
    expect_built(&c);
    scene_end(&c);
}

Test(concurrent_runs, two_at_once)
{
    struct scene c = scene_of_builds();
    int one = start_blocked(&c, "one"), two = stage_start(&c.stage, up, "two");

    postgres_await(c.stage.conninfo,
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                   " AND application_name = 'merganser up'",
                   "2");
    postgres_session_run(c.holder, "COMMIT");
    cr_expect_eq(process_wait(one), 0);
    cr_expect_eq(process_wait(two), 0);
    expect_built(&c);
    scene_end(&c);
}
