/* DETACH PARTITION without CONCURRENTLY. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->object != OBJECT_TABLE || a->change != CHANGE_DETACH ||
        (a->flags & ACTION_CONCURRENTLY) || sql_server_before(l, 140000))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "nobody uses %s, with all its partitions, while %s is detached",
                          sql_name(l, a->schema, a->name), sql_name(l, a->new_schema, a->new_name));
    if (f)
        sql_hint(l, f,
                 "DETACH PARTITION … CONCURRENTLY, in a script of its own that begins with `-- merganser: "
                 "no-transaction`");
}

const struct rule rule_require_concurrent_partition_detach = {
    .text = { .name = "require-concurrent-partition-detach",
              .summary = "a partition is detached without CONCURRENTLY",
              .severity = SEVERITY_WARNING,
              .risk =
                  "It takes an ACCESS EXCLUSIVE lock on the partitioned table, which waits for every query that runs "
                  "on it, and everybody else waits behind it.",
              .safe = "From PostgreSQL 14 on, in a script of its own, since it can't be in a transaction:\n\n"
                      "    -- merganser: no-transaction\n"
                      "    ALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;",
              .except = "Tables that the same plan makes, servers before PostgreSQL 14, and DETACH … FINALIZE." },
    .action = look,
};
