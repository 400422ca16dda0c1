#include "dialects/postgres/schema.h"

enum { INDEX_MIN = 1024 };

uint64_t schema_key(unsigned class, const PGresult *r, int row, int column)
{
    uint64_t oid = 0;

    text_to_u64(text_from(PQgetvalue(r, row, column)), &oid);
    return oid ? (uint64_t) class << 32 | oid : 0;
}

static size_t slot_of(const struct schema_reading *s, uint64_t key)
{
    /* Fibonacci hashing: oids that follow each other lie far apart. */
    size_t slot = (size_t)((key * 0x9e3779b97f4a7c15u) >> 24) & (s->index.cap - 1);

    while (s->index.at[slot].key && s->index.at[slot].key != key)
        slot = (slot + 1) & (s->index.cap - 1);
    return slot;
}

static void index_put(struct schema_reading *s, uint64_t key, size_t known)
{
    size_t slot;

    if (2 * s->index.len >= s->index.cap) {
        struct schema_reading old = *s;

        s->index.cap = old.index.cap ? 2 * old.index.cap : INDEX_MIN;
        s->index.at = arena_alloc_array(s->arena, sizeof *s->index.at, s->index.cap);
        for (size_t i = 0; i < old.index.cap; i++)
            if (old.index.at[i].key)
                s->index.at[slot_of(s, old.index.at[i].key)] = old.index.at[i];
    }
    slot = slot_of(s, key);
    s->index.len += !s->index.at[slot].key;
    s->index.at[slot].key = key;
    s->index.at[slot].known = known;
}

struct known *schema_known(const struct schema_reading *s, uint64_t key)
{
    size_t slot;

    if (!key || !s->index.cap)
        return NULL;
    slot = slot_of(s, key);
    return s->index.at[slot].key ? &s->known.at[s->index.at[slot].known] : NULL;
}

struct known *schema_add(struct schema_reading *s, uint64_t key)
{
    struct known *k = arena_push(s->arena, &s->known);

    k->key = key;
    if (key)
        index_put(s, key, s->known.len - 1);
    return k;
}

void schema_alias(struct schema_reading *s, uint64_t key)
{
    if (key)
        index_put(s, key, s->known.len - 1);
}

const struct known *schema_column(const struct schema_reading *s, const struct known *relation, struct text number)
{
    for (size_t i = 0; relation && i < relation->ncolumns; i++)
        if (text_is(number, s->known.at[relation->columns + i].number))
            return &s->known.at[relation->columns + i];
    return NULL;
}

const char *schema_cell(struct schema_reading *s, const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) ? NULL : arena_string(s->arena, PQgetvalue(r, row, column));
}

bool schema_flag(const PGresult *r, int row, int column)
{
    return *PQgetvalue(r, row, column) == 't';
}

struct known *schema_take_known(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct schema_object o = { .schema = schema_cell(s, r, row, TAKE_SCHEMA) };
    uint64_t whole = schema_key(of, r, row, TAKE_OF);
    const char *part;
    struct known *k;

    o.kind = schema_cell(s, r, row, TAKE_KIND);
    o.name = part = schema_cell(s, r, row, TAKE_NAME);
    if (whole) {
        k = schema_known(s, whole);
        if (!k)
            return NULL;
        o.of = k->object.name;
        /* What has a schema of its own (an index, a sequence) does not bear the table's name. */
        if (!o.schema) {
            o.schema = k->object.schema;
            o.name = arena_printf(s->arena, "%s.%s", k->object.name, o.name);
        }
    }
    o.definition = schema_settled(PQgetvalue(r, row, TAKE_DEFINITION), s->arena);
    k = schema_add(s, schema_key(class, r, row, TAKE_OID));
    k->object = o;
    k->whole = whole;
    k->part = part;
    k->listed = true;
    return k;
}

void schema_take_object(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    schema_take_known(s, class, of, r, row);
}
