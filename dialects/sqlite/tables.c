#include "dialects/sqlite/tables.h"

#include "core/base/text.h"
#include "dialects/sqlite/affinity.h"

static const char *column_string(sqlite3_stmt *stmt, int column, struct arena *a)
{
    const char *s = (const char *)sqlite3_column_text(stmt, column);

    return arena_string(a, s ? s : "");
}

static bool columns_read(struct table_info *out, sqlite3_stmt *stmt, struct arena *a)
{
    enum { NAME, TYPE, NOT_NULL, DEFAULT, KEY, HIDDEN };
    struct {
        struct column_info *at;
        size_t len, cap;
    } columns = { 0 };
    size_t keys = 0;
    int code;

    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct column_info *column = arena_push(a, &columns);
        struct sqlite_affinity affinity;

        column->name = column_string(stmt, NAME, a);
        column->type = column_string(stmt, TYPE, a);
        affinity = sqlite_affinity(column->type);
        column->kind = affinity.kind;
        column->max_length = affinity.max_length;
        column->not_null = sqlite3_column_int(stmt, NOT_NULL);
        /* A generated column can't be written at all. */
        column->has_default =
            sqlite3_column_type(stmt, DEFAULT) != SQLITE_NULL || sqlite3_column_int(stmt, HIDDEN) >= 2;
        column->primary_key = sqlite3_column_int(stmt, KEY) > 0;
        keys += column->primary_key;
    }
    /* An INTEGER PRIMARY KEY is the row's number, which SQLite gives (https://www.sqlite.org/lang_createtable.html). */
    for (size_t i = 0; i < columns.len && keys == 1; i++)
        if (columns.at[i].primary_key && text_is_nocase(text_from(columns.at[i].type), "INTEGER"))
            columns.at[i].has_default = true;
    out->columns = columns.at;
    out->ncolumns = columns.len;
    out->exists = columns.len > 0;
    return code == SQLITE_DONE;
}

bool sqlite_tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out,
                        struct arena *a, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    const char *doing = "look for tables";

    for (size_t i = 0; i < n; i++)
        out[i] = (struct table_info) { .name = { NULL, names[i].table } };
    if (!sqlite_ready(c, e))
        return false;
    for (size_t i = 0; i < n && c->handle; i++) {
        sqlite3_stmt *stmt = sqlite_prepared(c,
                                             "SELECT name, type, \"notnull\", dflt_value, pk, hidden "
                                             "FROM pragma_table_xinfo(?1, 'main')",
                                             doing, e);
        bool ok;

        if (!stmt)
            return false;
        sqlite3_bind_text(stmt, 1, names[i].table, -1, SQLITE_STATIC);
        ok = columns_read(&out[i], stmt, a) || sqlite_failed(c, doing, e);
        sqlite3_reset(stmt);
        if (!ok)
            return false;
    }
    return true;
}

bool sqlite_tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    const char *doing = "list the tables";
    sqlite3_stmt *stmt;
    int code;

    *out = (struct table_list) { 0 };
    if (!sqlite_ready(c, e))
        return false;
    if (!c->handle)
        return true;
    stmt = sqlite_prepared(c,
                           "SELECT name FROM main.sqlite_schema WHERE type = 'table' "
                           "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
                           doing, e);
    if (!stmt)
        return false;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        *arena_push(a, out) = (struct table_name) { NULL, column_string(stmt, 0, a) };
    if (code != SQLITE_DONE)
        sqlite_failed(c, doing, e);
    sqlite3_reset(stmt);
    return code == SQLITE_DONE;
}

/* %1 is the table in main, %2 an index in main, %3 the bare table, for where SQLite takes no schema. The texts are the
 * tools' own, from Rails' SQLite adapter, diesel's setup_migration_table.sql and drizzle-orm's sqlite dialect. */
