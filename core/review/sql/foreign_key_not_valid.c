/* FOREIGN KEY that is checked while both tables are locked. */
#include "core/review/sql_rule.h"

/* A column that is added without a value has nothing to check. */
static bool has_nothing_to_check(const struct sql_look *l, const struct action *a)
{
    const struct action *column = sql_column_of(l, a);

    return column && !(column->flags & (ACTION_DEFAULT | ACTION_GENERATED | ACTION_IDENTITY));
}

static void look(struct sql_look *l, const struct action *a)
{
    const struct sql_object *table;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_CONSTRAINT || !(a->flags & ACTION_FOREIGN) ||
        (a->flags & ACTION_NOT_VALID) || sql_is_part_of_create(l, a) || has_nothing_to_check(l, a))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "the new foreign key is held against every row of %s; writes to it and to %s wait meanwhile",
                          sql_name(l, a->schema, a->name), sql_name(l, a->new_schema, a->new_name));
    if (!f)
        return;
    table = known_table(l->known, a->schema, a->name);
    if (table && (table->flags & ACTION_PARTITIONED) && l->request->server < 180000)
        sql_hint(l, f, "before PostgreSQL 18: add it NOT VALID to each partition, validate these, then add it to %s",
                 sql_name(l, a->schema, a->name));
    else
        sql_hint(l, f, "add it NOT VALID, and VALIDATE CONSTRAINT in another migration");
}

const struct rule rule_foreign_key_not_valid = {
    .text = { .name = "foreign-key-not-valid",
              .summary = "a foreign key is added without NOT VALID to a table that was there",
              .severity = SEVERITY_WARNING,
              .risk =
                  "It takes a SHARE ROW EXCLUSIVE lock on both tables, and holds it while every row is looked up in "
                  "the other table: all writes to both wait.",
              .safe = "Add it NOT VALID, which checks new rows only and is done at once, and validate it in another "
                      "migration, beside the traffic:\n\n"
                      "    ALTER TABLE orders ADD CONSTRAINT orders_user_fk\n"
                      "        FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\n\n"
                      "    ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;",
              .except =
                  "Tables that the same plan makes; a column that is added with its REFERENCES and no default, "
                  "which has nothing to check. Partitioned tables can't have one NOT VALID before PostgreSQL 18." },
    .action = look,
    .down = true,
};
