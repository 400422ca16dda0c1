/* VALIDATE CONSTRAINT while the lock of adding it is still held. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    const struct sql_object *constraint;
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->change != CHANGE_VALIDATE)
        return;
    constraint = known_constraint(l->known, a->schema, a->name, a->sub);
    if (!constraint || !(constraint->flags & ACTION_NOT_VALID) || !constraint->statement ||
        !sql_same_transaction(l, constraint))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "every row of %s is checked under the lock that adding %s in line %d took",
                          sql_name(l, a->schema, a->name), a->sub, constraint->statement->at.line);
    if (f)
        sql_hint(l, f, "validate it in another migration");
}

const struct rule rule_validate_in_same_transaction = {
    .text = { .name = "validate-in-same-transaction",
              .summary = "a constraint is validated in the transaction that adds it",
              .severity = SEVERITY_WARNING,
              .risk =
                  "Adding the constraint takes a lock that stops writes (a foreign key) or everybody (a CHECK), and "
                  "keeps it until the transaction ends: NOT VALID has gained nothing.",
              .safe = "Validate it in another migration:\n\n"
                      "    ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;\n\n"
                      "    ALTER TABLE orders VALIDATE CONSTRAINT orders_total;",
              .except = "Tables that the same plan makes; a script without a transaction." },
    .action = look,
    .down = true,
};
