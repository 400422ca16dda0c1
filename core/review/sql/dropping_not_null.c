/* DROP NOT NULL: readers have never seen a NULL there. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->object != OBJECT_COLUMN || a->change != CHANGE_DROP_NOT_NULL ||
        known_column_age(l->known, a->schema, a->name, a->sub) == SQL_NEW)
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "%s.%s may be NULL from now on, and programs that read it have never seen that",
                          sql_name(l, a->schema, a->name), a->sub);
    if (f)
        sql_hint(l, f, "release a version that reads NULL before one that writes it");
}

const struct rule rule_dropping_not_null = {
    .text = { .name = "dropping-not-null",
              .summary = "a column may hold NULL from now on",
              .severity = SEVERITY_INFO,
              .risk = "The statement itself is quick. What reads the column was written for values: the first NULL "
                      "breaks clients that are not ready for it, and comparisons with it are neither true nor false. "
                      "It can't be taken back once a NULL is there.",
              .safe = "Release a version that can read NULL first, then drop the constraint, then write NULL:\n\n"
                      "    ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
              .except = "Tables and columns that the same plan makes, and down scripts." },
    .action = look,
    .everywhere = true,
};
