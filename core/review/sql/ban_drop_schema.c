/* DROP SCHEMA. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_DROP || a->object != OBJECT_SCHEMA || known_schema_age(l->known, a->name) == SQL_NEW)
        return;
    f = sql_find(l, a, "the schema %s is dropped%s", sql_name(l, NULL, a->name),
                 a->flags & ACTION_CASCADE ? " with all that is in it" : "");
    sql_hint(l, f, "rename it first, and drop it when nobody missed it");
}

const struct rule rule_ban_drop_schema = {
    .text = { .name = "ban-drop-schema",
              .summary = "a schema is dropped that was there",
              .severity = SEVERITY_WARNING,
              .risk = "With CASCADE everything in it is gone, what nobody thought of too; programs that still name it "
                      "fail.",
              .safe = "Move it out of the way for a while, which can be taken back:\n\n"
                      "    ALTER SCHEMA reports RENAME TO reports_unused;\n\n"
                      "    DROP SCHEMA reports_unused;  -- a later release; without CASCADE: it has to be empty",
              .except = "Schemas that the same plan makes, and down scripts." },
    .action = look,
};
