#include "dialects/postgres/cutter.h"

#include "dialects/postgres/psql.h"

static const struct text byte_order_mark = { "\xef\xbb\xbf", 3 };
static const char conforming[] = "standard_conforming_strings", timeout[] = "statement_timeout";

void cutter_open(struct cutter *c, const struct script *s, const char *separator, bool keeps, struct arena *a)
{
    *c = (struct cutter) { .arena = a };
    input_open(&c->in, s, separator, keeps, a);
}

void cutter_close(struct cutter *c)
{
    input_close(&c->in);
}

static void edit(struct cutter *c, size_t from, size_t to, enum cut_kind kind)
{
    if (c->in.keeps && from < to)
        *arena_push(c->arena, &c->edits) = (struct cut_edit) { from, to, kind };
}

static void begin_file(struct cutter *c)
{
    struct lexer *l = &c->in.lexer;

    c->begun = true;
    if (!lexer_sees(l, 0, byte_order_mark))
        return;
    edit(c, c->in.base + l->at, c->in.base + l->at + byte_order_mark.len, CUT_MARK);
    l->at += byte_order_mark.len;
}

static bool creates_routine(const struct cutter *c, struct text src)
{
    const struct token *t = c->head.at;
    size_t i = 1;

    if (c->head.len < 2 || !token_is(src, t[0], "create"))
        return false;
    if (c->head.len > 3 && token_is(src, t[1], "or") && token_is(src, t[2], "replace"))
        i = 3;
    return token_is(src, t[i], "function") || token_is(src, t[i], "procedure");
}

/* BEGIN ATOMIC … END: each statement in it has a semicolon, so that only its own END stands behind one; that of a CASE
 * or a column called so never does. */
static void follow_body(struct cutter *c, struct text src, struct token t)
{
    struct token before = c->head.last;

    if (token_is(src, t, "atomic") && token_is(src, before, "begin") && c->parens == 0)
        c->body += creates_routine(c, src);
    else if (c->body && token_is(src, t, "end") && (before.kind == TOKEN_SEMICOLON || token_is(src, before, "atomic")))
        c->body--;
}

static bool names_ledger(const struct statement_wanted *w, struct text word)
{
    return w->ledger && word.len == w->ledger_len && text_is_nocase(word, w->ledger);
}

/* It may have doubled quotes in it, or be U&"…": ledger.c looks more closely. */
static void see_name(struct cutter *c, struct text name)
{
    struct text within = text_cut(name, 1, name.len - 1);

    c->seen.conforming = c->seen.conforming || text_is_nocase(within, conforming);
    c->seen.names_ledger = c->seen.names_ledger ||
                           (c->wanted.ledger && (name.at[0] != '"' || memchr(within.at, '"', within.len))) ||
                           names_ledger(&c->wanted, within);
}

/* Only words of these lengths are any that matter wherever they stand. */
static inline void see_word(struct cutter *c, struct text src, struct token t)
{
    size_t len = t.to - t.from;

    if (c->wanted.ledger && len == c->wanted.ledger_len)
        c->seen.names_ledger = c->seen.names_ledger || names_ledger(&c->wanted, text_cut(src, t.from, t.to));
    switch (len) {
    case sizeof "end" - 1:
    case sizeof "atomic" - 1:
        if (c->head.len)
            follow_body(c, src, t);
        break;
    case sizeof "set_config" - 1:
        c->seen.set_config = c->seen.set_config || token_is(src, t, "set_config");
        break;
    case sizeof "json_object" - 1:
        c->json = c->json || token_is(src, t, "json_object");
        break;
    case sizeof "json_objectagg" - 1:
        c->json = c->json || token_is(src, t, "json_objectagg");
        break;
    case sizeof timeout - 1:
        c->seen.timeout = c->seen.timeout || token_is(src, t, timeout);
        break;
    case sizeof conforming - 1:
        c->seen.conforming = c->seen.conforming || token_is(src, t, conforming);
        break;
    default:
        break;
    }
}

static void see_string(struct cutter *c, struct text src, struct token t)
{
    struct text string = { src.at + t.from, t.to - t.from };

    /* Most strings are shorter, or have no underscore. */
    if (string.len > sizeof conforming && !c->seen.conforming && memchr(string.at, '_', string.len))
        c->seen.conforming = memmem(string.at, string.len, conforming, sizeof conforming - 1) != NULL;
    if (string.len == sizeof timeout + 1)
        c->seen.timeout = c->seen.timeout || text_is_nocase(text_cut(string, 1, string.len - 1), timeout);
    /* A label's neighbour, and a comment about it, are no use of it. */
    if (c->wanted.labels && c->wanted.labels->len && c->head.len && !token_is(src, c->head.at[0], "comment") &&
        !(token_is(src, c->head.at[0], "alter") && token_is(src, c->head.at[1], "type")))
        labels_look(c->wanted.labels, string);
}

/* A name with quotes is a call too; one without a parenthesis behind it is none. */
static bool calls_unlock_all(const struct cutter *c, struct text src)
{
    struct token name = c->head.last;

    return c->head.len && name.to - name.from >= sizeof "pg_advisory_unlock_all" - 1 &&
           (token_is(src, name, "pg_advisory_unlock_all") ||
            text_is(text_cut(src, name.from, name.to), "\"pg_advisory_unlock_all\""));
}

/* A value may stand at a colon that nothing stands in front of: not where it cuts an array, or a key from its value. */
static bool colon(struct cutter *c, struct text src, struct token t, struct err *e)
{
    struct token before = c->head.last;
    bool glued = c->head.len && before.to == t.from &&
                 (before.kind != TOKEN_SIGN || src.at[before.from] == ')' || src.at[before.from] == ']');

    return c->brackets || c->json || glued || psql_colon(&c->in, e);
}

