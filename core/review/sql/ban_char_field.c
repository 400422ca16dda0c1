/* char(n). */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static void look(struct sql_look *l, const struct action *a)
{
    bool is_column = a->verb == ACTION_CREATE && a->object == OBJECT_COLUMN && a->of == OBJECT_TABLE;
    bool is_change = a->verb == ACTION_ALTER && a->change == CHANGE_TYPE;
    struct text type = text_from(a->type);

    if ((!is_column && !is_change) || (a->flags & ACTION_TEMPORARY) ||
        !(text_starts(type, "character(") || text_is(type, "character")))
        return;
    sql_hint(l,
             sql_find(l, a, "%s.%s is a char: its values are filled up with blanks", sql_name(l, a->schema, a->name),
                      a->sub),
             "text, with CHECK (length(%s) = …) where the length is meant", a->sub);
}

const struct rule rule_ban_char_field = {
    .text = { .name = "ban-char-field",
              .summary = "a column is a char, which is filled up with blanks",
              .severity = SEVERITY_WARNING,
              .risk = "Every value is filled up with blanks to its length, which count in some comparisons and not in "
                      "others (LIKE and regular expressions see them, = does not), and takes more room than text.",
              .safe = "text, with a CHECK where the length is meant:\n\n"
                      "    CREATE TABLE countries (code text PRIMARY KEY CHECK (length(code) = 2));",
              .except = "The type \"char\" in quotes, which is another one." },
    .action = look,
};
