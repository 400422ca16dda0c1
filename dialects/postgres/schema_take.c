#include "dialects/postgres/schema.h"

enum { CLASS_INHERITS = 2611 };

uint64_t schema_child_key(uint64_t relation)
{
    return (uint64_t)CLASS_INHERITS << OID_BITS | (relation & UINT32_MAX);
}

void schema_take_schema(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    schema_take_known(s, class, of, r, row);
}

/* A table, a view, a type. The last column of a relation says whether it is a partition, of a type which relation its
 * attributes belong to. */
void schema_take_relation(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct known *k = schema_take_known(s, class, of, r, row);

    k->object.of = k->object.name;
    if (class == CLASS_TYPE)
        schema_alias(s, schema_key(CLASS_RELATION, r, row, TAKE_MORE));
    else
        k->partition = schema_flag(r, row, TAKE_MORE);
}

void schema_take_parent(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    enum { CHILD, PARENT };
    uint64_t child = schema_key(class, r, row, CHILD), key = schema_key(of, r, row, PARENT);
    struct known *k = schema_known(s, child), *parent = schema_known(s, key);

    if (!k) {
        /* An index: it is not known yet. */
        schema_add(s, schema_child_key(child))->parent = key;
        return;
    }
    if (!parent)
        return;
    k->parent = k->parent ? k->parent : key;
    k->object.definition = k->partition
                               ? arena_printf(s->arena, "PARTITION OF %s %s", parent->object.name, k->object.definition)
                               : arena_printf(s->arena, "%s%sINHERITS %s", k->object.definition,
                                              *k->object.definition ? " " : "", parent->object.name);
}

static void add_words(struct buf *out, const char *before, const char *words, const char *behind)
{
    if (!*words)
        return;
    buf_string(out, out->len ? " " : "");
    buf_printf(out, "%s%s%s", before, words, behind);
}

void schema_take_column(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    enum { SELDOM = TAKE_MORE, DEFAULT, GENERATED, NOT_NULL, LOCAL, INHERITS, NUMBER, COLLATION, TYPE };
    struct known *k = schema_take_known(s, class, of, r, row), *whole;
    struct buf definition = buf_open(s->arena, SIZE_MAX / 2);

    if (!k)
        return;
    add_words(&definition, "", PQgetvalue(r, row, TAKE_DEFINITION), "");
    add_words(&definition, "", PQgetvalue(r, row, SELDOM), "");
    add_words(&definition, "GENERATED ALWAYS AS (", PQgetvalue(r, row, GENERATED), ") STORED");
    add_words(&definition, "DEFAULT ", PQgetvalue(r, row, DEFAULT), "");
    add_words(&definition, "", schema_flag(r, row, NOT_NULL) ? "NOT NULL" : "", "");
    k->object.definition = schema_settled(buf_cstr(&definition), s->arena);
    k->key = 0;
    k->number = schema_cell(s, r, row, NUMBER);
    k->collation = schema_cell(s, r, row, COLLATION);
    k->type = schema_cell(s, r, row, TYPE);
    k->inherits = schema_flag(r, row, INHERITS);
    k->inherited = k->inherits && !schema_flag(r, row, LOCAL);
    whole = schema_known(s, k->whole);
    if (!whole->ncolumns++)
        whole->columns = s->known.len - 1;
    if (strcmp(whole->object.kind, "view") == 0 || strcmp(whole->object.kind, "materialized view") == 0)
        k->listed = *k->object.definition;
}

void schema_take_constraint(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct known *k = schema_take_known(s, class, of, r, row);

    if (!k)
        return;
    k->parent = schema_key(class, r, row, TAKE_MORE);
    k->partition = k->parent;
}

void schema_take_sequence(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    enum { OWNED = TAKE_MORE, COLUMN };
    struct known *k = schema_take_known(s, class, of, r, row);
    const struct known *column =
        k ? schema_column(s, schema_known(s, k->whole), text_from(PQgetvalue(r, row, COLUMN))) : NULL;

    if (column)
        k->object.definition =
            arena_printf(s->arena, "%s %s %s", k->object.definition,
                         *PQgetvalue(r, row, OWNED) == 'i' ? "OF IDENTITY" : "OWNED BY", column->object.name);
}

/* ---- when all is known ---- */

static const struct known *column_named(const struct schema_reading *s, const struct known *table, const char *part)
{
    for (size_t i = 0; table && i < table->ncolumns; i++)
        if (strcmp(s->known.at[table->columns + i].part, part) == 0)
            return &s->known.at[table->columns + i];
    return NULL;
}

/* Its columns in their order. Of a child by inheritance only its own: a dump puts the others where the parents have
 * them. */
static const char *order_of(const struct schema_reading *s, const struct known *table)
{
    struct buf order = buf_open(s->arena, SIZE_MAX / 2);

    for (size_t i = 0; table && i < table->ncolumns; i++) {
        const struct known *c = &s->known.at[table->columns + i];

        if (c->inherits && !table->partition)
            continue;
        buf_string(&order, order.len ? ", " : "");
        buf_string(&order, c->part);
    }
    return buf_cstr(&order);
}

static void settle_columns(struct schema_reading *s, const struct known *table)
{
    const struct known *parent = schema_known(s, table->parent);

    for (size_t i = 0; i < table->ncolumns; i++) {
        struct known *c = &s->known.at[table->columns + i];
        const struct known *above = c->inherited ? column_named(s, parent, c->part) : NULL;

        if (above && strcmp(above->object.definition, c->object.definition) == 0)
            c->listed = false;
    }
}

static void settle_order(struct schema_reading *s, size_t at)
{
    struct known table = s->known.at[at], *k;
    const char *order = order_of(s, &table);

    if (table.partition && strcmp(order, order_of(s, schema_known(s, table.parent))) == 0)
        return;
    if (!strstr(order, ", "))
        return;
    k = schema_add(s, 0);
    k->object = table.object;
    k->object.kind = "column order";
    k->object.definition = order;
    k->whole = table.key;
    k->listed = true;
}

static void settle_partition(struct schema_reading *s, struct known *k)
{
    const struct known *top = schema_known(s, k->whole ? k->whole : k->key);
    const struct known *parent = k->partition && k->object.of != k->object.name ? schema_known(s, k->parent) : NULL;

    if (parent)
        k->object.definition = arena_printf(s->arena, "%s PARTITION OF %s", k->object.definition, parent->object.name);
    while (top && top->partition && schema_known(s, top->parent)) {
        top = schema_known(s, top->parent);
        k->object.partition_of = top->object.name;
    }
}

void schema_take_settle(struct schema_reading *s)
{
    size_t n = s->known.len;

    for (size_t i = 0; i < n; i++)
        settle_columns(s, &s->known.at[i]);
    for (size_t i = 0; i < n; i++)
        if (s->known.at[i].ncolumns > 1 && strstr(s->known.at[i].object.kind, "view") == NULL)
            settle_order(s, i);
    for (size_t i = 0; i < s->known.len; i++)
        if (s->known.at[i].listed)
            settle_partition(s, &s->known.at[i]);
}
