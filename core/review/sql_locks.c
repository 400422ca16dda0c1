/* What a statement stops others from doing, for rules that depend on it. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

/* The modes that stop writing, or all use. */
static bool blocks(const char *lock)
{
    static const char *const modes[] = { "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE" };

    for (size_t i = 0; lock && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i], lock) == 0)
            return true;
    return false;
}

const struct effect *sql_blocking(const struct sql_look *l, const struct planned_statement *p)
{
    for (size_t i = 0; i < p->effects.len; i++) {
        const struct effect *x = &p->effects.at[i];

        if (blocks(x->lock) && known_table_age(l->known, x->schema, x->relation) == SQL_OLD &&
            known_age(l->known, known_index(l->known, x->schema, x->relation)) == SQL_OLD)
            return x;
    }
    return NULL;
}
