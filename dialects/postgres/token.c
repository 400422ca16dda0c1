#include "dialects/postgres/lexer.h"

bool token_is(struct text src, struct token t, const char *keyword)
{
    return t.kind == TOKEN_WORD && text_lower(src.at[t.from]) == *keyword &&
           text_is_nocase(text_cut(src, t.from, t.to), keyword);
}

bool token_sign(struct text src, struct token t, char c)
{
    return t.kind == TOKEN_SIGN && t.to - t.from == 1 && src.at[t.from] == c;
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
    if (t.kind != TOKEN_STRING || word.at[0] != '\'' || text_find(word, "\n", &line) || text_find(word, "\r", &line))
        return false;
    *out = unquoted(word, a);
    return true;
}

struct text token_content(struct text src, struct token t)
{
    struct text word = text_cut(src, t.from, t.to);
    size_t open = 0;

    while (word.at[open] != '\'' && word.at[open] != '$')
        open++;
    if (word.at[open++] == '$')
        while (word.at[open++] != '$')
            ;
    /* The other end is as long, but for the letters in front of a quote. */
    return text_cut(word, open, word.len - (word.at[0] == '$' ? open : 1));
}
