/* Expressions as the server prints them once it has read its own print. */
#include "dialects/postgres/schema.h"
#include "tests/support/rows.h"

static const struct {
    const char *printed, *settled;
} rows[] = {
    { "", "" },
    { "(v = 'a'::text)", "(v = 'a'::text)" },
    { "((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
      "((v)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))" },
    { "(v = ANY ((ARRAY['a'::text])::character varying(5)[]))",
      "(v = ANY (ARRAY[('a'::text)::character varying(5)]))" },
    { "x (ARRAY[f(a, b), ('], )'::text || \"c,]\")])::app.\"T\"[] y",
      "x ARRAY[(f(a, b))::app.\"T\", (('], )'::text || \"c,]\"))::app.\"T\"] y" },
    { "((ARRAY[ARRAY[v, w], ARRAY['y'::text, z]])::text[] <> '{}'::text[])",
      "(ARRAY[ARRAY[(v)::text, (w)::text], ARRAY[('y'::text)::text, (z)::text]] <> '{}'::text[])" },
    { "(ARRAY[]::text[])", "(ARRAY[]::text[])" },
    { "(ARRAY['a'::text, 'b'::text])", "(ARRAY['a'::text, 'b'::text])" },
    { "(ARRAY[a])[1]", "(ARRAY[a])[1]" },
    { "(ARRAY[a])::integer", "(ARRAY[a])::integer" },
    { "('(ARRAY[''a''])::text[]'::text, \"(ARRAY[a])::text[]\")",
      "('(ARRAY[''a''])::text[]'::text, \"(ARRAY[a])::text[]\")" },
    { "FROM ( VALUES (1), (2)) t", "FROM (VALUES (1), (2)) t" },
    { "'( VALUES '::text", "'( VALUES '::text" },
    { "(ARRAY['not closed", "(ARRAY['not closed" },
    { "(ARRAY[a", "(ARRAY[a" },
};

RowsTest(postgres_schema_text, settled, sizeof rows / sizeof *rows)
{
    struct arena *a = arena_open();
    const char *settled = schema_settled(rows[*row].printed, a);

    cr_assert_str_eq(settled, rows[*row].settled, "%s", settled);
    cr_assert_str_eq(schema_settled(settled, a), settled, "again: %s", schema_settled(settled, a));
    arena_close(a);
}
