/* The frameworks' own migrators, before and after merganser on one database: neither finds anything wrong. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/stage.h"

#define TOOLS TESTDATA "/../tests/tools"

/* As capture_migration_sql leaves them: the .rb that Rails runs, the .sql that merganser runs. */
#define PAIR(version, table, class)                                                                                    \
    "== file db/migrate/" version "_create_" table ".rb\n"                                                             \
    "class " class " < ActiveRecord::Migration[6.1]\n"                                                                 \
                   "  def change\n    create_table(:" table ") { |t| t.string :name }\n  end\nend\n"                   \
                   "== file db/migrate/" version "_create_" table ".sql\n"                                             \
                   "BEGIN;\n\nCREATE TABLE \"" table "\" (\"id\" bigint PRIMARY KEY, \"name\" varchar);\n\n"           \
                   "INSERT INTO schema_migrations (version) VALUES ('" version "');\n"                                 \
                   "== file db/migrate/" version "_create_" table ".down.sql\nDROP TABLE \"" table "\";\n"

static struct process_result rails(struct stage *s, const char *url, const char *words)
{
    return stage_expect(s, 0, arena_printf(s->arena, "ruby " TOOLS "/active_record.rb '%s' %s", url, words));
}

static void merganser(struct stage *s, const char *url, const char *words)
{
    stage_expect(s, 0, arena_printf(s->arena, "merganser %s --database '%s'", words, url));
}

static void expect_versions(struct stage *s, const char *url, const char *want)
{
    cr_assert_str_eq(stage_query(s, url, "SELECT version FROM schema_migrations ORDER BY version"), want);
}

/* url is merganser's name of the database, rails_url that of ActiveRecord. */
static void share_with_rails(struct stage *s, const char *url, const char *rails_url)
{
    struct process_result r;

    /* Rails first, then merganser with the next. */
    stage_expect(s, 0, "git switch -q first");
    rails(s, rails_url, "migrate");
    merganser(s, url, "status --exit-code");
    stage_expect(s, 0, "git switch -q main");
    merganser(s, url, "up");
    r = rails(s, rails_url, "pending status protect");
    cr_assert(text_is(r.out, "up 1001\nup 1002\n"), "%.*s", (int)r.out.len, r.out.at);
    expect_versions(s, url, "1001\n1002");

    /* Either rolls back what the other applied, and applies what the other rolled back. */
    rails(s, rails_url, "rollback");
    expect_versions(s, url, "1001");
    merganser(s, url, "up");
    merganser(s, url, "down --steps 2");
    expect_versions(s, url, "");
    rails(s, rails_url, "migrate pending");
    merganser(s, url, "status --exit-code");
    merganser(s, url, "up");
    expect_versions(s, url, "1001\n1002");
}

static const char rails_story[] =
    "== commit Application\n"
    "== file config/application.rb\nmodule App\nend\n" PAIR(
        "1001", "users", "CreateUsers") "== branch first\n== git switch -q main\n"
                                        "== commit Second\n" PAIR("1002", "posts", "CreatePosts");

Test(tools, active_record_and_merganser_share_a_postgres)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(rails_story), true);

    share_with_rails(&s, s.postgres, s.postgres);
    stage_close(&s);
    arena_close(a);
}

Test(tools, active_record_and_merganser_share_a_sqlite)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(rails_story), false);

    share_with_rails(&s, s.sqlite, arena_printf(a, "sqlite3:%s/db.sqlite3", s.folder));
    stage_close(&s);
    arena_close(a);
}

Test(tools, active_record_finds_nothing_wrong_with_a_database_that_merganser_made)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(rails_story), true);

    merganser(&s, s.postgres, "up");
    rails(&s, s.postgres, "pending migrate status protect");
    merganser(&s, s.postgres, "status --exit-code");
    stage_close(&s);
    arena_close(a);
}

#define ENTRY(idx, when, tag)                                                                                          \
    "{\"idx\": " idx ", \"version\": \"7\", \"when\": " when ", \"tag\": \"" tag "\", \"breakpoints\": true}"
#define JOURNAL(entries)                                                                                               \
    "== file drizzle/meta/_journal.json\n"                                                                             \
    "{\"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [" entries "]}\n"

