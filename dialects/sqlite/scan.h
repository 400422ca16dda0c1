/* SQLite's SQL as tokens and statements: enough to know where each statement ends and how it begins. Pure. */
#ifndef DIALECTS_SQLITE_SCAN_H
#define DIALECTS_SQLITE_SCAN_H

#include "core/base/text.h"

enum sqlite_token_kind {
    SQLITE_TOKEN_END,
    SQLITE_TOKEN_WORD,      /* a keyword or a bare name */
    SQLITE_TOKEN_NAME,      /* "a", `a`, [a] */
    SQLITE_TOKEN_STRING,    /* 'a' */
    SQLITE_TOKEN_NUMBER,    /* begins with a digit */
    SQLITE_TOKEN_SEMICOLON, /* ends a statement unless a trigger's body is open */
    SQLITE_TOKEN_OTHER,     /* one character */
    SQLITE_TOKEN_OPEN       /* a quote that nothing closes: up to the end */
};

struct sqlite_token {
    enum sqlite_token_kind kind;
    size_t from, to; /* bytes, quotes included */
};

/* The next token at or behind *at, which moves behind it. Blanks and comments are passed over; a block comment that
 * nothing closes goes to the end, as SQLite has it. */
struct sqlite_token sqlite_token_next(struct text sql, size_t *at);

bool sqlite_token_is(struct text sql, struct sqlite_token t, const char *word);    /* a bare word, in any case */
bool sqlite_token_names(struct text sql, struct sqlite_token t, const char *name); /* bare or quoted, in any case */
/* What a name, string or number stands for, its quotes undone. */
struct text sqlite_token_value(struct text sql, struct sqlite_token t, struct arena *a);

struct sqlite_range {
    size_t from, to; /* from its first token to behind its last, its semicolon left out */
    size_t behind;   /* where the text goes on */
    bool open_quote; /* it holds one; open_at says where */
    size_t open_at;
};

/* The next statement at or behind at. False where only blanks, comments and semicolons are left. A statement ends by
 * the rule of sqlite3_complete (https://www.sqlite.org/c3ref/complete.html): in CREATE TRIGGER at "; END". */
bool sqlite_statement_next(struct text sql, size_t at, struct sqlite_range *out);

#endif
