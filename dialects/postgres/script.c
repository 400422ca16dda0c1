#include "dialects/postgres/segments.h"

/* Where a statement that is being read stands. */
struct cutter {
    struct text src;
    struct pg_script *out;
    struct arena *arena;
    struct statement_head head;
    bool set_config, unlocks_all;
    int parens, body; /* body: depth of BEGIN ATOMIC … END and the CASE … END within it */
};

static bool creates_routine(const struct cutter *c)
{
    const struct token *t = c->head.at;
    size_t i = 1;

    if (c->head.len < 2 || !token_is(c->src, t[0], "create"))
        return false;
    if (c->head.len > 3 && token_is(c->src, t[1], "or") && token_is(c->src, t[2], "replace"))
        i = 3;
    return token_is(c->src, t[i], "function") || token_is(c->src, t[i], "procedure");
}

static void follow_body(struct cutter *c, struct token before, struct token t)
{
    if (!c->body)
        c->body = token_is(c->src, t, "atomic") && token_is(c->src, before, "begin") && creates_routine(c);
    else if (token_is(c->src, t, "case"))
        c->body++;
    else if (token_is(c->src, t, "end"))
        c->body--;
}

static void statement_end(struct cutter *c)
{
    struct statement *s;
    struct statement_traits before = c->out->traits;

    if (!c->head.len)
        return;
    s = arena_push(c->arena, &c->out->statements);
    s->from = c->head.at[0].from;
    s->to = c->head.last.to;
    statement_classify(s, &c->out->traits, c->src, &c->head, c->arena);
    c->out->traits.changes_session = c->out->traits.changes_session || c->set_config;
    c->out->traits.unlocks_all = c->out->traits.unlocks_all || (c->unlocks_all && statement_runs(c->src, &c->head));
    if (!before.outside && c->out->traits.outside)
        c->out->outside_at = c->out->statements.len - 1;
    c->head.len = 0;
    c->set_config = c->unlocks_all = false;
    c->parens = c->body = 0;
}

/* A name with quotes is a call too; one without a parenthesis behind it is none. */
static bool calls_unlock_all(const struct cutter *c, struct token t)
{
    struct token name = c->head.last;

    return t.kind == TOKEN_SIGN && c->src.at[t.from] == '(' && c->head.len &&
           (token_is(c->src, name, "pg_advisory_unlock_all") ||
            text_is(text_cut(c->src, name.from, name.to), "\"pg_advisory_unlock_all\""));
}

static void statement_token(struct cutter *c, struct token t)
{
    c->unlocks_all = c->unlocks_all || calls_unlock_all(c, t);
    if (t.kind == TOKEN_SIGN)
        c->parens += c->src.at[t.from] == '(' ? 1 : c->src.at[t.from] == ')' ? -1 : 0;
    if (c->head.len && t.kind == TOKEN_WORD)
        follow_body(c, c->head.last, t);
    c->set_config = c->set_config || token_is(c->src, t, "set_config");
    if (c->head.len < HEAD_TOKENS)
        c->head.at[c->head.len++] = t;
    c->head.last = t;
}

static bool refuse(struct err *e, enum err_kind kind, const struct pg_script *s, size_t byte, const char *message)
{
    err_plain(e, kind, "%s", message);
    return err_place(e, s->path, s->source, byte);
}

/* What the statement that was read last may not do. */
static bool is_allowed(const struct pg_script *s, struct err *e)
{
    size_t at = s->statements.len ? s->statements.at[s->statements.len - 1].from : 0;

    if (s->traits.copies_in) {
        refuse(e, ERR_NOT_SUPPORTED, s, at, "COPY from stdin is not supported yet");
        return err_hint(e, "write the rows as INSERT statements");
    }
    if (s->traits.discards_all) {
        refuse(e, ERR_MIGRATION_FILE, s, at, "DISCARD ALL would release merganser's own lock");
        return err_hint(e, "write DISCARD PLANS, DISCARD TEMP or DISCARD SEQUENCES; they do the rest");
    }
    if (s->traits.unlocks_all) {
        refuse(e, ERR_MIGRATION_FILE, s, at, "pg_advisory_unlock_all() would release merganser's own lock");
        return err_hint(e, "name the locks one by one: pg_advisory_unlock(KEY)");
    }
    return true;
}

