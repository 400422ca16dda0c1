/* CHECK that is checked while the table is locked. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_CONSTRAINT || !(a->flags & ACTION_CHECK) ||
        (a->flags & ACTION_NOT_VALID) || sql_is_part_of_create(l, a) ||
        (a->of == OBJECT_DOMAIN && known_age(l->known, known_type(l->known, a->schema, a->name)) == SQL_NEW))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "the new CHECK is held against every row of %s, and nobody can use it meanwhile",
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "add it NOT VALID, and VALIDATE CONSTRAINT in another migration");
}

const struct rule rule_check_not_valid = {
    .text = { .name = "check-not-valid",
              .summary = "a CHECK is added without NOT VALID to a table that was there",
              .severity = SEVERITY_WARNING,
              .risk =
                  "It holds an ACCESS EXCLUSIVE lock while every row is read: nobody reads or writes the table until "
                  "it is done.",
              .safe = "Add it NOT VALID, which checks new rows only and is done at once, and validate it in another "
                      "migration, beside the traffic:\n\n"
                      "    ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;\n\n"
                      "    ALTER TABLE orders VALIDATE CONSTRAINT orders_total;",
              .except = "Tables and domains that the same plan makes; small tables." },
    .action = look,
    .down = true,
};
