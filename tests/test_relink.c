/* A migration that was renamed after it was applied: its row moves, nothing of it runs again. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/rows.h"
#include "tests/support/scene.h"

#define RAILS                                                                                                          \
    "== commit All\n"                                                                                                  \
    "== file db/migrate/1_users.sql\n"                                                                                 \
    "CREATE TABLE users (id integer);\n"                                                                               \
    "== file db/migrate/1_users.down.sql\n"                                                                            \
    "DROP TABLE users;\n"                                                                                              \
    "== file db/migrate/2_posts.sql\n"                                                                                 \
    "CREATE TABLE posts (id integer);\n"                                                                               \
    "== file db/migrate/2_posts.down.sql\n"                                                                            \
    "DROP TABLE posts;\n"
#define RAILS_RENAME                                                                                                   \
    "git mv db/migrate/2_posts.sql db/migrate/3_posts.sql && "                                                         \
    "git mv db/migrate/2_posts.down.sql db/migrate/3_posts.down.sql && git commit -q -m 'A later number'"

#define DIESEL                                                                                                         \
    "== commit All\n"                                                                                                  \
    "== file diesel.toml\n"                                                                                            \
    "== file migrations/1_users/up.sql\n"                                                                              \
    "CREATE TABLE users (id integer);\n"                                                                               \
    "== file migrations/1_users/down.sql\n"                                                                            \
    "DROP TABLE users;\n"                                                                                              \
    "== file migrations/2_posts/up.sql\n"                                                                              \
    "CREATE TABLE posts (id integer);\n"                                                                               \
    "== file migrations/2_posts/down.sql\n"                                                                            \
    "DROP TABLE posts;\n"
#define DIESEL_RENAME "git mv migrations/2_posts migrations/3_posts && git commit -q -m 'A later number'"

#define JOURNAL(first, second)                                                                                         \
    "{\"version\":\"7\",\"dialect\":\"sqlite\",\"entries\":["                                                          \
    "{\"idx\":0,\"version\":\"6\",\"when\":1000,\"tag\":\"1_users\",\"breakpoints\":true},"                            \
    "{\"idx\":1,\"version\":\"6\",\"when\":" first ",\"tag\":\"" second "\",\"breakpoints\":true}]}\n"
#define DRIZZLE                                                                                                        \
    "== commit All\n"                                                                                                  \
    "== file drizzle/meta/_journal.json\n" JOURNAL("2000", "2_posts") "== file drizzle/1_users.sql\n"                  \
                                                                      "CREATE TABLE users (id integer);\n"             \
                                                                      "== file drizzle/2_posts.sql\n"                  \
                                                                      "CREATE TABLE posts (id integer);\n"             \
                                                                      "== file drizzle/2_posts.down.sql\n"             \
                                                                      "DROP TABLE posts;\n"
#define DRIZZLE_RENAME(when)                                                                                           \
    "git mv drizzle/2_posts.sql drizzle/3_posts.sql && git mv drizzle/2_posts.down.sql drizzle/3_posts.down.sql && "   \
    "printf '%s' '" JOURNAL(when, "3_posts") "' > drizzle/meta/_journal.json && git commit -q -a -m 'Regenerated'"

static const struct {
    const char *story, *rename, *old, *new; /* old and new: the versions */
    bool postgres;
    const char *rows, *want; /* a query that shows the ledger after the relink, and what it says */
} layouts[] = {
    { RAILS, RAILS_RENAME, "2", "3", false, "SELECT version FROM schema_migrations ORDER BY 1", "1\n3" },
    { RAILS, RAILS_RENAME, "2", "3", true, "SELECT version FROM schema_migrations ORDER BY 1", "1\n3" },
    { DIESEL, DIESEL_RENAME, "2", "3", false, "SELECT version FROM __diesel_schema_migrations ORDER BY 1", "1\n3" },
    { DIESEL, DIESEL_RENAME, "2", "3", true, "SELECT version FROM __diesel_schema_migrations ORDER BY 1", "1\n3" },
    { DRIZZLE, DRIZZLE_RENAME("2000"), "2_posts", "3_posts", false,
      "SELECT version FROM schema_migrations UNION SELECT created_at FROM __drizzle_migrations ORDER BY 1",
      "1000\n2000\n1_users\n3_posts" },
    { DRIZZLE, DRIZZLE_RENAME("3000"), "2_posts", "3_posts", false,
      "SELECT version FROM schema_migrations UNION SELECT created_at FROM __drizzle_migrations ORDER BY 1",
      "1000\n3000\n1_users\n3_posts" },
    { DRIZZLE, DRIZZLE_RENAME("3000"), "2_posts", "3_posts", true,
      "SELECT version FROM drizzle.schema_migrations UNION SELECT created_at::text FROM drizzle.__drizzle_migrations "
      "ORDER BY 1",
      "1000\n1_users\n3000\n3_posts" },
};

ParameterizedTestParameters(relink, moves_the_row)
{
    return rows_numbered(sizeof layouts / sizeof *layouts);
}

