/* Scripts above 1 MB that are not one transaction: where they stop, what is kept, and how they go on. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/rows.h"
#include "tests/support/scene.h"

#define LARGE "db/migrate/1_large.sql"

enum { HALF = 9000 }; /* rows, of about 0.9 MB */

static struct scene c;

static void setup(void)
{
    c = scene_open("== commit Nothing\n== file db/migrate/README\nhere\n", true);
}

static void teardown(void)
{
    scene_close(&c);
}

TestSuite(large_segments, .init = setup, .fini = teardown, .timeout = 300);

static void add_rows(struct buf *out, int first, int n)
{
    for (int i = first; i < first + n; i++)
        buf_printf(out,
                   "INSERT INTO t VALUES (%d, 'größer; -- \"%d\" and ''more'' of what makes a line a good deal longer "
                   "than it would have to be');\n",
                   i, i);
}

/* Line 1 is first's, rows stand in lines 2 to HALF + 1, then lines of middle, as many rows, and lines of last. */
static void write_large(const char *first, const char *middle, const char *last)
{
    struct buf sql = buf_open(c.arena, SIZE_MAX / 2);

    buf_printf(&sql, "%sCREATE TABLE t (id bigint PRIMARY KEY, a text);\n", first);
    add_rows(&sql, 1, HALF);
    buf_string(&sql, middle);
    add_rows(&sql, HALF + 1, HALF);
    buf_string(&sql, last);
    scratch_write(c.stage.repository, LARGE, buf_content(&sql));
}

static const char *rows(void)
{
    return scene_ask(&c, "SELECT count(*) || ' ' || (SELECT count(*) FROM schema_migrations) FROM t");
}

/* What stands in the middle, and what is kept where the statement behind the last row fails. The failing line counts
 * from the first one behind middle's. */
static const struct {
    const char *first, *middle;
    int lines, kept;
    const char *says;
} middles[] = {
    { "", "CREATE INDEX CONCURRENTLY t_a ON t (id, a);\n", 1, HALF, "statements 1 to 9002 of 18005" },
    { "", "VACUUM t;\nVACUUM t;\n", 2, HALF, "statements 1 to 9003 of 18006" },
    { "BEGIN; ", "COMMIT;\nBEGIN;\n", 2, HALF, "statements 1 to 9001 of 18004" },
    { "", "VACUUM t;\nBEGIN;\nDELETE FROM t;\nROLLBACK;\n", 4, HALF, "statements 1 to 9005 of 18008" },
    { "CREATE TYPE k AS ENUM ('a'); ", "ALTER TYPE k ADD VALUE 'b';\nSELECT 'b'::k;\n", 2, HALF,
      "statements 1 to 9003 of 18007" },
    { "-- merganser: no-transaction\n", "", 1, 2 * HALF, "statements 1 to 18001 of 18004" },
    { "-- merganser: no-transaction\n", "BEGIN;\nCOPY t FROM stdin;\n-1\tx\n\\.\nROLLBACK;\n", 6, 2 * HALF,
      "statements 1 to 18004 of 18007" },
};

ParameterizedTestParameters(large_segments, stop_and_go_on)
{
    return rows_numbered(sizeof middles / sizeof *middles);
}

ParameterizedTest(size_t *row, large_segments, stop_and_go_on)
{
    int line = 2 * HALF + 2 + middles[*row].lines;
    const char *fails = "  SELECT 1/0;\nCOPY t FROM stdin;\n40000\tz\n\\.\nSELECT 1;\n";
    struct text said;

    write_large(middles[*row].first, middles[*row].middle, fails);
    said = scene_run(&c, 1, "up --fresh").err;
    scene_says(said, arena_printf(c.arena, LARGE ":%d:3: error: division by zero [22012]", line));
    scene_says(said, middles[*row].says);
    cr_assert_str_eq(rows(), arena_printf(c.arena, "%d 0", middles[*row].kept));
    scene_says(scene_run(&c, 0, "status").out,
               arena_printf(c.arena, "partial %s", middles[*row].says + strlen("statements 1 to ")));

    /* Nothing of it may be another one now. */
    scene_shell(&c, "cp " LARGE " kept.sql && sed -i '0,/good/s//bad/' " LARGE);
    scene_says(scene_run(&c, 4, "up").err, "have run, and they were edited since");
    cr_assert_str_eq(rows(), arena_printf(c.arena, "%d 0", middles[*row].kept));

    /* A bad row, then none. */
    scene_shell(&c, "sed 's,1/0,1/1,; s/^40000\\t/x&/' kept.sql > " LARGE);
    scene_says(scene_run(&c, 1, "up").err, arena_printf(c.arena, LARGE ":%d:1: error: invalid input", line + 2));
    scene_shell(&c, "sed 's,1/0,1/1,' kept.sql > " LARGE);
    scene_says(scene_run(&c, 0, "up").err, "goes on with statement");
    cr_expect_str_eq(rows(), arena_printf(c.arena, "%d 1", 2 * HALF + 1));
    scene_says(scene_run(&c, 0, "up").out, "up to date");
}

