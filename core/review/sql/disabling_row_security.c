/* DISABLE ROW LEVEL SECURITY. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->change != CHANGE_NO_ROW_SECURITY)
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "whoever may read %s reads all of its rows from now on",
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "change the policies instead, or say in a mark why nobody needs them");
}

const struct rule rule_disabling_row_security = {
    .text = { .name = "disabling-row-security",
              .summary = "row level security of a table is switched off",
              .severity = SEVERITY_WARNING,
              .risk =
                  "Its policies hold no longer: every role with rights on the table sees and changes the rows of all "
                  "tenants.",
              .safe = "Change the policy that is in the way:\n\n"
                      "    ALTER POLICY tenant ON orders USING (tenant_id = current_setting('app.tenant')::bigint);",
              .except = "Tables that the same plan makes, and down scripts." },
    .action = look,
};