ParameterizedTest(size_t *n, relink, moves_the_row)
{
    struct scene c = scene_open(layouts[*n].story, layouts[*n].postgres);
    const char *old = layouts[*n].old, *new = layouts[*n].new;
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_shell(&c, layouts[*n].rename);
    scene_says(scene_run(&c, 0, "status").out, arena_printf(c.arena, "[renamed %s]", old));
    r = scene_run(&c, 4, "up");
    scene_says(r.err, "--relink");
    scene_says(r.err, "--no-relink");
    scene_says(r.err, "nothing was run");
    scene_says(scene_run(&c, 4, "up --relink").err, "nobody confirmed");
    scene_says(scene_run(&c, 0, "up --relink --dry-run").out, "would be relinked");
    scene_says(scene_run(&c, 0, "up --relink --yes --json").out, "\"outcome\": \"relinked\"");
    cr_expect_str_eq(scene_ask(&c, layouts[*n].rows), layouts[*n].want, "row %zu: %s", *n,
                     scene_ask(&c, layouts[*n].rows));
    cr_expect_str_eq(scene_ask(&c, arena_printf(c.arena,
                                                "SELECT version, direction, outcome FROM %s WHERE direction = 'relink' "
                                                "ORDER BY version",
                                                c.history)),
                     arena_printf(c.arena, "%s|relink|rolled_back\n%s|relink|applied", old, new));
    scene_ask(&c, "SELECT count(*) FROM posts");
    scene_says(scene_run(&c, 0, "up").out, "up to date");
    scene_says(scene_run(&c, 0, "status").out, "2 applied, 0 pending, 0 missing");
    /* Its down script is known, by the file and then without it. */
    scene_says(scene_run(&c, 0, "down --dry-run").out, new);
    scene_run(&c, 0, "down --down-from history");
    scene_says(scene_run(&c, 0, "status").out, "1 applied, 1 pending, 0 missing");
    scene_close(&c);
}

/* What was relinked and is gone then is rolled back with the script that was applied as the old one. */
Test(relink, what_is_gone_then_can_still_be_rolled_back)
{
    struct scene c = scene_open(RAILS, false);

    scene_run(&c, 0, "up");
    scene_shell(&c, RAILS_RENAME);
    scene_run(&c, 0, "up --relink --yes");
    scene_shell(&c, "git rm -q db/migrate/3* && git commit -q -m 'Gone'");
    scene_says(scene_run(&c, 0, "down").out, "down  3 (script from history)");
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM sqlite_master WHERE name = 'posts'"), "0");
    scene_close(&c);
}

Test(relink, no_relink_runs_it)
{
    struct scene c = scene_open(RAILS, false);

    scene_run(&c, 0, "up");
    scene_shell(&c, RAILS_RENAME);
    scene_run(&c, 2, "up --relink --no-relink");
    scene_says(scene_run(&c, 1, "up --no-relink").err, "already exists");
    scene_ask(&c, "DROP TABLE posts");
    scene_run(&c, 0, "up --no-relink");
    cr_expect_str_eq(scene_ask(&c, "SELECT version FROM schema_migrations ORDER BY 1"), "1\n2\n3");
    scene_close(&c);
}

/* Further versions are applied behind it, and a run that does not reach it has nothing to ask. */
Test(relink, only_what_the_run_reaches)
{
    struct scene c = scene_open(RAILS, false);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_shell(&c, RAILS_RENAME);
    scene_shell(&c, "printf 'CREATE TABLE a (id integer);\\n' > db/migrate/2.5_no.sql; "
                    "printf 'CREATE TABLE b (id integer);\\n' > db/migrate/4_b.sql; rm db/migrate/2.5_no.sql; "
                    "printf 'CREATE TABLE a (id integer);\\n' > db/migrate/0_a.sql");
    scene_run(&c, 0, "up --to 0");
    scene_run(&c, 4, "up --to 3");
    r = scene_run(&c, 0, "up --relink --yes");
    scene_says(r.out, "1 migration relinked, 1 migration applied");
    cr_expect_str_eq(scene_ask(&c, "SELECT version FROM schema_migrations ORDER BY 1"), "0\n1\n3\n4");
    scene_close(&c);
}

/* Whose script is in doubt is not called renamed, and runs. */
Test(relink, what_is_ambiguous_is_new)
{
    struct scene c = scene_open(RAILS, false);

    scene_run(&c, 0, "up");
    scene_shell(&c, RAILS_RENAME);
    scene_shell(&c, "cp db/migrate/3_posts.sql db/migrate/4_again.sql");
    cr_expect_eq(scene_run(&c, 1, "up --relink --yes").exit_code, 1);
    scene_shell(&c, "rm db/migrate/4_again.sql; printf -- '-- nothing\\n' > db/migrate/3_posts.sql");
    scene_run(&c, 0, "up");
    scene_close(&c);
}

/* sync relinks first, then applies. */
Test(relink, sync_does_it_too)
{
    struct scene c = scene_open(RAILS, true);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_shell(&c, RAILS_RENAME);
    scene_shell(&c, "printf 'CREATE TABLE b (id integer);\\n' > db/migrate/4_b.sql");
    r = scene_run(&c, 0, "sync --yes");
    scene_says(r.out, "relink     3_posts (was 2)");
    scene_says(r.out, "1 migration relinked, 1 migration applied");
    cr_expect_str_eq(scene_ask(&c, "SELECT version FROM schema_migrations ORDER BY 1"), "1\n3\n4");
    scene_close(&c);
}
