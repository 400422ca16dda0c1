/* Two merged branches under Drizzle's own migrator: whatever was applied before, nothing is passed over without a word,
 * and merganser applies what is missing. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/branches.h"

#define DRIZZLE "node " TESTDATA "/../tests/tools/drizzle.js \"$PG\""

static void expect_tables(struct stage *s, const char *want)
{
    cr_assert_str_eq(stage_query(s, s->postgres,
                                 "SELECT coalesce(string_agg(table_name, ' ' ORDER BY table_name), '')"
                                 " FROM information_schema.tables WHERE table_schema = 'public'"),
                     want);
}

static void empty(struct stage *s)
{
    stage_query(s, s->postgres, "DROP SCHEMA IF EXISTS drizzle CASCADE");
    stage_empty(s);
}

/* Both ways of merging give one journal; leaves the work tree at it. */
static void merge_both_ways(struct stage *s, const char *want)
{
    stage_expect(s, 0, "git switch -q -c pulled feature && git merge -q -m Merge main");
    cr_assert_str_eq(branches_entries(s, "drizzle"), want);
    stage_expect(s, 0, "git switch -q -c merged main && git merge -q -m Merge feature");
    cr_assert_str_eq(branches_entries(s, "drizzle"), want);
}

static const char all_tables[] = "0000_ant 0001_fox 0001_mole 0002_goat";

Test(merge_drizzle, nothing_or_main_was_applied)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, true);

    merge_both_ways(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox 3:302:0002_goat");
    stage_expect(&s, 0, DRIZZLE);
    expect_tables(&s, all_tables);

    empty(&s);
    stage_expect(&s, 0, "git switch -q main && " DRIZZLE " && git switch -q merged");
    expect_tables(&s, "0000_ant 0001_mole");
    stage_expect(&s, 0, DRIZZLE);
    expect_tables(&s, all_tables);
    stage_expect(&s, 0, "merganser status --exit-code --database \"$PG\"");
    stage_close(&s);
    arena_close(a);
}

/* Where the feature was tried out under its old times, Drizzle can't go on: it says so and changes nothing. merganser
 * knows what is applied. */
Test(merge_drizzle, the_feature_was_applied)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, true);

    merge_both_ways(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox 3:302:0002_goat");
    stage_expect(&s, 0, "git switch -q feature && " DRIZZLE " && git switch -q merged");
    expect_tables(&s, "0000_ant 0001_fox 0002_goat");
    stage_expect(&s, 1, DRIZZLE);
    expect_tables(&s, "0000_ant 0001_fox 0002_goat");
    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    expect_tables(&s, all_tables);
    stage_expect(&s, 0, "merganser status --exit-code --database \"$PG\"");
    stage_close(&s);
    arena_close(a);
}

Test(merge_drizzle, a_later_feature_keeps_its_times)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, true, true);

    merge_both_ways(&s, "0:100:0000_ant 1:300:0001_mole 2:400:0001_fox 3:410:0002_goat");
    stage_expect(&s, 0, "git switch -q main && " DRIZZLE " && git switch -q merged && " DRIZZLE);
    expect_tables(&s, all_tables);

    empty(&s);
    stage_expect(&s, 0, "git switch -q feature && " DRIZZLE " && git switch -q merged");
    stage_expect(&s, 0, "merganser up --database \"$PG\" && " DRIZZLE);
    expect_tables(&s, all_tables);
    stage_close(&s);
    arena_close(a);
}

Test(merge_drizzle, merganser_applies_both_on_sqlite)
{
    static const char *const first[] = { "main", "feature", "merged" };
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);
    const char *tables = "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema"
                         " WHERE type = 'table' AND name LIKE '00%' ORDER BY name)";

    stage_expect(&s, 0, "git switch -q -c merged && git merge -q -m Merge feature");
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        stage_empty(&s);
        stage_expect(&s, 0, arena_printf(a, "git switch -q %s && merganser up --database $DB", first[i]));
        stage_expect(&s, 0, "git switch -q merged && merganser up --database $DB");
        cr_expect_str_eq(stage_query(&s, s.sqlite, tables), all_tables, "%s first", first[i]);
        stage_expect(&s, 0, "merganser status --exit-code --database $DB");
        stage_expect(&s, 0, "merganser down --steps 4 --database $DB");
        cr_expect_str_eq(stage_query(&s, s.sqlite, tables), "", "%s first", first[i]);
    }
    stage_close(&s);
    arena_close(a);
}
