#include "dialects/kind.h"
#include "dialects/postgres/pooler.h"
#include "dialects/postgres/resumed.h"

#include <pg_query.h>

bool script_parses(const char *sql, uint64_t statements)
{
    PgQuerySplitResult r = pg_query_split_with_parser(sql);
    bool parses = !r.error && (uint64_t)r.n_stmts == statements;

    pg_query_free_split_result(r);
    return parses;
}

/* Whether the parser cuts the script where we do. It needs about ten times a script's size in memory: of a large one
 * nothing is known. */
static bool parser_agrees(const struct pg_script *s)
{
    struct arena *a;
    bool agrees;

    if (!s->whole)
        return false;
    a = arena_open();
    agrees = script_parses(arena_cstr(a, s->body), script_sent(s));
    arena_close(a);
    return agrees;
}

static struct pos place_of(const struct pg_script *s, size_t statement)
{
    if (statement >= s->statements.len)
        return IN_FILE(s->path);
    return script_statement_place(s, &s->statements.at[statement]);
}

static void warn_shape(const struct pg_script *s, const struct script_request *r, struct notices *notices)
{
    if (s->control.warning)
        notice_add(notices, NOTICE_WARNING, "not-atomic", place_of(s, s->control.warned_at), NULL, "%s",
                   s->control.warning);
    else if (s->traits.outside && !r->no_transaction)
        notice_add(
            notices, NOTICE_WARNING, "not-atomic", place_of(s, s->outside_at),
            "put `-- merganser: no-transaction` at the script's top to say that it is meant",
            "PostgreSQL refuses this statement inside a transaction: it runs by itself, and what stands before and "
            "behind it in transactions of their own");
}

static void tell_notes(const struct pg_script *s, const struct script_request *r, struct notices *notices)
{
    for (size_t i = 0; i < s->notes.len; i++) {
        struct pos at = s->notes.at[i].at;

        switch (s->notes.at[i].kind) {
        case NOTE_PSQL:
            notice_add(notices, NOTICE_VERBOSE, "psql-command", at, NULL,
                       "a command of psql's that changes nothing here is passed over");
            break;
        case NOTE_EMPTIES_LEDGER:
            notice_add(notices, NOTICE_WARNING, "empties-ledger", at, NULL,
                       "the script empties %s: every version before it will look as if it were not applied",
                       r->ledger.table);
            break;
        case NOTE_LEDGER_IN_DO:
            notice_add(notices, NOTICE_WARNING, "ledger-in-do", at,
                       "the version's own row is checked before and behind the script, no other one",
                       "the DO block names %s, and what it does to it can't be seen here", r->ledger.table);
            break;
        }
    }
}

/* The row of the version is written in the same transaction. */
static bool check_begin(const struct pg_script *s, struct err *e)
{
    const struct statement *begin = script_begin(s);
    struct lexer l;
    size_t read = SIZE_MAX;

    if (!begin)
        return true;
    l = (struct lexer) { .src = text_from(begin->options) };
    for (struct token t = lexer_next(&l); read == SIZE_MAX || !token_is(l.src, t, "only"); t = lexer_next(&l)) {
        if (t.kind == TOKEN_END || t.kind == TOKEN_OPEN)
            return true;
        read = token_is(l.src, t, "read") ? t.from : SIZE_MAX;
    }
    err_plain(e, ERR_MIGRATION_FILE, "the script's own BEGIN is READ ONLY, and the version's row is written in it");
    /* The options are what stands at its end. */
    if (s->whole)
        script_error_place(e, s, begin->to - l.src.len + read);
    else
        script_error_statement(e, s, begin);
    return err_hint(e, "take READ ONLY out");
}

bool postgres_inspect(struct script_facts *out, const struct script_request *r, struct notices *notices,
                      struct arena *a, struct err *e)
{
    struct pg_script *s = arena_make(a, struct pg_script, 1);

    *out = (struct script_facts) { .parsed = true };
    if (!script_read(s, r, a, e) || (r->resume && !resumed_check(s, r, e)))
        return false;
    *out = s->facts;
    out->shape = s->control.shape;
    out->statements = script_sent(s);
    out->segments = s->segments;
    out->changes_session = s->traits.changes_session;
    out->parsed = parser_agrees(s);
    out->reading = s;
    if (!out->parsed && s->whole)
        notice_add(notices, NOTICE_VERBOSE, "not-parsed", IN_FILE(r->script->path), NULL,
                   "PostgreSQL 15's grammar can't read the script; the server decides");
    if (!check_begin(s, e))
        return false;
    if (r->pooled && !pooler_check_script(s, e))
        return false;
    tell_notes(s, r, notices);
    warn_shape(s, r, notices);
    return true;
}
