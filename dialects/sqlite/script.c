#include "dialects/sqlite/script.h"

#include "dialects/kind.h"
#include "dialects/sqlite/classify.h"
#include "dialects/sqlite/own_row.h"
#include "dialects/sqlite/scan.h"

/* All statements of one piece of the script, which holds no separator. */
static void piece_read(struct sqlite_script *out, size_t from, size_t to, struct arena *a)
{
    struct text piece = text_cut(out->source, 0, to);
    struct sqlite_range range;

    for (size_t at = from; sqlite_statement_next(piece, at, &range); at = range.behind) {
        struct sqlite_statement *s = arena_push(a, &out->list);

        s->from = range.from;
        s->to = range.to;
        s->behind = range.behind;
        sqlite_classify(s, text_cut(out->source, 0, range.to));
        if (range.open_quote && !out->open_quote) {
            out->open_quote = true;
            out->open_at = range.open_at;
        }
    }
}

static void pieces_read(struct sqlite_script *out, char *sql, const char *separator, struct arena *a)
{
    size_t at = text_starts(out->source, "\xef\xbb\xbf") ? 3 : 0;
    size_t found;

    while (separator && text_find(text_cut(out->source, at, out->source.len), separator, &found)) {
        piece_read(out, at, at + found, a);
        sql[at + found] = '\0';
        at += found + strlen(separator);
    }
    piece_read(out, at, out->source.len, a);
}

/* The first statement that can't be in a transaction, or NULL. */
static const struct sqlite_statement *first_alone(const struct sqlite_script *script)
{
    for (size_t i = 0; i < script->list.len; i++)
        if (script->list.at[i].alone)
            return &script->list.at[i];
    return NULL;
}

/* A PRAGMA foreign_keys does nothing inside a transaction: those before the script's own first COMMIT move around ours,
 * unless the script has left the transaction for it. */
static void keys_lift(struct sqlite_script *script)
{
    for (size_t i = 0; i < script->list.len; i++) {
        struct sqlite_statement *s = &script->list.at[i];

        if (s->control >= CONTROL_COMMIT && !s->dropped)
            return;
        s->lifted = s->keys != KEYS_UNTOUCHED;
    }
}

/* control.c must not see what is lifted: "PRAGMA foreign_keys=OFF; BEGIN; …; COMMIT; PRAGMA foreign_keys=ON" is one
 * transaction. */
static void shape_settle(struct sqlite_script *script, bool no_transaction, struct arena *a)
{
    const struct sqlite_statement *alone = first_alone(script);
    struct statements seen = { 0 };
    size_t *back = arena_make(a, size_t, script->list.len + 1);
    struct control control;

    for (size_t i = 0; i < script->list.len; i++) {
        const struct sqlite_statement *s = &script->list.at[i];

        if (s->keys != KEYS_UNTOUCHED)
            continue;
        back[seen.len] = i;
        *arena_push(a, &seen) = (struct statement) {
            .from = s->from,
            .to = s->to,
            .control = s->control,
            .options = seen.len > 1 ? NULL : s->options,
        };
    }
    control_settle(&control, &seen, no_transaction || alone);
    for (size_t i = 0; i < seen.len; i++)
        script->list.at[back[i]].dropped = seen.at[i].dropped;
    script->shape = control.shape;
    script->begin_options = control.begin_options;
    script->warning = control.warning;
    if (control.warning && control.warned_at < seen.len)
        script->warned_at = seen.at[control.warned_at].from;
    if (alone && !no_transaction) {
        script->warning = arena_printf(a,
                                       "%s is not possible inside a transaction: the script runs outside "
                                       "merganser's, one statement at a time",
                                       alone->alone);
        script->warned_at = alone->from;
    }
    if (script->shape != SCRIPT_STATEMENTS)
        keys_lift(script);
}

bool sqlite_script_read(struct sqlite_script *out, const struct script_request *r, struct arena *a, struct err *e)
{
    const char *nul;
    char *sql;

    *out = (struct sqlite_script) { 0 };
    if (r->script->size > SQLITE_SCRIPT_MAX) {
        err_set(e, ERR_MIGRATION_FILE, IN_FILE(r->script->path), "the script has %zu bytes, at most %d are run",
                r->script->size, SQLITE_SCRIPT_MAX);
        return err_hint(e, "split it into smaller migrations");
    }
    if (!script_whole(&out->source, r->script, a, e))
        return false;
    sql = arena_cstr(a, out->source);
    out->sql = sql;
    nul = out->source.len ? memchr(out->source.at, '\0', out->source.len) : NULL;
    if (nul) {
        out->has_nul = true;
        out->nul_at = (size_t)(nul - out->source.at);
    }
    pieces_read(out, sql, r->separator, a);
    shape_settle(out, r->no_transaction, a);
    return true;
}

