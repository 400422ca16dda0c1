/* check --roundtrip and the scratch databases of the verbs, as typed. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/stage.h"

TestSuite(roundtrip, .timeout = 180);

static const char story[] = "== commit All\n"
                            "== file db/migrate/1_users.sql\nCREATE TABLE users (id int PRIMARY KEY, name text);\n"
                            "== file db/migrate/1_users.down.sql\nDROP TABLE users;\n"
                            "== file db/migrate/2_city.sql\nALTER TABLE users ADD COLUMN city text;\n"
                            "CREATE TABLE towns (id int);\n"
                            "== file db/migrate/2_city.down.sql\nALTER TABLE users DROP COLUMN city;\n"
                            "== file db/migrate/3_posts.sql\nCREATE TABLE posts (id int);\n"
                            "== file db/migrate/3_posts.down.sql\n\nDROP TABLE post;\n"
                            "== file db/migrate/4_last.sql\nALTER TABLE posts ADD COLUMN a int;\n"
                            "== file db/migrate/4_last.down.sql\nALTER TABLE posts DROP COLUMN a;\n";

static struct arena *a;
static struct stage s;

static void begin(const char *text)
{
    a = arena_open();
    s = stage_open(a, text_from(text), true);
}

static void end(void)
{
    stage_close(&s);
    arena_close(a);
}

/* Beside this test's database; other tests make some too. */
static const char *scratch_databases(void)
{
    return arena_printf(a,
                        "FROM pg_database d WHERE pg_catalog.shobj_description(d.oid, 'pg_database') LIKE "
                        "'scratch database of merganser beside %s,%%'",
                        s.database);
}

static void expect_no_scratch_database(void)
{
    cr_expect_str_eq(postgres_ask(a, s.conninfo, arena_printf(a, "SELECT count(*) %s", scratch_databases())), "0");
}

static bool says(struct text out, const char *words)
{
    size_t at;

    return text_find(out, words, &at);
}

static void expect_findings(const char *line, const char *table, const char *no_table)
{
    struct process_result r = stage_expect(&s, 3, line);

    cr_expect(says(r.out, "2_city.down.sql:1:1: error: it does not undo its up script; left behind: table "), "%.*s",
              (int)r.out.len, r.out.at);
    cr_expect(says(r.out, table), "%.*s", (int)r.out.len, r.out.at);
    cr_expect(
        says(r.out, arena_printf(a, "3_posts.down.sql:2:1: error: it fails behind its own up script: %s", no_table)),
        "%.*s", (int)r.out.len, r.out.at);
    cr_expect(says(r.out, "2 errors"), "%.*s", (int)r.out.len, r.out.at);
}

/* A down script that leaves a table stops its up script the second time: the rest is tried on a new database. */
Test(roundtrip, finds_what_is_not_undone)
{
    begin(story);
    expect_findings("merganser check --all --roundtrip --database \"$PG\"", "public.towns",
                    "table \"post\" does not exist [42P01]");
    stage_expect(&s, 0, "mkdir ../tmp");
    expect_findings("TMPDIR=$(cd ../tmp && pwd) merganser check --all --roundtrip --database \"$DB\"", "towns",
                    "no such table: post");
    stage_expect(&s, 0, "rmdir ../tmp");
    cr_expect_str_eq(postgres_ask(a, s.conninfo, "SELECT count(*) FROM pg_class WHERE oid >= 16384"), "0");
    expect_no_scratch_database();
    cr_expect_not(scratch_read(a, s.sqlite + strlen("sqlite:")).at);
    end();
}

Test(roundtrip, looks_at_what_the_branch_brings)
{
    begin(story);
    stage_expect(&s, 0,
                 "git checkout -q -b more && printf 'CREATE VIEW v AS SELECT 1 AS one;' > db/migrate/5_v.sql && "
                 "printf 'DROP VIEW v;' > db/migrate/5_v.down.sql && git add -A && git commit -q -m more");
    stage_expect(&s, 0, "merganser check --base main --roundtrip --database \"$PG\"");
    stage_expect(&s, 0, "printf 'SELECT 1;' > db/migrate/5_v.down.sql");
    stage_expect(&s, 3, "merganser check --base main --roundtrip --database \"$PG\"");
    stage_expect(&s, 0,
                 "printf -- '-- merganser: ignore down-does-not-undo the view stays\\nCREATE VIEW v AS SELECT 1 "
                 "AS one;' > db/migrate/5_v.sql");
    stage_expect(&s, 0, "merganser check --base main --roundtrip --database \"$PG\"");
    end();
}

