#include "dialects/postgres/lexer.h"

enum { SPACE = 1, DIGIT = 2, START = 4, PART = 8, NUMBER = 16 };

/* Not text.h's functions: this is asked once a byte of scripts that may have a gigabyte. */
static const unsigned char classes[256] = {
    ['\t' ... '\r'] = SPACE,
    [' '] = SPACE,
    ['$'] = PART,
    ['0' ... '9'] = DIGIT | PART | NUMBER,
    ['A' ... 'Z'] = START | PART | NUMBER,
    ['a' ... 'z'] = START | PART | NUMBER,
    ['_'] = START | PART | NUMBER,
    [0x80 ... 0xff] = START | PART,
};

static inline bool is(char c, unsigned which)
{
    return classes[(unsigned char)c] & which;
}

/* Moves over the bytes of a class that are at hand. */
static inline void skip(struct lexer *l, unsigned which)
{
    const char *at = l->src.at + l->at, *end = l->src.at + l->src.len;

    while (at < end && is(*at, which))
        at++;
    l->at = (size_t)(at - l->src.at);
}

static inline bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* True where src has the byte at `ahead` behind the current one, which may take another piece. */
static inline bool has(struct lexer *l, size_t ahead)
{
    while (l->at + ahead >= l->src.len)
        if (!l->more || !l->more(l))
            return false;
    return true;
}

static inline char peek(struct lexer *l, size_t ahead)
{
    return has(l, ahead) ? l->src.at[l->at + ahead] : '\0';
}

bool lexer_sees(struct lexer *l, size_t ahead, struct text what)
{
    return has(l, ahead + what.len - 1) && memcmp(l->src.at + l->at + ahead, what.at, what.len) == 0;
}

size_t lexer_line(struct lexer *l)
{
    const char *end = NULL;
    size_t seen = 0;

    while (!end && has(l, seen)) {
        end = memchr(l->src.at + l->at + seen, '\n', l->src.len - l->at - seen);
        seen = l->src.len - l->at;
    }
    return end ? (size_t)(end - l->src.at) - l->at : seen;
}

static inline bool separator_at(struct lexer *l, size_t ahead)
{
    return l->separator && peek(l, ahead) == *l->separator && lexer_sees(l, ahead, text_from(l->separator));
}

/* Moves to the next c, or to the end. */
static bool skip_to(struct lexer *l, char c)
{
    while (has(l, 0)) {
        const char *found = memchr(l->src.at + l->at, c, l->src.len - l->at);

        l->at = found ? (size_t)(found - l->src.at) : l->src.len;
        if (found)
            return true;
    }
    return false;
}

/* A line comment ends before a separator too: Drizzle cuts there, whatever stands before it. */
static void skip_line(struct lexer *l)
{
    while (has(l, 0) && !ends_line(l->src.at[l->at]) && !separator_at(l, 0))
        l->at++;
}

/* Both ends of a block comment have a slash. */
static bool skip_block(struct lexer *l)
{
    size_t depth = 1, from = l->at + 2;

    for (l->at = from; skip_to(l, '/');) {
        if (l->at > from && l->src.at[l->at - 1] == '*') {
            from = ++l->at;
            if (--depth == 0)
                return true;
        } else if (peek(l, 1) == '*') {
            from = l->at += 2;
            depth++;
        } else {
            l->at++;
        }
    }
    return false;
}

/* A quoted piece whose quote stands at l->at. */
static bool skip_quoted(struct lexer *l)
{
    char quote = l->src.at[l->at++];

    while (skip_to(l, quote)) {
        l->at++;
        if (peek(l, 0) != quote)
            return true;
        l->at++;
    }
    return false;
}

static bool skip_escaped(struct lexer *l)
{
    for (l->at++; has(l, 0);) {
        char c = l->src.at[l->at++];

        if (c == '\\')
            l->at += has(l, 0);
        else if (c == '\'' && peek(l, 0) == '\'')
            l->at++;
        else if (c == '\'')
            return true;
    }
    return false;
}

/* SQL joins literals that only white space with a line end keeps apart, and line comments; the next piece follows the
 * first one's rules, so a backslash in it counts. A comment is white space only together with the end of its line. */
static bool continues(struct lexer *l)
{
    size_t i = 0;
    bool line = false;

    for (char c = peek(l, 0); c != '\''; c = peek(l, i)) {
        if (c == '-' && peek(l, i + 1) == '-') {
            while (has(l, i) && !ends_line(l->src.at[l->at + i]) && !separator_at(l, i))
                i++;
            if (!has(l, i) || !ends_line(l->src.at[l->at + i]))
                return false;
        } else if (!is(c, SPACE)) {
            return false;
        } else {
            line = line || ends_line(c);
            i++;
        }
    }
    l->at += line ? i : 0;
    return line;
}

