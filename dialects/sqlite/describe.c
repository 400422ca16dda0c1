#include "dialects/sqlite/describe.h"

struct action *sqlite_describe_add(struct sqlite_describing *d, enum action_verb verb, enum object_kind object)
{
    struct action *a = arena_push(d->arena, d->out);

    a->verb = verb;
    a->object = object;
    return a;
}

/* ---- reading ---- */

void sqlite_describe_next(struct sqlite_describing *d)
{
    d->now = sqlite_token_next(d->sql, &d->at);
}

bool sqlite_describe_is(const struct sqlite_describing *d, const char *word)
{
    return sqlite_token_is(d->sql, d->now, word);
}

bool sqlite_describe_sign(const struct sqlite_describing *d, char sign)
{
    return d->now.kind == SQLITE_TOKEN_OTHER && d->sql.at[d->now.from] == sign;
}

bool sqlite_describe_take(struct sqlite_describing *d, const char *word)
{
    if (!sqlite_describe_is(d, word))
        return false;
    sqlite_describe_next(d);
    return true;
}

const char *sqlite_describe_name(struct sqlite_describing *d)
{
    char *name;

    if (d->now.kind != SQLITE_TOKEN_WORD && d->now.kind != SQLITE_TOKEN_NAME && d->now.kind != SQLITE_TOKEN_STRING)
        return NULL;
    name = arena_cstr(d->arena, sqlite_token_value(d->sql, d->now, d->arena));
    for (char *c = name; *c; c++)
        *c = text_lower(*c);
    sqlite_describe_next(d);
    return name;
}

bool sqlite_describe_object(struct sqlite_describing *d, struct action *out)
{
    out->at = d->now.from;
    out->name = sqlite_describe_name(d);
    if (!out->name || !sqlite_describe_sign(d, '.'))
        return out->name != NULL;
    sqlite_describe_next(d);
    out->schema = out->name;
    out->name = sqlite_describe_name(d);
    return out->name != NULL;
}

bool sqlite_describe_group(struct sqlite_describing *d)
{
    size_t depth = 0;

    if (!sqlite_describe_sign(d, '('))
        return false;
    do {
        depth += sqlite_describe_sign(d, '(') ? 1 : 0;
        depth -= sqlite_describe_sign(d, ')') ? 1 : 0;
        d->behind = d->now.to;
        sqlite_describe_next(d);
    } while (depth && d->now.kind != SQLITE_TOKEN_END && d->now.kind != SQLITE_TOKEN_OPEN);
    return !depth;
}

bool sqlite_describe_columns(struct sqlite_describing *d, const char **out)
{
    struct sqlite_describing ahead = *d;
    struct buf names = buf_open(d->arena, SIZE_MAX / 2);

    *out = NULL;
    if (!sqlite_describe_group(d))
        return false;
    do {
        const char *name;

        sqlite_describe_next(&ahead);
        name = sqlite_describe_name(&ahead);
        if (!name)
            return true;
        if (sqlite_describe_take(&ahead, "COLLATE"))
            sqlite_describe_name(&ahead);
        if (!sqlite_describe_take(&ahead, "ASC"))
            sqlite_describe_take(&ahead, "DESC");
        buf_printf(&names, "%s%s", names.len ? ", " : "", name);
    } while (sqlite_describe_sign(&ahead, ','));
    if (sqlite_describe_sign(&ahead, ')'))
        *out = buf_cstr(&names);
    return true;
}

static void if_not_exists(struct sqlite_describing *d, struct action *a)
{
    if (sqlite_describe_take(d, "IF") && sqlite_describe_take(d, "NOT") && sqlite_describe_take(d, "EXISTS"))
        a->flags |= ACTION_IF_NOT_EXISTS;
}

/* A WHERE that is not within parentheses. */
static bool has_where(struct sqlite_describing *d)
{
    while (d->now.kind != SQLITE_TOKEN_END && d->now.kind != SQLITE_TOKEN_OPEN) {
        if (sqlite_describe_is(d, "WHERE"))
            return true;
        if (!sqlite_describe_group(d))
            sqlite_describe_next(d);
    }
    return false;
}

/* ---- statements: false for one that is not known ---- */

static bool create_index(struct sqlite_describing *d, unsigned flags)
{
    struct action *a = sqlite_describe_add(d, ACTION_CREATE, OBJECT_INDEX);

    a->flags |= flags;
    if_not_exists(d, a);
    if (!sqlite_describe_object(d, a) || !sqlite_describe_take(d, "ON"))
        return false;
    a->new_schema = a->schema;
    a->new_name = sqlite_describe_name(d);
    if (!a->new_name || !sqlite_describe_columns(d, &a->columns))
        return false;
    a->flags |= sqlite_describe_is(d, "WHERE") ? ACTION_PARTIAL : 0;
    return true;
}

