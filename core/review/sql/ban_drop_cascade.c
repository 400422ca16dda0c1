/* DROP … CASCADE. */
#include "core/review/sql_rule.h"

/* A schema has a rule of its own, and so has TRUNCATE. */
static bool is_meant(const struct action *a)
{
    return a->verb == ACTION_DROP && (a->flags & ACTION_CASCADE) && a->object != OBJECT_SCHEMA;
}

/* A table or view, and what is part of one. */
static bool is_of_table(const struct action *a)
{
    return a->object == OBJECT_TABLE || a->object == OBJECT_VIEW || a->object == OBJECT_MATERIALIZED_VIEW ||
           a->of == OBJECT_TABLE;
}

static bool is_new(const struct sql_look *l, const struct action *a)
{
    const struct sql_object *o = a->object == OBJECT_TYPE || a->object == OBJECT_DOMAIN
                                     ? known_type(l->known, a->schema, a->name)
                                 : a->object == OBJECT_INDEX ? known_index(l->known, a->schema, a->name)
                                                             : NULL;

    return known_age(l->known, o) == SQL_NEW;
}

/* How many the statement drops so, where this is the first of them; else 0. */
static size_t count_from(const struct actions *list, const struct action *first)
{
    size_t n = 0;

    for (const struct action *a = list->at; a < list->at + list->len; a++) {
        if (!is_meant(a))
            continue;
        if (!n++ && a != first)
            return 0;
    }
    return n;
}

static void look(struct sql_look *l, const struct action *a)
{
    const char *name = a->sub ? a->sub : sql_name(l, a->schema, a->name), *more = "";
    size_t n = count_from(&l->statement->actions, a);
    struct finding *f = NULL;

    if (!n)
        return;
    if (n > 1)
        more = n == 2 ? " and one more" : " and the others";
    if (is_of_table(a))
        f = sql_find_on_table(l, a, a->schema, a->name, "whatever depends on %s%s is dropped with it", name, more);
    else if (!is_new(l, a))
        f = sql_find(l, a, "whatever depends on %s%s is dropped with it", name, more);
    if (f)
        sql_hint(l, f, "without CASCADE it fails and names what depends on it: drop that by name");
}

const struct rule rule_ban_drop_cascade = {
    .text = { .name = "ban-drop-cascade",
              .summary = "DROP … CASCADE drops what it does not name",
              .severity = SEVERITY_WARNING,
              .risk = "Views, foreign keys, functions and columns that depend on it are dropped too, on the database "
                      "where it runs: there may be some that nobody knew of when this was written.",
              .safe = "Drop by name what depends on it, first. It fails, and nothing is lost, where there is more:\n\n"
                      "    DROP VIEW active_users;\n"
                      "    ALTER TABLE users DROP COLUMN active;",
              .except = "What the same plan makes, and down scripts. Dropped schemas and TRUNCATE have rules of their "
                        "own." },
    .action = look,
};
