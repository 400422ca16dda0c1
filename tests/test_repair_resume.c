/* `repair --resume` and `--undo` of versions that stopped midway: what runs, what is refused, what is left behind. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/scene.h"

#define UP   "db/migrate/1_mixed.sql"
#define DOWN "db/migrate/1_mixed.down.sql"

/* Statement 2 commits, and fails behind that: nobody can tell what of it is done. */
static const char story[] = "== commit All\n== file " UP "\n"
                            "CREATE TABLE t (n integer);\n"
                            "DO $$ BEGIN INSERT INTO t VALUES (2); COMMIT; PERFORM 1 / 0; END $$;\n"
                            "INSERT INTO t VALUES (3);\n"
                            "CREATE INDEX CONCURRENTLY i ON t (n);\n"
                            "INSERT INTO t VALUES (5);\n"
                            "== file " DOWN "\n"
                            "DROP INDEX CONCURRENTLY i;\n"
                            "DO $$ BEGIN DELETE FROM t; COMMIT; PERFORM 1 / 0; END $$;\n"
                            "DROP TABLE t;\n"
                            "== file db/migrate/2_next.sql\nSELECT 1;\n";

static struct scene stopped(void)
{
    struct scene c = scene_open(story, true);

    scene_run(&c, 1, "up --to 1");
    return c;
}

