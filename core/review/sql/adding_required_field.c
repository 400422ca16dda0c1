/* ADD COLUMN … NOT NULL without a default. */
#include "core/review/sql_rule.h"

/* An earlier statement of the transaction has taken all rows out. */
static bool is_emptied(const struct sql_look *l, const struct action *a)
{
    const struct sql_object *table = known_table(l->known, a->schema, a->name);
    bool empty = false;

    for (const struct planned_statement *p = sql_transaction_begin(l); p < l->statement; p++)
        for (size_t i = 0; i < p->actions.len; i++) {
            const struct action *before = &p->actions.at[i];

            if (before->verb == ACTION_DATA && table == known_table(l->known, before->schema, before->name))
                empty = before->change == CHANGE_TRUNCATE ||
                        (before->change == CHANGE_DELETE && !(before->flags & ACTION_FILTERED));
        }
    return empty && table;
}

static void look(struct sql_look *l, const struct action *a)
{
    unsigned fills = ACTION_DEFAULT | ACTION_GENERATED | ACTION_IDENTITY;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_COLUMN || !(a->flags & ACTION_NOT_NULL) ||
        (a->flags & (fills | ACTION_WITHIN)) || is_emptied(l, a))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "%s.%s is NOT NULL and has no default: it fails if %s has any row",
                          sql_name(l, a->schema, a->name), a->sub, sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "add it with a DEFAULT, or without NOT NULL, fill it, and set NOT NULL later");
}

const struct rule rule_adding_required_field = {
    .text = { .name = "adding-required-field",
              .summary = "a column is added as NOT NULL without a default",
              .severity = SEVERITY_ERROR,
              .risk = "On a table with rows the statement fails: there is nothing to put into them. On an empty one it "
                      "works, and an application of before that inserts without the column fails from then on.",
              .safe = "Give a constant default, which rewrites nothing from PostgreSQL 11 on:\n\n"
                      "    ALTER TABLE users ADD COLUMN active boolean NOT NULL DEFAULT true;\n\n"
                      "Or add it without NOT NULL, fill it, and set NOT NULL in a later migration.",
              .except = "Tables that the same plan makes or empties before in the same transaction, and columns that "
                        "fill themselves: identity, generated, serial." },
    .action = look,
    .everywhere = true,
};
