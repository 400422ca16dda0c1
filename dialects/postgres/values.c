/* Most of a large script is values. This passes over the plain ones without looking at each as lexer_next does: several
 * times as fast, and nothing that it takes can mean anything but itself. */
#include "dialects/postgres/lexer.h"

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* What stands behind a value in a list. */
static inline bool ends_value(char c)
{
    return c == ',' || c == ')';
}

/* Behind a plain string, all of it at hand; NULL where it is another, or may be a name that matters. */
static const char *string_end(const char *from, const char *end)
{
    const char *at = from;

    do {
        at = memchr(at + 1, '\'', (size_t)(end - at - 1));
        if (!at || ++at == end)
            return NULL;
    } while (*at == '\'');
    return ends_value(*at) && !memchr(from, '_', (size_t)(at - from)) ? at : NULL;
}

static const char *number_end(const char *at, const char *end)
{
    while (at < end && (is_digit(*at) || (*at == '.' && is_digit(at[-1]))))
        at++;
    return at < end && ends_value(*at) ? at : NULL;
}

static const char *constant_end(const char *at, const char *end)
{
    static const struct text words[] = { TEXT("NULL"), TEXT("null"), TEXT("true"), TEXT("false") };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (*at == *words[i].at && (size_t)(end - at) > words[i].len && memcmp(at, words[i].at, words[i].len) == 0)
            return ends_value(at[words[i].len]) ? at + words[i].len : NULL;
    return NULL;
}

void lexer_values(struct lexer *l, int *depth, struct token *last)
{
    const char *start = l->src.at, *at = start + l->at, *end = start + l->src.len, *to;

    for (; at < end; at = to) {
        enum token_kind kind = TOKEN_SIGN;

        to = at + 1;
        switch (*at) {
        case ' ':
        case '\n':
            continue;
        case ',':
            break;
        case '(':
            ++*depth;
            break;
        case ')':
            *depth -= *depth > 0;
            break;
        case '\'':
            kind = TOKEN_STRING;
            to = string_end(at, end);
            break;
        case 'N':
        case 'n':
        case 't':
        case 'f':
            kind = TOKEN_WORD;
            to = constant_end(at, end);
            break;
        default:
            kind = TOKEN_NUMBER;
            to = is_digit(*at) ? number_end(to, end) : NULL;
        }
        if (!to)
            break;
        *last = (struct token) { kind, (size_t)(at - start), (size_t)(to - start), NULL };
    }
    l->at = (size_t)(at - start);
}