static bool see_sign(struct cutter *c, struct text src, struct token t, struct err *e)
{
    switch (src.at[t.from]) {
    case '(':
        c->parens++;
        c->seen.unlocks_all = c->seen.unlocks_all || calls_unlock_all(c, src);
        return true;
    case ')':
        c->parens -= c->parens > 0;
        return true;
    case '[':
        c->brackets++;
        return true;
    case ']':
        c->brackets -= c->brackets > 0;
        return true;
    case ':':
        return t.to - t.from > 1 || colon(c, src, t, e);
    default:
        return true;
    }
}

/* Behind the statement's first words most is values. */
static void pass_values(struct cutter *c)
{
    struct lexer *l = &c->in.lexer;
    struct token before = c->head.last;

    if (c->head.len == HEAD_TOKENS && !c->brackets && !l->separator && before.kind == TOKEN_SIGN &&
        (l->src.at[before.from] == ',' || l->src.at[before.from] == '(') &&
        !(c->wanted.labels && c->wanted.labels->len))
        lexer_values(l, &c->parens, &c->head.last);
}

static bool token(struct cutter *c, struct token t, struct err *e)
{
    struct text src = c->in.lexer.src;

    switch (t.kind) {
    case TOKEN_WORD:
        see_word(c, src, t);
        break;
    case TOKEN_NAME:
        see_name(c, text_cut(src, t.from, t.to));
        break;
    case TOKEN_STRING:
        see_string(c, src, t);
        break;
    case TOKEN_SIGN:
        if (!see_sign(c, src, t, e))
            return false;
        break;
    default:
        break;
    }
    if (c->head.len < HEAD_TOKENS)
        c->head.at[c->head.len++] = t;
    c->head.last = t;
    return true;
}

static bool command(struct cutter *c, struct token t, struct err *e)
{
    size_t from = c->in.base + t.from;
    struct pos at = input_pass(&c->in, t.from);
    size_t line = lexer_line(&c->in.lexer), to = c->in.base + c->in.lexer.at + line;

    switch (psql_command(&c->in, c->head.len > 0, e)) {
    case PSQL_REFUSED:
        return false;
    case PSQL_NOTED:
        *arena_push(c->arena, &c->notes) = (struct script_note) { NOTE_PSQL, at };
        break;
    case PSQL_INCLUDED:
        c->begun = false;
        edit(c, from, to, CUT_INCLUDE);
        return true;
    case PSQL_PASSED:
        break;
    }
    edit(c, from, c->in.base + c->in.lexer.at, CUT_REST);
    return true;
}

static bool unterminated(const struct cutter *c, struct token t, struct err *e)
{
    err_plain(e, ERR_SCRIPT_SYNTAX, "unterminated %s", t.open);
    input_place(&c->in, t.from, e);
    return err_hint(e, "close it, then run it again; it is open from here to the end of the file");
}

static bool ended(struct cutter *c, bool *more, struct err *e)
{
    *more = true;
    c->rows = token_is(c->in.lexer.src, c->head.at[0], "copy") && statement_copies_in(c->in.lexer.src, &c->head);
    if (!c->rows)
        return true;
    if (!psql_rows_begin(&c->in, e))
        return false;
    c->rows_inside = false;
    c->rows_from = c->in.base + c->in.lexer.at;
    return true;
}

bool cutter_rows(struct text *piece, struct cutter *c, struct err *e)
{
    *piece = (struct text) { "", 0 };
    if (!c->rows)
        return true;
    if (!psql_rows(piece, &c->in, &c->rows_inside, e))
        return false;
    if (!piece->len) {
        c->rows = false;
        edit(c, c->rows_from, c->in.base + c->in.lexer.at, CUT_REST);
    }
    return true;
}

static bool next_begins(struct cutter *c, struct err *e)
{
    struct text piece;

    while (c->rows)
        if (!cutter_rows(&piece, c, e))
            return false;
    c->nth += c->head.len > 0;
    c->head.len = 0;
    c->seen = (struct statement_seen) { 0 };
    c->parens = c->brackets = c->body = 0;
    c->json = false;
    input_release(&c->in);
    return true;
}

bool cutter_next(struct cutter *c, bool *more, struct err *e)
{
    struct lexer *l = &c->in.lexer;

    *more = false;
    if (!next_begins(c, e))
        return false;
    for (;;) {
        struct token t;

        if (!c->begun)
            begin_file(c);
        pass_values(c);
        t = lexer_next(l);
        if (c->in.failed) {
            *e = c->in.err;
            return false;
        }
        switch (t.kind) {
        case TOKEN_END:
            if (c->head.len)
                return ended(c, more, e);
            if (c->in.depth == 1)
                return true;
            input_leave(&c->in);
            break;
        case TOKEN_OPEN:
            return unterminated(c, t, e);
        case TOKEN_BACKSLASH:
            if (!command(c, t, e))
                return false;
            if (!c->head.len)
                input_release(&c->in);
            break;
        case TOKEN_SEPARATOR:
            edit(c, c->in.base + t.from, c->in.base + t.to, CUT_SEPARATOR);
            if (c->head.len)
                return ended(c, more, e);
            input_release(&c->in);
            break;
        case TOKEN_SEMICOLON:
            if (c->parens || c->body) {
                if (!token(c, t, e))
                    return false;
            } else if (c->head.len) {
                return ended(c, more, e);
            } else {
                input_release(&c->in);
            }
            break;
        default:
            if (!token(c, t, e))
                return false;
        }
    }
}
