/* ADD CONSTRAINT … EXCLUDE. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_CONSTRAINT || !(a->flags & ACTION_EXCLUDE) ||
        (a->flags & ACTION_WITHIN))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "nobody can use %s while its index is built and every row is checked",
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "do it when nobody uses the table, or on a copy whose name is swapped: it can't be NOT VALID");
}

const struct rule rule_adding_exclusion_constraint = {
    .text = { .name = "adding-exclusion-constraint",
              .summary = "an exclusion constraint is added to a table that was there",
              .severity = SEVERITY_ERROR,
              .risk =
                  "Its index is built, and every row held against it, under an ACCESS EXCLUSIVE lock: nobody reads or "
                  "writes the table until that is done. There is neither NOT VALID nor USING INDEX for it.",
              .safe = "Make it with the table, or with a copy that is filled in batches and swapped in:\n\n"
                      "    CREATE TABLE bookings_new (LIKE bookings INCLUDING ALL,\n"
                      "        EXCLUDE USING gist (room WITH =, during WITH &&));\n\n"
                      "    ALTER TABLE bookings RENAME TO bookings_old;\n"
                      "    ALTER TABLE bookings_new RENAME TO bookings;",
              .except = "Tables that the same plan makes, and down scripts." },
    .action = look,
};
