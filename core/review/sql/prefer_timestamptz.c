/* timestamp without time zone. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    bool is_column = a->verb == ACTION_CREATE && a->object == OBJECT_COLUMN && a->of == OBJECT_TABLE;
    bool is_change = a->verb == ACTION_ALTER && a->change == CHANGE_TYPE;
    struct text type = text_from(a->type);

    if ((!is_column && !is_change) || (a->flags & ACTION_TEMPORARY) || !text_starts(type, "timestamp") ||
        !text_ends(type, " without time zone"))
        return;
    sql_hint(l,
             sql_find(l, a, "%s.%s keeps no point in time: what it means depends on who reads it",
                      sql_name(l, a->schema, a->name), a->sub),
             "timestamptz, which takes 8 bytes too");
}

const struct rule rule_prefer_timestamptz = {
    .text = { .name = "prefer-timestamptz",
              .summary = "a column is a timestamp without time zone",
              .severity = SEVERITY_INFO,
              .risk =
                  "It keeps what the clock on the wall shows: now() is stored as the session's time zone has it, and "
                  "two programs with different zones read different points in time from it. Twice a year an hour "
                  "is there twice or not at all.",
              .safe = "timestamptz keeps a point in time (in UTC, no zone is stored) and takes no more room:\n\n"
                      "    CREATE TABLE events (happened_at timestamptz NOT NULL DEFAULT now());",
              .except = "Times that are meant for a wall clock: opening hours, a calendar's all-day entries. Rails "
                        "stores UTC in it by itself: `prefer-timestamptz: off` in merganser.yml where that is meant." },
    .action = look,
};
