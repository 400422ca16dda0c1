#include "dialects/kind.h"
#include "dialects/postgres/resumed.h"

#include <pg_query.h>

enum {
    /* The parser needs about ten times a script's size in memory; a larger one is sent without being parsed. */
    PARSED_MAX = 8 * 1024 * 1024,
};

/* True when PostgreSQL 15's own grammar accepts the script and cuts it where we do. */
static bool parser_agrees(const struct pg_script *s)
{
    PgQuerySplitResult r;
    bool agrees;

    if (s->body.len > PARSED_MAX)
        return false;
    r = pg_query_split_with_parser(s->body.at);
    agrees = !r.error && (size_t)r.n_stmts == script_sent(s);
    pg_query_free_split_result(r);
    return agrees;
}

static struct pos place_of(const struct pg_script *s, size_t statement)
{
    if (statement >= s->statements.len)
        return IN_FILE(s->path);
    return pos_from_byte(s->path, s->source, s->statements.at[statement].from, 1);
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

static bool foreign_row(const struct pg_script *s, const struct script_request *r, const struct ledger_touch *t,
                        struct arena *a, struct err *e)
{
    static const char *const words[] = { "", "inserts", "updates", "deletes" };

    if (t->version)
        err_plain(e, ERR_MIGRATION_FILE, "the script of version %s %s version %s's row of %s", r->version,
                  words[t->foreign], text_shown(a, text_from(t->version)), r->ledger.table);
    else
        err_plain(e, ERR_MIGRATION_FILE, "the script of version %s changes versions in %s", r->version,
                  r->ledger.table);
    err_place(e, s->path, s->source, t->at);
    return err_hint(e, "take the statement out; merganser writes the row of each version itself");
}

static bool look_at_ledger(struct script_facts *out, const struct pg_script *s, const struct script_request *r,
                           struct notices *notices, struct arena *a, struct err *e)
{
    for (size_t i = 0; i < s->statements.len; i++) {
        struct ledger_touch t = ledger_touched(s->source, &s->statements.at[i], r, a);

        if (t.foreign)
            return foreign_row(s, r, &t, a, e);
        if (t.empties)
            notice_add(notices, NOTICE_WARNING, "empties-ledger", place_of(s, i), NULL,
                       "the script empties %s: every version before it will look as if it were not applied",
                       r->ledger.table);
        if (t.hidden)
            notice_add(notices, NOTICE_WARNING, "ledger-in-do", place_of(s, i),
                       "the version's own row is checked before and behind the script, no other one",
                       "the DO block names %s, and what it does to it can't be seen here", r->ledger.table);
        /* Believed without the parser too: that the row is there once is checked behind the script. */
        out->writes_own_row = out->writes_own_row || t.own;
        if (!t.own)
            kind_add(out, text_cut(s->source, s->statements.at[i].from, s->statements.at[i].to));
    }
    return true;
}

/* The row of the version is written in the same transaction. */
static bool check_begin(const struct pg_script *s, struct err *e)
{
    const struct statement *begin = script_begin(s);
    struct lexer l;
    size_t read = 0;

    if (!begin)
        return true;
    l = (struct lexer) { text_cut(s->source, 0, begin->to), begin->from, NULL };
    for (struct token t = lexer_next(&l); !read || !token_is(s->source, t, "only"); t = lexer_next(&l)) {
        if (t.kind == TOKEN_END || t.kind == TOKEN_OPEN)
            return true;
        read = token_is(s->source, t, "read") ? t.from : 0;
    }
    err_plain(e, ERR_MIGRATION_FILE, "the script's own BEGIN is READ ONLY, and the version's row is written in it");
    err_place(e, s->path, s->source, read);
    return err_hint(e, "take READ ONLY out");
}

bool postgres_inspect(struct script_facts *out, const struct script_request *r, struct notices *notices,
                      struct arena *a, struct err *e)
{
    struct pg_script s;

    *out = (struct script_facts) { .parsed = true };
    if (!script_read(&s, r, a, e) || (r->resume && !resumed_check(&s, r, e)))
        return false;
    out->shape = s.control.shape;
    out->statements = script_sent(&s);
    out->segments = s.segments;
    out->changes_session = s.traits.changes_session;
    out->parsed = parser_agrees(&s);
    if (!out->parsed)
        notice_add(notices, NOTICE_VERBOSE, "not-parsed", IN_FILE(r->script->path), NULL,
                   "PostgreSQL 15's grammar can't read the script; the server decides");
    if (!check_begin(&s, e) || !look_at_ledger(out, &s, r, notices, a, e))
        return false;
    warn_shape(&s, r, notices);
    return true;
}
