/* Tables, their columns and constraints. */
#include "dialects/sqlite/describe.h"

static struct action *constraint(struct sqlite_describing *d, const struct action *table, unsigned flags,
                                 const char *name)
{
    struct action *a = sqlite_describe_add(d, ACTION_CREATE, OBJECT_CONSTRAINT);

    a->of = OBJECT_TABLE;
    a->flags = flags | ACTION_WITHIN;
    a->schema = table->schema;
    a->name = table->name;
    a->sub = name;
    a->at = d->now.from;
    return a;
}

/* Behind REFERENCES: the other table, its columns, and what is to happen. */
static bool references(struct sqlite_describing *d, struct action *a)
{
    a->new_name = sqlite_describe_name(d);
    sqlite_describe_group(d);
    return a->new_name != NULL;
}

/* Up to what ends a column or constraint: a comma or parenthesis, or the statement's end. */
static bool is_end(const struct sqlite_describing *d)
{
    return d->now.kind == SQLITE_TOKEN_END || d->now.kind == SQLITE_TOKEN_OPEN || sqlite_describe_sign(d, ',') ||
           sqlite_describe_sign(d, ')');
}

static bool begins_constraint(const struct sqlite_describing *d)
{
    static const char *const words[] = { "CONSTRAINT", "PRIMARY", "NOT",        "NULL",      "UNIQUE", "CHECK",
                                         "DEFAULT",    "COLLATE", "REFERENCES", "GENERATED", "AS",     NULL };

    for (size_t i = 0; words[i]; i++)
        if (sqlite_describe_is(d, words[i]))
            return true;
    return false;
}

/* "VARCHAR(20)": any words, with numbers in parentheses behind them. */
static const char *type(struct sqlite_describing *d)
{
    size_t from = d->now.from, to = from;

    while ((d->now.kind == SQLITE_TOKEN_WORD && !begins_constraint(d)) || d->now.kind == SQLITE_TOKEN_NAME) {
        to = d->now.to;
        sqlite_describe_next(d);
    }
    if (to > from && sqlite_describe_group(d))
        to = d->behind;
    return to > from ? arena_cstr(d->arena, text_cut(d->sql, from, to)) : NULL;
}

/* DEFAULT (expression), or a literal with its sign. */
static unsigned default_value(struct sqlite_describing *d)
{
    bool is_null = sqlite_describe_is(d, "NULL");
    bool is_time = sqlite_describe_is(d, "CURRENT_TIME") || sqlite_describe_is(d, "CURRENT_DATE") ||
                   sqlite_describe_is(d, "CURRENT_TIMESTAMP");

    if (sqlite_describe_group(d))
        return ACTION_DEFAULT | ACTION_COMPUTED;
    if (sqlite_describe_sign(d, '-') || sqlite_describe_sign(d, '+'))
        sqlite_describe_next(d);
    sqlite_describe_next(d);
    /* "1.5" is a number, a sign and a number here. */
    while (sqlite_describe_sign(d, '.')) {
        sqlite_describe_next(d);
        sqlite_describe_next(d);
    }
    return is_null ? 0 : ACTION_DEFAULT | (is_time ? ACTION_COMPUTED : 0);
}

struct column {
    const struct action *table;
    const char *name;
    unsigned flags;
};

/* Behind ON: "DELETE SET DEFAULT", "CONFLICT ABORT". */
static void pass_what_happens(struct sqlite_describing *d)
{
    sqlite_describe_next(d);
    if (sqlite_describe_is(d, "SET") || sqlite_describe_is(d, "NO"))
        sqlite_describe_next(d);
    sqlite_describe_next(d);
}

