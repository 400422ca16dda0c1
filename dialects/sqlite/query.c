#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/waiting.h"

static sqlite3_stmt *cached_find(struct sqlite_db *c, const char *sql)
{
    for (size_t i = 0; i < SQLITE_CACHED; i++)
        if (c->cached[i] && strcmp(sqlite3_sql(c->cached[i]), sql) == 0)
            return c->cached[i];
    return NULL;
}

sqlite3_stmt *sqlite_prepared(struct sqlite_db *c, const char *sql, const char *doing, struct err *e)
{
    sqlite3_stmt *stmt = cached_find(c, sql);

    if (stmt) {
        sqlite3_reset(stmt);
        sqlite3_clear_bindings(stmt);
        return stmt;
    }
    if (sqlite3_prepare_v3(c->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK) {
        sqlite_failed(c, doing, e);
        return NULL;
    }
    sqlite3_finalize(c->cached[c->next_cached]);
    c->cached[c->next_cached] = stmt;
    c->next_cached = (c->next_cached + 1) % SQLITE_CACHED;
    return stmt;
}

bool sqlite_finish(struct sqlite_db *c, sqlite3_stmt *stmt, const char *doing, struct err *e)
{
    int code;

    do
        code = sqlite3_step(stmt);
    while (code == SQLITE_ROW);
    if (code != SQLITE_DONE)
        sqlite_failed(c, doing, e);
    sqlite3_reset(stmt);
    return code == SQLITE_DONE;
}

bool sqlite_run(struct sqlite_db *c, const char *sql, const char *doing, struct err *e)
{
    if (sqlite3_exec(c->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return sqlite_failed(c, doing, e);
}

const char *sqlite_quoted(const char *name, struct arena *a)
{
    struct buf out = buf_open(a, strlen(name) * 2 + 3);

    buf_char(&out, '"');
    for (; *name; name++) {
        if (*name == '"')
            buf_char(&out, '"');
        buf_char(&out, *name);
    }
    buf_char(&out, '"');
    return buf_cstr(&out);
}

const char *sqlite_table(struct table_name name, struct arena *a)
{
    return arena_printf(a, "main.%s", sqlite_quoted(name.table, a));
}

bool sqlite_in_transaction(const struct sqlite_db *c)
{
    return !sqlite3_get_autocommit(c->handle);
}

bool sqlite_begin(struct sqlite_db *c, bool exclusive, struct err *e)
{
    const char *doing = "begin a transaction";
    sqlite3_stmt *stmt = sqlite_prepared(c, exclusive ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE", doing, e);

    return stmt && sqlite_finish(c, stmt, doing, e);
}

bool sqlite_commit(struct sqlite_db *c, struct err *e)
{
    const char *doing = "commit the transaction";
    sqlite3_stmt *stmt = sqlite_prepared(c, "COMMIT", doing, e);
    int64_t began = time_monotonic_ms();

    if (!stmt)
        return false;
    /* SQLite does not call the busy handler where it sees that two connections wait for each other. */
    for (int tries = 0;; tries++) {
        int code = sqlite3_step(stmt);
        bool stopped = interrupt_requested() && !c->finishing;

        if (code == SQLITE_DONE || (code & 0xff) != SQLITE_BUSY || stopped ||
            time_monotonic_ms() - began >= c->busy_ms) {
            if (code != SQLITE_DONE)
                sqlite_failed(c, doing, e);
            sqlite3_reset(stmt);
            return code == SQLITE_DONE;
        }
        sqlite3_reset(stmt);
        sqlite_waiting_pause(tries);
    }
}

void sqlite_rollback(struct sqlite_db *c)
{
    bool finishing = c->finishing;

    if (!c->handle || !sqlite_in_transaction(c))
        return;
    c->finishing = true;
    sqlite3_exec(c->handle, "ROLLBACK", NULL, NULL, NULL);
    c->finishing = finishing;
}
