/* Constraints of domains. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb == ACTION_CREATE && a->object == OBJECT_DOMAIN && (a->flags & (ACTION_CHECK | ACTION_NOT_NULL))) {
        f = sql_find(l, a, "the domain %s has a constraint, which can't be changed beside the traffic later",
                     sql_name(l, a->schema, a->name));
        f->severity = f->severity > SEVERITY_INFO ? SEVERITY_INFO : f->severity;
        sql_hint(l, f, "a plain type, with a CHECK on each column");
        return;
    }
    if (!(a->verb == ACTION_CREATE && a->object == OBJECT_CONSTRAINT && a->of == OBJECT_DOMAIN) &&
        !(a->verb == ACTION_ALTER && a->object == OBJECT_DOMAIN && a->change == CHANGE_SET_NOT_NULL))
        return;
    if ((a->flags & ACTION_NOT_VALID) || known_age(l->known, known_type(l->known, a->schema, a->name)) == SQL_NEW)
        return;
    f = sql_find(l, a, "every column of the domain %s is read, in all tables, while writes to them wait",
                 sql_name(l, a->schema, a->name));
    sql_hint(l, f, "add it NOT VALID, and VALIDATE CONSTRAINT in another migration");
}

const struct rule rule_domain_with_constraint = {
    .text = { .name = "domain-with-constraint",
              .summary = "a domain has a constraint, or gets one",
              .severity = SEVERITY_WARNING,
              .risk = "A constraint that is added to a domain is held against every row of every table that uses it, "
                      "under SHARE locks on all of them: writes wait. One that a domain is made with can only be "
                      "changed that way later (that alone is told as information).",
              .safe = "Add it NOT VALID, which checks new values only, and validate it in another migration:\n\n"
                      "    ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;\n\n"
                      "    ALTER DOMAIN email VALIDATE CONSTRAINT has_at;\n\n"
                      "Or no domain: a CHECK on the columns.",
              .except = "Domains that the same plan makes, for what is added to them." },
    .action = look,
};
