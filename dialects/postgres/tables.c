#include "dialects/postgres/session.h"

/* Columns of the answer to tables_find. */
enum { FIND_INDEX, FIND_SCHEMA, FIND_COLUMN, FIND_TYPE, FIND_KIND, FIND_LENGTH, FIND_NOT_NULL, FIND_DEFAULT, FIND_KEY };

/* The kind is told by type and category: S is string, domains have their base type's. */
static const char find_tail[] =
    ") AS w(i, q)"
    " JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.q) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN (pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid)"
    "  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " ORDER BY w.i, a.attnum";

static const char find_head[] =
    "SELECT w.i, n.nspname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN t.typcategory = 'S' THEN 's' WHEN t.typcategory = 'B' THEN 'b' WHEN t.typcategory = 'D' THEN 'd'"
    "  WHEN a.atttypid IN (20, 21, 23) THEN 'i' ELSE 'o' END,"
    " CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 0 END,"
    " a.attnotnull, a.atthasdef OR a.attidentity <> '',"
    " EXISTS (SELECT FROM pg_catalog.pg_index x"
    "  WHERE x.indrelid = c.oid AND x.indisprimary AND a.attnum = ANY (x.indkey::int2[]))"
    " FROM (VALUES ";

static enum column_kind kind_of(char c)
{
    switch (c) {
    case 's':
        return COLUMN_TEXT;
    case 'b':
        return COLUMN_BOOLEAN;
    case 'd':
        return COLUMN_TIME;
    case 'i':
        return COLUMN_INTEGER;
    default:
        return COLUMN_OTHER;
    }
}

static bool is_true(const PGresult *r, int row, int column)
{
    return *PQgetvalue(r, row, column) == 't';
}

static void take_column(struct table_info *table, const PGresult *r, int row, struct arena *a)
{
    struct column_info *c = &table->columns[table->ncolumns];
    uint64_t length = 0;

    if (PQgetisnull(r, row, FIND_COLUMN))
        return;
    text_to_u64(text_from(PQgetvalue(r, row, FIND_LENGTH)), &length);
    *c = (struct column_info) {
        .name = arena_string(a, PQgetvalue(r, row, FIND_COLUMN)),
        .type = arena_string(a, PQgetvalue(r, row, FIND_TYPE)),
        .kind = kind_of(*PQgetvalue(r, row, FIND_KIND)),
        .max_length = (int)length,
        .not_null = is_true(r, row, FIND_NOT_NULL),
        .has_default = is_true(r, row, FIND_DEFAULT),
        .primary_key = is_true(r, row, FIND_KEY),
    };
    table->ncolumns++;
}

static void take_tables(struct table_info *out, size_t n, const PGresult *r, struct arena *a)
{
    for (int row = 0; row < PQntuples(r); row++) {
        uint64_t i = 0;

        if (!text_to_u64(text_from(PQgetvalue(r, row, FIND_INDEX)), &i) || i >= n)
            continue;
        if (!out[i].exists) {
            out[i].exists = true;
            out[i].name.schema = arena_string(a, PQgetvalue(r, row, FIND_SCHEMA));
            out[i].columns = arena_make(a, struct column_info, (size_t)(PQntuples(r) - row));
        }
        take_column(&out[i], r, row, a);
    }
}

bool postgres_tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out,
                          struct arena *a, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    PGresult *r;
    bool ok;

    for (size_t i = 0; i < n; i++)
        out[i] = (struct table_info) { .name = names[i] };
    if (n == 0 || !pg_restore(pg, e))
        return n == 0;
    buf_string(&sql, find_head);
    for (size_t i = 0; i < n; i++) {
        struct buf name = buf_open(a, SIZE_MAX / 2);

        pg_table(&name, names[i]);
        buf_printf(&sql, "%s(%zu, ", i ? ", " : "", i);
        pg_literal(&sql, pg, buf_content(&name));
        buf_char(&sql, ')');
    }
    buf_string(&sql, find_tail);
    ok = pg_query(&r, pg, buf_cstr(&sql), NULL, e);
    if (ok)
        take_tables(out, n, r, a);
    PQclear(r);
    return ok;
}

bool postgres_tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e)
{
    static const char sql[] =
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'"
        " AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass"
        "  AND d.objid = c.oid AND d.deptype = 'e')"
        " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";
    struct pg *pg = (struct pg *)db;
    PGresult *r;

    *out = (struct table_list) { 0 };
    if (!pg_restore(pg, e) || !pg_query(&r, pg, sql, NULL, e))
        return false;
    for (int i = 0; i < PQntuples(r); i++)
        *arena_push(a, out) =
            (struct table_name) { arena_string(a, PQgetvalue(r, i, 0)), arena_string(a, PQgetvalue(r, i, 1)) };
    PQclear(r);
    return true;
}
