#include "dialects/sqlite/rows.h"

#include "core/base/text.h"

enum { SQL_MAX = 64 * 1024, TIME_SIZE = 64 };

static const char doing_check[] = "look at the ledger's row";
static const char doing_write[] = "write the ledger's row";

/* Always with milliseconds, so that the texts sort. */
static void time_format(char *out, int64_t unix_ms)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;
    size_t len;

    gmtime_r(&seconds, &tm);
    len = strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + len, TIME_SIZE - len, ".%03uZ", (unsigned)(unix_ms % 1000));
}

void sqlite_cell_bind(sqlite3_stmt *stmt, int place, const struct cell *cell, int64_t started_ms)
{
    struct text digits = cell->text;
    char time[TIME_SIZE];
    bool negative;
    uint64_t n;

    switch (cell->kind) {
    case CELL_NULL:
        sqlite3_bind_null(stmt, place);
        return;
    case CELL_WAITED: /* nothing here is tried again */
    case CELL_ATTEMPTS:
        sqlite3_bind_int(stmt, place, cell->kind == CELL_ATTEMPTS);
        return;
    case CELL_STARTED:
    case CELL_NOW:
        time_format(time, cell->kind == CELL_NOW ? time_now_ms() : started_ms);
        sqlite3_bind_text(stmt, place, time, -1, SQLITE_TRANSIENT);
        return;
    case CELL_INTEGER:
        negative = text_starts(digits, "-");
        if (text_to_u64(text_cut(digits, negative, digits.len), &n) && n <= INT64_MAX) {
            sqlite3_bind_int64(stmt, place, negative ? -(sqlite3_int64)n : (sqlite3_int64)n);
            return;
        }
        break;
    case CELL_TEXT:
        break;
    }
    sqlite3_bind_text64(stmt, place, cell->text.at ? cell->text.at : "", cell->text.len, SQLITE_STATIC, SQLITE_UTF8);
}

static size_t keys_count(const struct row_change *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->len; i++)
        n += r->cells[i].key;
    return n;
}

/* " WHERE "a" IS ?1 AND …": values are numbered by the cell's place, whichever of them a statement uses. */
static void where_add(struct buf *sql, const struct row_change *r, struct arena *a)
{
    const char *before = " WHERE ";

    for (size_t i = 0; i < r->len; i++) {
        if (!r->cells[i].key)
            continue;
        buf_printf(sql, "%s%s IS ?%zu", before, sqlite_quoted(r->cells[i].column, a), i + 1);
        before = " AND ";
    }
}

static const char *row_shown(const struct row_change *r, struct arena *a)
{
    struct buf out = buf_open(a, 512);

    for (size_t i = 0; i < r->len; i++)
        if (r->cells[i].key)
            buf_printf(&out, "%s%s = %s", out.len ? ", " : "", r->cells[i].column,
                       r->cells[i].kind == CELL_NULL ? "NULL" : text_shown(a, r->cells[i].text));
    return buf_cstr(&out);
}

/* Binds the cells that the statement has values for. */
static void cells_bind(sqlite3_stmt *stmt, const struct row_change *r, bool only_keys, int64_t started_ms)
{
    for (size_t i = 0; i < r->len; i++)
        if (r->cells[i].key || !only_keys)
            sqlite_cell_bind(stmt, (int)i + 1, &r->cells[i], started_ms);
}

static bool row_count(struct sqlite_db *c, const struct row_change *r, sqlite3_int64 *n, struct arena *a, struct err *e)
{
    struct buf sql = buf_open(a, SQL_MAX);
    sqlite3_stmt *stmt;
    int code;

    buf_printf(&sql, "SELECT count(*) FROM %s", sqlite_table(r->table, a));
    where_add(&sql, r, a);
    stmt = sqlite_prepared(c, buf_cstr(&sql), doing_check, e);
    if (!stmt)
        return false;
    cells_bind(stmt, r, true, 0);
    code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *n = sqlite3_column_int64(stmt, 0);
    else
        sqlite_failed(c, doing_check, e);
    sqlite3_reset(stmt);
    return code == SQLITE_ROW;
}

static bool row_expect(struct sqlite_db *c, const struct row_change *r, bool there, const char *cause, struct arena *a,
                       struct err *e)
{
    sqlite3_int64 n = 0;

    if (!keys_count(r))
        return true;
    if (!row_count(c, r, &n, a, e))
        return false;
    if (n == there)
        return true;
    err_plain(e, ERR_LEDGER_MOVED, "%s has %s row with %s%s", r->table.table,
              n == 0  ? "no"
              : there ? "more than one"
                      : "already a",
              row_shown(r, a), cause);
    return err_hint(e, "look at it with `merganser status`, then run the command again");
}

bool sqlite_rows_check(struct sqlite_db *c, const struct row_change *changes, size_t n, struct arena *a, struct err *e)
{
    const char *cause = ": another tool changed it";

    for (size_t i = 0; i < n; i++) {
        const struct row_change *r = &changes[i];
        bool absent = r->kind == ROW_INSERT || r->kind == ROW_EXPECT;
        bool present = r->kind == ROW_DELETE || r->kind == ROW_UPDATE || r->kind == ROW_EXPECT_GONE;

        if ((absent || present) && !row_expect(c, r, present, cause, a, e))
            return false;
    }
    return true;
}

