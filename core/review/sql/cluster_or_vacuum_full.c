/* CLUSTER and VACUUM FULL. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    const char *words = a->change == CHANGE_CLUSTER ? "CLUSTER" : "VACUUM FULL";
    struct finding *f;

    if (a->verb != ACTION_MAINTAIN || (a->change != CHANGE_CLUSTER && a->change != CHANGE_VACUUM_FULL))
        return;
    f = a->name ? sql_find_on_table(l, a, a->schema, a->name, "%s writes all of %s anew while nobody can use it", words,
                                    sql_name(l, a->schema, a->name))
                : sql_find(l, NULL, "%s writes one table after the other anew while nobody can use it", words);
    if (f)
        sql_hint(l, f, "VACUUM without FULL, or pg_repack beside the traffic");
}

const struct rule rule_cluster_or_vacuum_full = {
    .text = { .name = "cluster-or-vacuum-full",
              .summary = "CLUSTER or VACUUM FULL",
              .severity = SEVERITY_WARNING,
              .risk =
                  "The table and its indexes are written anew under an ACCESS EXCLUSIVE lock, and take their size on "
                  "disk twice: nobody reads or writes the table until that is done.",
              .safe = "Plain VACUUM makes the room usable again, beside the traffic. To give it back to the disk, "
                      "pg_repack and pg_squeeze copy beside the traffic too:\n\n"
                      "    pg_repack --table events app",
              .except = "Tables that the same plan makes." },
    .action = look,
    .down = true,
};
