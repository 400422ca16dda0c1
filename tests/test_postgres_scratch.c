/* Scratch databases beside the live one: made like it, dropped, and cleared away where a run was killed. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

TestSuite(postgres_scratch, .timeout = 120);

static const char *count(struct unit_db *b, const char *name)
{
    return unit_ask(b, arena_printf(b->arena, "SELECT count(*) FROM pg_database WHERE datname = '%s'", name));
}

static const char *name_in(struct unit_db *b, const char *url)
{
    return postgres_part(b->arena, url, "dbname");
}

Test(postgres_scratch, is_made_like_the_live_one)
{
    struct unit_db *b = unit_bare();
    const char *url, *name;
    struct db *live;

    unit_ask(b, arena_printf(b->arena,
                             "CREATE SCHEMA app; ALTER DATABASE \"%s\" SET search_path = app, public; "
                             "ALTER DATABASE \"%s\" SET timezone = 'Asia/Tokyo'",
                             postgres_part(b->arena, b->conninfo, "dbname"),
                             postgres_part(b->arena, b->conninfo, "dbname")));
    cr_assert(unit_connect(b, NULL, arena_printf(b->arena, "%s options='-c work_mem=5MB'", b->conninfo)), "%s",
              b->err.message);
    live = b->db;
    cr_assert(db_scratch_make(&url, live, b->arena, &b->err), "%s", b->err.message);
    name = name_in(b, url);
    cr_expect_str_eq(unit_ask(b, arena_printf(b->arena,
                                              "SELECT count(DISTINCT (encoding, datcollate, datctype)) || ' ' || "
                                              "count(*) FROM pg_database WHERE datname IN ('%s', current_database())",
                                              name)),
                     "1 2");
    cr_expect_str_eq(postgres_ask(b->arena, url, "SHOW search_path"), "app, public");
    cr_expect_str_eq(postgres_ask(b->arena, url, "SHOW timezone"), "Asia/Tokyo");
    cr_expect_str_eq(postgres_ask(b->arena, url, "SHOW work_mem"), "5MB");
    cr_expect(db_scratch_drop(live, url, &b->err), "%s", b->err.message);
    cr_expect_str_eq(count(b, name), "0");
    unit_close(b);
}

/* The schema of the URL's `schema` parameter comes along. */
Test(postgres_scratch, keeps_what_the_url_asks_for)
{
    struct unit_db *b = unit_bare();
    const char *url, *host = postgres_part(b->arena, b->conninfo, "host");

    cr_assert(unit_connect(b, NULL,
                           arena_printf(b->arena, "postgresql://%s@/%s?host=%s&port=%s&schema=a%%20b",
                                        postgres_part(b->arena, b->conninfo, "user"),
                                        postgres_part(b->arena, b->conninfo, "dbname"), host,
                                        postgres_part(b->arena, b->conninfo, "port"))),
              "%s", b->err.message);
    cr_assert(db_scratch_make(&url, b->db, b->arena, &b->err), "%s", b->err.message);
    cr_expect_str_eq(postgres_ask(b->arena, url, "SHOW search_path"), "\"a b\"");
    cr_expect(db_scratch_drop(b->db, url, &b->err));
    unit_close(b);
}

/* Somebody is still in it: a backend that has not noticed yet that its client is gone. */
Test(postgres_scratch, is_dropped_with_whoever_is_in_it)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct postgres_session *in;
    const char *url;

    cr_assert(db_scratch_make(&url, b->db, b->arena, &b->err), "%s", b->err.message);
    in = postgres_session_open(url);
    cr_expect(db_scratch_drop(b->db, url, &b->err), "%s", b->err.message);
    cr_expect_str_eq(count(b, name_in(b, url)), "0");
    postgres_session_close(in);
    unit_close(b);
}

Test(postgres_scratch, of_a_killed_run_is_cleared_away)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct db *dead = b->db, *alive;
    const char *left, *used, *next, *mine = arena_printf(b->arena, "merganser_scratch_of_mine_%d", getpid());

    cr_assert(db_scratch_make(&left, dead, b->arena, &b->err), "%s", b->err.message);
    cr_assert(unit_connect(b, NULL, b->conninfo));
    alive = b->db;
    cr_assert(db_scratch_make(&used, alive, b->arena, &b->err), "%s", b->err.message);
    unit_ask(b, arena_printf(b->arena, "CREATE DATABASE \"%s\"", mine));
    /* As long as its maker is connected it is in use. */
    cr_expect_str_eq(count(b, name_in(b, left)), "1");
    db_close(dead);
    postgres_await(b->conninfo, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()", "2");
    cr_assert(unit_connect(b, NULL, b->conninfo));
    cr_assert(db_scratch_make(&next, b->db, b->arena, &b->err), "%s", b->err.message);
    cr_expect_str_eq(count(b, name_in(b, left)), "0");
    cr_expect_str_eq(count(b, name_in(b, used)), "1");
    cr_expect_str_eq(count(b, mine), "1");
    cr_expect(db_scratch_drop(b->db, next, &b->err) && db_scratch_drop(alive, used, &b->err));
    unit_ask(b, arena_printf(b->arena, "DROP DATABASE \"%s\"", mine));
    db_close(alive);
    unit_close(b);
}

Test(postgres_scratch, nothing_else_is_ever_dropped)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_expect_not(db_scratch_drop(b->db, b->conninfo, &b->err));
    cr_expect_eq(b->err.kind, ERR_INTERNAL);
    cr_expect_str_eq(unit_ask(b, "SELECT 1"), "1");
    unit_close(b);
}

Test(postgres_scratch, without_the_right_says_which_one)
{
    struct unit_db *b = unit_bare();
    const char *role = arena_printf(b->arena, "poor_%d", getpid()), *url;

    unit_ask(b, arena_printf(b->arena, "CREATE ROLE %s LOGIN", role));
    cr_assert(unit_connect(b, NULL, arena_printf(b->arena, "%s user=%s", b->conninfo, role)), "%s", b->err.message);
    cr_expect_not(db_scratch_make(&url, b->db, b->arena, &b->err));
    cr_expect_str_eq(b->err.sqlstate, "42501");
    cr_expect(strstr(b->err.hint, arena_printf(b->arena, "`ALTER ROLE %s CREATEDB`", role)), "%s", b->err.hint);
    unit_ask(b, arena_printf(b->arena, "DROP ROLE %s", role));
    unit_close(b);
}
