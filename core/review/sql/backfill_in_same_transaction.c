/* Rows changed under the lock of a statement before. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static bool fills(const struct action *a)
{
    return a->verb == ACTION_DATA && (a->change == CHANGE_UPDATE || a->change == CHANGE_DELETE ||
                                      a->change == CHANGE_MERGE || (a->flags & ACTION_QUERY));
}

/* What a statement before holds, best of the table itself. */
static const struct effect *lock_held(const struct sql_look *l, const struct action *a)
{
    const struct effect *held = NULL;

    for (const struct planned_statement *p = sql_transaction_begin(l); p < l->statement; p++) {
        const struct effect *x = sql_blocking(l, p);

        if (x && x->relation && a->name && strcmp(x->relation, a->name) == 0)
            return x;
        held = held ? held : x;
    }
    return held;
}

/* One of the same kind before: said once a transaction. */
static bool is_said(const struct sql_look *l)
{
    bool locked = false;

    for (const struct planned_statement *p = sql_transaction_begin(l); p < l->statement; p++) {
        for (size_t i = 0; i < p->actions.len && locked; i++)
            if (fills(&p->actions.at[i]) &&
                known_table_age(l->known, p->actions.at[i].schema, p->actions.at[i].name) == SQL_OLD)
                return true;
        locked = locked || sql_blocking(l, p);
    }
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    const struct effect *held;
    struct finding *f;

    if (!fills(a) || !l->statement->transactional || is_said(l))
        return;
    held = lock_held(l, a);
    if (!held)
        return;
    f = sql_find_on_table(l, a, a->schema, a->name, "%s stays locked (%s) until these rows are written",
                          sql_name(l, held->schema, held->relation), held->lock);
    if (f)
        sql_hint(l, f, "change the rows in a migration of its own, in batches");
}

const struct rule rule_backfill_in_same_transaction = {
    .text = { .name = "backfill-in-same-transaction",
              .summary = "rows are changed in the transaction that has locked a table before",
              .severity = SEVERITY_WARNING,
              .risk =
                  "The lock of an ALTER TABLE or CREATE INDEX is held until the transaction ends. What would take a "
                  "moment lasts as long as the UPDATE behind it, and nobody uses the table meanwhile.",
              .safe = "The schema first, in a transaction that is short, and the rows in a migration of their own, in "
                      "batches:\n\n"
                      "    ALTER TABLE users ADD COLUMN plan text;\n\n"
                      "    UPDATE users SET plan = 'free' WHERE plan IS NULL AND id BETWEEN 1 AND 10000;",
              .except = "Tables that the same plan makes, and scripts that run outside a transaction." },
    .action = look,
};
