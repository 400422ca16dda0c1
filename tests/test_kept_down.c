/* The history's copy of a down script, once the files are gone that it was made of. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/scene.h"

static const char story[] =
    "== commit All\n"
    "== file db/migrate/0_before.sql\nSELECT 1;\n"
    "== file db/migrate/1_t.sql\nCREATE TABLE t (id int);\nCREATE TABLE log (n serial, a text);\n"
    "== bytes db/migrate/1_t.down.sql\n"
    "INSERT INTO log (a) VALUES ('first');\\n"
    "  \\\\ir ../parts/one.sql\\r\\n"
    "INSERT INTO log (a) VALUES ('last'); \\\\i 'db/parts/two.sql' -- and that\\n\n"
    "== bytes db/parts/one.sql\n\\xef\\xbb\\xbfINSERT INTO log (a) VALUES ('\\\\ir no.sql');\\n"
    "\\\\ir two.sql\\nINSERT INTO log (a) VALUES ('one')\n"
    "== file db/parts/two.sql\nCOPY log (a) FROM stdin;\n\\\\i two\n\\.\nDROP TABLE IF EXISTS t;\n";

static void down_without_files(const char *down)
{
    struct scene c = scene_open(story, true);

    cr_expect_str_eq(arena_cstr(c.arena, scene_run(&c, 0, "up --fresh").err), "");
    scene_shell(&c, "git rm -rq db/parts db/migrate/1_t* && git commit -qm Gone");
    scene_says(scene_run(&c, 0, down).out, "(script from history)");
    cr_expect_str_eq(
        scene_ask(&c, "SELECT string_agg(a, ', ' ORDER BY n) || ' ' || (to_regclass('t') IS NULL) FROM log"),
        "first, \\ir no.sql, \\i two, one, last, \\i two true");
    scene_close(&c);
}

Test(kept_down, has_its_includes_written_in)
{
    down_without_files("down");
    down_without_files("down --down-from history");
}

/* What can't be had is no reason not to go up: the copy is the file then. */
Test(kept_down, lacks_a_file_that_is_not_there)
{
    struct scene c = scene_open("== commit All\n== file db/migrate/1_t.sql\nCREATE TABLE t (id int);\n"
                                "== file db/migrate/1_t.down.sql\nDROP TABLE t;\n\\ir nowhere.sql\n",
                                true);

    scene_says(scene_run(&c, 0, "up --fresh").err,
               "1_t.down.sql:2:1: warning: the history's copy of the down script lacks the files that it includes: "
               "'nowhere.sql' can't be included: there is no such file");
    cr_expect_str_eq(scene_ask(&c, "SELECT down_script FROM merganser.history"), "DROP TABLE t;\n\\ir nowhere.sql");
    scene_close(&c);
}

Test(kept_down, is_the_file_where_it_includes_none)
{
    struct scene c = scene_open("== commit All\n== file db/migrate/1_t.sql\nCREATE TABLE t (id int);\n"
                                "== file db/migrate/1_t.down.sql\nDROP TABLE t; -- \\i nothing\n",
                                true);

    scene_run(&c, 0, "up --fresh");
    cr_expect_str_eq(scene_ask(&c, "SELECT down_script FROM merganser.history"), "DROP TABLE t; -- \\i nothing");
    scene_close(&c);
}
