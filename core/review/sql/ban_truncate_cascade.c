/* TRUNCATE … CASCADE. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_DATA || a->change != CHANGE_TRUNCATE || !(a->flags & ACTION_CASCADE))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "every table that refers to %s is emptied too, and those that refer to them",
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "name each table that is meant, without CASCADE");
}

const struct rule rule_ban_truncate_cascade = {
    .text = { .name = "ban-truncate-cascade",
              .summary = "TRUNCATE … CASCADE empties tables that it does not name",
              .severity = SEVERITY_ERROR,
              .risk =
                  "Whatever refers to the table by a foreign key is emptied, at any distance, on the database where "
                  "it runs: there may be a table that nobody knew of when this was written.",
              .safe = "Name what is meant. It fails, and nothing is lost, where another table refers to them:\n\n"
                      "    TRUNCATE orders, order_lines;",
              .except = "Tables that the same plan makes." },
    .action = look,
    .down = true,
};
