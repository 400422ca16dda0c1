/* serial. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_COLUMN || !(a->flags & ACTION_SERIAL) ||
        sql_server_before(l, 100000))
        return;
    f = sql_find(l, a, "%s.%s is a serial, not an identity column", sql_name(l, a->schema, a->name), a->sub);
    sql_hint(l, f, "%s %s GENERATED ALWAYS AS IDENTITY", a->sub, a->type ? a->type : "bigint");
}

const struct rule rule_prefer_identity = {
    .text = { .name = "prefer-identity",
              .summary = "a column is a serial instead of an identity column",
              .severity = SEVERITY_INFO,
              .risk = "The sequence of a serial has rights of its own that have to be granted, may be dropped apart "
                      "from its default, and is shared by a table made LIKE it; a value that is inserted by hand "
                      "collides later.",
              .safe = "The SQL standard's way, from PostgreSQL 10 on:\n\n"
                      "    CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
              .except = "Servers before PostgreSQL 10. Rails and Diesel write bigserial: `prefer-identity: off` in "
                        "merganser.yml where that is meant." },
    .action = look,
};
