/* PostgreSQL's tokens, as far as it takes to cut a script into statements and to read their first words.
 * The rules are those of the server's own scanner (scan.l) with standard_conforming_strings on. Pure, but for the
 * pieces that `more` brings. */
#ifndef DIALECTS_POSTGRES_LEXER_H
#define DIALECTS_POSTGRES_LEXER_H

#include "core/base/text.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* a keyword or a name without quotes */
    TOKEN_NAME,   /* "name", U&"name" */
    TOKEN_STRING, /* '…', E'…', U&'…', B'…', $tag$…$tag$ */
    TOKEN_NUMBER, /* also a parameter like $1 */
    TOKEN_SIGN,   /* any other single character, and :: and := */
    TOKEN_SEMICOLON,
    TOKEN_SEPARATOR, /* the script's own text between statements */
    TOKEN_BACKSLASH, /* outside quotes: psql's */
    TOKEN_OPEN       /* a quote or comment that nothing closes; from is where it opens */
};

struct token {
    enum token_kind kind;
    size_t from, to;  /* bytes of src */
    const char *open; /* TOKEN_OPEN: what is open, "quoted string" */
};

struct lexer {
    struct text src;
    size_t at;
    const char *separator; /* begins with no blank; NULL: none */
    /* Puts what follows behind src, whose bytes may move; false: nothing does. Where `loose`, all before `at` may go,
     * and `at` with it. NULL: src is all there is. */
    bool (*more)(struct lexer *l);
    void *from; /* more's own */
    bool loose; /* nothing before `at` is needed any more; ends with the next token */
};

/* The next token, comments and white space passed over. */
struct token lexer_next(struct lexer *l);

/* values.c: passes over plain values, commas and parentheses, as far as they are at hand: lexer_next would give tokens
 * for them that say nothing about the statement. Only behind a comma or an opening parenthesis; *depth counts the
 * parentheses, and *last becomes the last token that it passed. */
void lexer_values(struct lexer *l, int *depth, struct token *last);

/* True where these bytes (one at least) stand at `at`, or so far behind it. */
bool lexer_sees(struct lexer *l, size_t ahead, struct text what);
/* How many bytes there are before the next line end, or the end. Not while loose. */
size_t lexer_line(struct lexer *l);

/* True for a word that is written without quotes and is this keyword, in any case. */
bool token_is(struct text src, struct token t, const char *keyword);
/* The same for a single character that is none of the other kinds. */
bool token_sign(struct text src, struct token t, char c);
/* A name as the server folds it: lower case without quotes, "" undoubled within. NULL for what is no name. */
const char *token_name(struct text src, struct token t, struct arena *a);
/* The value of a plain '…' or of a number; false for the other forms of a literal. */
bool token_literal(struct text *out, struct text src, struct token t, struct arena *a);
/* What stands within a string of any form, as it is written. */
struct text token_content(struct text src, struct token t);

#endif
