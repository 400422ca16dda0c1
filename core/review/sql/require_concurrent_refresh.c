/* REFRESH MATERIALIZED VIEW without CONCURRENTLY. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_MAINTAIN || a->change != CHANGE_REFRESH || (a->flags & (ACTION_CONCURRENTLY | ACTION_EMPTY)))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "nobody reads %s until it is computed",
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "REFRESH MATERIALIZED VIEW CONCURRENTLY, which takes a unique index on all its rows");
}

const struct rule rule_require_concurrent_refresh = {
    .text = { .name = "require-concurrent-refresh",
              .summary = "a materialized view is refreshed without CONCURRENTLY",
              .severity = SEVERITY_WARNING,
              .risk = "The query runs under an ACCESS EXCLUSIVE lock on the view: nobody reads it until that is done.",
              .safe = "Once it has a unique index over all of its rows, it can be refreshed beside its readers:\n\n"
                      "    CREATE UNIQUE INDEX totals_day_idx ON totals (day);\n\n"
                      "    REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
              .except = "Views that the same plan makes; one that was made WITH NO DATA, whose first filling can't be "
                        "concurrent, says so with a mark." },
    .action = look,
    .down = true,
};
