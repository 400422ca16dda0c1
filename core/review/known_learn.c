#include "core/review/known_objects.h"

#include "core/base/text.h"

static void learn_setting(struct sql_known *k, const struct action *a)
{
    if (a->change != CHANGE_SET && a->change != CHANGE_RESET)
        return;
    if (!a->name) {
        k->settings.len = 0; /* RESET ALL, DISCARD */
        return;
    }
    *arena_push(k->arena, &k->settings) = (struct setting) {
        .name = a->name,
        .value = a->new_name,
        .local = a->flags & ACTION_TEMPORARY,
        .segment = k->statement->segment,
    };
}

/* Triggers, rules and policies go by their table's name. */
static bool keeps_names(enum object_kind kind)
{
    return kind == OBJECT_TABLE || kind == OBJECT_VIEW || kind == OBJECT_MATERIALIZED_VIEW || kind == OBJECT_INDEX ||
           kind == OBJECT_TYPE || kind == OBJECT_DOMAIN || kind == OBJECT_SCHEMA;
}

static struct sql_object *add(struct sql_known *k, enum object_kind kind, const char *schema, const char *name)
{
    struct sql_object **bucket = known_bucket(k, known_space(kind), name);
    struct sql_object *o = arena_make(k->arena, struct sql_object, 1);

    *o = (struct sql_object) { .kind = kind, .schema = schema, .name = name, .next = *bucket };
    *bucket = o;
    return o;
}

static void mark_made(struct sql_known *k, struct sql_object *o, const struct action *a)
{
    o->plan = k->plan;
    o->perhaps = a->flags & ACTION_IF_NOT_EXISTS;
    o->flags = a->flags;
    o->columns = a->columns;
    o->not_null = a->not_null;
    o->type = a->type;
    o->script = k->script;
    o->statement = k->statement;
}

/* A table that is spoken of was there, where nothing else is known. */
static struct sql_object *table_of(struct sql_known *k, const char *schema, const char *name)
{
    struct sql_object *o = known_find(k, SPACE_RELATION, schema, name);

    return o || !name ? o : add(k, OBJECT_TABLE, schema ? schema : known_default_schema(k), name);
}

static void learn_part(struct sql_known *k, const struct action *a)
{
    struct sql_object *table = table_of(k, a->schema, a->name), *o;

    /* What CREATE TABLE IF NOT EXISTS says of a table that was there holds for none of its columns. */
    if (!table || ((a->flags & ACTION_WITHIN) && table->statement != k->statement))
        return;
    if (a->sub && known_part(table, a->object, a->sub) && (a->flags & ACTION_IF_NOT_EXISTS))
        return;
    o = arena_make(k->arena, struct sql_object, 1);
    *o = (struct sql_object) {
        .kind = a->object, .schema = table->schema, .name = a->sub ? a->sub : "", .table = table, .next = table->parts
    };
    table->parts = o;
    mark_made(k, o, a);
    if (a->object == OBJECT_CONSTRAINT && (a->flags & (ACTION_UNIQUE | ACTION_PRIMARY)) && a->sub &&
        !(a->flags & ACTION_USING_INDEX)) {
        struct sql_object *index = add(k, OBJECT_INDEX, table->schema, a->sub);

        mark_made(k, index, a);
        index->table = table;
    }
}

static const char *schema_made_in(const struct sql_known *k, const struct action *a)
{
    if (a->object == OBJECT_SCHEMA)
        return "";
    if (a->flags & ACTION_TEMPORARY)
        return KNOWN_TEMPORARY;
    return a->schema ? a->schema : known_default_schema(k);
}

static void learn_create(struct sql_known *k, const struct action *a)
{
    const char *schema = schema_made_in(k, a);
    struct sql_object *o, *table = NULL;
    bool was_dropped;

    if (a->object == OBJECT_COLUMN || a->object == OBJECT_CONSTRAINT) {
        if (a->of == OBJECT_TABLE)
            learn_part(k, a);
        return;
    }
    if (!a->name || !keeps_names(a->object))
        return;
    if (a->object == OBJECT_INDEX) {
        table = table_of(k, a->new_schema, a->new_name);
        schema = table ? table->schema : schema;
    }
    o = known_find_in(k, known_space(a->object), schema, a->name);
    if (o && (a->flags & (ACTION_IF_NOT_EXISTS | ACTION_OR_REPLACE)))
        return;
    was_dropped = known_is_gone(k, known_space(a->object), schema, a->name);
    o = add(k, a->object, schema, a->name);
    mark_made(k, o, a);
    o->table = table;
    /* Nobody else sees a session's own tables. */
    o->perhaps = o->perhaps && !was_dropped && !(a->flags & ACTION_TEMPORARY);
}

