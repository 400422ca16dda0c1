/* BEGIN, COMMIT and ROLLBACK within merganser's transaction. */
#include "core/review/sql_rule.h"

static bool ends_or_begins(const struct planned_statement *p)
{
    for (size_t i = 0; i < p->actions.len; i++) {
        const struct action *a = &p->actions.at[i];

        if (a->verb == ACTION_CONTROL &&
            (a->change == CHANGE_BEGIN || a->change == CHANGE_COMMIT || a->change == CHANGE_ROLLBACK))
            return true;
    }
    return false;
}

/* Where a script can't be one transaction merganser begins and commits in the script's stead: its own words are
 * counted, and are not among the statements. */
static bool stands_behind(const struct planned_script *s, const struct planned_statement *p)
{
    return p > s->at && p->segment != p[-1].segment && p->nth > p[-1].nth + 1;
}

/* The first one of a script: the others belong to it. */
static void look(struct sql_look *l)
{
    const struct planned_statement *p = l->script->at;
    struct finding *f;

    if (sql_asked_no_transaction(l) || !(ends_or_begins(l->statement) || stands_behind(l->script, l->statement)))
        return;
    for (; p < l->statement; p++)
        if (ends_or_begins(p) || stands_behind(l->script, p))
            return;
    f = sql_find(l, NULL,
                 "the script's own transaction control takes it apart: what stands before this stays when a later "
                 "statement fails");
    sql_hint(l, f, "take BEGIN, COMMIT and ROLLBACK out: merganser runs the script in one transaction");
}

const struct rule rule_transaction_nesting = {
    .text = { .name = "transaction-nesting",
              .summary = "a script begins or ends transactions in its middle",
              .severity = SEVERITY_WARNING,
              .risk =
                  "merganser runs a script and its version row in one transaction. A COMMIT in the middle ends that: "
                  "when a later statement fails, half of the script is there and the version is `partial`. A "
                  "ROLLBACK undoes what stands before it, and the version counts as applied all the same.",
              .safe = "Leave transactions to merganser. What has to be committed apart is a migration of its own, and "
                      "what can't be in a transaction says so at its top:\n\n"
                      "    -- merganser: no-transaction\n"
                      "    CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
              .except = "A BEGIN at the top with its COMMIT at the end, which merganser lifts out, SAVEPOINT, and "
                        "scripts that run outside a transaction anyway." },
    .statement = look,
    .down = true,
    .everywhere = true,
};
