/* plan --trace, as typed. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/stage.h"

static const char story[] = "== commit All\n"
                            "== file db/migrate/1_users.sql\nCREATE TABLE users (id int PRIMARY KEY, name text);\n"
                            "== file db/migrate/2_name.sql\nALTER TABLE users ALTER name SET NOT NULL;\n"
                            "ALTER TABLE users ALTER id TYPE bigint;\n"
                            "== file db/migrate/3_index.sql\n-- merganser: no-transaction\n"
                            "CREATE INDEX CONCURRENTLY users_name ON users (name);\n";

static struct arena *a;
static struct stage s;

static void setup(void)
{
    a = arena_open();
    s = stage_open(a, text_from(story), true);
    stage_expect(&s, 0, "merganser up --quiet --to 1 --database \"$PG\"");
    postgres_ask(a, s.conninfo, "INSERT INTO users SELECT i, i FROM generate_series(1, 100) i");
}

static void teardown(void)
{
    stage_close(&s);
    arena_close(a);
}

TestSuite(trace, .init = setup, .fini = teardown, .timeout = 180);

/* The statements' locks and what became of them, one line each. */
static const char *traced(const char *url)
{
    static const char program[] =
        "import json, sys\n"
        "for step in json.load(sys.stdin)['steps']:\n"
        "    for segment in step['segments']:\n"
        "        for one in segment['statements']:\n"
        "            print(one['observed'], one['untraced'] is not None, [(l['relation'], l['mode']) for l in "
        "one['locks']], one['rewrites'])\n";
    struct process_result r;

    scratch_write(s.folder, "show.py", text_from(program));
    r = stage_expect(&s, 0,
                     arena_printf(a, "merganser plan --database \"$PG\" --trace '%s' --json >../plan.json", url));
    r = stage_expect(&s, 0, "python3 ../show.py <../plan.json");
    return arena_cstr(a, r.out);
}

static void expect_nothing_left(void)
{
    cr_expect_str_eq(postgres_ask(a, s.conninfo,
                                  arena_printf(a,
                                               "SELECT count(*) FROM pg_database d WHERE "
                                               "shobj_description(d.oid, 'pg_database') LIKE '%% beside %s,%%'",
                                               s.database)),
                     "0");
    cr_expect_str_eq(
        postgres_ask(a, s.conninfo,
                     "SELECT string_agg(format_type(atttypid, -1) || attnotnull, ' ' ORDER BY attnum) FROM "
                     "pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"),
        "integertrue textfalse");
}

Test(trace, in_a_scratch_database)
{
    cr_expect_str_eq(traced("scratch"), "True False [('public.users', 'ACCESS EXCLUSIVE')] []\n"
                                        "True False [('public.users', 'ACCESS EXCLUSIVE')] ['public.users']\n"
                                        "False True [('users', 'SHARE UPDATE EXCLUSIVE')] []\n");
    expect_nothing_left();
}

Test(trace, in_a_copy)
{
    const char *copy = arena_printf(a, "%s_copy", s.database);

    postgres_ask(a, postgres_server(), arena_printf(a, "CREATE DATABASE %s TEMPLATE %s", copy, s.database));
    cr_expect_str_eq(traced(arena_printf(a, "%s dbname=%s", s.conninfo, copy)),
                     "True False [('public.users', 'ACCESS EXCLUSIVE')] []\n"
                     "True False [('public.users', 'ACCESS EXCLUSIVE')] ['public.users']\n"
                     "False True [('users', 'SHARE UPDATE EXCLUSIVE')] []\n");
    cr_expect_str_eq(postgres_ask(a, arena_printf(a, "%s dbname=%s", s.conninfo, copy),
                                  "SELECT count(*) FROM pg_class WHERE relname = 'users_name'"),
                     "0");
    expect_nothing_left();
    postgres_ask(a, postgres_server(), arena_printf(a, "DROP DATABASE %s", copy));
}

Test(trace, refuses_the_target)
{
    struct process_result r =
        stage_expect(&s, 4, arena_printf(a, "merganser plan --database \"$PG\" --trace '%s'", s.conninfo));
    size_t at;

    cr_expect(text_find(r.err, "is the target itself: nothing is tried in it", &at), "%.*s", (int)r.err.len, r.err.at);
    expect_nothing_left();
}
