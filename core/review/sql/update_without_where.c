/* UPDATE and DELETE of every row. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    const char *table = sql_name(l, a->schema, a->name);
    bool deletes = a->change == CHANGE_DELETE;
    struct finding *f;

    if (a->verb != ACTION_DATA || (a->change != CHANGE_UPDATE && !deletes) || (a->flags & ACTION_FILTERED))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          deletes ? "without WHERE every row of %s is deleted"
                                  : "without WHERE every row of %s is written and locked until the transaction ends",
                          table);
    if (f)
        sql_hint(l, f,
                 deletes ? "say which: WHERE …, or TRUNCATE %s where all are meant"
                         : "fill %s in batches, or say that all are meant: WHERE true",
                 table);
}

const struct rule rule_update_without_where = {
    .text = { .name = "update-without-where",
              .summary = "UPDATE or DELETE without WHERE",
              .severity = SEVERITY_WARNING,
              .risk = "It may be forgotten, and then every row is changed or gone. Where it is meant, all rows stay "
                      "locked until the transaction ends, the table doubles in size, and replicas fall behind.",
              .safe = "In batches, in a migration of its own:\n\n"
                      "    UPDATE users SET plan = 'free' WHERE plan IS NULL AND id BETWEEN 1 AND 10000;\n\n"
                      "Or say that every row is meant, where there are few: WHERE true.",
              .except = "Tables that the same plan makes." },
    .action = look,
    .everywhere = true,
};
