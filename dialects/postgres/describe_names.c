#include "dialects/postgres/describe.h"

const char *describe_text(struct describing *d, const char *s)
{
    return s && *s ? arena_string(d->arena, s) : NULL;
}

const char *describe_string(struct describing *d, const PgQuery__Node *n)
{
    return n && n->node_case == PG_QUERY__NODE__NODE_STRING ? describe_text(d, n->string->sval) : NULL;
}

void describe_name(struct action *out, struct describing *d, PgQuery__Node *const *names, size_t n)
{
    out->name = n ? describe_string(d, names[n - 1]) : NULL;
    out->schema = n > 1 ? describe_string(d, names[n - 2]) : NULL;
}

void describe_relation(struct action *out, struct describing *d, const PgQuery__RangeVar *r)
{
    if (!r)
        return;
    out->schema = describe_text(d, r->schemaname);
    out->name = describe_text(d, r->relname);
    out->at = r->location > 0 ? (size_t)r->location : 0;
    if (r->relpersistence && *r->relpersistence == 't')
        out->flags |= ACTION_TEMPORARY;
    if (r->relpersistence && *r->relpersistence == 'u')
        out->flags |= ACTION_UNLOGGED;
    out->flags |= r->inh ? 0 : ACTION_ONLY;
}

void describe_other_relation(struct action *a, struct describing *d, const PgQuery__RangeVar *other)
{
    if (!other)
        return;
    a->new_schema = describe_text(d, other->schemaname);
    a->new_name = describe_text(d, other->relname);
}

const char *describe_columns(struct describing *d, PgQuery__Node *const *names, size_t n)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    for (size_t i = 0; i < n; i++) {
        const char *name = describe_string(d, names[i]);

        if (!name)
            return NULL;
        buf_printf(&out, "%s%s", i ? ", " : "", name);
    }
    return out.len ? buf_cstr(&out) : NULL;
}

/* ---- types ---- */

/* What the grammar makes of SQL's own names, as format_type() prints them; where a length stands inside the name, it
 * goes behind its first word. */
static const struct {
    const char *name, *shown, *behind;
} own_types[] = {
    { "int2", "smallint", "" },
    { "int4", "integer", "" },
    { "int8", "bigint", "" },
    { "float4", "real", "" },
    { "float8", "double precision", "" },
    { "bool", "boolean", "" },
    { "varchar", "character varying", "" },
    { "bpchar", "character", "" },
    { "varbit", "bit varying", "" },
    { "timestamp", "timestamp", " without time zone" },
    { "timestamptz", "timestamp", " with time zone" },
    { "time", "time", " without time zone" },
    { "timetz", "time", " with time zone" },
};

/* Short names that users write as they are and the server knows by the longer ones. */
static const char *const serial_types[][2] = {
    { "serial", "integer" }, { "serial4", "integer" },      { "bigserial", "bigint" },
    { "serial8", "bigint" }, { "smallserial", "smallint" }, { "serial2", "smallint" },
};

static void add_quoted(struct buf *out, const char *name)
{
    bool plain = !text_is_digit(*name);

    for (const char *c = name; *c; c++)
        plain = plain && text_is_word(*c) && text_lower(*c) == *c;
    if (plain) {
        buf_string(out, name);
        return;
    }
    buf_char(out, '"');
    for (; *name; name++)
        buf_printf(out, *name == '"' ? "\"\"" : "%c", *name);
    buf_char(out, '"');
}

/* "(20)", "(10,2)"; an interval's fields are numbers too, and are left out. */
static void add_modifiers(struct buf *out, const PgQuery__TypeName *t, const char *name)
{
    if (!t->n_typmods || strcmp(name, "interval") == 0)
        return;
    for (size_t i = 0; i < t->n_typmods; i++) {
        const PgQuery__Node *n = t->typmods[i];

        buf_char(out, i ? ',' : '(');
        if (n->node_case == PG_QUERY__NODE__NODE_A_CONST && n->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
            buf_printf(out, "%d", n->a_const->ival->ival);
        else
            buf_char(out, '?');
    }
    buf_char(out, ')');
}

static void add_name(struct buf *out, struct describing *d, const PgQuery__TypeName *t)
{
    const char *name = describe_string(d, t->names[t->n_names - 1]);
    const char *schema = t->n_names > 1 ? describe_string(d, t->names[t->n_names - 2]) : NULL;

    if (!name)
        return;
    for (size_t i = 0; i < sizeof own_types / sizeof *own_types; i++) {
        if ((schema && strcmp(schema, "pg_catalog") != 0) || strcmp(own_types[i].name, name) != 0)
            continue;
        buf_string(out, own_types[i].shown);
        add_modifiers(out, t, name);
        buf_string(out, own_types[i].behind);
        return;
    }
    for (size_t i = 0; !schema && i < sizeof serial_types / sizeof *serial_types; i++)
        if (strcmp(serial_types[i][0], name) == 0) {
            buf_string(out, serial_types[i][1]);
            return;
        }
    if (schema && strcmp(schema, "pg_catalog") != 0) {
        add_quoted(out, schema);
        buf_char(out, '.');
    }
    add_quoted(out, name);
    add_modifiers(out, t, name);
}

bool describe_is_serial(const PgQuery__TypeName *t)
{
    const PgQuery__Node *n = t && t->n_names == 1 ? t->names[0] : NULL;

    for (size_t i = 0; n && i < sizeof serial_types / sizeof *serial_types; i++)
        if (n->node_case == PG_QUERY__NODE__NODE_STRING && strcmp(serial_types[i][0], n->string->sval) == 0)
            return true;
    return false;
}

const char *describe_type(struct describing *d, const PgQuery__TypeName *t)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    if (!t || !t->n_names || t->pct_type)
        return NULL;
    add_name(&out, d, t);
    if (t->n_array_bounds)
        buf_string(&out, "[]"); /* of any number of dimensions: the server keeps none */
    return buf_cstr(&out);
}

