/* DROP TABLE. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_DROP || a->object != OBJECT_TABLE || sql_name_is_taken_again(l, a) ||
        sql_was_moved_aside(l, a))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "%s is dropped with its rows, and programs that still use it fail",
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "first release a version that does not use it, then drop it");
}

const struct rule rule_dropping_table = {
    .text = { .name = "dropping-table",
              .summary = "a table is dropped that programs may use",
              .severity = SEVERITY_WARNING,
              .risk = "Its rows are gone; a down script can bring the table back, not what was in it. Programs that "
                      "still run fail wherever they name it, and with CASCADE views and foreign keys go too.",
              .safe =
                  "Drop it one release after the last one that used it. Renaming it first shows who still does, and "
                  "can be taken back:\n\n"
                  "    ALTER TABLE old_users RENAME TO old_users_unused;\n\n"
                  "    DROP TABLE old_users_unused;  -- some weeks later",
              .except =
                  "Tables that the same plan makes, temporary ones, those that the same script replaces by another of "
                  "that name, and down scripts, whose work it is." },
    .action = look,
    .everywhere = true,
};
