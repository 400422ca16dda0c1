#include "core/base/text.h"

struct text text_from(const char *s)
{
    return s ? (struct text) { s, strlen(s) } : (struct text) { "", 0 };
}

bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool text_is(struct text t, const char *s)
{
    return text_equal(t, text_from(s));
}

bool text_is_nocase(struct text t, const char *s)
{
    if (t.len != strlen(s))
        return false;
    for (size_t i = 0; i < t.len; i++)
        if (text_lower(t.at[i]) != text_lower(s[i]))
            return false;
    return true;
}

bool text_starts(struct text t, const char *prefix)
{
    size_t len = strlen(prefix);

    return t.len >= len && (len == 0 || memcmp(t.at, prefix, len) == 0);
}

bool text_ends(struct text t, const char *suffix)
{
    size_t len = strlen(suffix);

    return t.len >= len && (len == 0 || memcmp(t.at + t.len - len, suffix, len) == 0);
}

int text_compare(struct text a, struct text b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int first = least ? memcmp(a.at, b.at, least) : 0;

    if (first)
        return first;
    return (a.len > b.len) - (a.len < b.len);
}

struct text text_cut(struct text t, size_t from, size_t to)
{
    if (to > t.len)
        to = t.len;
    if (from > to)
        from = to;
    return (struct text) { t.at ? t.at + from : NULL, to - from };
}

struct text text_trim(struct text t)
{
    while (t.len && text_is_space(t.at[0]))
        t = text_cut(t, 1, t.len);
    while (t.len && text_is_space(t.at[t.len - 1]))
        t.len--;
    return t;
}

bool text_find(struct text t, const char *needle, size_t *at)
{
    const char *found = t.len ? memmem(t.at, t.len, needle, strlen(needle)) : NULL;

    if (found)
        *at = (size_t)(found - t.at);
    return found != NULL;
}

bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool text_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool text_is_word(char c)
{
    return text_is_letter(c) || text_is_digit(c) || c == '_';
}

bool text_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char text_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool text_line(struct text *rest, struct text *line)
{
    const char *end;

    if (!rest->len)
        return false;
    end = memchr(rest->at, '\n', rest->len);
    *line = text_cut(*rest, 0, end ? (size_t)(end - rest->at) : rest->len);
    *rest = text_cut(*rest, line->len + (end != NULL), rest->len);
    if (line->len && line->at[line->len - 1] == '\r')
        line->len--;
    return true;
}

bool text_to_u64(struct text t, uint64_t *out)
{
    uint64_t n = 0;

    if (!t.len)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (!text_is_digit(t.at[i]) || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, (uint64_t)(t.at[i] - '0'), &n))
            return false;
    }
    *out = n;
    return true;
}

enum { NEAREST_MAX = 40 };

/* Edits that turn a into b: insert, delete, replace, and two neighbours swapped. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t la = strlen(a), lb = strlen(b);

    if (la > NEAREST_MAX || lb > NEAREST_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = before[j - 1] + (text_lower(a[i - 1]) != text_lower(b[j - 1]));

            if (before[j] + 1 < best)
                best = before[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && text_lower(a[i - 1]) == text_lower(b[j - 2]) &&
                text_lower(a[i - 2]) == text_lower(b[j - 1]) && two_before[j - 2] + 1 < best)
                best = two_before[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[la % 3][lb];
}

const char *text_nearest(const char *typed, const char *const *names)
{
    const char *best = NULL;
    size_t len = strlen(typed), best_distance = len / 3 + 1;

    for (size_t i = 0; names[i]; i++) {
        size_t distance = edit_distance(typed, names[i]);

        /* As many edits as there are letters: nothing is alike. */
        if (distance >= len && distance >= strlen(names[i]))
            continue;
        if (distance < best_distance || (distance == best_distance && !best)) {
            best = names[i];
            best_distance = distance;
        }
    }
    for (size_t i = 0; !best && len >= 3 && names[i]; i++)
        if (text_starts(text_from(names[i]), typed))
            best = names[i];
    return best;
}

struct text text_normalised(struct arena *a, struct text src)
{
    struct buf out;
    size_t at;

    if (text_starts(src, "\xef\xbb\xbf"))
        src = text_cut(src, 3, src.len);
    if (!text_find(src, "\r\n", &at))
        return src;
    out = buf_open(a, src.len);
    for (;;) {
        buf_text(&out, text_cut(src, 0, at));
        src = text_cut(src, at + 1, src.len);
        if (!text_find(src, "\r\n", &at))
            break;
    }
    buf_text(&out, src);
    return buf_content(&out);
}
