#include "core/review/known.h"

#include "core/base/text.h"

enum { BUCKETS = 1024 };

/* What shares its names: a view can't be called as a table is. */
enum name_space { SPACE_RELATION, SPACE_INDEX, SPACE_TYPE, SPACE_SCHEMA, SPACES };

struct setting {
    const char *name, *value;
    bool local;
    size_t segment;
};

struct sql_known {
    struct arena *arena;
    struct sql_object *buckets[SPACES][BUCKETS];
    size_t plan;
    const struct planned_script *script;
    const struct planned_statement *statement;
    struct {
        struct setting *at;
        size_t len, cap;
    } settings;
};

static const char temporary[] = "pg_temp";

struct sql_known *known_open(struct arena *a)
{
    struct sql_known *k = arena_make(a, struct sql_known, 1);

    k->arena = a;
    k->plan = 1;
    return k;
}

void known_next_plan(struct sql_known *k)
{
    k->plan++;
}

void known_next_script(struct sql_known *k)
{
    k->settings.len = 0;
}

void known_next_statement(struct sql_known *k, const struct planned_script *s, const struct planned_statement *p)
{
    k->script = s;
    k->statement = p;
}

/* ---- settings ---- */

const char *known_setting(const struct sql_known *k, const char *name)
{
    for (size_t i = k->settings.len; i > 0; i--) {
        const struct setting *s = &k->settings.at[i - 1];

        if (strcmp(s->name, name) == 0 &&
            (!s->local || (k->statement->transactional && s->segment == k->statement->segment)))
            return s->value;
    }
    return NULL;
}

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

/* The first schema of the script's own search_path, quotes taken off; what stands for the user's own is passed over. */
static const char *default_schema(const struct sql_known *k)
{
    const char *path = known_setting(k, "search_path");
    struct text rest = text_from(path);

    while (rest.len) {
        const char *comma = memchr(rest.at, ',', rest.len);
        size_t end = comma ? (size_t)(comma - rest.at) : rest.len;
        struct text name = text_trim(text_cut(rest, 0, end));

        rest = text_cut(rest, end + 1, rest.len);
        if (name.len > 1 && name.at[0] == '"' && name.at[name.len - 1] == '"')
            name = text_cut(name, 1, name.len - 1);
        if (name.len && !text_is(name, "$user") && !text_is(name, temporary))
            return arena_cstr(k->arena, name);
    }
    return "public";
}

/* ---- names ---- */

static enum name_space space_of(enum object_kind kind)
{
    switch (kind) {
    case OBJECT_INDEX:
        return SPACE_INDEX;
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
        return SPACE_TYPE;
    case OBJECT_SCHEMA:
        return SPACE_SCHEMA;
    default:
        return SPACE_RELATION;
    }
}

static struct sql_object **bucket_of(struct sql_known *k, enum name_space space, const char *name)
{
    size_t hash = 5381;

    for (const char *c = name; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    return &k->buckets[space][hash % BUCKETS];
}

static struct sql_object *find_in(struct sql_known *k, enum name_space space, const char *schema, const char *name)
{
    for (struct sql_object *o = *bucket_of(k, space, name); o; o = o->next)
        if (!o->gone && strcmp(o->name, name) == 0 && strcmp(o->schema, schema) == 0)
            return o;
    return NULL;
}

static bool is_gone(struct sql_known *k, enum name_space space, const char *schema, const char *name)
{
    for (const struct sql_object *o = *bucket_of(k, space, name); o; o = o->next)
        if (strcmp(o->name, name) == 0 && strcmp(o->schema, schema) == 0)
            return o->gone;
    return false;
}

/* A temporary table hides the one that it is named like. */
static struct sql_object *find(struct sql_known *k, enum name_space space, const char *schema, const char *name)
{
    struct sql_object *found;

