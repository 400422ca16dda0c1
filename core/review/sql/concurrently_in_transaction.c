/* CONCURRENTLY and transactions do not go together. */
#include "core/review/sql_rule.h"

/* The others do their work in one transaction. */
static bool needs_none(const struct action *a)
{
    if (!(a->flags & ACTION_CONCURRENTLY))
        return false;
    return a->object == OBJECT_INDEX || a->change == CHANGE_REINDEX || a->change == CHANGE_DETACH;
}

/* One of them is enough to say so. */
static bool is_first(const struct sql_look *l)
{
    for (const struct planned_statement *p = l->script->at; p < l->statement; p++)
        for (size_t i = 0; i < p->actions.len; i++)
            if (needs_none(&p->actions.at[i]))
                return false;
    return true;
}

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (!needs_none(a))
        return;
    if (l->statement->transactional) {
        f = sql_find(l, a, "CONCURRENTLY is refused inside a transaction, and the script begins one before it");
        sql_hint(l, f, "take the script's BEGIN and COMMIT out");
    } else if (!sql_asked_no_transaction(l) && l->script->len > 1 && is_first(l)) {
        f = sql_find(
            l, a,
            "CONCURRENTLY takes the script out of its transaction: what is done stays when a later statement fails");
        f->severity = f->severity == SEVERITY_ERROR ? SEVERITY_WARNING : f->severity;
        sql_hint(l, f, "put it into a script of its own, with `-- merganser: no-transaction` at its top");
    }
}

const struct rule rule_concurrently_in_transaction = {
    .text = { .name = "concurrently-in-transaction",
              .summary = "CONCURRENTLY stands in a transaction, or takes a script out of its own unasked",
              .severity = SEVERITY_ERROR,
              .risk = "PostgreSQL refuses CREATE INDEX, DROP INDEX, REINDEX and DETACH PARTITION with CONCURRENTLY "
                      "inside a transaction. Between the script's own BEGIN and COMMIT it fails. Elsewhere merganser "
                      "runs the script outside a transaction, and what stands before it stays when it fails (a "
                      "warning).",
              .safe = "A script of its own, which says that it is meant:\n\n"
                      "    -- merganser: no-transaction\n"
                      "    CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
              .except = "A script with nothing else in it, or with the mark: it runs outside a transaction anyway." },
    .action = look,
    .down = true,
};