static bool cut(struct pg_script *out, char *body, const char *separator, struct arena *a, struct err *e)
{
    struct cutter c = { .src = out->source, .out = out, .arena = a };
    struct lexer l = { out->source, text_starts(out->source, "\xef\xbb\xbf") ? 3 : 0, separator };

    memset(body, ' ', l.at);
    for (;;) {
        struct token t = lexer_next(&l);

        switch (t.kind) {
        case TOKEN_END:
            statement_end(&c);
            return is_allowed(out, e);
        case TOKEN_OPEN:
            refuse(e, ERR_SCRIPT_SYNTAX, out, t.from, arena_printf(a, "unterminated %s", t.open));
            return err_hint(e, "close it, then run it again; it is open from here to the end of the file");
        case TOKEN_BACKSLASH:
            refuse(e, ERR_MIGRATION_FILE, out, t.from, "psql meta-commands are not supported yet");
            return err_hint(e, "take the line out, or write what it does as SQL");
        case TOKEN_SEPARATOR:
            /* A line end first: a comment may stand before it. */
            memset(body + t.from, ' ', t.to - t.from);
            memcpy(body + t.from, "\n;", 2);
            statement_end(&c);
            break;
        case TOKEN_SEMICOLON:
            if (c.parens <= 0 && !c.body)
                statement_end(&c);
            else
                statement_token(&c, t);
            break;
        default:
            statement_token(&c, t);
        }
        if (!is_allowed(out, e))
            return false;
    }
}

static void blank_dropped(const struct pg_script *s, char *body)
{
    for (size_t i = 0; i < s->statements.len; i++)
        if (s->statements.at[i].dropped)
            memset(body + s->statements.at[i].from, ' ', s->statements.at[i].to - s->statements.at[i].from);
}

/* Beside the one that control_settle gives. */
static void warn_of_cuts(struct pg_script *s)
{
    s->control.warning = "a later statement uses the enum value that this one adds, which takes a COMMIT between them: "
                         "the script is run in several transactions";
    for (size_t i = 0; i < s->statements.len; i++)
        if (s->statements.at[i].marks & MARK_ENDS_SEGMENT) {
            s->control.warned_at = i;
            return;
        }
}

static void settle(struct pg_script *s, const struct script_request *r, struct arena *a)
{
    bool each;

    control_settle(&s->control, &s->statements, r->no_transaction || s->traits.outside);
    /* Asked for, or since it ends transactions that it has not begun. */
    each = r->no_transaction || s->control.warning;
    segments_make(&s->segments, &s->control, &s->statements, each, a);
    if (s->control.shape == SCRIPT_ATOMIC && s->segments.len > 1) {
        s->control.shape = SCRIPT_STATEMENTS;
        warn_of_cuts(s);
    }
    if (!r->resume)
        return;
    segments_skip(&s->segments, &s->statements, r->resume->done);
    if (s->control.shape == SCRIPT_ATOMIC)
        s->control.shape = SCRIPT_STATEMENTS;
}

bool script_read(struct pg_script *out, const struct script_request *r, struct arena *a, struct err *e)
{
    size_t nul;
    char *body;

    *out = (struct pg_script) { .path = r->script->path };
    if (!script_whole(&out->source, r->script, a, e))
        return false;
    if (out->source.len && memchr(out->source.at, '\0', out->source.len)) {
        nul = (size_t)((const char *)memchr(out->source.at, '\0', out->source.len) - out->source.at);
        refuse(e, ERR_MIGRATION_FILE, out, nul, "the script holds a NUL byte");
        return err_hint(e, "save the file as UTF-8 text");
    }
    body = arena_cstr(a, out->source);
    out->body = (struct text) { body, out->source.len };
    if (!cut(out, body, r->separator, a, e))
        return false;
    settle(out, r, a);
    blank_dropped(out, body);
    return true;
}

size_t script_sent(const struct pg_script *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->statements.len; i++)
        n += !s->statements.at[i].dropped;
    return n;
}

const struct statement *script_begin(const struct pg_script *s)
{
    for (size_t i = 0; s->control.begin_options && i < s->statements.len; i++)
        if (s->statements.at[i].options && s->statements.at[i].dropped)
            return &s->statements.at[i];
    return NULL;
}

const struct statement *script_nth_sent(const struct pg_script *s, size_t nth)
{
    for (size_t i = 0; i < s->statements.len; i++)
        if (!s->statements.at[i].dropped && nth-- == 0)
            return &s->statements.at[i];
    return NULL;
}
