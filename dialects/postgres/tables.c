#include "dialects/postgres/session.h"

/* Columns of the answer to tables_find. */
enum {
    FIND_SCHEMA,
    FIND_TABLE,
    FIND_VISIBLE,
    FIND_COLUMN,
    FIND_TYPE,
    FIND_KIND,
    FIND_LENGTH,
    FIND_NOT_NULL,
    FIND_DEFAULT
};

/* The kind is told by type and category (S string, B boolean, D time); domains have their base type's. Subqueries for
 * the two names, since in a new session planning a join costs more than all else. */
static const char find_head[] =
    "SELECT (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace), c.relname,"
    " pg_catalog.pg_table_is_visible(c.oid), a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN a.atttypid IN (20, 21, 23) THEN 'i'"
    "  ELSE (SELECT t.typcategory FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid) END,"
    " CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 0 END,"
    " a.attnotnull, a.atthasdef OR a.attidentity <> ''"
    " FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_attribute a"
    "  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid IN (";

static const char find_tail[] = ") ORDER BY c.oid, a.attnum";

void pg_table_oid(struct buf *out, const struct pg *pg, struct table_name name)
{
    if (name.schema) {
        buf_string(out, "(SELECT k.oid FROM pg_catalog.pg_class k WHERE k.relname = ");
        pg_literal(out, pg, text_from(name.table));
        buf_string(out, " AND k.relnamespace = (SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname = ");
        pg_literal(out, pg, text_from(name.schema));
        buf_string(out, "))");
    } else {
        struct buf quoted = buf_open(out->arena, SIZE_MAX / 2);

        pg_table(&quoted, name);
        buf_string(out, "pg_catalog.to_regclass(");
        pg_literal(out, pg, buf_content(&quoted));
        buf_char(out, ')');
    }
}

static enum column_kind kind_of(char c)
{
    switch (c) {
    case 'S':
        return COLUMN_TEXT;
    case 'B':
        return COLUMN_BOOLEAN;
    case 'D':
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
    };
    table->ncolumns++;
}

/* An unqualified name is the table that the search path shows under it. */
static bool is_named(const PGresult *r, int row, const struct table_name *name)
{
    return strcmp(PQgetvalue(r, row, FIND_TABLE), name->table) == 0 &&
           (name->schema ? strcmp(PQgetvalue(r, row, FIND_SCHEMA), name->schema) == 0 : is_true(r, row, FIND_VISIBLE));
}

static void take_table(struct table_info *out, const struct table_name *name, const PGresult *r, struct arena *a)
{
    for (int row = 0; row < PQntuples(r); row++) {
        if (!is_named(r, row, name))
            continue;
        if (!out->exists) {
            out->exists = true;
            out->name.schema = arena_string(a, PQgetvalue(r, row, FIND_SCHEMA));
            out->columns = arena_make(a, struct column_info, (size_t)(PQntuples(r) - row));
        }
        take_column(out, r, row, a);
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
        buf_string(&sql, i ? ", " : "");
        pg_table_oid(&sql, pg, names[i]);
    }
    buf_string(&sql, find_tail);
    ok = pg_query(&r, pg, buf_cstr(&sql), NULL, e);
    for (size_t i = 0; ok && i < n; i++)
        take_table(&out[i], &names[i], r, a);
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
