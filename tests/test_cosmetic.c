#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/cosmetic.h"
#include "tests/support/rows.h"

static const struct {
    const char *a, *b;
    bool equal;
} rows[] = {
    { "", "", true },
    { "SELECT 1;", "SELECT  1 ;\n", true },
    { "SELECT 1;", "-- why\nSELECT /* one /* in */ another */ 1;", true },
    { "SELECT 1;", "\xef\xbb\xbfSELECT 1;\r\n", true },
    { "SELECT 1;", "SELECT 2;", false },
    { "SELECT 1;", "SELECT 1", false },
    { "SELECT ab;", "SELECT a b;", false },
    { "SELECT 'a b';", "SELECT 'a  b';", false },
    { "SELECT '--x';", "SELECT '';", false },
    { "SELECT \"a b\";", "SELECT \"a  b\";", false },
    { "DO $$ a  b $$;", "DO $$ a b $$;", false },
    { "DO $x$ -- $$ $x$;", "DO  $x$ -- $$ $x$ ;", true },
    { "DO $x$ a $y$ b $x$;", "DO $x$ a $y$  b $x$;", false },
    { "SELECT $1 - -2;", "SELECT $1 --2;", false },
    { "SELECT 'it''s';", "SELECT 'it' 's';", false },
    { "/* open", "", true },
    { "SELECT 'open", "SELECT 'open ", false },
    { "SELECT 1; -- a", "SELECT 1; -- b", true },
};

RowsTest(cosmetic, equal, sizeof rows / sizeof *rows)
{
    cr_expect_eq(cosmetic_equal(text_from(rows[*row].a), text_from(rows[*row].b)), rows[*row].equal,
                 "\"%s\" and \"%s\"", rows[*row].a, rows[*row].b);
    cr_expect_eq(cosmetic_equal(text_from(rows[*row].b), text_from(rows[*row].a)), rows[*row].equal);
}
