/* A standby that follows the tests' server: it can be looked at, and nothing is written until it is promoted. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/stage.h"

static const char story[] = "== commit Users\n"
                            "== file db/migrate/1_users.sql\n"
                            "CREATE TABLE users (id integer);\n"
                            "== file db/migrate/1_users.down.sql\n"
                            "DROP TABLE users;\n";

static const char posts[] = "echo 'CREATE TABLE posts (id integer);' >db/migrate/2_posts.sql";

static struct stage s;
static const char *folder;  /* the standby's data, its log and its socket */
static const char *standby; /* its URL */

/* A server does not run as root. */
static const char script[] = "as_server() { if [ $(id -u) = 0 ]; then"
                             " setpriv --reuid=postgres --regid=postgres --init-groups \"$@\"; else \"$@\"; fi; }\n"
                             "cd /\n";

static void server(const char *command)
{
    stage_expect(&s, 0, arena_printf(s.arena, "%s%s", script, command));
}

static void setup(void)
{
    struct arena *a = arena_open();

    folder = scratch_folder(a);
    s = stage_open(a, TEXT(story), true);
    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    server(arena_printf(a,
                        "[ $(id -u) != 0 ] || chown postgres: %s\n"
                        "as_server pg_basebackup -h %s -p %s -U postgres -D %s/data -R -c fast --no-sync",
                        folder, postgres_part(a, s.conninfo, "host"), s.port, folder));
    standby = arena_printf(a, "postgresql:///%s?host=%s&user=postgres", s.database, folder);
    server(arena_printf(a,
                        "as_server pg_ctl start -s -w -t 60 -D %s/data -l %s/log"
                        " -o \"-p 5432 -k %s -c listen_addresses=''\" || { cat %s/log >&2; exit 1; }",
                        folder, folder, folder, folder));
}

static void teardown(void)
{
    stage_run(&s, arena_printf(s.arena, "%scd %s && as_server pg_ctl stop -s -m immediate -D data", script, folder));
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
    server(arena_printf(s.arena, "as_server pg_ctl promote -s -w -t 60 -D %s/data", folder));
    stage_expect(&s, 0, posts);
    at_standby(0, "up");
    cr_expect_str_eq(stage_query(&s, standby, "SELECT count(*) FROM posts"), "0");
    cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT to_regclass('posts') IS NULL"), "t");
}
