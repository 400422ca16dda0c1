#include "dialects/sqlite/schema.h"

#include <sys/stat.h>

#include "core/base/text.h"

/* One statement, so that it is one state of the schema. A virtual table's own tables are called "shadow", those of
 * SQLite itself begin with sqlite_, and an index without a text belongs to a constraint. */
static const char objects[] = "SELECT s.type, s.name, s.tbl_name, s.sql, t.type FROM main.sqlite_schema s"
                              " LEFT JOIN pragma_table_list(s.name) t ON s.type = 'table' AND t.schema = 'main'"
                              " WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                              " AND t.type IS NOT 'shadow'";

static const char *column_string(sqlite3_stmt *stmt, int column, struct arena *a)
{
    const char *s = (const char *)sqlite3_column_text(stmt, column);

    return arena_string(a, s ? s : "");
}

static bool is_without(const struct schema_request *r, const char *table)
{
    for (size_t i = 0; i < r->nwithout; i++)
        if (sqlite3_stricmp(r->without[i].table, table) == 0)
            return true;
    return false;
}

static void take(struct schema *out, sqlite3_stmt *stmt, const struct schema_request *r, struct arena *a)
{
    enum { TYPE, NAME, TABLE, SQL, KIND };
    const char *type = column_string(stmt, TYPE, a), *name = column_string(stmt, NAME, a);
    const char *table = column_string(stmt, TABLE, a);
    struct text sql = text_from(column_string(stmt, SQL, a));
    bool is_virtual = strcmp(column_string(stmt, KIND, a), "virtual") == 0;
    struct schema_object *o;

    if (is_without(r, table))
        return;
    if (strcmp(type, "table") == 0 && !is_virtual) {
        sqlite_schema_table(out, name, sql, a);
        return;
    }
    o = arena_push(a, out);
    o->kind = is_virtual ? "virtual table" : type;
    o->name = sqlite_word_name(name, a);
    o->of = sqlite_word_name(table, a);
    o->definition = sqlite_words(sql, a);
}

bool sqlite_schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    const char *doing = "describe the schema";
    sqlite3_stmt *stmt;
    int code;

    *out = (struct schema) { 0 };
    if (!sqlite_ready(c, e))
        return false;
    if (!c->handle)
        return true;
    stmt = sqlite_prepared(c, objects, doing, e);
    if (!stmt)
        return false;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        take(out, stmt, r, a);
    if (code != SQLITE_DONE)
        sqlite_failed(c, doing, e);
    sqlite3_reset(stmt);
    schema_sort(out);
    return code == SQLITE_DONE;
}

bool sqlite_identify(struct db_identity *out, struct db *db, struct arena *a, struct err *e)
{
    enum { MAJOR = 1000000 };
    const struct sqlite_db *c = (const struct sqlite_db *)db;
    const char *path = c->address.path, *slash = strrchr(path, '/');
    struct stat st;

    (void)e;
    *out = (struct db_identity) {
        /* One that is not there yet is known by where it will be. */
        .system = stat(path, &st) == 0 ? arena_printf(a, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino)
                                       : arena_printf(a, "absent:%s", path),
        .database = "main",
        .name = arena_string(a, slash ? slash + 1 : path),
        .major = sqlite3_libversion_number() / MAJOR,
    };
    return true;
}
