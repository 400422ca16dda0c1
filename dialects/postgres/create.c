/* The tables whose shape a tool's own code fixes. Rails: activerecord's schema_migration.rb and internal_metadata.rb;
 * Diesel: setup_migration_table.sql; Drizzle 0.x: pg-core/dialect.ts. */
#include "dialects/postgres/lease.h"
#include "dialects/postgres/retry.h"
#include "dialects/postgres/rows.h"

static const char *const columns[] = {
    [TABLE_SCHEMA_MIGRATIONS] = "\"version\" character varying NOT NULL PRIMARY KEY",
    [TABLE_AR_INTERNAL_METADATA] = "\"key\" character varying NOT NULL PRIMARY KEY, \"value\" character varying, "
                                   "\"created_at\" timestamp(6) without time zone NOT NULL, "
                                   "\"updated_at\" timestamp(6) without time zone NOT NULL",
    [TABLE_DIESEL] = "version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
    [TABLE_DRIZZLE] = "id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint",
    [TABLE_HISTORY] =
        "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, format integer, run_id text NOT NULL, "
        "ledger text NOT NULL, version text NOT NULL, name text, direction text NOT NULL, kind text, layout text, "
        "path text, sha256 text, blob text, \"commit\" text, repository text, author text, database_user text, "
        "client_host text, merganser text, started_at timestamptz NOT NULL, finished_at timestamptz, "
        "outcome text NOT NULL, statements_done bigint, statements_total bigint, error text, down_script text, "
        "statement_begun bigint, done_hash text, waited_ms bigint, attempts integer",
    [TABLE_HISTORY_SCHEMA] =
        "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, format integer, run_id text NOT NULL, "
        "ledger text NOT NULL, version text NOT NULL, direction text NOT NULL, server integer, versions bigint, "
        "ledger_sha256 text, taken_at timestamptz NOT NULL, sha256 text NOT NULL, description text",
    [TABLE_LEASE] = "id integer PRIMARY KEY CHECK (id = 1), ledger text, token bigint NOT NULL, holder text, "
                    "client_host text, client_pid bigint, "
                    "database_user text, application text, taken_at timestamptz NOT NULL, renewed_at timestamptz NOT "
                    "NULL",
};

/* What a history of the first format lacks. */
static const struct {
    const char *name, *type;
} second[] = {
    { "statement_begun", "bigint" },
    { "done_hash", "text" },
    { "waited_ms", "bigint" },
    { "attempts", "integer" },
};

/* Two runners may both find a table absent: the later one's CREATE ... IF NOT EXISTS can still fail on the catalog's
 * unique index (23505), or see the other's table or schema (42P07, 42P06). It is there at the next look. */
enum { TRIES = 5 };

static bool made_by_another(const struct err *e)
{
    return strcmp(e->sqlstate, "23505") == 0 || strcmp(e->sqlstate, "42P07") == 0 || strcmp(e->sqlstate, "42P06") == 0;
}

/* Says what is there already: IF NOT EXISTS asks for the right to make it even then. */
static bool look(bool *schema, bool *table, struct pg *pg, struct table_name name, struct err *e)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    PGresult *r;
    bool ok;

    buf_string(&sql, "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ");
    pg_literal(&sql, pg, text_from(name.schema));
    buf_string(&sql, "), ");
    pg_table_oid(&sql, pg, name);
    buf_string(&sql, " IS NOT NULL");
    ok = pg_query(&r, pg, buf_cstr(&sql), NULL, e);
    if (ok) {
        *schema = !name.schema || *PQgetvalue(r, 0, 0) == 't';
        *table = *PQgetvalue(r, 0, 1) == 't';
    }
    PQclear(r);
    arena_close(a);
    return ok;
}

static bool make(struct pg *pg, enum known_table kind, struct table_name name, bool schema, struct err *e)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    size_t n = 0;
    const struct row_change *rows = lease_fenced(pg, NULL, &n, a);
    bool ok;

    pg_begin(&sql, pg, PG_WRITING);
    if (!schema) {
        buf_string(&sql, "CREATE SCHEMA IF NOT EXISTS ");
        pg_name(&sql, name.schema);
        buf_char(&sql, ';');
    }
    buf_string(&sql, "CREATE TABLE IF NOT EXISTS ");
    pg_table(&sql, name);
    buf_printf(&sql, " (%s);", columns[kind]);
    if (kind == TABLE_HISTORY) {
        buf_string(&sql, "CREATE INDEX IF NOT EXISTS ");
        pg_name(&sql, arena_printf(a, "%s_ledger_version_idx", name.table));
        buf_string(&sql, " ON ");
        pg_table(&sql, name);
        buf_string(&sql, " (ledger, version);");
    }
    if (n) {
        struct rows_sql fence = rows_sql_open(pg, true, NULL, a);

        rows_change(&fence, rows, n);
        buf_printf(&sql, "%s;", buf_cstr(&fence.sql));
    }
    buf_string(&sql, "COMMIT");
    ok = retry_sql(pg, buf_cstr(&sql), e);
    arena_close(a);
    return ok;
}

static bool has_column(const struct table_info *table, const char *name)
{
    for (size_t i = 0; i < table->ncolumns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return true;
    return false;
}

/* Asks for the owner's rights and a moment alone with the table, so only where something is lacking. */
static bool upgrade_history(struct pg *pg, struct table_name name, struct err *e)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct table_info found = { 0 };
    bool ok = postgres_tables_find(&pg->db, &name, 1, &found, a, e), lacks = false;

    pg_begin(&sql, pg, PG_WRITING);
    buf_string(&sql, "ALTER TABLE ");
    pg_table(&sql, name);
    for (size_t i = 0; ok && i < sizeof second / sizeof *second; i++) {
        if (has_column(&found, second[i].name))
            continue;
        buf_printf(&sql, "%s ADD COLUMN IF NOT EXISTS %s %s", lacks ? "," : "", second[i].name, second[i].type);
        lacks = true;
    }
    buf_string(&sql, ";COMMIT");
    ok = ok && (!lacks || retry_sql(pg, buf_cstr(&sql), e));
    arena_close(a);
    return ok;
}

static bool no_right(const struct pg *pg, struct table_name name, bool schema, struct err *e)
{
    struct arena *a = arena_open();
    struct buf grant = buf_open(a, SIZE_MAX / 2);

    buf_printf(&grant, "GRANT CREATE ON %s ", schema ? "SCHEMA" : "DATABASE");
    pg_name(&grant, schema ? name.schema : pg->db.info.name);
    buf_string(&grant, " TO ");
    pg_name(&grant, pg->db.info.user);
    err_hint(e, "let it: %s; or name a role that may make it under `session` in merganser.yml", buf_cstr(&grant));
    arena_close(a);
    return false;
}

bool postgres_table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    bool schema, table;

    if (!pg_restore(pg, e))
        return false;
    for (int i = 0; i < TRIES; i++) {
        if (!look(&schema, &table, pg, name, e))
            return false;
        if (table)
            return kind != TABLE_HISTORY || upgrade_history(pg, name, e);
        if (make(pg, kind, name, schema, e))
            return true;
        if (!made_by_another(e))
            return name.schema && strcmp(e->sqlstate, "42501") == 0 && no_right(pg, name, schema, e);
    }
    return false;
}
