#include "dialects/sqlite/dump.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/sqlite/connection.h"

#define DOING "read the schema"

/* ---- the comment behind a view and a virtual table: name(column,column) ---- */

static bool needs_quotes(const char *name)
{
    if (!text_is_letter(*name) && *name != '_')
        return true;
    for (const char *c = name; *c; c++)
        if (!text_is_word(*c))
            return true;
    return sqlite3_keyword_check(name, (int)strlen(name)) != 0;
}

static void add_name(struct buf *out, const char *name)
{
    buf_string(out, needs_quotes(name) ? sqlite_quoted(name, out->arena) : name);
}

static void add_columns(struct buf *out, struct sqlite_db *c, const char *name)
{
    char *sql = sqlite3_mprintf("PRAGMA main.table_info=%Q", name);
    sqlite3_stmt *stmt = NULL;
    size_t n = 0;

    /* A view that refers to nothing any more, or a module that is not here: there is no comment then. */
    if (sql && sqlite3_prepare_v2(c->handle, sql, -1, &stmt, NULL) == SQLITE_OK) {
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            const char *column = (const char *)sqlite3_column_text(stmt, 1);

            if (n == 0) {
                buf_string(out, "\n/* ");
                add_name(out, name);
            }
            buf_char(out, n++ ? ',' : '(');
            add_name(out, column ? column : "");
        }
    }
    if (n)
        buf_string(out, ") */");
    sqlite3_finalize(stmt);
    sqlite3_free(sql);
}

/* ---- one object ---- */

/* What closes a comment that the text ends in, so that a semicolon behind it counts. */
static const char *closing(const char *sql, struct arena *a)
{
    static const char *const ends[] = { "", "*/", "\n" };

    if (strstr(sql, "/*") || strstr(sql, "--"))
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (sqlite3_complete(arena_printf(a, "%s%s;", sql, ends[i])))
                return ends[i];
    return "";
}

static void add_object(struct buf *out, struct sqlite_db *c, const char *sql, const char *name)
{
    static const char plain[] = "CREATE TABLE ";
    struct buf object = buf_open(out->arena, SIZE_MAX / 2);
    struct text t = text_from(sql);
    const char *written;

    buf_string(&object, sql);
    if (text_starts(t, "CREATE VIEW ") || text_starts(t, "CREATE VIRTUAL TABLE "))
        add_columns(&object, c, name);
    written = buf_cstr(&object);
    if (text_starts(t, plain) && (written[strlen(plain)] == '"' || written[strlen(plain)] == '\''))
        buf_printf(out, "CREATE TABLE IF NOT EXISTS %s", written + strlen(plain));
    else
        buf_string(out, written);
    buf_string(out, closing(written, out->arena));
    buf_string(out, ";\n");
}

static bool is_without(const struct dump_request *r, const char *table)
{
    for (size_t i = 0; i < r->nwithout; i++)
        if (r->without[i].table && sqlite3_stricmp(r->without[i].table, table) == 0)
            return true;
    return false;
}

bool sqlite_dump(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e)
{
    /* The underscore of the pattern is a wildcard in the program too. */
    static const char no_system[] = "SELECT sql, name, tbl_name FROM main.sqlite_schema"
                                    " WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL ORDER BY rowid";
    static const char all[] = "SELECT sql, name, tbl_name FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
    struct sqlite_db *c = (struct sqlite_db *)db;
    struct buf text = buf_open(a, SIZE_MAX / 2);
    sqlite3_stmt *stmt;
    int code = SQLITE_DONE;

    *out = TEXT("");
    if (!sqlite_ready(c, e))
        return false;
    if (!c->handle)
        return true;
    stmt = sqlite_prepared(c, r->keep & DUMP_KEEP_SYSTEM ? all : no_system, DOING, e);
    if (!stmt)
        return false;
    while (!interrupt_requested() && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        if (!is_without(r, (const char *)sqlite3_column_text(stmt, 2)))
            add_object(&text, c, (const char *)sqlite3_column_text(stmt, 0),
                       (const char *)sqlite3_column_text(stmt, 1));
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        sqlite_failed(c, DOING, e);
    sqlite3_reset(stmt);
    *out = text.len ? buf_content(&text) : TEXT("");
    return interrupt_check(e) && code == SQLITE_DONE;
}

static void blank(char *bytes, struct text dump, struct text part)
{
    memset(bytes + (part.at - dump.at), ' ', part.len);
}

/* SQLite makes its own tables itself and lets nobody else. A view keeps the comment behind it as part of its text, and
 * would have one more with each round. */
struct text sqlite_undump(struct text dump, struct arena *a)
{
    char *bytes = arena_alloc(a, dump.len + 1);
    struct text rest = dump, line;
    bool commented = false;

    if (dump.len)
        memcpy(bytes, dump.at, dump.len);
    while (text_line(&rest, &line)) {
        if (text_starts(line, "CREATE "))
            commented = text_starts(line, "CREATE VIEW ") || text_starts(line, "CREATE VIRTUAL TABLE ");
        if (text_starts(line, "CREATE TABLE sqlite_"))
            blank(bytes, dump, line);
        else if (commented && text_starts(line, "/* ") && text_ends(line, " */;"))
            blank(bytes, dump, text_cut(line, 0, line.len - 1));
    }
    return (struct text) { bytes, dump.len };
}
