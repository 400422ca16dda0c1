/* ATTACH PARTITION that reads all rows. */
#include "core/review/sql_rule.h"

/* A CHECK that the server may take the bounds from; whether it says the same is not known. */
static bool has_check(const struct sql_object *table)
{
    for (const struct sql_object *o = table ? table->parts : NULL; o; o = o->next)
        if (!o->gone && o->kind == OBJECT_CONSTRAINT && (o->flags & ACTION_CHECK) && !(o->flags & ACTION_NOT_VALID))
            return true;
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->object != OBJECT_TABLE || a->change != CHANGE_ATTACH ||
        has_check(known_table(l->known, a->new_schema, a->new_name)))
        return;
    f = sql_find_on_table(l, a, a->new_schema, a->new_name,
                          "without a CHECK that says its bounds every row of %s is read while nobody can use it",
                          sql_name(l, a->new_schema, a->new_name));
    if (f)
        sql_hint(l, f, "add that CHECK NOT VALID, validate it, then attach");
}

const struct rule rule_attach_partition_without_check = {
    .text = { .name = "attach-partition-without-check",
              .summary = "a table that was there becomes a partition, and no CHECK says its bounds",
              .severity = SEVERITY_INFO,
              .risk =
                  "Every row is held against the bounds under an ACCESS EXCLUSIVE lock on the table; where there is "
                  "a default partition, all of its rows too.",
              .safe = "A CHECK with the same bounds, validated beside the traffic, spares that:\n\n"
                      "    ALTER TABLE events_2024 ADD CONSTRAINT bounds CHECK (at >= '2024-01-01' AND at < "
                      "'2025-01-01' AND at IS NOT NULL) NOT VALID;\n\n"
                      "    ALTER TABLE events_2024 VALIDATE CONSTRAINT bounds;\n\n"
                      "    ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01') TO "
                      "('2025-01-01');",
              .except = "Tables that the same plan makes, and those that are known to have a valid CHECK." },
    .action = look,
};
