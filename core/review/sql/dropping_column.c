/* DROP COLUMN. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_DROP || a->object != OBJECT_COLUMN ||
        known_column_age(l->known, a->schema, a->name, a->sub) == SQL_NEW)
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "%s.%s is dropped with its values, and programs that still use it fail",
                          sql_name(l, a->schema, a->name), a->sub);
    if (f)
        sql_hint(l, f, "first release a version that does not use it, then drop it");
}

const struct rule rule_dropping_column = {
    .text = { .name = "dropping-column",
              .summary = "a column is dropped that programs may use",
              .severity = SEVERITY_WARNING,
              .risk = "Its values are gone; a down script can bring the column back, not what was in it. Programs that "
                      "still run fail wherever they name it, and some that do not: Rails and other ORMs keep the list "
                      "of columns they have read at their start.",
              .safe = "Drop it one release after the last one that used it (in Rails: that named it in "
                      "`ignored_columns`):\n\n"
                      "    ALTER TABLE users DROP COLUMN nickname;",
              .except = "Columns and tables that the same plan makes. Down scripts, whose work it is. Say that nothing "
                        "uses it any more: `-- merganser: ignore dropping-column unused since 2.4`." },
    .action = look,
    .everywhere = true,
};
