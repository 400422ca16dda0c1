/* Indexes of many columns. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

enum { COLUMNS_MAX = 3 };

static size_t count(const char *columns)
{
    size_t n = 1, at;

    for (struct text rest = text_from(columns); text_find(rest, ", ", &at); rest = text_cut(rest, at + 2, rest.len))
        n++;
    return n;
}

static void look(struct sql_look *l, const struct action *a)
{
    struct finding *f;

    if (a->verb != ACTION_CREATE || a->object != OBJECT_INDEX || (a->flags & ACTION_UNIQUE) || !a->columns ||
        count(a->columns) <= COLUMNS_MAX || !a->type || strcmp(a->type, "btree") != 0)
        return;
    f = sql_find(l, a, "an index of %zu columns is seldom better than one of %d", count(a->columns), COLUMNS_MAX);
    sql_hint(l, f, "put first what narrows most, and leave out what does not");
}

const struct rule rule_wide_index = {
    .text = { .name = "wide-index",
              .summary = "an index that is not unique has more than three columns",
              .severity = SEVERITY_INFO,
              .risk =
                  "The columns behind the first ones narrow little, and every write pays for them, in time and room.",
              .safe = "The columns that narrow most, in the order in which queries use them; what is only read may "
                      "stand in INCLUDE:\n\n"
                      "    CREATE INDEX CONCURRENTLY orders_user_idx ON orders (user_id, created_at) INCLUDE (total);",
              .except = "Unique indexes, and kinds that are no btree." },
    .action = look,
};
