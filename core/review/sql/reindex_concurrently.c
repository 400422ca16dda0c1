/* REINDEX that stops writes. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;
    const struct sql_object *index;

    if (a->verb != ACTION_MAINTAIN || a->change != CHANGE_REINDEX || (a->flags & ACTION_CONCURRENTLY))
        return;
    if (a->object == OBJECT_INDEX) {
        index = known_index(l->known, a->schema, a->name);
        if (index && known_age(l->known, index->table ? index->table : index) == SQL_NEW)
            return;
    } else if (known_table_age(l->known, a->schema, a->name) == SQL_NEW) {
        return;
    }
    f = sql_find(l, a, "writes wait until %s is built anew, and so do reads that would use it",
                 a->name ? sql_name(l, a->schema, a->name) : "every index");
    if (sql_server_before(l, 120000))
        sql_hint(l, f, "before PostgreSQL 12: build a second index CONCURRENTLY, and drop this one CONCURRENTLY");
    else
        sql_hint(l, f,
                 "REINDEX … CONCURRENTLY, in a script of its own that begins with `-- merganser: no-transaction`");
}

const struct rule rule_reindex_concurrently = {
    .text = { .name = "reindex-concurrently",
              .summary = "an index is built anew without CONCURRENTLY",
              .severity = SEVERITY_WARNING,
              .risk =
                  "REINDEX stops writes to the table, and takes an ACCESS EXCLUSIVE lock on the index: queries that "
                  "would use it wait too.",
              .safe =
                  "Build it beside the traffic (PostgreSQL 12 and later), in a script of its own, since it can't be "
                  "in a transaction:\n\n"
                  "    -- merganser: no-transaction\n"
                  "    REINDEX INDEX CONCURRENTLY users_email_idx;",
              .except = "Tables that the same plan makes. It is a matter of maintenance more than of migrations." },
    .action = look,
    .down = true,
};
