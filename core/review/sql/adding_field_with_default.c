/* ADD COLUMN whose value differs from row to row. */
#include "core/review/sql_rule.h"

/* NULL: the rows stay as they are. */
static const char *what_fills(const struct sql_look *l, const struct action *a)
{
    if (a->flags & (ACTION_SERIAL | ACTION_IDENTITY))
        return "a number of its own";
    if (a->flags & ACTION_VOLATILE)
        return "a value of its own";
    if ((a->flags & ACTION_DEFAULT) && sql_server_before(l, 110000))
        return "the default, before PostgreSQL 11";
    return NULL;
}

static void look(struct sql_look *l, const struct action *a)
{
    const char *fills = what_fills(l, a), *table = sql_name(l, a->schema, a->name);
    bool unknown = (a->flags & (ACTION_COMPUTED | ACTION_STABLE | ACTION_GENERATED)) == ACTION_COMPUTED;
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_COLUMN || a->of != OBJECT_TABLE ||
        (a->flags & (ACTION_WITHIN | ACTION_GENERATED)) || (!fills && !unknown))
        return;
    f = fills ? sql_find_on_table(l, a, a->schema, a->name,
                                  "every row of %s gets %s: all of it is written anew while nobody can use it", table,
                                  fills)
              : sql_find_on_table(l, a, a->schema, a->name,
                                  "where a function of the default is volatile, all of %s is written anew while nobody "
                                  "can use it",
                                  table);
    if (!f)
        return;
    if (!fills && f->severity > SEVERITY_WARNING)
        f->severity = SEVERITY_WARNING;
    sql_hint(l, f,
             a->flags & (ACTION_SERIAL | ACTION_IDENTITY)
                 ? "add %s as a plain bigint, number the old rows in batches, and make it an identity column then"
                 : "add %s without a default, set the default then, and fill the old rows in batches",
             a->sub);
}

const struct rule rule_adding_field_with_default = {
    .text = { .name = "adding-field-with-default",
              .summary = "a column is added whose default differs from row to row",
              .severity = SEVERITY_ERROR,
              .risk = "A default that is volatile (gen_random_uuid(), random(), clock_timestamp(), nextval()), serial "
                      "and identity give every row its own value, so the whole table and its indexes are written anew "
                      "under an ACCESS EXCLUSIVE lock: nobody reads or writes it until that is done. Before "
                      "PostgreSQL 11 every default does that.",
              .safe = "Add the column bare, then its default, which only new rows get, and fill the old rows in "
                      "batches, in a migration of its own:\n\n"
                      "    ALTER TABLE users ADD COLUMN token uuid;\n"
                      "    ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();\n\n"
                      "    UPDATE users SET token = gen_random_uuid() WHERE token IS NULL AND id BETWEEN 1 AND 10000;",
              .except = "Tables that the same plan makes, and down scripts. Constants, and functions that give the "
                        "same for the whole "
                        "statement: now(), CURRENT_TIMESTAMP, current_setting(). A function that is not PostgreSQL's "
                        "own may be volatile or not: that is a warning, not an error." },
    .action = look,
};
