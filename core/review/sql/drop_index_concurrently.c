/* DROP INDEX that stops everybody. */
#include "core/review/sql_rule.h"

static bool is_new(const struct sql_look *l, const struct sql_object *index)
{
    return known_age(l->known, index) == SQL_NEW || (index && known_age(l->known, index->table) == SQL_NEW);
}

/* Of several that one statement drops, the first one says it. */
static bool is_said(struct sql_look *l, const struct action *a)
{
    for (const struct action *before = l->statement->actions.at; before < a; before++)
        if (!is_new(l, known_index(l->known, before->schema, before->name)))
            return true;
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    const struct sql_object *index;
    struct finding *f;

    if (a->verb != ACTION_DROP || a->object != OBJECT_INDEX || (a->flags & ACTION_CONCURRENTLY))
        return;
    index = known_index(l->known, a->schema, a->name);
    if (is_new(l, index) || is_said(l, a))
        return;
    f = sql_find(l, a, "it waits for every statement that uses %s, and every later one waits behind it",
                 index && index->table ? index->table->name : "the index's table");
    sql_hint(l, f, "DROP INDEX CONCURRENTLY, in a script of its own that begins with `-- merganser: no-transaction`");
}

const struct rule rule_drop_index_concurrently = {
    .text = { .name = "drop-index-concurrently",
              .summary = "an index is dropped without CONCURRENTLY",
              .severity = SEVERITY_WARNING,
              .risk =
                  "DROP INDEX needs an ACCESS EXCLUSIVE lock on the index's table. It is quick once it has it; while "
                  "it waits behind one long query, every other statement waits behind it.",
              .safe = "Drop it beside the traffic, in a script of its own, since it can't be in a transaction:\n\n"
                      "    -- merganser: no-transaction\n"
                      "    DROP INDEX CONCURRENTLY users_email_idx;",
              .except = "Indexes and tables that the same plan makes, and down scripts. The index of a constraint goes "
                        "with DROP CONSTRAINT only." },
    .action = look,
};
