/* What takes findings about SQL out: `check.ignore` for a whole script, and `-- merganser: ignore RULE REASON` in its
 * head for all of it, elsewhere for one statement. */
#ifndef CORE_REVIEW_SQL_IGNORE_H
#define CORE_REVIEW_SQL_IGNORE_H

#include "core/statements.h"

struct sql_ignore {
    struct text rule;
    const struct planned_statement *only; /* NULL: the whole script */
};

struct sql_ignores {
    struct sql_ignore *at;
    size_t len, cap;
    bool all; /* the configuration ignores the script */
};

/* patterns as in check.ignore. Marks without a reason, of rules that are not there, and those that stand behind the
 * last statement, are warnings; notices NULL: none are said. */
void sql_ignores_read(struct sql_ignores *out, const struct planned_script *s, const char *const *patterns,
                      struct arena *a, struct notices *notices);
bool sql_ignores_cover(const struct sql_ignores *ignores, const char *rule, const struct planned_statement *p);

#endif