static const char drizzle_story[] = "== commit First\n" JOURNAL(ENTRY("0", "1704704400000", "0000_heron")) /* */
    "== file drizzle/0000_heron.sql\n"
    "CREATE TABLE \"users\" (\"id\" integer);\n--> statement-breakpoint\nCREATE TABLE \"posts\" (\"id\" integer);\n"
    "== branch first\n== git switch -q main\n"
    "== commit Second\n" JOURNAL(ENTRY("0", "1704704400000", "0000_heron") ", " ENTRY(
        "1", "1705313700000",
        "0001_kite")) "== file drizzle/0001_kite.sql\nALTER TABLE \"users\" ADD COLUMN \"name\" text;\n"
                      "== file drizzle/0001_kite.down.sql\nALTER TABLE \"users\" DROP COLUMN \"name\";\n";

static void drizzle(struct stage *s)
{
    stage_expect(s, 0, "node " TOOLS "/drizzle.js \"$PG\"");
}

static void expect_drizzle_rows(struct stage *s, const char *want)
{
    cr_assert_str_eq(stage_query(s, s->postgres, "SELECT count(*) FROM drizzle.__drizzle_migrations"), want);
}

Test(tools, drizzle_runs_first)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(drizzle_story), true);

    stage_expect(&s, 0, "git switch -q first");
    drizzle(&s);
    merganser(&s, s.postgres, "status --exit-code");
    merganser(&s, s.postgres, "up");
    stage_expect(&s, 0, "git switch -q main");
    merganser(&s, s.postgres, "up");
    drizzle(&s);
    expect_drizzle_rows(&s, "2");
    merganser(&s, s.postgres, "down");
    expect_drizzle_rows(&s, "1");
    drizzle(&s);
    expect_drizzle_rows(&s, "2");
    merganser(&s, s.postgres, "status --exit-code");
    stage_close(&s);
    arena_close(a);
}

Test(tools, drizzle_runs_after)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(drizzle_story), true);

    stage_expect(&s, 0, "git switch -q first");
    merganser(&s, s.postgres, "up");
    drizzle(&s);
    expect_drizzle_rows(&s, "1");
    stage_expect(&s, 0, "git switch -q main");
    drizzle(&s);
    expect_drizzle_rows(&s, "2");
    merganser(&s, s.postgres, "status --exit-code");
    merganser(&s, s.postgres, "up");
    expect_drizzle_rows(&s, "2");
    stage_close(&s);
    arena_close(a);
}

#define BASE ENTRY("0", "1704704400000", "0000_heron")
#define CAPS ENTRY("1", "1704704600000", "0001_caps")
#define INKS ENTRY("1", "1704704500000", "0001_inks")

static const char two_branches[] = "== commit First\n" JOURNAL(
    BASE) "== file drizzle/0000_heron.sql\nCREATE TABLE \"herons\" (\"id\" integer);\n"
          "== branch feature\n== commit Feature\n" JOURNAL(
              BASE ", " INKS) "== file drizzle/0001_inks.sql\nCREATE TABLE \"inks\" (\"id\" integer);\n"
                              "== git switch -q main\n== commit Main\n" JOURNAL(
                                  BASE
                                  ", " CAPS) "== file drizzle/0001_caps.sql\nCREATE TABLE \"caps\" (\"id\" integer);\n";

/* Merged as a person would, the branch's entry behind main's: Drizzle itself passes over it. Renumbered it runs. */
Test(tools, drizzle_runs_what_check_has_renumbered)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(two_branches), true);

    drizzle(&s);
    stage_expect(&s, 0, "git switch -q feature && (git merge -q main || true)");
    stage_expect(&s, 0,
                 "printf '%s' '{\"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [" BASE ", " CAPS
                 ", " INKS "]}' >drizzle/meta/_journal.json && git add . && git commit -qm Merge");
    drizzle(&s);
    expect_drizzle_rows(&s, "2");
    stage_expect(&s, 3, "merganser check");
    stage_expect(&s, 0, "merganser check --fix && git commit -qm Renumber && merganser check");
    drizzle(&s);
    expect_drizzle_rows(&s, "3");
    merganser(&s, s.postgres, "status --exit-code");
    stage_close(&s);
    arena_close(a);
}
