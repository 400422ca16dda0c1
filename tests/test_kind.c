#include <criterion/criterion.h>

#include "core/base/text.h"
#include "dialects/kind.h"
#include "tests/support/rows.h"

static const struct {
    const char *statement;
    bool schema, data;
} rows[] = {
    { "CREATE TABLE a (id int)", true, false },
    { "alter table a add b int", true, false },
    { "INSERT INTO a VALUES (1)", false, true },
    { "with x as (select 1) delete from a", false, true },
    { "SELECT 1", false, false },
    { "SET search_path = x", false, false },
    { "DO $$ BEGIN END $$", true, true },
    { "", false, false },
    { "creates", false, false },
    { "TRUNCATE a", false, true },
};

RowsTest(kind, of_a_statement, sizeof rows / sizeof *rows)
{
    struct script_facts facts = { 0 };

    kind_add(&facts, text_from(rows[*row].statement));
    cr_expect_eq(facts.changes_schema, rows[*row].schema, "%s", rows[*row].statement);
    cr_expect_eq(facts.changes_data, rows[*row].data, "%s", rows[*row].statement);
}