/* "x BEFORE INSERT ON t": its table is the name behind the first ON. */
static bool create_trigger(struct sqlite_describing *d, unsigned flags)
{
    struct action *a = sqlite_describe_add(d, ACTION_CREATE, OBJECT_TRIGGER);

    a->flags |= flags;
    if_not_exists(d, a);
    if (!sqlite_describe_object(d, a))
        return false;
    a->sub = a->name;
    while (d->now.kind == SQLITE_TOKEN_WORD || d->now.kind == SQLITE_TOKEN_NAME || sqlite_describe_sign(d, ','))
        if (sqlite_describe_take(d, "ON")) {
            a->name = sqlite_describe_name(d);
            return a->name != NULL;
        } else {
            sqlite_describe_next(d);
        }
    return false;
}

static bool create_named(struct sqlite_describing *d, enum object_kind object, unsigned flags)
{
    struct action *a = sqlite_describe_add(d, ACTION_CREATE, object);

    a->flags |= flags;
    if_not_exists(d, a);
    return sqlite_describe_object(d, a);
}

static bool create(struct sqlite_describing *d)
{
    unsigned flags = 0;

    if (sqlite_describe_take(d, "TEMP") || sqlite_describe_take(d, "TEMPORARY"))
        flags |= ACTION_TEMPORARY;
    if (sqlite_describe_take(d, "TABLE"))
        return create_named(d, OBJECT_TABLE, flags) && sqlite_describe_table(d);
    if (sqlite_describe_take(d, "VIEW"))
        return create_named(d, OBJECT_VIEW, flags);
    if (sqlite_describe_take(d, "TRIGGER"))
        return create_trigger(d, flags);
    if (sqlite_describe_take(d, "VIRTUAL"))
        return sqlite_describe_take(d, "TABLE") && create_named(d, OBJECT_TABLE, flags);
    if (sqlite_describe_take(d, "UNIQUE"))
        flags |= ACTION_UNIQUE;
    return sqlite_describe_take(d, "INDEX") && create_index(d, flags);
}

static bool drop(struct sqlite_describing *d)
{
    enum object_kind object = sqlite_describe_is(d, "TABLE")     ? OBJECT_TABLE
                              : sqlite_describe_is(d, "INDEX")   ? OBJECT_INDEX
                              : sqlite_describe_is(d, "VIEW")    ? OBJECT_VIEW
                              : sqlite_describe_is(d, "TRIGGER") ? OBJECT_TRIGGER
                                                                 : OBJECT_NONE;
    struct action *a = sqlite_describe_add(d, ACTION_DROP, object);

    sqlite_describe_next(d);
    if (sqlite_describe_take(d, "IF") && sqlite_describe_take(d, "EXISTS"))
        a->flags |= ACTION_IF_EXISTS;
    if (object == OBJECT_NONE || !sqlite_describe_object(d, a))
        return false;
    if (object == OBJECT_TRIGGER) {
        a->sub = a->name;
        a->name = NULL;
    }
    return true;
}

static bool rename_what(struct sqlite_describing *d, const struct action *table)
{
    struct action *a = sqlite_describe_add(d, ACTION_RENAME, OBJECT_TABLE);

    a->schema = table->schema;
    a->name = table->name;
    a->at = table->at;
    if (!sqlite_describe_take(d, "TO")) {
        sqlite_describe_take(d, "COLUMN");
        a->object = OBJECT_COLUMN;
        a->of = OBJECT_TABLE;
        a->sub = sqlite_describe_name(d);
        if (!a->sub || !sqlite_describe_take(d, "TO"))
            return false;
    }
    a->new_name = sqlite_describe_name(d);
    return a->new_name != NULL;
}

static bool alter(struct sqlite_describing *d)
{
    struct action table = { .object = OBJECT_TABLE }, *a;

    if (!sqlite_describe_take(d, "TABLE") || !sqlite_describe_object(d, &table))
        return false;
    if (sqlite_describe_take(d, "RENAME"))
        return rename_what(d, &table);
    if (sqlite_describe_take(d, "ADD")) {
        sqlite_describe_take(d, "COLUMN");
        return sqlite_describe_column(d, &table, 0);
    }
    if (!sqlite_describe_take(d, "DROP"))
        return false;
    sqlite_describe_take(d, "COLUMN");
    a = sqlite_describe_add(d, ACTION_DROP, OBJECT_COLUMN);
    a->of = OBJECT_TABLE;
    a->schema = table.schema;
    a->name = table.name;
    a->at = table.at;
    a->sub = sqlite_describe_name(d);
    return a->sub != NULL;
}

static struct action *data(struct sqlite_describing *d, enum action_change change)
{
    struct action *a = sqlite_describe_add(d, ACTION_DATA, OBJECT_TABLE);

    a->change = change;
    return sqlite_describe_object(d, a) ? a : NULL;
}

static bool insert(struct sqlite_describing *d)
{
    struct action *a;

    if (sqlite_describe_take(d, "OR"))
        sqlite_describe_next(d);
    if (!sqlite_describe_take(d, "INTO"))
        return false;
    a = data(d, CHANGE_INSERT);
    if (!a)
        return false;
    if (sqlite_describe_take(d, "AS"))
        sqlite_describe_next(d);
    sqlite_describe_group(d);
    a->flags |= sqlite_describe_is(d, "SELECT") || sqlite_describe_is(d, "WITH") ? ACTION_QUERY : 0;
    return true;
}

