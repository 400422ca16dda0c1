/* ALTER TABLE … RENAME TO, which no program survives that uses the table. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    bool moves = a->verb == ACTION_MOVE;
    struct finding *f;

    if ((a->verb != ACTION_RENAME && !moves) || a->object != OBJECT_TABLE || (!moves && sql_name_is_taken_again(l, a)))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "programs that still use %s fail once it is %s %s",
                          sql_name(l, a->schema, a->name), moves ? "in the schema" : "called", a->new_name);
    if (f && moves)
        sql_hint(l, f, "make a view of the old name in the same script, or put %s into the search_path first",
                 a->new_name);
    else if (f)
        sql_hint(l, f, "make a view of the old name in the same script, and drop it when nothing uses it");
}

const struct rule rule_renaming_table = {
    .text = { .name = "renaming-table",
              .summary = "a table is renamed, or moved to another schema, that programs may use",
              .severity = SEVERITY_WARNING,
              .risk =
                  "Between the migration and the last restart of the application one of the two has the wrong name: "
                  "every statement with the other one fails.",
              .safe =
                  "Leave a view behind in the same transaction, which reads and writes as the table did, and drop it "
                  "in a later release:\n\n"
                  "    ALTER TABLE users RENAME TO people;\n"
                  "    CREATE VIEW users AS SELECT * FROM people;",
              .except =
                  "Tables that the same plan makes, and those whose name a view or another table has at the script's "
                  "end; a table that no deployed program uses." },
    .action = look,
    .everywhere = true,
};