/* How many statements SQLite is given. */
static uint64_t sqlite_script_sent(const struct sqlite_script *s)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s->list.len; i++)
        n += !s->list.at[i].dropped && !s->list.at[i].lifted;
    return n;
}

static bool foreign_row(const struct sqlite_script *script, const struct script_request *r,
                        const struct sqlite_own_row *row, struct arena *a, struct err *e)
{
    if (row->other.at)
        err_plain(e, ERR_MIGRATION_FILE, "the script %s the %s row of another version, \"%s\"",
                  row->what == OWN_ROW_INSERTED  ? "inserts"
                  : row->what == OWN_ROW_DELETED ? "deletes"
                                                 : "updates",
                  r->ledger.table, text_shown(a, row->other));
    else
        err_plain(e, ERR_MIGRATION_FILE, "the script changes versions in %s", r->ledger.table);
    err_place(e, r->script->path, script->source, row->other_at);
    if (row->what == OWN_ROW_UPDATED)
        return err_hint(e, "take the statement out; merganser writes the row of each version itself");
    return err_hint(e, "take the statement out, or correct its version to '%s'", r->version);
}

/* Looks at what the script does to the ledger by itself. */
static bool rows_inspect(struct script_facts *out, const struct sqlite_script *script, const struct script_request *r,
                         struct notices *notices, struct arena *a, struct err *e)
{
    bool up = r->direction == DIRECTION_UP;

    for (size_t i = 0; i < script->list.len && r->ledger.table; i++) {
        const struct sqlite_statement *s = &script->list.at[i];
        struct sqlite_own_row row;

        sqlite_own_row_read(&row, text_cut(script->source, 0, s->to), s->from, r->ledger.table, r->version, a);
        if (row.has_other)
            return foreign_row(script, r, &row, a, e);
        if (row.what == OWN_ROW_EMPTIED)
            notice_add(notices, NOTICE_WARNING, "empties-ledger",
                       pos_from_byte(r->script->path, script->source, s->from, 1),
                       "merganser would take every migration for pending after it",
                       "the script deletes every row of %s", r->ledger.table);
        out->writes_own_row =
            out->writes_own_row || (row.has_own && row.what == (up ? OWN_ROW_INSERTED : OWN_ROW_DELETED));
        if (!row.has_own)
            kind_add(out, text_cut(script->source, s->from, s->to));
    }
    return true;
}

static bool inspect(struct script_facts *out, const struct script_request *r, struct notices *notices, struct arena *a,
                    struct err *e)
{
    struct sqlite_script script;

    if (!sqlite_script_read(&script, r, a, e))
        return false;
    *out = (struct script_facts) {
        .shape = script.shape,
        .statements = sqlite_script_sent(&script),
        .parsed = true,
    };
    for (size_t i = 0; i < script.list.len; i++)
        out->changes_session = out->changes_session || script.list.at[i].changes_session;
    if (!rows_inspect(out, &script, r, notices, a, e))
        return false;
    if (script.warning)
        notice_add(notices, NOTICE_WARNING, "not-atomic",
                   pos_from_byte(r->script->path, script.source, script.warned_at, 1), NULL, "%s", script.warning);
    return true;
}

bool sqlite_script_inspect(struct script_facts *out, const struct script_request *r, struct notices *notices,
                           struct arena *a, struct err *e)
{
    /* A long script's statements take more room than the script: only the facts stay. */
    struct arena *own = arena_open();
    bool ok = inspect(out, r, notices, own, e);

    (void)a;
    arena_close(own);
    return ok;
}

bool sqlite_script_statements(struct script_statements *out, const struct script_request *r, size_t max,
                              struct arena *a, struct err *e)
{
    struct sqlite_script script;
    struct pos at = { r->script->path, 1, 1 };
    size_t passed = 0;

    *out = (struct script_statements) { 0 };
    if (!sqlite_script_read(&script, r, a, e))
        return false;
    out->source = script.source;
    out->total = sqlite_script_sent(&script);
    for (size_t i = 0; i < script.list.len && out->len < max; i++) {
        const struct sqlite_statement *s = &script.list.at[i];

        if (s->dropped || s->lifted)
            continue;
        at = pos_behind(at, text_cut(script.source, passed, s->from));
        passed = s->from;
        *arena_push(a, out) = (struct script_statement) {
            .nth = i,
            .at = at,
            .from = s->from,
            .to = s->to,
            .sql = text_cut(script.source, s->from, s->to),
        };
    }
    return true;
}