static bool skip_string(struct lexer *l, bool escapes)
{
    do {
        if (!(escapes ? skip_escaped(l) : skip_quoted(l)))
            return false;
    } while (continues(l));
    return true;
}

/* The length of $tag$ at l->at, 0 where there is none. */
static size_t dollar_tag(struct lexer *l)
{
    size_t len = 1;

    if (is(peek(l, len), START))
        while (is(peek(l, len), PART) && peek(l, len) != '$')
            len++;
    return peek(l, len) == '$' ? len + 1 : 0;
}

static bool skip_dollar(struct lexer *l, size_t tag)
{
    size_t open = l->at, from = open + tag;

    for (;;) {
        const char *end = memmem(l->src.at + from, l->src.len - from, l->src.at + open, tag);

        l->at = end ? (size_t)(end - l->src.at) + tag : l->src.len;
        if (end)
            return true;
        /* A part of it may stand at the end of this piece. */
        if (l->src.len - from >= tag)
            from = l->src.len - tag + 1;
        if (!has(l, 0))
            return false;
    }
}

/* Passes over white space and comments; false at a comment that does not end, which *open tells. */
static bool skip_blank(struct lexer *l, size_t *open)
{
    bool loose = l->loose;

    while (has(l, 0)) {
        char c = l->src.at[l->at];

        if (separator_at(l, 0))
            return true;
        if (is(c, SPACE)) {
            skip(l, SPACE);
        } else if (c == '-' && peek(l, 1) == '-') {
            skip_line(l);
        } else if (c == '/' && peek(l, 1) == '*') {
            /* Held, so that it can be named. */
            l->loose = false;
            *open = l->at;
            if (!skip_block(l))
                return false;
            l->loose = loose;
        } else {
            return true;
        }
    }
    return true;
}

static struct token opened(const struct lexer *l, size_t from, const char *what)
{
    return (struct token) { TOKEN_OPEN, from, l->src.len, what };
}

static size_t quote_prefix(struct lexer *l)
{
    switch (l->src.at[l->at] | 0x20) {
    case 'b':
    case 'e':
    case 'n':
    case 'x':
        return peek(l, 1) == '\'';
    case 'u':
        return peek(l, 1) == '&' && (peek(l, 2) == '\'' || peek(l, 2) == '"') ? 2 : 0;
    default:
        return 0;
    }
}

static void skip_word(struct lexer *l)
{
    do
        skip(l, PART);
    while (l->at == l->src.len && has(l, 0));
}

/* One dot at a time: two are a range. */
static void skip_number(struct lexer *l)
{
    l->at++;
    for (;;) {
        skip(l, NUMBER);
        if (l->at == l->src.len && has(l, 0))
            continue;
        if (peek(l, 0) != '.' || peek(l, 1) == '.')
            return;
        l->at++;
    }
}

static enum token_kind sign_kind(struct lexer *l, char c)
{
    if (c == ';')
        return TOKEN_SEMICOLON;
    if (c == '\\')
        return TOKEN_BACKSLASH;
    if (c == ':' && (peek(l, 0) == ':' || peek(l, 0) == '='))
        l->at++;
    return TOKEN_SIGN;
}

struct token lexer_next(struct lexer *l)
{
    struct token t = { TOKEN_SIGN, 0, 0, NULL };
    size_t open, prefix, tag;
    char c;

    if (!skip_blank(l, &open))
        return opened(l, open, "comment");
    if (!has(l, 0))
        return (struct token) { TOKEN_END, l->at, l->at, NULL };
    l->loose = false;
    t.from = l->at;
    c = l->src.at[l->at];
    prefix = is(c, START) ? quote_prefix(l) : 0;
    if (separator_at(l, 0)) {
        t.kind = TOKEN_SEPARATOR;
        l->at += strlen(l->separator);
    } else if (c == '\'' || (prefix && l->src.at[l->at + prefix] == '\'')) {
        t.kind = TOKEN_STRING;
        l->at += prefix;
        if (!skip_string(l, prefix && (c | 0x20) == 'e'))
            return opened(l, t.from, "quoted string");
    } else if (c == '"' || prefix) {
        t.kind = TOKEN_NAME;
        l->at += prefix;
        if (!skip_quoted(l))
            return opened(l, t.from, "quoted name");
    } else if (c == '$' && (tag = dollar_tag(l)) > 0) {
        t.kind = TOKEN_STRING;
        if (!skip_dollar(l, tag))
            return opened(l, t.from, "dollar-quoted string");
    } else if (is(c, START)) {
        t.kind = TOKEN_WORD;
        skip_word(l);
    } else if (is(c, DIGIT) || (c == '$' && is(peek(l, 1), DIGIT))) {
        t.kind = TOKEN_NUMBER;
        skip_number(l);
    } else {
        l->at++;
        t.kind = sign_kind(l, c);
    }
    t.to = l->at;
    return t;
}