static const char *numbers(struct scene *c)
{
    return scene_ask(c, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM t");
}

static const char *applied(struct scene *c)
{
    return scene_ask(c, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations");
}

static const char *journal(struct scene *c)
{
    return scene_ask(c, "SELECT string_agg(concat_ws(' ', direction, outcome, statements_done, statement_begun), ', ' "
                        "ORDER BY id) FROM merganser.history");
}

static void edit(struct scene *c, const char *path, const char *sed)
{
    scene_shell(c, arena_printf(c->arena, "sed -i '%s' %s && git commit -qam Edit", sed, path));
}

Test(repair_resume, what_nobody_can_tell_is_refused_and_changes_nothing)
{
    struct scene c = stopped();
    const char *before = journal(&c);
    struct process_result r = scene_run(&c, 4, "repair 1 --resume --yes");

    scene_says(r.err, UP ":2:1: error: it is not certain where to go on with 1_mixed");
    scene_says(r.err, "it runs code: nobody can tell");
    scene_says(r.err, "`merganser repair 1 --resume --from N`");
    cr_expect_str_eq(journal(&c), before);
    cr_expect_str_eq(numbers(&c), "2");
    scene_close(&c);
}

Test(repair_resume, behind_what_somebody_says_is_done)
{
    struct scene c = stopped();

    scene_run(&c, 0, "repair 1 --resume --from 3 --yes");
    cr_expect_str_eq(numbers(&c), "2 3 5");
    cr_expect_str_eq(applied(&c), "1");
    cr_expect_str_eq(journal(&c), "up partial 2, reconcile partial 2, up applied 5");
    scene_run(&c, 0, "up");
    cr_expect_str_eq(applied(&c), "1 2");
    scene_close(&c);
}

Test(repair_resume, the_statement_again_when_it_was_mended)
{
    struct scene c = stopped();

    edit(&c, UP, "s/ PERFORM 1 . 0;//");
    scene_run(&c, 4, "repair 1 --resume --yes");
    scene_run(&c, 0, "repair 1 --resume --from 2 --yes");
    cr_expect_str_eq(numbers(&c), "2 2 3 5");
    cr_expect_str_eq(applied(&c), "1");
    scene_close(&c);
}

Test(repair_resume, an_edited_part_is_done_only_where_somebody_says_so)
{
    struct scene c = stopped();

    edit(&c, UP, "s/n integer/n bigint/");
    scene_says(scene_run(&c, 0, "repair 1").out, "the script was edited since; this is about the one that ran");
    scene_run(&c, 4, "up");
    scene_run(&c, 4, "repair 1 --resume --yes");
    scene_run(&c, 0, "repair 1 --resume --from 3 --yes");
    cr_expect_str_eq(numbers(&c), "2 3 5");
    scene_close(&c);
}

Test(repair_resume, all_done_writes_the_row_alone)
{
    struct scene c = stopped();

    scene_says(scene_run(&c, 4, "repair 1 --resume --from 6").out, "all statements of 1_mixed are taken as done");
    scene_run(&c, 0, "repair 1 --resume --from 6 --yes");
    cr_expect_str_eq(numbers(&c), "2");
    cr_expect_str_eq(applied(&c), "1");
    scene_run(&c, 2, "repair 1 --resume --from 6 --yes");
    scene_close(&c);
}

Test(repair_resume, a_number_that_no_statement_has)
{
    struct scene c = stopped();
    const char *before = journal(&c);

    scene_says(scene_run(&c, 2, "repair 1 --resume --from 7 --yes").err, "the script of 1_mixed has 5 statements");
    scene_run(&c, 2, "repair 1 --resume --from 18446744073709551615 --yes");
    cr_expect_str_eq(journal(&c), before);
    scene_close(&c);
}

/* Today's script could run in one transaction: what is done of it stays counted. */
Test(repair_resume, a_script_of_another_shape)
{
    struct scene c = stopped();

    scene_shell(&c, "printf 'CREATE TABLE t (n integer);\\nINSERT INTO t VALUES (7);\\n' >" UP);
    scene_run(&c, 4, "repair 1 --resume --yes");
    scene_run(&c, 0, "repair 1 --resume --from 2 --yes");
    cr_expect_str_eq(numbers(&c), "2 7");
    cr_expect_str_eq(applied(&c), "1");
    scene_close(&c);
}

/* A row as an earlier release wrote it: it knows a count, and nothing of the statements. */
Test(repair_resume, a_journal_without_a_hash)
{
    struct scene c = stopped();

    scene_ask(&c, "UPDATE merganser.history SET done_hash = NULL, statement_begun = NULL");
    scene_run(&c, 4, "up");
    scene_says(scene_run(&c, 4, "repair 1 --resume --yes").err, "statement 2 may have run");
    scene_run(&c, 0, "repair 1 --resume --from 3 --yes");
    cr_expect_str_eq(numbers(&c), "2 3 5");
    scene_close(&c);
}

Test(repair_resume, a_statement_that_fails_again_keeps_the_count)
{
    struct scene c = stopped();

    edit(&c, UP, "s/VALUES (5)/VALUES (1 \\/ 0)/");
    scene_says(scene_run(&c, 1, "repair 1 --resume --from 3 --yes").err, "run `merganser repair 1 --resume` again");
    cr_expect_str_eq(numbers(&c), "2 3");
    edit(&c, UP, "s/VALUES (1 . 0)/VALUES (6)/");
    scene_run(&c, 0, "repair 1 --resume --yes");
    cr_expect_str_eq(numbers(&c), "2 3 6");
    scene_close(&c);
}

Test(repair_resume, a_rollback)
{
    struct scene c = stopped();

    scene_run(&c, 0, "repair 1 --resume --from 3 --yes");
    scene_run(&c, 1, "down");
    scene_says(scene_run(&c, 4, "down").err, "`merganser repair 1`");
    scene_run(&c, 4, "repair 1 --resume --yes");
    cr_expect_str_eq(applied(&c), "1");
    scene_run(&c, 0, "repair 1 --resume --from 3 --yes");
    cr_expect_str_eq(scene_ask(&c, "SELECT to_regclass('t') IS NULL"), "t");
    cr_expect_str_eq(applied(&c), "");
    scene_says(scene_run(&c, 0, "status").out, "0 applied, 2 pending");
    scene_close(&c);
}

Test(repair_resume, the_evidence_says_that_the_statement_under_way_is_done)
{
    struct scene c = scene_open("== commit One\n== file db/migrate/1_type.sql\n-- merganser: no-transaction\n"
                                "CREATE TABLE t (n integer);\nCREATE TABLE u (n integer);\nINSERT INTO t VALUES (3);\n"
                                "SELECT 1 / 0;\n",
                                true);

    scene_run(&c, 1, "up");
    /* As if the run had been cut off between a statement and its count. */
    scene_ask(&c, "UPDATE merganser.history SET outcome = 'started', error = NULL, statements_done = 1, "
                  "statement_begun = 2, done_hash = encode(sha256('CREATE TABLE t (n integer)'), 'hex')");
    scene_ask(&c, "DELETE FROM t");
    scene_says(scene_run(&c, 0, "repair 1").out, "--resume            runs what is not done, from statement 3 on");
    scene_run(&c, 1, "repair 1 --resume --yes");
    cr_expect_str_eq(numbers(&c), "3");
    scene_close(&c);
}

/* Says that it goes on from statement 3, and returns when it has shown what it will run. */
static int start_resuming(struct scene *c, const char *name)
{
    int pid = stage_start(
        &c->stage, arena_printf(c->arena, "merganser repair 1 --resume --from 3 --yes --database '%s'", c->url), name);

    stage_await(&c->stage, pid, arena_printf(c->arena, "%s.out", name), "INSERT INTO t VALUES (5)");
    return pid;
}

Test(repair_resume, two_that_say_so_at_once_run_it_once)
{
    struct scene c = stopped();
    struct postgres_session *gate = postgres_session_open(c.stage.conninfo);
    int first, second;

    /* Statement 4 waits for it. */
    postgres_session_run(gate, "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE");
    first = start_resuming(&c, "first");
    postgres_await(c.stage.conninfo, "SELECT count(*) FROM t", "2");
    second = start_resuming(&c, "second");
    postgres_session_run(gate, "COMMIT");
    cr_expect_eq(process_wait(first), 0);
    cr_expect_eq(process_wait(second), 4);
    scene_says(text_from(stage_printed(&c.stage, "second.err")), "1_mixed is not as it was looked at");
    cr_expect_str_eq(numbers(&c), "2 3 5");
    cr_expect_str_eq(journal(&c), "up partial 2, reconcile partial 2, up applied 5");
    postgres_session_close(gate);
    scene_close(&c);
}

/* ---- --undo ---- */

static struct scene undoing(void)
{
    struct scene c = stopped();

    edit(&c, DOWN, "s/CONCURRENTLY i/CONCURRENTLY IF EXISTS i/");
    scene_run(&c, 1, "repair 1 --undo --yes");
    cr_assert_str_eq(journal(&c), "up partial 1 2, down partial 1 2");
    return c;
}

Test(repair_undo, what_stopped_midway_is_seen_and_held_against)
{
    struct scene c = undoing();

    scene_says(scene_run(&c, 0, "status").out, "partial 1 of 3 statements");
    scene_says(scene_run(&c, 4, "up").err, "its down script can't run in one transaction");
    scene_run(&c, 4, "down");
    scene_says(scene_run(&c, 0, "repair 1").out, "its down script, run");
    scene_run(&c, 4, "repair 1 --undo --yes");
    scene_run(&c, 0, "repair 1 --resume --from 3 --yes");
    cr_expect_str_eq(scene_ask(&c, "SELECT to_regclass('t') IS NULL"), "t");
    scene_says(scene_run(&c, 0, "status").out, "0 applied, 2 pending, 0 missing");
    scene_close(&c);
}

Test(repair_undo, forgotten_it_is_what_its_up_script_left)
{
    struct scene c = undoing();

    scene_run(&c, 0, "repair 1 --forget --yes");
    cr_expect_str_eq(applied(&c), "");
    scene_says(scene_run(&c, 0, "repair 1").out, "its up script, run");
    scene_close(&c);
}

Test(repair_undo, marked_as_applied_nothing_of_it_is_open)
{
    struct scene c = undoing();

    scene_run(&c, 0, "repair 1 --mark-applied --yes");
    cr_expect_str_eq(applied(&c), "1");
    scene_says(scene_run(&c, 2, "repair 1").err, "did not stop midway");
    scene_close(&c);
}

Test(repair_undo, marked_as_rolled_back_it_is_pending)
{
    struct scene c = undoing();

    scene_run(&c, 0, "repair 1 --mark-rolled-back --yes");
    cr_expect_str_eq(applied(&c), "");
    scene_says(scene_run(&c, 2, "repair 1").err, "did not stop midway");
    scene_close(&c);
}
