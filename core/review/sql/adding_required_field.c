/* ADD COLUMN … NOT NULL without a default. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    unsigned fills = ACTION_DEFAULT | ACTION_GENERATED | ACTION_IDENTITY;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_COLUMN || !(a->flags & ACTION_NOT_NULL) ||
        (a->flags & (fills | ACTION_WITHIN)))
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
              .except =
                  "Tables that the same plan makes, and columns that fill themselves: identity, generated, serial." },
    .action = look,
    .everywhere = true,
};
