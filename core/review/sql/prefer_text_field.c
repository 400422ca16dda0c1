/* varchar(n). */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    bool is_column = a->verb == ACTION_CREATE && a->object == OBJECT_COLUMN && a->of == OBJECT_TABLE;
    bool is_change = a->verb == ACTION_ALTER && a->change == CHANGE_TYPE;

    if ((!is_column && !is_change) || (a->flags & ACTION_TEMPORARY) || !a->type ||
        !text_starts(text_from(a->type), "character varying("))
        return;
    sql_hint(l,
             sql_find(l, a, "%s.%s has a length in its type: making it shorter later reads or writes all rows",
                      sql_name(l, a->schema, a->name), a->sub),
             "text, with CHECK (length(%s) <= …) where a limit is needed", a->sub);
}

const struct rule rule_prefer_text_field = {
    .text = { .name = "prefer-text-field",
              .summary = "a column is a varchar with a length",
              .severity = SEVERITY_INFO,
              .risk = "A length in the type saves nothing in PostgreSQL. To change it takes an ACCESS EXCLUSIVE lock, "
                      "and to make it shorter reads every row meanwhile; views on the column have to be dropped first.",
              .safe = "text, and a CHECK where a limit is meant, which can be changed NOT VALID first:\n\n"
                      "    CREATE TABLE users (name text CHECK (length(name) <= 100));",
              .except = "varchar without a length, which is text." },
    .action = look,
};
