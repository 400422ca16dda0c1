/* What no rule could look at is said. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static void look(struct sql_look *l)
{
    const struct actions *list = &l->statement->actions;
    const struct planned_script *s = l->script;

    if (s->len < s->total && l->statement == &s->at[s->len - 1])
        sql_find(l, NULL, "not reviewed: what stands behind this statement, of %llu that the script has",
                 (unsigned long long)s->total);
    if (!list->known) {
        sql_hint(l, sql_find(l, NULL, "not reviewed: the statement can't be read here, the server decides"),
                 "look at it by hand");
        return;
    }
    for (size_t i = 0; i < list->len; i++)
        if (list->at[i].verb == ACTION_RUN) {
            sql_find(l, NULL, "not reviewed: it runs code that is not looked into");
            return;
        }
}

const struct rule rule_not_reviewed = {
    .text = { .name = "not-reviewed",
              .summary = "a statement could not be read, so no rule has looked at it",
              .severity = SEVERITY_INFO,
              .risk =
                  "What the statement does is anybody's guess: it is newer than the parser (PostgreSQL 15's), it is "
                  "wrong, or it is code (DO, CALL, EXECUTE) that decides as it runs.",
              .safe = "Plain statements instead of code, where it can be:\n\n"
                      "    CREATE TABLE IF NOT EXISTS users (id bigint);  -- instead of DO $$ … $$\n\n"
                      "Else look at it by hand, and say so in the line above it:\n\n"
                      "    -- merganser: ignore not-reviewed REASON",
              .except = "It takes no lock that a rule could know; this only says what was not looked at." },
    .statement = look,
    .down = true,
    .everywhere = true,
};