/* One constraint of a column; what is said of it that changes nothing is passed over. */
static bool column_constraint(struct sqlite_describing *d, struct column *c, const char *name)
{
    struct action *a;

    if (sqlite_describe_take(d, "NOT")) {
        if (sqlite_describe_take(d, "DEFERRABLE"))
            return true;
        c->flags |= ACTION_NOT_NULL;
        return sqlite_describe_take(d, "NULL");
    }
    if (sqlite_describe_take(d, "ON")) {
        pass_what_happens(d);
        return true;
    }
    if (sqlite_describe_take(d, "DEFAULT")) {
        c->flags |= default_value(d);
        return true;
    }
    if (sqlite_describe_take(d, "GENERATED"))
        return sqlite_describe_take(d, "ALWAYS") && sqlite_describe_is(d, "AS");
    if (sqlite_describe_take(d, "AS")) {
        bool closed = sqlite_describe_group(d);

        c->flags |= ACTION_GENERATED | ACTION_COMPUTED | (sqlite_describe_take(d, "STORED") ? 0 : ACTION_EMPTY);
        return closed;
    }
    if (sqlite_describe_take(d, "PRIMARY")) {
        c->flags |= ACTION_PRIMARY;
        constraint(d, c->table, ACTION_PRIMARY, name)->columns = c->name;
        return sqlite_describe_take(d, "KEY");
    }
    if (sqlite_describe_take(d, "UNIQUE")) {
        constraint(d, c->table, ACTION_UNIQUE, name)->columns = c->name;
        return true;
    }
    if (sqlite_describe_take(d, "CHECK")) {
        constraint(d, c->table, ACTION_CHECK, name)->columns = c->name;
        return sqlite_describe_group(d);
    }
    if (sqlite_describe_take(d, "REFERENCES")) {
        a = constraint(d, c->table, ACTION_FOREIGN, name);
        a->columns = c->name;
        return references(d, a);
    }
    if (sqlite_describe_sign(d, '('))
        return sqlite_describe_group(d);
    sqlite_describe_next(d); /* COLLATE x, AUTOINCREMENT, … */
    return true;
}

bool sqlite_describe_column(struct sqlite_describing *d, const struct action *of, unsigned flags)
{
    const struct action table = *of;
    struct action *a = sqlite_describe_add(d, ACTION_CREATE, OBJECT_COLUMN);
    size_t own = d->out->len - 1;
    struct column c = { .table = &table };

    a->of = OBJECT_TABLE;
    a->at = d->now.from;
    a->schema = table.schema;
    a->name = table.name;
    a->sub = c.name = sqlite_describe_name(d);
    if (!c.name)
        return false;
    a->type = type(d);
    while (!is_end(d)) {
        const char *name = sqlite_describe_take(d, "CONSTRAINT") ? sqlite_describe_name(d) : NULL;

        if (!column_constraint(d, &c, name))
            return false;
    }
    d->out->at[own].flags = flags | c.flags;
    return d->now.kind != SQLITE_TOKEN_OPEN;
}

static bool begins_table_constraint(const struct sqlite_describing *d)
{
    return sqlite_describe_is(d, "CONSTRAINT") || sqlite_describe_is(d, "PRIMARY") || sqlite_describe_is(d, "UNIQUE") ||
           sqlite_describe_is(d, "CHECK") || sqlite_describe_is(d, "FOREIGN");
}

static bool table_constraint(struct sqlite_describing *d, const struct action *table)
{
    const char *name = sqlite_describe_take(d, "CONSTRAINT") ? sqlite_describe_name(d) : NULL;
    struct action *a;
    bool closed;

    if (sqlite_describe_take(d, "PRIMARY")) {
        a = constraint(d, table, ACTION_PRIMARY, name);
        closed = sqlite_describe_take(d, "KEY") && sqlite_describe_columns(d, &a->columns);
    } else if (sqlite_describe_take(d, "UNIQUE")) {
        a = constraint(d, table, ACTION_UNIQUE, name);
        closed = sqlite_describe_columns(d, &a->columns);
    } else if (sqlite_describe_take(d, "CHECK")) {
        constraint(d, table, ACTION_CHECK, name);
        closed = sqlite_describe_group(d);
    } else if (sqlite_describe_take(d, "FOREIGN")) {
        a = constraint(d, table, ACTION_FOREIGN, name);
        closed = sqlite_describe_take(d, "KEY") && sqlite_describe_columns(d, &a->columns) &&
                 sqlite_describe_take(d, "REFERENCES") && references(d, a);
    } else {
        return false;
    }
    while (closed && !is_end(d) && !begins_table_constraint(d))
        sqlite_describe_next(d); /* ON CONFLICT, ON DELETE, DEFERRABLE, … */
    return closed;
}

bool sqlite_describe_table(struct sqlite_describing *d)
{
    const struct action table = d->out->at[d->out->len - 1];

    if (sqlite_describe_take(d, "AS")) {
        d->out->at[d->out->len - 1].flags |= ACTION_QUERY;
        return true;
    }
    if (!sqlite_describe_sign(d, '('))
        return false;
    do {
        sqlite_describe_next(d);
        if (begins_table_constraint(d) ? !table_constraint(d, &table)
                                       : !sqlite_describe_column(d, &table, ACTION_WITHIN))
            return false;
        /* The comma between table constraints may be left out. */
        while (begins_table_constraint(d))
            if (!table_constraint(d, &table))
                return false;
    } while (sqlite_describe_sign(d, ','));
    return sqlite_describe_sign(d, ')');
}