static const char *const shapes[] = {
    [TABLE_SCHEMA_MIGRATIONS] = "CREATE TABLE IF NOT EXISTS %1 (\"version\" varchar NOT NULL PRIMARY KEY)",
    [TABLE_AR_INTERNAL_METADATA] = "CREATE TABLE IF NOT EXISTS %1 (\"key\" varchar NOT NULL PRIMARY KEY, "
                                   "\"value\" varchar, \"created_at\" datetime(6) NOT NULL, "
                                   "\"updated_at\" datetime(6) NOT NULL)",
    [TABLE_DIESEL] = "CREATE TABLE IF NOT EXISTS %1 (version VARCHAR(50) PRIMARY KEY NOT NULL, "
                     "run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    [TABLE_DRIZZLE] = "CREATE TABLE IF NOT EXISTS %1 (id SERIAL PRIMARY KEY, hash text NOT NULL, "
                      "created_at numeric)",
    [TABLE_HISTORY] = "CREATE TABLE IF NOT EXISTS %1 (id INTEGER PRIMARY KEY AUTOINCREMENT, format integer, "
                      "run_id text NOT NULL, ledger text NOT NULL, version text NOT NULL, name text, "
                      "direction text NOT NULL, kind text, layout text, path text, sha256 text, blob text, "
                      "\"commit\" text, repository text, author text, database_user text, client_host text, "
                      "merganser text, started_at text NOT NULL, finished_at text, outcome text NOT NULL, "
                      "statements_done integer, statements_total integer, error text, down_script text, "
                      "statement_begun integer, done_hash text, waited_ms integer, attempts integer);"
                      "CREATE INDEX IF NOT EXISTS %2 ON %3 (ledger, version)",
    [TABLE_HISTORY_SCHEMA] = "CREATE TABLE IF NOT EXISTS %1 (id INTEGER PRIMARY KEY AUTOINCREMENT, format integer, "
                             "run_id text NOT NULL, ledger text NOT NULL, version text NOT NULL, "
                             "direction text NOT NULL, server integer, versions integer, ledger_sha256 text, "
                             "taken_at text NOT NULL, sha256 text NOT NULL, description text)",
};

/* What a history of the first format lacks. */
static const struct {
    const char *name, *type;
} second[] = {
    { "statement_begun", "integer" },
    { "done_hash", "text" },
    { "waited_ms", "integer" },
    { "attempts", "integer" },
};

static bool upgrade_history(struct sqlite_db *c, struct table_name name, const char *doing, struct arena *a,
                            struct err *e)
{
    struct table_info found = { 0 };

    if (!sqlite_tables_find(&c->db, &name, 1, &found, a, e))
        return false;
    for (size_t i = 0; i < sizeof second / sizeof *second; i++) {
        bool has = false;

        for (size_t k = 0; k < found.ncolumns; k++)
            has = has || sqlite3_stricmp(found.columns[k].name, second[i].name) == 0;
        if (!has && !sqlite_run(c,
                                arena_printf(a, "ALTER TABLE %s ADD COLUMN %s %s", sqlite_table(name, a),
                                             second[i].name, second[i].type),
                                doing, e))
            return false;
    }
    return true;
}

static const char *shape_sql(enum known_table kind, struct table_name name, struct arena *a)
{
    struct buf sql = buf_open(a, 64 * 1024);
    struct table_name index = { NULL, arena_printf(a, "%s_version", name.table) };
    const char *const names[] = { sqlite_table(name, a), sqlite_table(index, a), sqlite_quoted(name.table, a) };

    for (const char *at = shapes[kind]; *at; at++) {
        if (*at != '%') {
            buf_char(&sql, *at);
            continue;
        }
        buf_string(&sql, names[at[1] - '1']);
        at++;
    }
    return buf_cstr(&sql);
}

bool sqlite_table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    struct arena *a = arena_open();
    const char *doing = arena_printf(a, "make the table %s", name.table);
    bool ok = sqlite_writable(c, e) && sqlite_begin(c, false, e) && sqlite_run(c, shape_sql(kind, name, a), doing, e) &&
              (kind != TABLE_HISTORY || upgrade_history(c, name, doing, a, e)) && sqlite_commit(c, e);

    sqlite_rollback(c);
    arena_close(a);
    return ok;
}
