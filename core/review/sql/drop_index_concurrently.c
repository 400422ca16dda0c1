/* DROP INDEX that stops everybody. */
#include "core/review/sql_rule.h"

static bool is_new(const struct sql_look *l, const struct sql_object *index)
{
    return known_age(l->known, index) == SQL_NEW || (index && known_age(l->known, index->table) == SQL_NEW);
}

static void look(struct sql_look *l, const struct action *a)
{
    const struct sql_object *index = NULL;
    struct finding *f;

    if (a->verb != ACTION_DROP || a->object != OBJECT_INDEX || (a->flags & ACTION_CONCURRENTLY))
        return;
    index = known_index(l->known, a->schema, a->name);
    if (is_new(l, index))
        return;
    f = sql_find(l, a, "reads and writes of %s wait behind it, and it waits behind the longest of them",
                 index && index->table ? index->table->name : "its table");
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
              .except = "Indexes and tables that the same plan makes. The index of a constraint goes with DROP "
                        "CONSTRAINT only." },
    .action = look,
    .down = true,
};
