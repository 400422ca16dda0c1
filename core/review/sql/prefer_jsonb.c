/* json. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    bool is_column = a->verb == ACTION_CREATE && a->object == OBJECT_COLUMN && a->of == OBJECT_TABLE;
    bool is_change = a->verb == ACTION_ALTER && a->change == CHANGE_TYPE;

    if ((!is_column && !is_change) || (a->flags & ACTION_TEMPORARY) || !a->type ||
        (strcmp(a->type, "json") != 0 && strcmp(a->type, "json[]") != 0))
        return;
    sql_hint(l,
             sql_find(l, a, "%s.%s is json, which has no equality: SELECT DISTINCT, GROUP BY and UNION fail on it",
                      sql_name(l, a->schema, a->name), a->sub),
             "jsonb");
}

const struct rule rule_prefer_jsonb = {
    .text = { .name = "prefer-jsonb",
              .summary = "a column is json instead of jsonb",
              .severity = SEVERITY_WARNING,
              .risk = "json has no equality: SELECT DISTINCT, GROUP BY and UNION over a row with it fail, in queries "
                      "that worked before the column was there. It is text that is parsed again at every access, and "
                      "no index looks into it.",
              .safe = "jsonb:\n\n"
                      "    ALTER TABLE users ADD COLUMN settings jsonb;",
              .except = "Documents whose white space, order of keys or repeated keys have to stay as they came." },
    .action = look,
};
