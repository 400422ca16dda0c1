/* What of a script would stay in a session that somebody else uses next. */
#include "dialects/postgres/pooler_script.h"

/* One statement, or what a DO block holds between its semicolons. */
struct reading {
    struct text src;
    struct lexer l;
    struct token head[4]; /* its first words */
    size_t len;
    struct token before; /* the last token that was read */
    bool temporary;      /* it makes a temporary table, `dropped` says that it ends with the transaction */
    bool dropped;
    size_t temporary_at;
};

static bool word(const struct reading *r, size_t i, const char *keyword)
{
    return i < r->len && token_is(r->src, r->head[i], keyword);
}

static bool one_of(const struct reading *r, struct token t, const char *const *words)
{
    for (; *words; words++)
        if (token_is(r->src, t, *words))
            return true;
    return false;
}

/* What the first words tell; those of a block's statements stand behind other words that begin it. */
static const char *refused_head(const struct reading *r)
{
    if (word(r, 0, "set") && !word(r, 1, "local") && !word(r, 1, "constraints") && !word(r, 1, "transaction"))
        return "it changes a setting of the session (SET LOCAL would end with its transaction)";
    if (word(r, 0, "reset") || word(r, 0, "discard"))
        return "it resets what belongs to the session";
    if (word(r, 0, "listen") || word(r, 0, "unlisten"))
        return "it listens, and what it hears would go to another client";
    if (word(r, 0, "prepare") || word(r, 0, "deallocate"))
        return "a prepared statement belongs to the session";
    if (word(r, 0, "load"))
        return "it loads a library into the session";
    return NULL;
}

/* set_config(name, value, true) ends with the transaction. */
static bool is_local_set_config(struct reading r)
{
    struct token last = { 0 };
    int depth = 1;

    for (struct token t = lexer_next(&r.l); depth > 0; t = lexer_next(&r.l)) {
        if (t.kind == TOKEN_END || t.kind == TOKEN_OPEN)
            return false;
        if (t.kind == TOKEN_SIGN)
            depth += r.src.at[t.from] == '(' ? 1 : r.src.at[t.from] == ')' ? -1 : 0;
        if (depth > 0)
            last = t;
    }
    return token_is(r.src, last, "true");
}

/* t is the parenthesis behind r->before. */
static const char *refused_call(const struct reading *r)
{
    static const char *const locks[] = { "pg_advisory_lock",       "pg_advisory_lock_shared",
                                         "pg_try_advisory_lock",   "pg_try_advisory_lock_shared",
                                         "pg_advisory_unlock",     "pg_advisory_unlock_shared",
                                         "pg_advisory_unlock_all", NULL };

    if (one_of(r, r->before, locks))
        return "an advisory lock of the session would stay, or be another client's (pg_advisory_xact_lock ends with "
               "the "
               "transaction)";
    if (token_is(r->src, r->before, "set_config") && !is_local_set_config(*r))
        return "set_config(..., false) changes a setting of the session";
    return NULL;
}

/* CREATE TEMP … and SELECT … INTO TEMP; ON COMMIT DROP is what ends one. */
static void follow_temporary(struct reading *r, struct token t)
{
    static const char *const words[] = { "temp", "temporary", NULL };
    static const char *const makers[] = { "create", "into", "local", "global", "replace", NULL };

    if (one_of(r, t, words) && one_of(r, r->before, makers)) {
        r->temporary = true;
        r->temporary_at = t.from;
    }
    r->dropped = r->dropped || (token_is(r->src, t, "drop") && token_is(r->src, r->before, "commit"));
}

static const char *refused_temporary(const struct reading *r)
{
    return r->temporary && !r->dropped ? "a temporary table stays in the session (ON COMMIT DROP ends it)" : NULL;
}

/* Functions that are only named are not called. */
static bool calls(const struct reading *r)
{
    static const char *const definers[] = { "alter", "comment", "drop", "grant", "revoke", "security", NULL };
    static const char *const filled[] = { "table",  "temp",     "temporary",    "local",
                                          "global", "unlogged", "materialized", NULL };

    if (r->len && one_of(r, r->head[0], definers))
        return false;
    return !word(r, 0, "create") || (r->len > 1 && one_of(r, r->head[1], filled));
}

/* One statement, or a whole block's body. */
static const char *refused_text(struct text src, bool block, size_t *at)
{
    /* What a block's statements stand behind. */
    static const char *const openers[] = { "begin", "then", "else", "loop", NULL };
    struct reading r = { .src = src, .l = { .src = src } };
    const char *why = NULL;

    for (struct token t = lexer_next(&r.l); !why; t = lexer_next(&r.l)) {
        bool end = t.kind == TOKEN_END || t.kind == TOKEN_OPEN;

        *at = t.from;
        if (end || t.kind == TOKEN_SEMICOLON || (block && t.kind == TOKEN_WORD && one_of(&r, t, openers))) {
            why = refused_temporary(&r);
            *at = why ? r.temporary_at : t.from;
            if (end || why)
                break;
            r.len = 0;
            r.temporary = r.dropped = false;
            r.before = t;
            continue;
        }
        if (r.len < sizeof r.head / sizeof *r.head)
            r.head[r.len++] = t;
        follow_temporary(&r, t);
        if (t.kind == TOKEN_SIGN && src.at[t.from] == '(' && calls(&r)) {
            *at = r.before.from;
            why = refused_call(&r);
        }
        if (!why && r.len == 2 && (why = refused_head(&r)))
            *at = r.head[0].from;
        r.before = t;
    }
    return why;
}

/* The body of DO, a string, without its quotes. */
static bool block_body(struct text *out, size_t *from, struct text statement)
{
    struct lexer l = { .src = statement };
    struct token t = lexer_next(&l);

    if (!token_is(statement, t, "do"))
        return false;
    while (t.kind != TOKEN_STRING && t.kind != TOKEN_END && t.kind != TOKEN_OPEN)
        t = lexer_next(&l);
    if (t.kind != TOKEN_STRING)
        return false;
    *out = token_content(statement, t);
    *from = (size_t)(out->at - statement.at);
    return true;
}

static bool refuse(const char *why, struct err *e)
{
    err_plain(e, ERR_POOLER, "this can't go through a connection pooler: %s", why);
    return err_hint(e, POOLER_REMEDY);
}

const char *pooler_refuses(struct text statement, size_t *at)
{
    struct text body;
    size_t from;
    const char *why;

    if (block_body(&body, &from, statement)) {
        why = refused_text(body, true, at);
        *at += from;
        return why;
    }
    return refused_text(statement, false, at);
}

bool pooler_allows(size_t *at, struct text statement, struct err *e)
{
    const char *why = pooler_refuses(statement, at);

    return !why || refuse(why, e);
}

bool pooler_check_script(const struct pg_script *s, struct err *e)
{
    const char *why = "the script does not run in one transaction";
    size_t at = s->control.warned_at;

    if (s->control.shape == SCRIPT_ATOMIC)
        return true;
    if (s->traits.outside) {
        why = "the server refuses it inside a transaction";
        at = s->outside_at;
    }
    refuse(why, e);
    return at < s->statements.len ? script_error_statement(e, s, &s->statements.at[at]) : false;
}
