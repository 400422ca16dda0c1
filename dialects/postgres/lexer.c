#include "dialects/postgres/lexer.h"

static bool name_start(char c)
{
    return text_is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool name_part(char c)
{
    return name_start(c) || text_is_digit(c) || c == '$';
}

static char peek(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->src.len ? l->src.at[l->at + ahead] : '\0';
}

static bool at_separator(const struct lexer *l)
{
    return l->separator && text_starts(text_cut(l->src, l->at, l->src.len), l->separator);
}

/* A line comment ends before a separator too: Drizzle cuts there, whatever stands before it. */
static void skip_line(struct lexer *l)
{
    while (l->at < l->src.len && l->src.at[l->at] != '\n' && !at_separator(l))
        l->at++;
}

static bool skip_block(struct lexer *l)
{
    int depth = 0;

    while (l->at < l->src.len) {
        if (peek(l, 0) == '/' && peek(l, 1) == '*') {
            depth++;
            l->at += 2;
        } else if (peek(l, 0) == '*' && peek(l, 1) == '/') {
            depth--;
            l->at += 2;
            if (!depth)
                return true;
        } else {
            l->at++;
        }
    }
    return false;
}

/* A quoted piece whose quote stands at l->at. */
static bool skip_quoted(struct lexer *l, bool escapes)
{
    char quote = l->src.at[l->at++];

    while (l->at < l->src.len) {
        char c = l->src.at[l->at++];

        if (escapes && c == '\\')
            l->at += l->at < l->src.len;
        else if (c == quote && peek(l, 0) == quote)
            l->at++;
        else if (c == quote)
            return true;
    }
    return false;
}

/* SQL joins literals that only white space with a line end keeps apart; the next piece follows the first one's
 * rules, so a backslash in it counts. */
static bool continues(struct lexer *l)
{
    size_t at = l->at;
    bool line = false;

    for (; at < l->src.len && text_is_space(l->src.at[at]); at++)
        line = line || l->src.at[at] == '\n';
    if (!line || at >= l->src.len || l->src.at[at] != '\'')
        return false;
    l->at = at;
    return true;
}

static bool skip_string(struct lexer *l, bool escapes)
{
    do {
        if (!skip_quoted(l, escapes))
            return false;
    } while (continues(l));
    return true;
}

/* The length of $tag$ at l->at, 0 where there is none. */
static size_t dollar_tag(const struct lexer *l)
{
    size_t len = 1;

    if (name_start(peek(l, len)))
        while (name_part(peek(l, len)) && peek(l, len) != '$')
            len++;
    return peek(l, len) == '$' ? len + 1 : 0;
}

static bool skip_dollar(struct lexer *l, size_t tag)
{
    const char *open = l->src.at + l->at, *end;

    l->at += tag;
    end = l->at < l->src.len ? memmem(l->src.at + l->at, l->src.len - l->at, open, tag) : NULL;
    l->at = end ? (size_t)(end - l->src.at) + tag : l->src.len;
    return end != NULL;
}

/* Passes over white space and comments; false at a comment that does not end, which *open tells. */
static bool skip_blank(struct lexer *l, size_t *open)
{
    while (l->at < l->src.len && !at_separator(l)) {
        if (text_is_space(peek(l, 0))) {
            l->at++;
        } else if (peek(l, 0) == '-' && peek(l, 1) == '-') {
            skip_line(l);
        } else if (peek(l, 0) == '/' && peek(l, 1) == '*') {
            *open = l->at;
            if (!skip_block(l))
                return false;
        } else {
            break;
        }
    }
    return true;
}

static struct token opened(const struct lexer *l, size_t from, const char *what)
{
    return (struct token) { TOKEN_OPEN, from, l->src.len, what };
}

/* What a letter in front of a quote makes of it: 1 and 2 are the lengths of the prefix. */
static size_t quote_prefix(const struct lexer *l)
{
    char c = text_lower(peek(l, 0));

    if ((c == 'e' || c == 'b' || c == 'x' || c == 'n') && peek(l, 1) == '\'')
        return 1;
    return c == 'u' && peek(l, 1) == '&' && (peek(l, 2) == '\'' || peek(l, 2) == '"') ? 2 : 0;
}

struct token lexer_next(struct lexer *l)
{
    struct token t = { TOKEN_SIGN, 0, 0, NULL };
    size_t open, prefix, tag;
    bool escapes;

    if (!skip_blank(l, &open))
        return opened(l, open, "comment");
    t.from = l->at;
    if (l->at >= l->src.len)
        return (struct token) { TOKEN_END, l->at, l->at, NULL };
    prefix = quote_prefix(l);
    escapes = prefix == 1 && text_lower(peek(l, 0)) == 'e';
    if (at_separator(l)) {
        t.kind = TOKEN_SEPARATOR;
        l->at += strlen(l->separator);
    } else if (peek(l, prefix) == '\'') {
        t.kind = TOKEN_STRING;
        l->at += prefix;
        if (!skip_string(l, escapes))
            return opened(l, t.from, "quoted string");
    } else if (peek(l, prefix) == '"') {
        t.kind = TOKEN_NAME;
        l->at += prefix;
        if (!skip_quoted(l, false))
            return opened(l, t.from, "quoted name");
    } else if (peek(l, 0) == '$' && (tag = dollar_tag(l)) > 0) {
        t.kind = TOKEN_STRING;
        if (!skip_dollar(l, tag))
            return opened(l, t.from, "dollar-quoted string");
    } else if (name_start(peek(l, 0))) {
        t.kind = TOKEN_WORD;
        while (name_part(peek(l, 0)) && l->at < l->src.len)
            l->at++;
    } else if (text_is_digit(peek(l, 0)) || (peek(l, 0) == '$' && text_is_digit(peek(l, 1)))) {
        t.kind = TOKEN_NUMBER;
        l->at++;
        while (text_is_word(peek(l, 0)) || (peek(l, 0) == '.' && peek(l, 1) != '.'))
            l->at++;
    } else {
        t.kind = peek(l, 0) == ';' ? TOKEN_SEMICOLON : peek(l, 0) == '\\' ? TOKEN_BACKSLASH : TOKEN_SIGN;
        l->at++;
    }
    t.to = l->at;
    return t;
}

bool token_is(struct text src, struct token t, const char *keyword)
{
    return t.kind == TOKEN_WORD && text_is_nocase(text_cut(src, t.from, t.to), keyword);
}

/* What stands between the quotes, a doubled one as one. */
static struct text unquoted(struct text quoted, struct arena *a)
{
    struct buf out = buf_open(a, quoted.len);

    for (size_t i = 1; i + 1 < quoted.len; i++) {
        buf_char(&out, quoted.at[i]);
        i += quoted.at[i] == quoted.at[0];
    }
    return buf_content(&out);
}

const char *token_name(struct text src, struct token t, struct arena *a)
{
    struct text word = text_cut(src, t.from, t.to);
    char *folded;

    if (t.kind == TOKEN_NAME && word.at[0] == '"')
        return arena_cstr(a, unquoted(word, a));
    if (t.kind != TOKEN_WORD)
        return NULL;
    folded = arena_cstr(a, word);
    for (size_t i = 0; folded[i]; i++)
        folded[i] = text_lower(folded[i]);
    return folded;
}

bool token_literal(struct text *out, struct text src, struct token t, struct arena *a)
{
    struct text word = text_cut(src, t.from, t.to);
    size_t line;

    if (t.kind == TOKEN_NUMBER) {
        *out = word;
        return word.at[0] != '$';
    }
    /* A literal over two lines may be two pieces. */
    if (t.kind != TOKEN_STRING || word.at[0] != '\'' || text_find(word, "\n", &line))
        return false;
    *out = unquoted(word, a);
    return true;
}
