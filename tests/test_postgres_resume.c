/* A script of several segments whose connection is cut at every message, and what a later run makes of it: each
 * statement has run exactly once in the end. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/proxy.h"
#include "tests/support/scene.h"

#define MIXED "db/migrate/1_mixed.sql"

static const char story[] = "== commit All\n== file " MIXED "\n"
                            "CREATE TYPE kind AS ENUM ('a');\n"
                            "CREATE TABLE t (n serial, k kind);\n"
                            "SET application_name = 'said_once';\n"
                            "INSERT INTO t VALUES (1, 'a');\n"
                            "CREATE INDEX CONCURRENTLY t_n ON t (n);\n"
                            "INSERT INTO t SELECT max(n) + 1 FROM t;\n"
                            "DO $$ BEGIN INSERT INTO t SELECT max(n) + 1 FROM t; END $$;\n"
                            "VACUUM t;\n"
                            "ALTER TYPE kind ADD VALUE 'b';\n"
                            "INSERT INTO t SELECT max(n) + 1, 'b' FROM t WHERE current_setting('application_name') = "
                            "'said_once';\n"
                            "== file db/migrate/1_mixed.down.sql\nDROP INDEX CONCURRENTLY t_n;\nDROP TABLE t;\n"
                            "DROP TYPE kind;\n";

static const char *rows(struct scene *c)
{
    return scene_ask(c, "SELECT string_agg(n || coalesce(k::text, '-'), ' ' ORDER BY n) FROM t");
}

static void expect_once(struct scene *c, unsigned message)
{
    cr_assert_str_eq(rows(c), "1a 2- 3- 4b", "cut at message %u", message);
    cr_assert_str_eq(scene_ask(c, "SELECT string_agg(version, ' ') FROM schema_migrations"), "1", "cut at %u", message);
    cr_assert_str_eq(scene_ask(c, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n'::regclass"), "t",
                     "cut at %u", message);
}

/* False when nothing was cut any more. */
static bool cut_at(struct scene *c, unsigned message, bool withheld)
{
    struct proxy_options o = { .conninfo = c->stage.conninfo, .cut_at_message = message, .withheld = withheld };
    struct proxy *p = proxy_open(&o, c->arena);
    bool cut;

    stage_run(&c->stage, arena_printf(c->arena, "merganser up --fresh --database '%s'", proxy_conninfo(p, c->arena)));
    cut = proxy_messages(p) >= message;
    proxy_close(p);
    scene_run(c, 0, "up --fresh");
    expect_once(c, message);
    return cut;
}

static void cut_everywhere(bool withheld)
{
    struct scene c = scene_open(story, true);
    unsigned message = 3;

    while (cut_at(&c, message, withheld)) {
        cr_assert_lt(message, 200u);
        stage_empty(&c.stage);
        message++;
    }
    scene_close(&c);
}

Test(postgres_resume, answers_that_are_lost, .timeout = 600)
{
    cut_everywhere(false);
}

Test(postgres_resume, messages_that_are_lost, .timeout = 600)
{
    cut_everywhere(true);
}

static void stops_at_statement_6(struct scene *c)
{
    scene_shell(c, "sed -i '6s,max(n) + 1,1/0,' " MIXED);
    scene_says(scene_run(c, 1, "up --fresh").err, "statements 1 to 5 of 10 have run and are kept");
    scene_says(scene_run(c, 0, "status").out, "partial 5 of 10 statements");
}

Test(postgres_resume, the_rest_may_be_mended)
{
    struct scene c = scene_open(story, true);

    stops_at_statement_6(&c);
    scene_shell(&c, "sed -i '6s,1/0,max(n) + 1,' " MIXED);
    scene_says(scene_run(&c, 0, "up --json").out, "\"resumed_at\": 6");
    expect_once(&c, 0);
    scene_close(&c);
}

Test(postgres_resume, the_done_part_may_not_be_edited)
{
    struct scene c = scene_open(story, true);
    struct text said;

    stops_at_statement_6(&c);
    scene_shell(&c, "sed -i '4s,1,7,' " MIXED);
    said = scene_run(&c, 4, "up").err;
    scene_says(said, MIXED ":6:1: error: the first 5 statements of 1 have run, and they were edited since");
    scene_says(said, "merganser repair 1");
    cr_expect_str_eq(rows(&c), "1a");
    scene_close(&c);
}

Test(postgres_resume, other_verbs_say_what_goes_on)
{
    struct scene c = scene_open(story, true);

    stops_at_statement_6(&c);
    scene_says(scene_run(&c, 4, "down").err, "`merganser up` goes on with it");
    scene_shell(&c, "git mv -f " MIXED " db/migrate/2_mixed.sql");
    scene_says(scene_run(&c, 4, "up").err, "its file is not here");
    scene_close(&c);
}

Test(postgres_resume, a_block_that_may_have_committed_is_never_run_again)
{
    struct scene c = scene_open("== commit All\n== file db/migrate/1_do.sql\nCREATE TABLE t (n int);\nVACUUM t;\n"
                                "DO $$ BEGIN INSERT INTO t VALUES (1); COMMIT; PERFORM 1/0; END $$;\n",
                                true);
    struct text said;

    scene_says(scene_run(&c, 1, "up --fresh").err, "statement 3 may have run");
    said = scene_run(&c, 4, "up").err;
    scene_says(said, "1_do.sql:3:1: error: nobody can tell whether statement 3 of 1 has run");
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM t"), "1");
    scene_close(&c);
}

Test(postgres_resume, down_goes_on_too)
{
    struct scene c = scene_open(story, true);

    scene_run(&c, 0, "up --fresh");
    scene_ask(&c, "CREATE VIEW v AS SELECT n FROM t");
    scene_says(scene_run(&c, 1, "down").err, "statement 1 of 3 has run and is kept");
    scene_says(scene_run(&c, 4, "up").err, "`merganser down --version 1` goes on with it");
    scene_ask(&c, "DROP VIEW v");
    scene_says(scene_run(&c, 0, "down").err, "goes on with statement 2 of 3");
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM schema_migrations"), "0");
    scene_close(&c);
}

/* The history of an earlier release gets its columns; what may not have them is still written to. */
Test(postgres_resume, a_history_of_the_first_format)
{
    struct scene c = scene_open(story, true);
    const char *columns = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'merganser' AND "
                          "column_name IN ('statement_begun', 'done_hash', 'waited_ms', 'attempts')";

    scene_run(&c, 0, "up --fresh");
    scene_ask(&c, "ALTER TABLE merganser.history DROP COLUMN statement_begun, DROP COLUMN done_hash, "
                  "DROP COLUMN waited_ms, DROP COLUMN attempts");
    scene_run(&c, 0, "status");
    cr_expect_str_eq(scene_ask(&c, columns), "0", "status changes nothing");
    scene_run(&c, 0, "down");
    cr_expect_str_eq(scene_ask(&c, columns), "4");
    scene_close(&c);
}
