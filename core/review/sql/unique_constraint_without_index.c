/* UNIQUE or PRIMARY KEY that builds its index while nobody can use the table. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    unsigned indexed = ACTION_UNIQUE | ACTION_PRIMARY;
    bool primary = a->flags & ACTION_PRIMARY;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_CONSTRAINT || !(a->flags & indexed) ||
        (a->flags & ACTION_USING_INDEX) || sql_is_part_of_create(l, a))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "nobody can use %s until the index of the %s is built",
                          sql_name(l, a->schema, a->name), primary ? "primary key" : "constraint");
    if (f)
        sql_hint(
            l, f,
            "build it with CREATE UNIQUE INDEX CONCURRENTLY in a script of its own, then ADD CONSTRAINT … %s USING "
            "INDEX",
            primary ? "PRIMARY KEY" : "UNIQUE");
}

const struct rule rule_unique_constraint_without_index = {
    .text = { .name = "unique-constraint-without-index",
              .summary = "a UNIQUE or PRIMARY KEY is added without USING INDEX to a table that was there",
              .severity = SEVERITY_WARNING,
              .risk = "It holds an ACCESS EXCLUSIVE lock while its index is built: nobody reads or writes the table, "
                      "which may be minutes on a large one. It fails where two rows are alike.",
              .safe =
                  "Build the index beside the traffic, in a script of its own, and make the constraint of it in the "
                  "next one:\n\n"
                  "    -- merganser: no-transaction\n"
                  "    CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n\n"
                  "    ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;",
              .except = "Tables that the same plan makes; small tables. Partitioned tables can't use an index that is "
                        "there." },
    .action = look,
    .down = true,
};
