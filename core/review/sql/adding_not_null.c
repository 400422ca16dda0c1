/* SET NOT NULL that reads every row under the strongest lock. */
#include "core/review/sql_rule.h"

static bool is_known_already(struct sql_look *l, const struct action *a)
{
    const struct sql_object *column = known_column(l->known, a->schema, a->name, a->sub);

    return (column && (column->flags & ACTION_NOT_NULL) && !column->perhaps) ||
           (!sql_server_before(l, 120000) && known_not_null(l->known, a->schema, a->name, a->sub));
}

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->object != OBJECT_COLUMN || a->change != CHANGE_SET_NOT_NULL ||
        is_known_already(l, a))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "setting %s.%s NOT NULL reads every row, and nobody can use the table meanwhile",
                          sql_name(l, a->schema, a->name), a->sub);
    if (!f)
        return;
    if (sql_server_before(l, 120000))
        sql_hint(l, f, "before PostgreSQL 12 there is no way around it: a valid CHECK (%s IS NOT NULL) does as well",
                 a->sub);
    else
        sql_hint(l, f, "first a CHECK (%s IS NOT NULL) NOT VALID, then VALIDATE it in another migration, then this",
                 a->sub);
}

const struct rule rule_adding_not_null = {
    .text = { .name = "adding-not-null",
              .summary = "a column that was there is set to NOT NULL, which reads the whole table",
              .severity = SEVERITY_WARNING,
              .risk =
                  "SET NOT NULL holds an ACCESS EXCLUSIVE lock while it reads every row: nobody reads or writes the "
                  "table until it is done. It fails where one row has a NULL.",
              .safe = "Let a constraint that was validated beside the traffic prove it (PostgreSQL 12 and later), in "
                      "three migrations:\n\n"
                      "    ALTER TABLE users ADD CONSTRAINT users_email_null CHECK (email IS NOT NULL) NOT VALID;\n\n"
                      "    ALTER TABLE users VALIDATE CONSTRAINT users_email_null;\n\n"
                      "    ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n"
                      "    ALTER TABLE users DROP CONSTRAINT users_email_null;",
              .except = "Tables that the same plan makes; columns that a valid CHECK of these migrations keeps from "
                        "being NULL; small tables." },
    .action = look,
    .down = true,
};