static bool update(struct sqlite_describing *d)
{
    struct action *a;

    if (sqlite_describe_take(d, "OR"))
        sqlite_describe_next(d);
    a = data(d, CHANGE_UPDATE);
    if (!a)
        return false;
    a->flags |= has_where(d) ? ACTION_FILTERED : 0;
    return true;
}

static bool delete_rows(struct sqlite_describing *d)
{
    struct action *a = sqlite_describe_take(d, "FROM") ? data(d, CHANGE_DELETE) : NULL;

    if (!a)
        return false;
    a->flags |= has_where(d) ? ACTION_FILTERED : 0;
    return true;
}

/* PRAGMA [schema.]name [= value | (value)]. */
static bool pragma(struct sqlite_describing *d)
{
    struct action name = { 0 }, *a;

    if (!sqlite_describe_object(d, &name))
        return false;
    if (!sqlite_describe_sign(d, '=') && !sqlite_describe_sign(d, '(')) {
        sqlite_describe_add(d, ACTION_READ, OBJECT_NONE);
        return true;
    }
    sqlite_describe_next(d);
    a = sqlite_describe_add(d, ACTION_SESSION, OBJECT_NONE);
    a->change = CHANGE_SET;
    a->name = name.name;
    a->new_name = arena_cstr(d->arena, sqlite_token_value(d->sql, d->now, d->arena));
    return true;
}

static const struct {
    const char *word;
    enum action_verb verb;
    enum action_change change;
} plain[] = {
    { "SELECT", ACTION_READ, CHANGE_OTHER },           { "VALUES", ACTION_READ, CHANGE_OTHER },
    { "EXPLAIN", ACTION_READ, CHANGE_OTHER },          { "BEGIN", ACTION_CONTROL, CHANGE_BEGIN },
    { "COMMIT", ACTION_CONTROL, CHANGE_COMMIT },       { "END", ACTION_CONTROL, CHANGE_COMMIT },
    { "SAVEPOINT", ACTION_CONTROL, CHANGE_SAVEPOINT }, { "RELEASE", ACTION_CONTROL, CHANGE_SAVEPOINT },
    { "VACUUM", ACTION_MAINTAIN, CHANGE_VACUUM_FULL }, { "ANALYZE", ACTION_MAINTAIN, CHANGE_ANALYZE },
    { "REINDEX", ACTION_MAINTAIN, CHANGE_REINDEX },    { "ATTACH", ACTION_SESSION, CHANGE_OTHER },
    { "DETACH", ACTION_SESSION, CHANGE_OTHER },
};

static bool describe_plain(struct sqlite_describing *d)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (sqlite_describe_is(d, plain[i].word)) {
            sqlite_describe_add(d, plain[i].verb, OBJECT_NONE)->change = plain[i].change;
            return true;
        }
    if (!sqlite_describe_take(d, "ROLLBACK"))
        return false;
    sqlite_describe_take(d, "TRANSACTION");
    sqlite_describe_add(d, ACTION_CONTROL, OBJECT_NONE)->change =
        sqlite_describe_is(d, "TO") ? CHANGE_SAVEPOINT : CHANGE_ROLLBACK;
    return true;
}

/* WITH x AS (…), y AS (…) INSERT …: what it is stands behind the parentheses. */
static void pass_with(struct sqlite_describing *d)
{
    if (!sqlite_describe_take(d, "WITH"))
        return;
    while (d->now.kind != SQLITE_TOKEN_END && !sqlite_describe_is(d, "INSERT") && !sqlite_describe_is(d, "REPLACE") &&
           !sqlite_describe_is(d, "UPDATE") && !sqlite_describe_is(d, "DELETE") && !sqlite_describe_is(d, "SELECT") &&
           !sqlite_describe_is(d, "VALUES"))
        if (!sqlite_describe_group(d))
            sqlite_describe_next(d);
}

static bool describe(struct sqlite_describing *d)
{
    pass_with(d);
    if (sqlite_describe_take(d, "CREATE"))
        return create(d);
    if (sqlite_describe_take(d, "DROP"))
        return drop(d);
    if (sqlite_describe_take(d, "ALTER"))
        return alter(d);
    if (sqlite_describe_take(d, "INSERT") || sqlite_describe_take(d, "REPLACE"))
        return insert(d);
    if (sqlite_describe_take(d, "UPDATE"))
        return update(d);
    if (sqlite_describe_take(d, "DELETE"))
        return delete_rows(d);
    if (sqlite_describe_take(d, "PRAGMA"))
        return pragma(d);
    return describe_plain(d);
}

void sqlite_describe(struct actions *out, struct text sql, struct arena *a)
{
    struct sqlite_describing d = { .sql = sql, .out = out, .arena = a };

    *out = (struct actions) { 0 };
    sqlite_describe_next(&d);
    out->known = d.now.kind == SQLITE_TOKEN_END || describe(&d);
    if (!out->known)
        out->len = 0;
}
