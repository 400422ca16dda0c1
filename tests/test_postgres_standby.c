/* A standby that follows the tests' server: it can be looked at, and nothing is written until it is promoted. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/server.h"
#include "tests/support/stage.h"

static const char story[] = "== commit Users\n"
                            "== file db/migrate/1_users.sql\n"
                            "CREATE TABLE users (id integer);\n"
                            "== file db/migrate/1_users.down.sql\n"
                            "DROP TABLE users;\n";

static const char posts[] = "echo 'CREATE TABLE posts (id integer);' >db/migrate/2_posts.sql";

static struct stage s;
static struct server *server;
static const char *standby; /* its URL */

static void setup(void)
{
    struct arena *a = arena_open();

    s = stage_open(a, TEXT(story), true);
    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    server = server_follow(a, postgres_server());
    standby = arena_printf(a, "%s dbname=%s", server_conninfo(server, a), s.database);
}

static void teardown(void)
{
    server_close(server);
    stage_close(&s);
    arena_close(s.arena);
}

TestSuite(postgres_standby, .init = setup, .fini = teardown);

static bool says(struct text printed, const char *words)
{
    size_t at;

    return text_find(printed, words, &at);
}

static struct process_result at_standby(int code, const char *line)
{
    return stage_expect(&s, code, arena_printf(s.arena, "merganser %s --database '%s'", line, standby));
}

Test(postgres_standby, is_looked_at_and_not_written_to)
{
    struct process_result r;

    at_standby(0, "up");
    stage_expect(&s, 0, posts);
    r = at_standby(0, "status");
    cr_expect(says(r.out, "1 applied, 1 pending"), "%.*s", (int)r.out.len, r.out.at);
    at_standby(0, "history");
    at_standby(0, "up --dry-run");
    for (size_t i = 0; i < 3; i++) {
        r = at_standby(1, (const char *const[]) { "up", "down", "redo" }[i]);
        cr_expect(says(r.err, "can only be read: it is a standby, or read-only by its settings"), "%.*s",
                  (int)r.err.len, r.err.at);
        cr_expect(says(r.err, "give the primary server's address with --database"), "%.*s", (int)r.err.len, r.err.at);
    }
    cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT string_agg(version, ' ') FROM schema_migrations"), "1");
}

Test(postgres_standby, is_written_to_once_it_was_promoted)
{
    server_promote(server);
    stage_expect(&s, 0, posts);
    at_standby(0, "up");
    cr_expect_str_eq(stage_query(&s, standby, "SELECT count(*) FROM posts"), "0");
    cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT to_regclass('posts') IS NULL"), "t");
}
