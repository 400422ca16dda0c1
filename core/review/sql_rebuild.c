/* Tables that a script makes anew: what SQLite asks for, and what is done elsewhere too. */
#include "core/review/sql_rule.h"

static bool makes(const struct action *a, const char *name)
{
    return a->verb == ACTION_CREATE && (a->object == OBJECT_TABLE || a->object == OBJECT_VIEW) && a->name && name &&
           strcmp(a->name, name) == 0;
}

static bool takes_name(const struct planned_statement *p, const char *name, bool made_too)
{
    for (size_t i = 0; i < p->actions.len; i++) {
        const struct action *a = &p->actions.at[i];

        if (a->verb == ACTION_RENAME && a->object == OBJECT_TABLE && a->new_name && name &&
            strcmp(a->new_name, name) == 0)
            return true;
        if (made_too && makes(a, name))
            return true;
    }
    return false;
}

bool sql_name_is_taken_again(const struct sql_look *l, const struct action *a)
{
    const struct planned_statement *end = l->script->at + l->script->len;

    for (const struct planned_statement *p = l->statement + 1; p < end; p++)
        if (takes_name(p, a->name, a->verb == ACTION_RENAME))
            return true;
    return false;
}

bool sql_was_moved_aside(const struct sql_look *l, const struct action *a)
{
    for (const struct planned_statement *p = l->script->at; p < l->statement; p++)
        if (takes_name(p, a->name, false))
            return true;
    return false;
}