/* What the first segment has set holds in the second, also where that is another run's. */
Test(large_segments, settings_hold_over_a_stop)
{
    const char *said = "INSERT INTO t VALUES (0, current_setting('application_name'));\n";

    write_large("SET application_name = 'said_once';\n", "VACUUM t;\n", arena_printf(c.arena, "SELECT 1/0;\n%s", said));
    scene_run(&c, 1, "up --fresh");
    scene_shell(&c, "sed -i 's,1/0,1/1,' " LARGE);
    scene_run(&c, 0, "up");
    cr_expect_str_eq(scene_ask(&c, "SELECT a FROM t WHERE id = 0"), "said_once");
}

/* The run is killed while its second transaction is under way, behind all the rows. */
Test(large_segments, a_killed_run_goes_on)
{
    struct postgres_session *gate = postgres_gate_close(c.stage.conninfo);
    int pid;

    write_large("", "CREATE INDEX CONCURRENTLY t_a ON t (id, a);\n", "LOCK TABLE gate;\n");
    scratch_write(c.stage.repository, "merganser.yml", TEXT("timeouts: {lock: 0}\n"));
    pid = stage_start(&c.stage, "merganser up --fresh --database \"$PG\"", "up");
    postgres_gate_await(c.stage.conninfo);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    process_wait(pid);
    scene_ask(&c,
              "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND "
              "application_name LIKE 'merganser%'");
    postgres_session_close(gate);
    cr_expect_str_eq(rows(), arena_printf(c.arena, "%d 0", HALF));
    scene_says(scene_run(&c, 0, "up").err, arena_printf(c.arena, "goes on with statement %d", HALF + 3));
    cr_expect_str_eq(rows(), arena_printf(c.arena, "%d 1", 2 * HALF));
}

/* A part that was done as a small script is the same in one that has grown large. */
Test(large_segments, a_small_script_may_grow)
{
    struct buf sql = buf_open(c.arena, SIZE_MAX / 2);

    buf_string(&sql, "CREATE TABLE t (id bigint PRIMARY KEY, a text);\nCOPY t FROM stdin;\n");
    for (int i = -1; i > -20000; i--)
        buf_printf(&sql, "%d\tmore than one block\n", i);
    buf_string(&sql, "\\.\nVACUUM t;\n");
    scratch_write(c.stage.repository, LARGE, text_from(arena_printf(c.arena, "%sSELECT 1/0;\n", buf_cstr(&sql))));
    scene_run(&c, 1, "up --fresh");
    add_rows(&sql, 1, 2 * HALF);
    scratch_write(c.stage.repository, LARGE, buf_content(&sql));
    scene_says(scene_run(&c, 0, "up").err, "goes on with statement 4");
    cr_expect_str_eq(rows(), arena_printf(c.arena, "%d 1", 2 * HALF + 19999));
}

static long peak_of(int copies)
{
    scene_shell(&c, arena_printf(c.arena,
                                 "{ echo 'CREATE TABLE t (id bigint, a text);'; for i in $(seq %d); do cat lines; echo "
                                 "'VACUUM t;'; done; } > " LARGE,
                                 copies));
    return stage_peak_of_up(&c.stage, "--fresh");
}

Test(large_segments, memory_does_not_grow_with_the_script)
{
    struct buf lines = buf_open(c.arena, SIZE_MAX / 2);
    long small;

    add_rows(&lines, 1, 6000);
    scratch_write(c.stage.repository, "lines", buf_content(&lines));
    small = peak_of(3);
    stage_empty(&c.stage);
    cr_expect_leq(peak_of(20), small + 10, "%ld MiB for the small one", small);
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM t"), "120000");
}