static const char *insert_sql(const struct row_change *r, struct arena *a)
{
    struct buf sql = buf_open(a, SQL_MAX);

    buf_printf(&sql, "INSERT INTO %s (", sqlite_table(r->table, a));
    for (size_t i = 0; i < r->len; i++)
        buf_printf(&sql, "%s%s", i ? ", " : "", sqlite_quoted(r->cells[i].column, a));
    buf_string(&sql, ") VALUES (");
    for (size_t i = 0; i < r->len; i++)
        buf_printf(&sql, "%s?%zu", i ? ", " : "", i + 1);
    buf_char(&sql, ')');
    return buf_cstr(&sql);
}

static const char *update_sql(const struct row_change *r, struct arena *a)
{
    struct buf sql = buf_open(a, SQL_MAX);
    const char *before = " SET ";

    buf_printf(&sql, "UPDATE %s", sqlite_table(r->table, a));
    for (size_t i = 0; i < r->len; i++) {
        if (r->cells[i].key)
            continue;
        buf_printf(&sql, "%s%s = ?%zu", before, sqlite_quoted(r->cells[i].column, a), i + 1);
        before = ", ";
    }
    where_add(&sql, r, a);
    return buf_cstr(&sql);
}

static const char *delete_sql(const struct row_change *r, struct arena *a)
{
    struct buf sql = buf_open(a, SQL_MAX);

    buf_printf(&sql, "DELETE FROM %s", sqlite_table(r->table, a));
    where_add(&sql, r, a);
    return buf_cstr(&sql);
}

/* One row is written: a statement that changes none, or several, found another ledger than it was checked for. */
static bool row_send(struct sqlite_db *c, const struct row_change *r, const char *sql, int64_t started_ms,
                     struct arena *a, struct err *e)
{
    sqlite3_stmt *stmt = sqlite_prepared(c, sql, doing_write, e);

    if (!stmt)
        return false;
    cells_bind(stmt, r, r->kind == ROW_DELETE, started_ms);
    if (!sqlite_finish(c, stmt, doing_write, e)) {
        if ((sqlite3_errcode(c->handle) & 0xff) != SQLITE_CONSTRAINT)
            return false;
        if (r->kind == ROW_INSERT) {
            e->kind = ERR_LEDGER_MOVED;
            err_hint(e, "look at it with `merganser status`, then run the command again");
        }
        return err_prefix(e, "%s (%s): ", r->table.table, row_shown(r, a));
    }
    sqlite3_clear_bindings(stmt);
    if (sqlite3_changes64(c->handle) == 1)
        return true;
    err_plain(e, ERR_LEDGER_MOVED, "%s has %lld rows with %s where one was expected", r->table.table,
              (long long)sqlite3_changes64(c->handle), row_shown(r, a));
    return err_hint(e, "look at the table, then run the command again");
}

bool sqlite_rows_put(struct sqlite_db *c, const struct row_change *changes, size_t n, int64_t started_ms,
                     struct arena *a, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct row_change *r = &changes[i];
        bool ok = true;

        switch (r->kind) {
        case ROW_INSERT:
        case ROW_APPEND:
            ok = row_send(c, r, insert_sql(r, a), started_ms, a, e);
            break;
        case ROW_UPDATE:
            ok = row_send(c, r, update_sql(r, a), started_ms, a, e);
            break;
        case ROW_DELETE:
            ok = row_send(c, r, delete_sql(r, a), started_ms, a, e);
            break;
        case ROW_EXPECT:
            ok = row_expect(c, r, true, ", which the script itself had to insert", a, e);
            break;
        case ROW_EXPECT_GONE:
            ok = row_expect(c, r, false, ", which the script itself had to delete", a, e);
            break;
        }
        if (!ok)
            return false;
    }
    return true;
}

bool sqlite_row_count(struct sqlite_db *c, const struct row_change *row, sqlite3_int64 rowid, const char *column,
                      uint64_t value, struct arena *a, struct err *e)
{
    const char *doing = "write the progress";
    struct buf sql = buf_open(a, SQL_MAX);
    sqlite3_stmt *stmt;

    buf_printf(&sql, "UPDATE %s SET %s = ?%zu", sqlite_table(row->table, a), sqlite_quoted(column, a), row->len + 1);
    where_add(&sql, row, a);
    if (!keys_count(row))
        buf_printf(&sql, " WHERE rowid = ?%zu", row->len + 2);
    stmt = sqlite_prepared(c, buf_cstr(&sql), doing, e);
    if (!stmt)
        return false;
    cells_bind(stmt, row, true, 0);
    sqlite3_bind_int64(stmt, (int)row->len + 1, (sqlite3_int64)value);
    if (!keys_count(row))
        sqlite3_bind_int64(stmt, (int)row->len + 2, rowid);
    return sqlite_finish(c, stmt, doing, e);
}

bool sqlite_rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    struct arena *a = arena_open();
    bool ok;

    c->finishing = true;
    ok = sqlite_writable(c, e) && sqlite_begin(c, false, e);
    for (size_t i = 0; ok && i < n; i++)
        ok = sqlite_rows_check(c, &changes[i], 1, a, e) && sqlite_rows_put(c, &changes[i], 1, time_now_ms(), a, e);
    ok = ok && sqlite_commit(c, e);
    sqlite_rollback(c);
    c->finishing = false;
    arena_close(a);
    return ok;
}
