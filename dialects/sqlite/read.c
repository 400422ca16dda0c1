#include "core/base/text.h"
#include "dialects/sqlite/affinity.h"
#include "dialects/sqlite/rows.h"

enum { SQL_MAX = 64 * 1024 };

static const char *select_sql(const struct row_query *q, struct arena *a)
{
    struct buf sql = buf_open(a, SQL_MAX);

    buf_string(&sql, "SELECT ");
    for (size_t i = 0; i < q->n; i++)
        buf_printf(&sql, "%s%s", i ? ", " : "", sqlite_quoted(q->columns[i], a));
    buf_printf(&sql, " FROM %s", sqlite_table(q->table, a));
    if (q->where.column)
        buf_printf(&sql, " WHERE %s IS ?1", sqlite_quoted(q->where.column, a));
    if (q->order_by)
        buf_printf(&sql, " ORDER BY %s%s", sqlite_quoted(q->order_by, a), q->descending ? " DESC" : "");
    if (q->limit)
        buf_printf(&sql, " LIMIT %llu", (unsigned long long)q->limit);
    return buf_cstr(&sql);
}

/* "2024-03-20 12:30:00.5" as Rails and CURRENT_TIMESTAMP write it, in UTC. */
static bool is_plain_time(struct text t)
{
    static const char shape[] = "0000-00-00 00:00:00";

    if (t.len < sizeof shape - 1)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char asked = i < sizeof shape - 1 ? shape[i] : i == sizeof shape - 1 ? '.' : '0';

        if (asked == '0' ? !text_is_digit(t.at[i]) : t.at[i] != asked)
            return false;
    }
    return true;
}

static struct text cell_read(sqlite3_stmt *stmt, int column, enum column_kind kind, struct arena *a)
{
    struct text raw = { NULL, 0 };
    char *time;

    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return raw;
    raw.at = (const char *)sqlite3_column_text(stmt, column);
    raw.len = (size_t)sqlite3_column_bytes(stmt, column);
    if (kind == COLUMN_BOOLEAN && (text_is(raw, "0") || text_is(raw, "1")))
        return text_is(raw, "1") ? TEXT("t") : TEXT("f");
    if (kind != COLUMN_TIME || !is_plain_time(raw))
        return arena_text(a, raw.at ? raw.at : "", raw.len);
    time = arena_printf(a, "%.*sZ", (int)raw.len, raw.at);
    time[10] = 'T';
    return (struct text) { time, raw.len + 1 };
}

static bool cells_read(sqlite3_stmt *stmt, const struct row_query *q, struct rows *out, struct arena *a)
{
    struct {
        struct text *at;
        size_t len, cap;
    } cells = { 0 };
    enum column_kind *kinds = arena_make(a, enum column_kind, q->n + 1);
    int code;

    for (size_t i = 0; i < q->n; i++)
        kinds[i] = sqlite_affinity(sqlite3_column_decltype(stmt, (int)i)).kind;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (size_t i = 0; i < q->n; i++) {
            struct text cell = cell_read(stmt, (int)i, kinds[i], a);

            *arena_push(a, &cells) = cell;
        }
        out->len++;
    }
    out->cells = cells.at;
    return code == SQLITE_DONE;
}

bool sqlite_rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    const char *doing = arena_printf(a, "read %s", q->table.table);
    sqlite3_stmt *stmt = NULL;
    bool ok;

    *out = (struct rows) { .width = q->n };
    if (!sqlite_ready(c, e))
        return false;
    if (!c->handle)
        return err_plain(e, ERR_DATABASE, "can't %s: there is no database %s", doing, c->address.path);
    if (sqlite3_prepare_v2(c->handle, select_sql(q, a), -1, &stmt, NULL) != SQLITE_OK)
        return sqlite_failed(c, doing, e);
    if (q->where.column)
        sqlite_cell_bind(stmt, 1, &q->where, 0);
    ok = cells_read(stmt, q, out, a) || sqlite_failed(c, doing, e);
    sqlite3_finalize(stmt);
    return ok;
}
