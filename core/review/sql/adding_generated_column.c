/* ADD COLUMN … GENERATED ALWAYS AS (…) STORED. */
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_COLUMN || !(a->flags & ACTION_GENERATED) ||
        (a->flags & ACTION_WITHIN))
        return;
    f = sql_find_on_table(l, a, a->schema, a->name,
                          "%s is computed for every row: all of %s is written anew while nobody can use it", a->sub,
                          sql_name(l, a->schema, a->name));
    if (f)
        sql_hint(l, f, "add a plain column that a trigger keeps, and fill the old rows in batches");
}

const struct rule rule_adding_generated_column = {
    .text = { .name = "adding-generated-column",
              .summary = "a stored generated column is added to a table that was there",
              .severity = SEVERITY_ERROR,
              .risk =
                  "The value is computed and stored for every row: the whole table and its indexes are written anew "
                  "under an ACCESS EXCLUSIVE lock, and nobody reads or writes it until that is done.",
              .safe =
                  "A plain column that a trigger keeps, filled in batches behind it; or an index on the expression, "
                  "where it is only looked for; or a view that computes it:\n\n"
                  "    ALTER TABLE users ADD COLUMN email_lower text;\n"
                  "    CREATE TRIGGER users_email_lower BEFORE INSERT OR UPDATE ON users\n"
                  "        FOR EACH ROW EXECUTE FUNCTION set_email_lower();\n\n"
                  "    CREATE INDEX CONCURRENTLY users_email_lower_idx ON users (lower(email));",
              .except = "Tables that the same plan makes, and down scripts." },
    .action = look,
};