const char *describe_arguments(struct describing *d, const PgQuery__ObjectWithArgs *o)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    if (o->args_unspecified)
        return NULL;
    for (size_t i = 0; i < o->n_objargs; i++) {
        const PgQuery__Node *n = o->objargs[i];
        const char *type = n->node_case == PG_QUERY__NODE__NODE_TYPE_NAME ? describe_type(d, n->type_name) : NULL;

        buf_printf(&out, "%s%s", i ? ", " : "", type ? type : "?");
    }
    return buf_cstr(&out);
}

/* ---- objects ---- */

enum object_kind describe_kind(PgQuery__ObjectType type)
{
    static const struct {
        PgQuery__ObjectType type;
        enum object_kind kind;
    } kinds[] = {
        { PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, OBJECT_TABLE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, OBJECT_TABLE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN, OBJECT_COLUMN },
        { PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE, OBJECT_COLUMN },
        { PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, OBJECT_INDEX },
        { PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT, OBJECT_CONSTRAINT },
        { PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT, OBJECT_CONSTRAINT },
        { PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, OBJECT_SEQUENCE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, OBJECT_VIEW },
        { PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, OBJECT_MATERIALIZED_VIEW },
        { PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, OBJECT_TYPE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN, OBJECT_DOMAIN },
        { PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, OBJECT_FUNCTION },
        { PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, OBJECT_FUNCTION },
        { PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, OBJECT_PROCEDURE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE, OBJECT_AGGREGATE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, OBJECT_TRIGGER },
        { PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER, OBJECT_EVENT_TRIGGER },
        { PG_QUERY__OBJECT_TYPE__OBJECT_RULE, OBJECT_RULE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_POLICY, OBJECT_POLICY },
        { PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA, OBJECT_SCHEMA },
        { PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION, OBJECT_EXTENSION },
        { PG_QUERY__OBJECT_TYPE__OBJECT_ROLE, OBJECT_ROLE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE, OBJECT_DATABASE },
        { PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT, OBJECT_STATISTICS },
        { PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION, OBJECT_PUBLICATION },
        { PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION, OBJECT_SUBSCRIPTION },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == type)
            return kinds[i].kind;
    return OBJECT_OTHER;
}

/* Kinds that are named behind a relation or a domain: schema.table.part. */
static bool is_part(PgQuery__ObjectType type)
{
    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
    case PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
    case PG_QUERY__OBJECT_TYPE__OBJECT_RULE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
        return true;
    default:
        return false;
    }
}

void describe_object_name(struct action *out, struct describing *d, const PgQuery__Node *n, PgQuery__ObjectType type)
{
    PgQuery__Node *const *items;
    size_t len;

    if (!n)
        return;
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_STRING:
        out->name = describe_string(d, n);
        return;
    case PG_QUERY__NODE__NODE_RANGE_VAR:
        describe_relation(out, d, n->range_var);
        return;
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
        describe_name(out, d, n->object_with_args->objname, n->object_with_args->n_objname);
        out->arguments = describe_arguments(d, n->object_with_args);
        return;
    case PG_QUERY__NODE__NODE_TYPE_NAME:
        describe_name(out, d, n->type_name->names, n->type_name->n_names);
        return;
    case PG_QUERY__NODE__NODE_LIST:
        break;
    default:
        return;
    }
    items = n->list->items;
    len = n->list->n_items;
    if (is_part(type) && len > 1) {
        const PgQuery__Node *of = items[len - 2];

        /* A domain's constraint stands behind the type's name, the other parts behind the names of a relation. */
        if (of->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
            describe_name(out, d, of->type_name->names, of->type_name->n_names);
        else if (items[0]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
            describe_name(out, d, items[0]->type_name->names, items[0]->type_name->n_names);
        else
            describe_name(out, d, items, len - 1);
        out->sub = describe_string(d, items[len - 1]);
        return;
    }
    describe_name(out, d, items, len);
}
