#include "dialects/sqlite/scan.h"

static size_t blank_end(struct text sql, size_t at)
{
    for (;;) {
        const char *end;

        if (at < sql.len && text_is_space(sql.at[at])) {
            at++;
        } else if (at + 1 < sql.len && sql.at[at] == '-' && sql.at[at + 1] == '-') {
            end = memchr(sql.at + at, '\n', sql.len - at);
            at = end ? (size_t)(end - sql.at) + 1 : sql.len;
        } else if (at + 1 < sql.len && sql.at[at] == '/' && sql.at[at + 1] == '*') {
            end = at + 2 < sql.len ? memmem(sql.at + at + 2, sql.len - at - 2, "*/", 2) : NULL;
            at = end ? (size_t)(end - sql.at) + 2 : sql.len;
        } else {
            return at;
        }
    }
}

/* Behind the closing quote; a doubled one stands for itself, but for the bracket. 0: there is none. */
static size_t quote_end(struct text sql, size_t at)
{
    char close = sql.at[at] == '[' ? ']' : sql.at[at];
    bool doubles = close != ']';

    for (at++; at < sql.len; at++) {
        if (sql.at[at] != close)
            continue;
        if (doubles && at + 1 < sql.len && sql.at[at + 1] == close)
            at++;
        else
            return at + 1;
    }
    return 0;
}

/* SQLite takes every byte of a non-ASCII character, and "$" behind the first, as part of a name. */
static bool is_word(char c)
{
    return text_is_word(c) || c == '$' || (unsigned char)c >= 0x80;
}

static struct sqlite_token quoted(struct text sql, size_t at)
{
    size_t end = quote_end(sql, at);

    if (!end)
        return (struct sqlite_token) { SQLITE_TOKEN_OPEN, at, sql.len };
    return (struct sqlite_token) { sql.at[at] == '\'' ? SQLITE_TOKEN_STRING : SQLITE_TOKEN_NAME, at, end };
}

struct sqlite_token sqlite_token_next(struct text sql, size_t *at)
{
    size_t from = blank_end(sql, *at), to = from;
    struct sqlite_token t = { SQLITE_TOKEN_END, from, from };
    char c = from < sql.len ? sql.at[from] : '\0';

    if (from >= sql.len) {
        *at = sql.len;
        return t;
    }
    if (c == '\'' || c == '"' || c == '`' || c == '[') {
        t = quoted(sql, from);
    } else if (is_word(c)) {
        while (to < sql.len && is_word(sql.at[to]))
            to++;
        t = (struct sqlite_token) { text_is_digit(c) ? SQLITE_TOKEN_NUMBER : SQLITE_TOKEN_WORD, from, to };
    } else {
        t = (struct sqlite_token) { c == ';' ? SQLITE_TOKEN_SEMICOLON : SQLITE_TOKEN_OTHER, from, from + 1 };
    }
    *at = t.to;
    return t;
}

bool sqlite_token_is(struct text sql, struct sqlite_token t, const char *word)
{
    return t.kind == SQLITE_TOKEN_WORD && text_is_nocase(text_cut(sql, t.from, t.to), word);
}

struct text sqlite_token_value(struct text sql, struct sqlite_token t, struct arena *a)
{
    struct text raw = text_cut(sql, t.from, t.to);
    struct buf out;
    char quote;

    if (t.kind != SQLITE_TOKEN_NAME && t.kind != SQLITE_TOKEN_STRING)
        return raw;
    quote = raw.at[0];
    raw = text_cut(raw, 1, raw.len - 1);
    if (quote == '[' || !memchr(raw.at, quote, raw.len))
        return raw;
    out = buf_open(a, raw.len);
    for (size_t i = 0; i < raw.len; i++) {
        buf_char(&out, raw.at[i]);
        i += raw.at[i] == quote;
    }
    return buf_content(&out);
}

bool sqlite_token_names(struct text sql, struct sqlite_token t, const char *name)
{
    struct text raw = text_cut(sql, t.from, t.to);

    /* SQLite takes a string for a name where only a name can stand. */
    if (t.kind == SQLITE_TOKEN_NAME || t.kind == SQLITE_TOKEN_STRING)
        raw = text_cut(raw, 1, raw.len - 1);
    else if (t.kind != SQLITE_TOKEN_WORD)
        return false;
    return text_is_nocase(raw, name);
}

/* Where the reading of one statement stands, as sqlite3_complete has it. */
enum place {
    PLACE_START,
    PLACE_EXPLAIN, /* behind EXPLAIN */
    PLACE_CREATE,  /* behind CREATE, perhaps TEMP */
    PLACE_NORMAL,
    PLACE_TRIGGER,      /* in a trigger's body */
    PLACE_TRIGGER_SEMI, /* in it, behind a semicolon */
    PLACE_TRIGGER_END   /* in it, behind "; END" */
};

static enum place place_next(enum place place, struct text sql, struct sqlite_token t)
{
    bool semicolon = t.kind == SQLITE_TOKEN_SEMICOLON;

    switch (place) {
    case PLACE_START:
        if (sqlite_token_is(sql, t, "EXPLAIN"))
            return PLACE_EXPLAIN;
        return sqlite_token_is(sql, t, "CREATE") ? PLACE_CREATE : PLACE_NORMAL;
    case PLACE_EXPLAIN:
        if (sqlite_token_is(sql, t, "QUERY") || sqlite_token_is(sql, t, "PLAN"))
            return PLACE_EXPLAIN;
        return sqlite_token_is(sql, t, "CREATE") ? PLACE_CREATE : PLACE_NORMAL;
    case PLACE_CREATE:
        if (sqlite_token_is(sql, t, "TEMP") || sqlite_token_is(sql, t, "TEMPORARY"))
            return PLACE_CREATE;
        return sqlite_token_is(sql, t, "TRIGGER") ? PLACE_TRIGGER : PLACE_NORMAL;
    case PLACE_NORMAL:
        return PLACE_NORMAL;
    case PLACE_TRIGGER:
    case PLACE_TRIGGER_SEMI:
        if (semicolon)
            return PLACE_TRIGGER_SEMI;
        return place == PLACE_TRIGGER_SEMI && sqlite_token_is(sql, t, "END") ? PLACE_TRIGGER_END : PLACE_TRIGGER;
    case PLACE_TRIGGER_END:
        return PLACE_TRIGGER;
    }
    return PLACE_NORMAL;
}

bool sqlite_statement_next(struct text sql, size_t at, struct sqlite_range *out)
{
    enum place place = PLACE_START;
    struct sqlite_token t;

    do
        t = sqlite_token_next(sql, &at);
    while (t.kind == SQLITE_TOKEN_SEMICOLON);
    if (t.kind == SQLITE_TOKEN_END)
        return false;
    *out = (struct sqlite_range) { .from = t.from };
    for (;; t = sqlite_token_next(sql, &at)) {
        bool in_body = place == PLACE_TRIGGER || place == PLACE_TRIGGER_SEMI;

        if (t.kind == SQLITE_TOKEN_END || (t.kind == SQLITE_TOKEN_SEMICOLON && !in_body)) {
            out->behind = at;
            return true;
        }
        if (t.kind == SQLITE_TOKEN_OPEN) {
            out->open_quote = true;
            out->open_at = t.from;
        }
        out->to = t.to;
        place = place_next(place, sql, t);
    }
}