/* The object that an action is about, where it was heard of. */
static struct sql_object *object_of(struct sql_known *k, const struct action *a)
{
    if (a->object == OBJECT_COLUMN || a->object == OBJECT_CONSTRAINT)
        return known_part(known_find(k, SPACE_RELATION, a->schema, a->name), a->object, a->sub);
    return keeps_names(a->object) ? known_find(k, known_space(a->object), a->schema, a->name) : NULL;
}

/* Remembered of what nothing was heard of too: a later IF NOT EXISTS makes it for sure. */
static void learn_drop(struct sql_known *k, const struct action *a)
{
    struct sql_object *o = object_of(k, a);

    if (!o && keeps_names(a->object) && a->name)
        o = add(k, a->object,
                a->schema                    ? a->schema
                : a->object == OBJECT_SCHEMA ? ""
                                             : known_default_schema(k),
                a->name);
    if (o)
        o->gone = true;
}

static void learn_rename(struct sql_known *k, const struct action *a)
{
    struct sql_object *o = object_of(k, a), *renamed;
    bool part = a->object == OBJECT_COLUMN || a->object == OBJECT_CONSTRAINT;
    const char *schema = a->verb == ACTION_MOVE ? a->new_name : o ? o->schema : NULL;

    if (!o || !a->new_name)
        return;
    if (part) {
        o->name = a->new_name;
        return;
    }
    o->gone = true;
    renamed = add(k, o->kind, schema, a->verb == ACTION_MOVE ? o->name : a->new_name);
    renamed->plan = o->plan;
    renamed->perhaps = o->perhaps;
    renamed->flags = o->flags;
    renamed->columns = o->columns;
    renamed->table = o->table;
    renamed->parts = o->parts;
    renamed->script = o->script;
    renamed->statement = o->statement;
    for (struct sql_object *p = renamed->parts; p; p = p->next)
        p->table = renamed;
}

/* A column of a table that was there, of which nothing was heard before. */
static struct sql_object *column_of(struct sql_known *k, const struct action *a)
{
    struct sql_object *table = table_of(k, a->schema, a->name);
    struct sql_object *o = known_part(table, OBJECT_COLUMN, a->sub);

    if (o || !table || !a->sub)
        return o;
    o = arena_make(k->arena, struct sql_object, 1);
    *o = (struct sql_object) {
        .kind = OBJECT_COLUMN, .schema = table->schema, .name = a->sub, .table = table, .next = table->parts
    };
    table->parts = o;
    return o;
}

static void learn_alter(struct sql_known *k, const struct action *a)
{
    struct sql_object *o = a->object == OBJECT_COLUMN ? column_of(k, a) : object_of(k, a);

    if (!o)
        return;
    if (a->change == CHANGE_TYPE)
        o->type = a->type;
    else if (a->change == CHANGE_SET_NOT_NULL)
        o->flags |= ACTION_NOT_NULL;
    else if (a->change == CHANGE_DROP_NOT_NULL)
        o->flags &= ~(unsigned)ACTION_NOT_NULL;
    else if (a->change == CHANGE_VALIDATE)
        o->flags &= ~(unsigned)ACTION_NOT_VALID;
}

void known_learn(struct sql_known *k, const struct action *a)
{
    switch (a->verb) {
    case ACTION_CREATE:
        learn_create(k, a);
        break;
    case ACTION_DROP:
        learn_drop(k, a);
        break;
    case ACTION_RENAME:
    case ACTION_MOVE:
        learn_rename(k, a);
        break;
    case ACTION_ALTER:
        learn_alter(k, a);
        break;
    case ACTION_DATA:
        table_of(k, a->schema, a->name);
        break;
    case ACTION_SESSION:
        learn_setting(k, a);
        break;
    default:
        break;
    }
}