    if (!name)
        return NULL;
    if (schema || space == SPACE_SCHEMA)
        return find_in(k, space, schema ? schema : "", name);
    found = find_in(k, space, temporary, name);
    return found ? found : find_in(k, space, default_schema(k), name);
}

static struct sql_object *part_of(const struct sql_object *table, enum object_kind kind, const char *name)
{
    for (struct sql_object *o = table ? table->parts : NULL; o && name; o = o->next)
        if (!o->gone && o->kind == kind && strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

const struct sql_object *known_table(struct sql_known *k, const char *schema, const char *name)
{
    return find(k, SPACE_RELATION, schema, name);
}

const struct sql_object *known_column(struct sql_known *k, const char *schema, const char *table, const char *column)
{
    return part_of(find(k, SPACE_RELATION, schema, table), OBJECT_COLUMN, column);
}

const struct sql_object *known_constraint(struct sql_known *k, const char *schema, const char *table,
                                          const char *constraint)
{
    return part_of(find(k, SPACE_RELATION, schema, table), OBJECT_CONSTRAINT, constraint);
}

const struct sql_object *known_index(struct sql_known *k, const char *schema, const char *name)
{
    return find(k, SPACE_INDEX, schema, name);
}

const struct sql_object *known_type(struct sql_known *k, const char *schema, const char *name)
{
    return find(k, SPACE_TYPE, schema, name);
}

/* ---- ages ---- */

enum sql_age known_age(const struct sql_known *k, const struct sql_object *o)
{
    if (!o || o->plan != k->plan)
        return SQL_OLD;
    return o->perhaps ? SQL_PERHAPS_NEW : SQL_NEW;
}

enum sql_age known_schema_age(struct sql_known *k, const char *name)
{
    return known_age(k, find(k, SPACE_SCHEMA, NULL, name));
}

enum sql_age known_table_age(struct sql_known *k, const char *schema, const char *name)
{
    const struct sql_object *table = find(k, SPACE_RELATION, schema, name);
    enum sql_age age = known_age(k, table), of_schema;

    if (age == SQL_NEW || !name)
        return age;
    of_schema = known_age(k, find_in(k, SPACE_SCHEMA, "", schema ? schema : default_schema(k)));
    return of_schema > age ? of_schema : age;
}

enum sql_age known_column_age(struct sql_known *k, const char *schema, const char *table, const char *column)
{
    enum sql_age of_table = known_table_age(k, schema, table);
    enum sql_age age = known_age(k, known_column(k, schema, table, column));

    return of_table > age ? of_table : age;
}

bool known_not_null(struct sql_known *k, const char *schema, const char *table, const char *column)
{
    const struct sql_object *t = find(k, SPACE_RELATION, schema, table);

    for (const struct sql_object *o = t ? t->parts : NULL; o; o = o->next) {
        struct text rest = text_from(o->not_null);

        if (o->gone || o->kind != OBJECT_CONSTRAINT || (o->flags & ACTION_NOT_VALID))
            continue;
        while (rest.len) {
            size_t end = rest.len;

            if (!text_find(rest, ", ", &end))
                end = rest.len;
            if (text_is(text_cut(rest, 0, end), column))
                return true;
            rest = text_cut(rest, end + 2, rest.len);
        }
    }
    return false;
}

/* ---- learning ---- */

/* Triggers, rules and policies go by their table's name. */
static bool keeps_names(enum object_kind kind)
{
    return kind == OBJECT_TABLE || kind == OBJECT_VIEW || kind == OBJECT_MATERIALIZED_VIEW || kind == OBJECT_INDEX ||
           kind == OBJECT_TYPE || kind == OBJECT_DOMAIN || kind == OBJECT_SCHEMA;
}

static struct sql_object *add(struct sql_known *k, enum object_kind kind, const char *schema, const char *name)
{
    struct sql_object **bucket = bucket_of(k, space_of(kind), name);
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
    struct sql_object *o = find(k, SPACE_RELATION, schema, name);

    return o || !name ? o : add(k, OBJECT_TABLE, schema ? schema : default_schema(k), name);
}

static void learn_part(struct sql_known *k, const struct action *a)
{
    struct sql_object *table = table_of(k, a->schema, a->name), *o;

    /* What CREATE TABLE IF NOT EXISTS says of a table that was there holds for none of its columns. */
    if (!table || ((a->flags & ACTION_WITHIN) && table->statement != k->statement))
        return;
    if (a->sub && part_of(table, a->object, a->sub) && (a->flags & ACTION_IF_NOT_EXISTS))
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
        return temporary;
    return a->schema ? a->schema : default_schema(k);
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
    o = find_in(k, space_of(a->object), schema, a->name);
    if (o && (a->flags & (ACTION_IF_NOT_EXISTS | ACTION_OR_REPLACE)))
        return;
    was_dropped = is_gone(k, space_of(a->object), schema, a->name);
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
        return part_of(find(k, SPACE_RELATION, a->schema, a->name), a->object, a->sub);
    return keeps_names(a->object) ? find(k, space_of(a->object), a->schema, a->name) : NULL;
}

/* Remembered of what nothing was heard of too: a later IF NOT EXISTS makes it for sure. */
static void learn_drop(struct sql_known *k, const struct action *a)
{
    struct sql_object *o = object_of(k, a);

    if (!o && keeps_names(a->object) && a->name)
        o = add(k, a->object, a->schema ? a->schema : a->object == OBJECT_SCHEMA ? "" : default_schema(k), a->name);
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
    struct sql_object *o = part_of(table, OBJECT_COLUMN, a->sub);

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
