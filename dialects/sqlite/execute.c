#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/sqlite/apply.h"
#include "dialects/sqlite/scan.h"

bool sqlite_script_refuse(struct sqlite_run *run, size_t byte, struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    err_plain(e, ERR_SCRIPT_FAILED, "%s", arena_vprintf(run->arena, fmt, ap));
    va_end(ap);
    return err_place(e, run->unit->script.script->path, run->script.source, byte);
}

/* offset is from `from`, -1 where SQLite knows none: then the statement's first token is shown. */
static bool failed_at(struct sqlite_run *run, size_t from, int offset, struct err *e)
{
    struct sqlite_db *c = run->c;
    int code = sqlite3_extended_errcode(c->handle);
    size_t at = from;
    size_t byte = offset >= 0 ? from + (size_t)offset : sqlite_token_next(run->script.source, &at).from;

    if ((code & 0xff) == SQLITE_INTERRUPT || (code & 0xff) == SQLITE_BUSY) {
        if (!interrupt_check(e))
            return false;
        if (code == SQLITE_INTERRUPT)
            return sqlite_script_refuse(run, byte, e, "the statement took longer than the statement timeout, %s",
                                        text_duration(run->arena, c->options.statement_timeout_ms));
        sqlite_failed(c, "run the statement", e);
        e->kind = ERR_SCRIPT_FAILED;
        return err_place(e, run->unit->script.script->path, run->script.source, byte);
    }
    sqlite_script_refuse(run, byte, e, "%s", text_shown(run->arena, text_from(sqlite3_errmsg(c->handle))));
    return sqlite_explain(c, code, e);
}

static bool step_all(sqlite3_stmt *stmt)
{
    int code;

    do
        code = sqlite3_step(stmt);
    while (code == SQLITE_ROW);
    return code == SQLITE_DONE;
}

bool sqlite_execute(struct sqlite_run *run, const struct sqlite_statement *s, size_t *behind, struct err *e)
{
    struct sqlite_db *c = run->c;
    int64_t timeout = c->options.statement_timeout_ms;
    sqlite3_int64 changes = sqlite3_total_changes64(c->handle);
    size_t at = s->from;
    bool ok = true, remains = false;

    /* A deferred BEGIN would fail at its first write, without waiting, where another connection has written since. */
    if (s->control == CONTROL_BEGIN && !s->options) {
        *behind = s->behind;
        return sqlite_begin(c, false, e);
    }
    c->deadline = timeout > 0 ? time_monotonic_ms() + timeout : 0;
    while (ok && at < s->to) {
        sqlite3_stmt *stmt = NULL;
        const char *tail = run->script.sql + at;

        if (sqlite3_prepare_v2(c->handle, run->script.sql + at, -1, &stmt, &tail) != SQLITE_OK)
            ok = failed_at(run, at, sqlite3_error_offset(c->handle), e);
        else if (stmt && !step_all(stmt))
            ok = failed_at(run, at, -1, e);
        /* SQLite undoes a statement that fails, but not what VACUUM INTO, ATTACH or a PRAGMA did to files. */
        remains = remains || (stmt && (ok || s->alone));
        sqlite3_finalize(stmt);
        at = (size_t)(tail - run->script.sql);
    }
    c->deadline = 0;
    run->may_remain = !ok && !sqlite_in_transaction(c) && (remains || sqlite3_total_changes64(c->handle) != changes);
    *behind = at;
    return ok;
}

void sqlite_statement_done(struct sqlite_run *run, const struct sqlite_statement *s)
{
    run->result->statements_done++;
    run->changes += s->control == CONTROL_NONE && s->keys == KEYS_UNTOUCHED;
    if (!sqlite_in_transaction(run->c)) {
        run->kept = run->changes;
        run->committed = run->result->statements_done;
    }
}
