/* ALTER TABLE … SET LOGGED and its like. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static const struct {
    enum action_change change;
    const char *words;
} changes[] = {
    { CHANGE_SET_LOGGED, "SET LOGGED" },
    { CHANGE_SET_UNLOGGED, "SET UNLOGGED" },
    { CHANGE_TABLESPACE, "SET TABLESPACE" },
    { CHANGE_ACCESS_METHOD, "SET ACCESS METHOD" },
};

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_ALTER || (a->object != OBJECT_TABLE && a->object != OBJECT_MATERIALIZED_VIEW))
        return;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (changes[i].change != a->change)
            continue;
        f = sql_find_on_table(l, a, a->schema, a->name, "%s copies all of %s while nobody can use it", changes[i].words,
                              sql_name(l, a->schema, a->name));
        if (f)
            sql_hint(l, f, "do it when nobody uses the table, or copy it beside the traffic and swap the names");
    }
}

const struct rule rule_rewriting_table = {
    .text = { .name = "rewriting-table",
              .summary = "a table is copied whole: SET LOGGED, SET UNLOGGED, SET TABLESPACE, SET ACCESS METHOD",
              .severity = SEVERITY_WARNING,
              .risk =
                  "All rows, and mostly the indexes, are written to new files under an ACCESS EXCLUSIVE lock: nobody "
                  "reads or writes the table until that is done. SET LOGGED sends all of it to the replicas; a table "
                  "that is UNLOGGED is empty after a crash.",
              .safe = "Make a table as it is to be, fill it in batches, and swap the names in a short transaction:\n\n"
                      "    CREATE TABLE events_new (LIKE events INCLUDING ALL) TABLESPACE fast;\n\n"
                      "    ALTER TABLE events RENAME TO events_old;\n"
                      "    ALTER TABLE events_new RENAME TO events;",
              .except = "Tables that the same plan makes." },
    .action = look,
    .down = true,
};
