/* DROP DATABASE. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    if (a->verb == ACTION_DROP && a->object == OBJECT_DATABASE)
        sql_hint(l, sql_find(l, a, "the database %s is dropped with all that is in it", sql_name(l, NULL, a->name)),
                 "let a person do that, by hand");
}

const struct rule rule_ban_drop_database = {
    .text = { .name = "ban-drop-database",
              .summary = "a database is dropped",
              .severity = SEVERITY_ERROR,
              .risk =
                  "Everything in it is gone, and the migration runs on every server that the repository is deployed "
                  "to.",
              .safe = "Not in a migration: drop it by hand, behind a backup.\n\n"
                      "    dropdb --interactive old_reports",
              .except = "None." },
    .action = look,
    .down = true,
};
