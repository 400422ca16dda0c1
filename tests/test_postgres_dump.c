/* What pg_dump writes, rows and all, is a migration like any other. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/scratch.h"

/* Without what merganser itself has made. The key is fixed, so that two dumps can be equal. */
static const char *dump(struct arena *a, const char *conninfo)
{
    const char *command = arena_printf(a, "pg_dump --restrict-key=same -T schema_migrations -T history '%s'", conninfo);
    struct buf out = buf_open(a, SIZE_MAX / 2);
    char piece[4096];
    FILE *from = popen(command, "r");
    size_t len;

    cr_assert(from);
    while ((len = fread(piece, 1, sizeof piece, from)) > 0)
        buf_add(&out, piece, len);
    cr_assert_eq(pclose(from), 0, "%s", command);
    return buf_cstr(&out);
}

Test(postgres_dump, is_a_migration)
{
    struct unit_db *b = unit_open(NULL, NULL);
    const char *source = postgres_make(b->arena), *dumped;

    postgres_ask(b->arena, source, arena_cstr(b->arena, scratch_read(b->arena, TESTDATA "/dump/source.sql")));
    dumped = dump(b->arena, source);
    cr_assert(strstr(dumped, "\nCOPY ") && strstr(dumped, "\n\\restrict ") && strstr(dumped, "'search_path', ''"));
    cr_assert(unit_up(b, "1", dumped), "%s: %s", unit_error(b), b->err.message);
    cr_expect_eq(b->facts.shape, SCRIPT_ATOMIC);
    cr_expect_str_eq(dump(b->arena, b->conninfo), dumped);
    cr_expect_str_eq(unit_ledger(b), "1");
    /* The dump's settings are not the next one's. */
    cr_assert(unit_up(b, "2", "CREATE TABLE next (id int)"), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM public.next"), "0");
    cr_expect_str_eq(unit_ledger(b), "1 2");
    postgres_drop(source);
    unit_close(b);
}

/* A row that the table refuses is placed, and nothing of the dump remains. */
Test(postgres_dump, fails_as_a_whole)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert_not(unit_up(b, "1",
                          "SELECT pg_catalog.set_config('search_path', '', false);\n"
                          "CREATE TABLE public.a (id int);\nCOPY public.a FROM stdin;\n1\nx\n\\.\n"));
    cr_expect_str_eq(unit_error(b), "m.sql:5:1 script-failed 22P02");
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('public.a') IS NULL"), "t");
    cr_expect_str_eq(unit_ledger(b), "");
    unit_close(b);
}
