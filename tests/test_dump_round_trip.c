/* dump → load → the same schema, and the same dump: of schemas with something of every kind. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/schema.h"
#include "tests/support/stage.h"

static const char story[] = "== commit Create zebras\n"
                            "== file db/migrate/20240101000000_create_zebras.sql\nCREATE TABLE zebras (id integer);\n"
                            "== file db/migrate/9_create_apes.sql\nCREATE TABLE apes (id integer);\n";

static void run(struct stage *s, const char *line, const char *first, const char *second)
{
    stage_expect(s, 0, arena_printf(s->arena, "FIRST='%s' SECOND='%s'; %s", first, second, line));
}

static const char up[] = "merganser up --fresh --quiet --database \"$FIRST\"";
static const char load[] = "merganser dump --quiet --database \"$FIRST\" && "
                           "merganser load --quiet --database \"$SECOND\"";
static const char same[] = "merganser dump - --database \"$SECOND\" | diff - db/structure.sql";

Test(dump_round_trip, postgres)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(story), true);
    const char *second = postgres_make(a), *third = postgres_make(a);
    const struct schema_wanted all = { 0 };
    struct schema before, after;

    stage_expect(&s, 0, "psql -qXv ON_ERROR_STOP=1 -f " TESTDATA "/schema/everything.sql \"$PG\" >../everything.out");
    run(&s, up, s.conninfo, second);
    run(&s, load, s.conninfo, second);
    /* PostgreSQL itself prints varchar = ANY (ARRAY[…]) in another way once it has read what it printed. */
    run(&s, load, second, third);
    run(&s, same, second, third);
    before = schema_of(s.conninfo, NULL, &all, a);
    after = schema_of(third, NULL, &all, a);
    cr_expect_gt(before.len, 100);
    schema_assert_same(&before, &after, a);
    postgres_drop(second);
    postgres_drop(third);
    stage_close(&s);
    arena_close(a);
}

Test(dump_round_trip, sqlite)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(story), false);
    const char *second = arena_printf(a, "sqlite:%s/second.sqlite3", s.folder);
    const struct schema_wanted all = { 0 };
    struct schema before, after;

    stage_expect(&s, 0, "sqlite3 ../db.sqlite3 <" TESTDATA "/schema/everything.sqlite.sql");
    run(&s, up, s.sqlite, second);
    run(&s, load, s.sqlite, second);
    run(&s, same, s.sqlite, second);
    before = schema_of(s.sqlite, NULL, &all, a);
    after = schema_of(second, NULL, &all, a);
    cr_expect_gt(before.len, 10);
    schema_assert_same(&before, &after, a);
    stage_close(&s);
    arena_close(a);
}

/* Hundreds of versions; a file of more than a megabyte is read in pieces when it is loaded. */
Test(dump_round_trip, of_a_huge_schema)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, text_from(story), true);
    const char *second = postgres_make(a);

    postgres_ask(
        a, s.conninfo,
        "DO $$ BEGIN FOR i IN 1..60 LOOP EXECUTE format('CREATE TABLE t%s (id bigint NOT NULL, name text, "
        "note varchar(20) DEFAULT %L); COMMENT ON TABLE t%1$s IS %L', i, i, repeat('words ', 3500)); END LOOP; END "
        "$$; CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY);"
        "INSERT INTO schema_migrations SELECT i FROM generate_series(1000, 1229) i");
    run(&s, up, s.conninfo, second);
    run(&s, load, s.conninfo, second);
    run(&s, same, s.conninfo, second);
    cr_expect_str_eq(postgres_ask(a, second, "SELECT count(*) FROM merganser.history WHERE direction = 'baseline'"),
                     "232");
    postgres_drop(second);
    stage_close(&s);
    arena_close(a);
}
