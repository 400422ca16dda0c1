/* CONCURRENTLY on PostgreSQL 14.0 to 14.3. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    int server = l->request->server;
    bool builds = (a->verb == ACTION_CREATE && a->object == OBJECT_INDEX) || a->change == CHANGE_REINDEX;

    if (!builds || !(a->flags & ACTION_CONCURRENTLY) || server < 140000 || server >= 140004)
        return;
    sql_hint(l, sql_find(l, a, "on PostgreSQL 14.%d an index that is built concurrently may lack rows", server % 10000),
             "update the server to 14.4 or newer first");
}

const struct rule rule_concurrent_index_corruption = {
    .text = { .name = "concurrent-index-corruption",
              .summary = "an index is built concurrently on PostgreSQL 14.0 to 14.3",
              .severity = SEVERITY_ERROR,
              .risk =
                  "In these versions CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY may leave out rows that are "
                  "written meanwhile: queries silently do not find them.",
              .safe = "Update the server to 14.4 or newer, then build it, and build anew what was built before:\n\n"
                      "    -- merganser: no-transaction\n"
                      "    REINDEX INDEX CONCURRENTLY users_email_idx;",
              .except = "Every other version; and where the server is not known, which is so without `--pending`." },
    .action = look,
    .down = true,
};
