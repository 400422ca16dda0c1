/* Waiting for a lock without end. */
#include "core/review/sql_rule.h"

/* The first statement of a script that may wait. */
static void look(struct sql_look *l)
{
    const struct effect *blocks = sql_blocking(l, l->statement);
    struct finding *f;

    if (!blocks || sql_lock_timeout_holds(l))
        return;
    for (const struct planned_statement *p = l->script->at; p < l->statement; p++)
        if (sql_blocking(l, p))
            return;
    f = sql_find(l, NULL,
                 "without lock_timeout it waits for %s as long as anybody uses it, and all others wait behind it",
                 sql_name(l, blocks->schema, blocks->relation));
    sql_hint(l, f,
             "SET lock_timeout = '5s' above it, or `timeouts: {lock: 5s}` in merganser.yml, which is its default");
}

const struct rule rule_require_timeout_settings = {
    .text = { .name = "require-timeout-settings",
              .summary = "a lock is waited for without lock_timeout",
              .severity = SEVERITY_WARNING,
              .risk =
                  "A statement that needs a strong lock waits for every transaction that uses the table, and whoever "
                  "comes later waits behind it: one long report stops the application.",
              .safe =
                  "Give up after a few seconds. merganser sets that by itself and tries again (`timeouts: {lock: 5s, "
                  "retries: 10}`); a script's own value holds too:\n\n"
                  "    SET lock_timeout = '5s';\n"
                  "    ALTER TABLE users ADD COLUMN city text;",
              .except = "Where merganser's own timeouts.lock is on, which is the default; tables that the same plan "
                        "makes." },
    .statement = look,
    .down = true,
};
