#include "core/review/known_objects.h"

#include "core/base/text.h"

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

/* The first schema of the script's own search_path, quotes taken off; what stands for the user's own is passed over. */
const char *known_default_schema(const struct sql_known *k)
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
        if (name.len && !text_is(name, "$user") && !text_is(name, KNOWN_TEMPORARY))
            return arena_cstr(k->arena, name);
    }
    return "public";
}

/* ---- names ---- */

enum name_space known_space(enum object_kind kind)
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

struct sql_object **known_bucket(struct sql_known *k, enum name_space space, const char *name)
{
    size_t hash = 5381;

    for (const char *c = name; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    return &k->buckets[space][hash % BUCKETS];
}

struct sql_object *known_find_in(struct sql_known *k, enum name_space space, const char *schema, const char *name)
{
    for (struct sql_object *o = *known_bucket(k, space, name); o; o = o->next)
        if (!o->gone && strcmp(o->name, name) == 0 && strcmp(o->schema, schema) == 0)
            return o;
    return NULL;
}

bool known_is_gone(struct sql_known *k, enum name_space space, const char *schema, const char *name)
{
    for (const struct sql_object *o = *known_bucket(k, space, name); o; o = o->next)
        if (strcmp(o->name, name) == 0 && strcmp(o->schema, schema) == 0)
            return o->gone;
    return false;
}

/* A KNOWN_TEMPORARY table hides the one that it is named like. */
struct sql_object *known_find(struct sql_known *k, enum name_space space, const char *schema, const char *name)
{
    struct sql_object *found;

    if (!name)
        return NULL;
    if (schema || space == SPACE_SCHEMA)
        return known_find_in(k, space, schema ? schema : "", name);
    found = known_find_in(k, space, KNOWN_TEMPORARY, name);
    return found ? found : known_find_in(k, space, known_default_schema(k), name);
}

struct sql_object *known_part(const struct sql_object *table, enum object_kind kind, const char *name)
{
    for (struct sql_object *o = table ? table->parts : NULL; o && name; o = o->next)
        if (!o->gone && o->kind == kind && strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

const struct sql_object *known_table(struct sql_known *k, const char *schema, const char *name)
{
    return known_find(k, SPACE_RELATION, schema, name);
}

const struct sql_object *known_column(struct sql_known *k, const char *schema, const char *table, const char *column)
{
    return known_part(known_find(k, SPACE_RELATION, schema, table), OBJECT_COLUMN, column);
}

const struct sql_object *known_constraint(struct sql_known *k, const char *schema, const char *table,
                                          const char *constraint)
{
    return known_part(known_find(k, SPACE_RELATION, schema, table), OBJECT_CONSTRAINT, constraint);
}

const struct sql_object *known_index(struct sql_known *k, const char *schema, const char *name)
{
    return known_find(k, SPACE_INDEX, schema, name);
}

const struct sql_object *known_type(struct sql_known *k, const char *schema, const char *name)
{
    return known_find(k, SPACE_TYPE, schema, name);
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
    return known_age(k, known_find(k, SPACE_SCHEMA, NULL, name));
}

enum sql_age known_table_age(struct sql_known *k, const char *schema, const char *name)
{
    const struct sql_object *table = known_find(k, SPACE_RELATION, schema, name);
    enum sql_age age = known_age(k, table), of_schema;

    if (age == SQL_NEW || !name)
        return age;
    of_schema = known_age(k, known_find_in(k, SPACE_SCHEMA, "", schema ? schema : known_default_schema(k)));
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
    const struct sql_object *t = known_find(k, SPACE_RELATION, schema, table);

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
