/* Drift: what is told of it, how long it stays, and how it ends. */
#include "core/base/text.h"
#include "tests/support/both.h"
#include "tests/support/scene.h"

#define STORY                                                                                                          \
    "== commit First\n"                                                                                                \
    "== file db/migrate/101_users.sql\nCREATE TABLE users (id integer PRIMARY KEY, email varchar(80));\n"              \
    "== file db/migrate/101_users.down.sql\nDROP TABLE users;\n"                                                       \
    "== file db/migrate/102_posts.sql\nCREATE TABLE posts (id integer PRIMARY KEY);\n"                                 \
    "== file db/migrate/102_posts.down.sql\nDROP TABLE posts;\n"                                                       \
    "== file db/migrate/103_note.sql\nALTER TABLE posts ADD COLUMN note varchar(20);\n"

static bool has(struct text t, const char *words)
{
    size_t at;

    return text_find(t, words, &at);
}

ON_BOTH(drift, stays_until_it_is_taken_back)
{
    struct scene c = scene_open(STORY, postgres);
    struct process_result r;

    scene_run(&c, 0, "up --to 101");
    scene_ask(&c, "CREATE TABLE hand (id integer)");
    /* The run says so once, and goes on. */
    r = scene_run(&c, 0, "up --to 102");
    scene_says(r.err, "warning: the schema is not as it was recorded last: table ");
    scene_says(r.err, "hand is new");
    scene_says(r.err, "`merganser drift`");
    r = scene_run(&c, 0, "up");
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    r = scene_run(&c, 3, "drift --exit-code");
    scene_says(r.out, "hand");
    scene_says(r.out, "some of it was found before 102 ran");
    scene_says(r.out, "1 added\n");
    cr_expect_not(has(r.out, "posts"), "%.*s", (int)r.out.len, r.out.at);
    /* The migration that ran beside it made what it made, and no more. */
    r = scene_run(&c, 0, "history --show 102");
    scene_says(r.out, "posts");
    cr_expect_not(has(r.out, "hand"), "%.*s", (int)r.out.len, r.out.at);
    scene_ask(&c, "DROP TABLE hand");
    scene_says(scene_run(&c, 0, "drift --exit-code").out, "no drift");
    scene_close(&c);
}

ON_BOTH(drift, ends_when_it_is_accepted)
{
    struct scene c = scene_open(STORY, postgres);
    struct process_result r;

    scene_run(&c, 0, "up --to 102");
    scene_ask(&c, "ALTER TABLE users ADD COLUMN city varchar(10)");
    r = scene_run(&c, 4, "drift --accept");
    scene_says(r.err, "drift --accept asks first");
    scene_run(&c, 3, "drift --exit-code");
    r = scene_run(&c, 0, "drift --accept --yes --json");
    scene_says(r.out, "\"accepted\": true");
    scene_says(scene_run(&c, 0, "drift --exit-code").out, "as it was when it was accepted");
    /* A row of who and when, which is no version. */
    cr_expect_str_eq(scene_ask(&c, arena_printf(c.arena,
                                                "SELECT direction || ' ' || kind || ' ' || outcome || ' [' || version "
                                                "|| ']' FROM %s WHERE direction = 'accept' AND author LIKE '%%@%%'",
                                                c.history)),
                     "accept baseline applied []");
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM schema_migrations"), "2");
    scene_says(scene_run(&c, 0, "status").out, "2 applied, 1 pending, 0 missing");
    r = scene_run(&c, 0, "up");
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    scene_run(&c, 0, "drift --exit-code");
    /* Accepting what is recorded already writes nothing. */
    scene_run(&c, 0, "drift --accept");
    cr_expect_str_eq(
        scene_ask(&c, arena_printf(c.arena, "SELECT count(*) FROM %s WHERE direction = 'accept'", c.history)), "1");
    scene_close(&c);
}

ON_BOTH(drift, what_is_ignored_is_no_drift)
{
    struct scene c = scene_open(STORY "== file merganser.yml\ndrift: {ignore: ['*tmp_*']}\n", postgres);
    struct process_result r;

    scene_run(&c, 0, "up --to 102");
    scene_ask(&c, "CREATE TABLE tmp_one (id integer)");
    scene_run(&c, 0, "drift --exit-code");
    r = scene_run(&c, 0, "up");
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    scene_ask(&c, "DROP TABLE tmp_one");
    scene_run(&c, 0, "drift --exit-code");
    scene_close(&c);
}

ON_BOTH(drift, nothing_recorded)
{
    struct scene c = scene_open(STORY, postgres);
    struct process_result r = scene_run(&c, 4, "drift --json");

    scene_says(r.out, "\"code\": \"no-description\"");
    scene_says(r.out, "\"expected\": null");
    scene_says(r.out, "\"recorded\": null");
    scene_run(&c, 0, "drift --accept --yes");
    scene_says(scene_run(&c, 0, "drift").out, "no drift");
    scene_says(scene_run(&c, 2, "drift --accept --exit-code").err, "exclude each other");
    scene_close(&c);
}

/* A migration that does something about what had drifted: what it left is what is expected. */
ON_BOTH(drift, a_migration_over_it)
{
    struct scene c = scene_open(STORY, postgres);

    scene_run(&c, 0, "up --to 102");
    scene_ask(&c, "CREATE TABLE hand (id integer)");
    scene_run(&c, 0, "up");
    scene_run(&c, 3, "drift --exit-code");
    scene_shell(&c, "echo 'DROP TABLE hand;' >db/migrate/104_hand.sql");
    scene_run(&c, 0, "up");
    scene_says(scene_run(&c, 0, "drift --exit-code").out, "no drift");
    scene_close(&c);
}

ON_BOTH(drift, of_what_was_never_run)
{
    struct scene c = scene_open(STORY, postgres);

    scene_run(&c, 0, "baseline 101");
    scene_says(scene_run(&c, 4, "history --show 101").err, "was marked as applied without running it");
    scene_says(scene_run(&c, 4, "history --show 102").err, "is pending");
    scene_says(scene_run(&c, 2, "history --show 999").err, "there is no version 999");
    scene_says(scene_run(&c, 2, "history 101 --show 101").err, "--show stands alone");
    scene_run(&c, 0, "up");
    scene_run(&c, 0, "history --show 103_note");
    scene_close(&c);
}

/* Who may do what, and who owns what, is told where it is asked for. */
Test(drift, owners_and_grants)
{
    struct scene c = scene_open(STORY, true);
    const char *role = arena_printf(c.arena, "%s_reader", c.stage.database);
    struct process_result r;

    scene_run(&c, 0, "up");
    scene_ask(&c, arena_printf(c.arena, "CREATE ROLE %s; GRANT SELECT ON users TO %s; ALTER TABLE posts OWNER TO %s",
                               role, role, role));
    scene_says(scene_run(&c, 0, "drift --exit-code").out, "no drift");
    r = scene_run(&c, 3, "drift --exit-code --grants");
    scene_says(r.out, "grant");
    cr_expect_not(has(r.out, "owner"), "%.*s", (int)r.out.len, r.out.at);
    scene_says(scene_run(&c, 3, "drift --exit-code --owners").out, "owner");
    scene_ask(&c, arena_printf(c.arena, "REASSIGN OWNED BY %s TO CURRENT_USER; DROP OWNED BY %s; DROP ROLE %s", role,
                               role, role));
    scene_close(&c);
}