/* Nothing else says which statements these are. */
Test(roundtrip, an_up_script_that_fails_has_its_place)
{
    struct process_result r;

    begin(story);
    stage_expect(&s, 0, "printf 'CREATE TABLE a (id int);\\nALTER TABLE b ADD c int;\\n' > db/migrate/5_b.sql");
    r = stage_expect(&s, 1, "merganser check --all --roundtrip --database \"$PG\"");
    cr_expect(says(r.err, "db/migrate/5_b.sql:2:1: error: relation \"b\" does not exist [42P01]"), "%.*s",
              (int)r.err.len, r.err.at);
    cr_expect(says(r.err, "that was in a scratch database, which is dropped; nothing else was touched"), "%.*s",
              (int)r.err.len, r.err.at);
    expect_no_scratch_database();
    end();
}

/* $PG is the address of the loopback, conninfo the server's socket. */
Test(roundtrip, refuses_the_target_itself)
{
    struct process_result r;

    begin(story);
    r = stage_expect(
        &s, 4, arena_printf(a, "merganser check --all --roundtrip --database \"$PG\" --scratch '%s'", s.conninfo));
    cr_expect(says(r.err, "is the target itself: nothing is tried in it"), "%.*s", (int)r.err.len, r.err.at);
    stage_expect(&s, 0, "sqlite3 \"${DB#sqlite:}\" 'CREATE TABLE t (id int)' && ln \"${DB#sqlite:}\" ../other.sqlite3");
    r = stage_expect(&s, 4, "merganser check --all --roundtrip --database \"$DB\" --scratch sqlite:../other.sqlite3");
    cr_expect(says(r.err, "is the target itself"), "%.*s", (int)r.err.len, r.err.at);
    r = stage_expect(&s, 2, "merganser check --all --roundtrip --database \"$PG\" --scratch sqlite:../x.sqlite3");
    cr_expect(says(r.err, "is of sqlite, the target of postgres"), "%.*s", (int)r.err.len, r.err.at);
    end();
}

Test(roundtrip, refuses_what_is_not_empty)
{
    struct process_result r;

    begin(story);
    postgres_ask(a, s.conninfo, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    r = stage_expect(&s, 4, "env -u PG merganser check --all --roundtrip --scratch \"$PG\"");
    cr_expect(says(r.err, "is not empty: it has the function public.f()"), "%.*s", (int)r.err.len, r.err.at);
    postgres_ask(a, s.conninfo, "DROP FUNCTION f()");
    /* What one run made is in the way of the next. */
    stage_expect(&s, 3, "merganser check --all --roundtrip --scratch \"$PG\"");
    r = stage_expect(&s, 4, "merganser check --all --roundtrip --scratch \"$PG\"");
    cr_expect(says(r.err, "is not empty: it has the table "), "%.*s", (int)r.err.len, r.err.at);
    end();
}

Test(roundtrip, a_role_that_may_make_nothing_is_told_what_it_lacks)
{
    const char *role;
    struct process_result r;

    begin(story);
    role = arena_printf(a, "poor_%s", s.database);
    postgres_ask(a, s.conninfo, arena_printf(a, "CREATE ROLE \"%s\" LOGIN", role));
    r = stage_expect(&s, 1,
                     arena_printf(a, "merganser check --all --roundtrip --scratch '%s user=%s'", s.conninfo, role));
    cr_expect(says(r.err, arena_printf(a, "`GRANT ALL ON DATABASE %s TO %s; ", s.database, role)), "%.*s",
              (int)r.err.len, r.err.at);
    r = stage_expect(&s, 1,
                     arena_printf(a, "merganser check --all --roundtrip --database '%s user=%s'", s.conninfo, role));
    cr_expect(says(r.err, arena_printf(a, "`ALTER ROLE %s CREATEDB`", role)), "%.*s", (int)r.err.len, r.err.at);
    postgres_ask(a, s.conninfo, arena_printf(a, "DROP ROLE \"%s\"", role));
    end();
}

static const char slow[] = "== commit All\n"
                           "== file db/migrate/1_slow.sql\nCREATE TABLE a (id int);\nSELECT pg_sleep(600);\n"
                           "== file db/migrate/1_slow.down.sql\nDROP TABLE a;\n";

/* Wherever a signal comes, the scratch database goes. */
Test(roundtrip, a_signal_leaves_no_scratch_database)
{
    static const struct {
        int number, code;
    } kinds[] = { { SIGINT, 130 }, { SIGTERM, 143 } };

    begin(slow);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int pid = stage_start(&s, "merganser check --all --roundtrip --database \"$PG\"", "check");

        postgres_await(s.conninfo,
                       arena_printf(a,
                                    "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND "
                                    "state = 'active' AND datid IN (SELECT d.oid %s)",
                                    scratch_databases()),
                       "t");
        kill(pid, kinds[i].number);
        cr_expect_eq(process_wait(pid), kinds[i].code, "%s", stage_printed(&s, "check.err"));
        expect_no_scratch_database();
    }
    end();
}
