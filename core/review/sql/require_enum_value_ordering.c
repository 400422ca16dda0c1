/* ALTER TYPE … ADD VALUE. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_LABEL || a->new_name)
        return;
    f = sql_find(l, a, "'%s' goes to the end of %s, where it sorts last", a->sub ? a->sub : "",
                 sql_name(l, a->schema, a->name));
    sql_hint(l, f, "say where it belongs: BEFORE or AFTER one that is there");
}

const struct rule rule_require_enum_value_ordering = {
    .text = { .name = "require-enum-value-ordering",
              .summary = "a value is added to an enum without saying where",
              .severity = SEVERITY_INFO,
              .risk = "Enum values sort in the order of their type, and compare by it. One that is added bare comes "
                      "last: ORDER BY, < and max() put it there, and it can't be moved later.",
              .safe = "Say its place:\n\n"
                      "    ALTER TYPE mood ADD VALUE 'content' AFTER 'sad';",
              .except = "Values whose order means nothing." },
    .action = look,
};
