/* CREATE INDEX that stops writes for as long as it builds. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    const struct sql_object *table;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_INDEX || (a->flags & (ACTION_CONCURRENTLY | ACTION_ONLY)))
        return;
    f = sql_find_on_table(l, a, a->new_schema, a->new_name, "writes to %s wait until the index is built",
                          sql_name(l, a->new_schema, a->new_name));
    if (!f)
        return;
    table = known_table(l->known, a->new_schema, a->new_name);
    if (table && (table->flags & ACTION_PARTITIONED))
        sql_hint(l, f, "make it ON ONLY %s, then CONCURRENTLY on each partition, and attach these to it",
                 sql_name(l, a->new_schema, a->new_name));
    else
        sql_hint(l, f,
                 "CREATE%s INDEX CONCURRENTLY, in a script of its own that begins with `-- merganser: no-transaction`",
                 a->flags & ACTION_UNIQUE ? " UNIQUE" : "");
}

const struct rule rule_require_concurrent_index = {
    .text = { .name = "require-concurrent-index",
              .summary = "an index is made without CONCURRENTLY on a table that was there",
              .severity = SEVERITY_WARNING,
              .risk =
                  "CREATE INDEX takes a SHARE lock: reading goes on, every INSERT, UPDATE and DELETE waits until the "
                  "index is built, which may be minutes on a large table.",
              .safe = "Build it beside the traffic, in a script of its own, since it can't be in a transaction:\n\n"
                      "    -- merganser: no-transaction\n"
                      "    CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
              .except = "Tables that the same plan makes, and indexes made ON ONLY a partitioned table. A partitioned "
                        "table itself can't have one made concurrently: make it ON ONLY the parent, then concurrently "
                        "on each partition, and attach these." },
    .action = look,
    .down = true,
};
