/* RENAME COLUMN, which no program survives that uses the column. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_RENAME || a->object != OBJECT_COLUMN ||
        known_column_age(l->known, a->schema, a->name, a->sub) == SQL_NEW)
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "programs that still use %s.%s fail once it is called %s",
                          sql_name(l, a->schema, a->name), a->sub, a->new_name);
    if (f)
        sql_hint(l, f, "add %s beside it, write both, and drop %s when nothing reads it", a->new_name, a->sub);
}

const struct rule rule_renaming_column = {
    .text = { .name = "renaming-column",
              .summary = "a column is renamed that programs may use",
              .severity = SEVERITY_WARNING,
              .risk =
                  "Between the migration and the last restart of the application one of the two has the wrong name: "
                  "every statement with the other one fails. Views and functions written as text may break too.",
              .safe = "Add the new column, write both, move the rows over, read the new one, and drop the old one in a "
                      "later release:\n\n"
                      "    ALTER TABLE users ADD COLUMN full_name text;\n\n"
                      "    UPDATE users SET full_name = name WHERE full_name IS NULL;  -- in batches\n\n"
                      "    ALTER TABLE users DROP COLUMN name;",
              .except = "Tables and columns that the same plan makes; a column that no deployed program uses." },
    .action = look,
    .everywhere = true,
};
