/* Columns that may hold NULL, where a team does not want any. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static bool names_column(const char *columns, const char *column)
{
    struct text rest = text_from(columns);

    while (rest.len) {
        size_t end;

        if (!text_find(rest, ", ", &end))
            end = rest.len;
        if (text_is(text_cut(rest, 0, end), column))
            return true;
        rest = text_cut(rest, end + 2, rest.len);
    }
    return false;
}

static bool same_table(const struct action *a, const struct action *b)
{
    return b->name && strcmp(a->name, b->name) == 0 && (!a->schema || !b->schema || strcmp(a->schema, b->schema) == 0);
}

/* It is part of a primary key, or is set to NOT NULL later on. */
static bool is_set_by(const struct action *a, const struct action *later)
{
    if (!same_table(a, later))
        return false;
    if (later->verb == ACTION_CREATE && later->object == OBJECT_CONSTRAINT)
        return (later->flags & ACTION_PRIMARY) && names_column(later->columns, a->sub);
    return later->verb == ACTION_ALTER && later->change == CHANGE_SET_NOT_NULL && later->sub &&
           strcmp(later->sub, a->sub) == 0;
}

static bool is_set_later(const struct sql_look *l, const struct action *a)
{
    const struct sql_review_request *r = l->request;

    for (const struct planned_script *s = l->script; s < r->scripts + r->nscripts; s++)
        for (size_t i = s == l->script ? (size_t)(l->statement - s->at) : 0;
             s->direction == l->script->direction && i < s->len; i++)
            for (size_t k = 0; k < s->at[i].actions.len; k++)
                if (is_set_by(a, &s->at[i].actions.at[k]))
                    return true;
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    bool added = a->verb == ACTION_CREATE && !(a->flags & (ACTION_NOT_NULL | ACTION_TEMPORARY));
    bool dropped = a->verb == ACTION_ALTER && a->change == CHANGE_DROP_NOT_NULL;
    const struct sql_object *table;

    if (a->object != OBJECT_COLUMN || !a->sub || !a->name || (!added && !dropped))
        return;
    table = known_table(l->known, a->schema, a->name);
    if ((table && (table->flags & ACTION_TEMPORARY)) || is_set_later(l, a))
        return;
    sql_hint(l, sql_find(l, a, "%s.%s may be NULL", sql_name(l, a->schema, a->name), a->sub),
             "say NOT NULL, with a default where the table has rows");
}

const struct rule rule_not_null_policy = {
    .text = { .name = "not-null-policy",
              .summary = "a column may hold NULL, where the team's policy is that none does",
              .severity = SEVERITY_OFF,
              .risk =
                  "NULL is neither equal to anything nor different from it: conditions, sums and unique constraints "
                  "pass over it, and each program has to think of it.",
              .safe = "Say NOT NULL, and give a default that means \"nothing\":\n\n"
                      "    ALTER TABLE users ADD COLUMN nickname text NOT NULL DEFAULT '';",
              .except =
                  "It is off unless merganser.yml turns it on: `check: {rules: {not-null-policy: warning}}`. "
                  "Columns of a primary key, of temporary tables, and those that the same plan sets to NOT NULL." },
    .action = look,
    .everywhere = true,
};
