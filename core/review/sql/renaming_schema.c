/* ALTER SCHEMA … RENAME. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    if (a->verb != ACTION_RENAME || a->object != OBJECT_SCHEMA || known_schema_age(l->known, a->name) == SQL_NEW)
        return;
    sql_hint(l,
             sql_find(l, a, "programs that still name %s, or have it in their search_path, fail",
                      sql_name(l, NULL, a->name)),
             "make the new schema, and move one table after the other behind views of its old name");
}

const struct rule rule_renaming_schema = {
    .text = { .name = "renaming-schema",
              .summary = "a schema is renamed that programs may use",
              .severity = SEVERITY_WARNING,
              .risk = "From that moment every program that names the schema fails, and one that has it in its "
                      "search_path finds nothing, or another table of the same name.",
              .safe = "Both names at a time: the new schema with the tables, the old one with views of them, until "
                      "nobody uses it:\n\n"
                      "    CREATE SCHEMA billing;\n"
                      "    ALTER TABLE accounting.invoices SET SCHEMA billing;\n"
                      "    CREATE VIEW accounting.invoices AS SELECT * FROM billing.invoices;",
              .except = "Schemas that the same plan makes, and down scripts." },
    .action = look,
};
