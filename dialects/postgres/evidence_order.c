/* Statements of one script that meet the same object: what one makes another may drop or rename. Pure. */
#include "dialects/postgres/evidence.h"

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* A name without a schema may be the one of any. */
static bool same_schema(const char *a, const char *b)
{
    return !a || !b || strcmp(a, b) == 0;
}

static bool is_relation(enum object_kind k)
{
    return k == OBJECT_TABLE || k == OBJECT_VIEW || k == OBJECT_MATERIALIZED_VIEW || k == OBJECT_SEQUENCE ||
           k == OBJECT_INDEX;
}

/* What only has a name within something else. */
static bool is_part(enum object_kind k)
{
    return k == OBJECT_COLUMN || k == OBJECT_CONSTRAINT || k == OBJECT_LABEL || k == OBJECT_TRIGGER ||
           k == OBJECT_RULE || k == OBJECT_POLICY;
}

static bool same_object(const struct action *a, const struct action *b)
{
    bool kind = a->object == b->object || (is_relation(a->object) && is_relation(b->object));

    if (!kind || !same(a->name, b->name) || !same_schema(a->schema, b->schema))
        return false;
    if (a->arguments && b->arguments && strcmp(a->arguments, b->arguments) != 0)
        return false;
    return is_part(a->object) ? same(a->sub, b->sub) : true;
}

/* Whether whole is what part is a part of: its table, type or schema. */
static bool contains(const struct action *whole, const struct action *part)
{
    if (whole->object == OBJECT_SCHEMA)
        return same(whole->name, part->schema);
    if (whole->sub)
        return false;
    if (part->object == OBJECT_INDEX)
        return is_relation(whole->object) && same(whole->name, part->new_name) &&
               same_schema(whole->schema, part->new_schema);
    return part->sub &&
           (is_relation(whole->object) || whole->object == OBJECT_TYPE || whole->object == OBJECT_DOMAIN) &&
           same(whole->name, part->name) && same_schema(whole->schema, part->schema);
}

static void rename_schema(struct action *x, const struct action *by)
{
    x->schema = by->new_name;
    if (x->object == OBJECT_INDEX)
        x->new_schema = by->new_name;
}

/* Takes over what a later RENAME or SET SCHEMA makes of a name. */
static bool follow(struct action *x, const struct action *by)
{
    bool itself = same_object(by, x), whole = !itself && contains(by, x);

    if (!itself && !whole)
        return false;
    if (by->verb == ACTION_MOVE || (whole && by->object == OBJECT_SCHEMA))
        rename_schema(x, by);
    else if (itself && x->sub)
        x->sub = by->new_name;
    else if (whole && x->object == OBJECT_INDEX)
        x->new_name = by->new_name;
    else
        x->name = by->new_name;
    return true;
}

static void look_back(struct examined *x, const struct examined *before)
{
    if (before->action.verb == ACTION_CREATE && same_object(&before->action, &x->action)) {
        x->made_before = before;
        x->dropped_before = NULL;
    } else if ((before->action.verb == ACTION_DROP || before->action.verb == ACTION_RENAME ||
                before->action.verb == ACTION_MOVE) &&
               (same_object(&before->action, &x->action) || contains(&before->action, &x->action))) {
        x->dropped_before = before;
        x->made_before = NULL;
    }
}

/* Whether what one leaves is no longer to be seen behind the other. */
static bool hides(const struct action *later, const struct action *x)
{
    static const enum action_change sides[][2] = { { CHANGE_SET_NOT_NULL, CHANGE_DROP_NOT_NULL },
                                                   { CHANGE_SET_DEFAULT, CHANGE_DROP_DEFAULT },
                                                   { CHANGE_ROW_SECURITY, CHANGE_NO_ROW_SECURITY } };

    if (x->verb == ACTION_CREATE)
        return later->change == CHANGE_TYPE || later->change == CHANGE_VALIDATE;
    if (x->verb != ACTION_ALTER)
        return false;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if ((later->change == sides[i][0] || later->change == sides[i][1]) &&
            (x->change == sides[i][0] || x->change == sides[i][1]))
            return true;
    return later->change == x->change && x->change != CHANGE_OTHER;
}

static void look_ahead(struct examined *x, struct action *later, bool *renamed, const struct examined *behind)
{
    const struct action *b = &behind->action;

    if (b->verb == ACTION_RENAME || b->verb == ACTION_MOVE) {
        *renamed = follow(later, b) || *renamed;
    } else if (b->verb == ACTION_DROP && (same_object(b, later) || contains(b, later))) {
        x->dropped_behind = behind;
        x->made_behind = NULL;
    } else if (b->verb == ACTION_CREATE && same_object(b, later)) {
        x->made_behind = behind;
        x->dropped_behind = NULL;
    } else if (b->verb == ACTION_ALTER && same_object(b, later) && hides(b, &x->action)) {
        x->changed_behind = true;
    }
}

void examined_order(struct action *later, bool *renamed, struct examined *x, const struct examined_list *all)
{
    size_t own = (size_t)(x - all->at);

    *later = x->action;
    *renamed = false;
    if (x->action.verb == ACTION_RENAME && x->action.sub)
        later->sub = x->action.new_name;
    else if (x->action.verb == ACTION_RENAME)
        later->name = x->action.new_name;
    else if (x->action.verb == ACTION_MOVE)
        later->schema = x->action.new_name;
    for (size_t i = 0; i < own; i++)
        if (all->at[i].statement != x->statement)
            look_back(x, &all->at[i]);
    for (size_t i = own + 1; i < all->len; i++)
        if (all->at[i].statement != x->statement)
            look_ahead(x, later, renamed, &all->at[i]);
}
