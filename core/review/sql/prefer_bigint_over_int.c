/* Primary keys that run out. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static bool is_small(const char *type)
{
    return type && (strcmp(type, "integer") == 0 || strcmp(type, "smallint") == 0);
}

/* A constraint of the statement on just this column. */
static bool has_constraint(const struct actions *list, const struct action *column, unsigned kind)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct action *c = &list->at[i];

        if (c->verb == ACTION_CREATE && c->object == OBJECT_CONSTRAINT && (c->flags & kind) && c->columns &&
            strcmp(c->columns, column->sub) == 0)
            return true;
    }
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    const struct actions *list = &l->statement->actions;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_COLUMN || a->of != OBJECT_TABLE || !is_small(a->type) ||
        (a->flags & ACTION_TEMPORARY) || !has_constraint(list, a, ACTION_PRIMARY))
        return;
    /* It is as wide as what it refers to. */
    if (has_constraint(list, a, ACTION_FOREIGN))
        return;
    f = sql_find(l, a, "the primary key %s.%s is %s, which ends at %s", sql_name(l, a->schema, a->name), a->sub,
                 a->type, a->type[0] == 's' ? "32767" : "2147483647");
    sql_hint(l, f, "make it bigint: 4 bytes a row more, and nothing to change later");
}

const struct rule rule_prefer_bigint_over_int = {
    .text = { .name = "prefer-bigint-over-int",
              .summary = "a primary key is an integer of 2 or 4 bytes",
              .severity = SEVERITY_WARNING,
              .risk =
                  "2147483647 is reached sooner than thought, since rolled back inserts and ON CONFLICT use numbers "
                  "up too. From then on every INSERT fails, and the way to bigint writes the whole table anew, and "
                  "every table that refers to it.",
              .safe = "Begin with bigint:\n\n"
                      "    CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
              .except = "Keys of several columns, and keys that are foreign keys too: these are as wide as what they "
                        "refer to. A small table of codes may say so with a mark." },
    .action = look,
};
