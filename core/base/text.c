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

size_t text_char_len(struct text t)
{
    const unsigned char *s = (const unsigned char *)t.at;
    size_t len;

    if (!t.len)
        return 0;
    if (s[0] < 0x80)
        return 1;
    len = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : s[0] >= 0xe0 && s[0] <= 0xef ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
    if (!len || t.len < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates, and what lies behind U+10FFFF. */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

/* The code point of the character of that many bytes, 1 to 4, at the start of t; 0 where len is 0. */
static unsigned char_code(struct text t, size_t len)
{
    unsigned code = len ? (unsigned char)t.at[0] & (len == 1 ? 0x7f : 0xff >> (len + 1)) : 0;

    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)t.at[i] & 0x3f);
    return code;
}

bool text_is_utf8(struct text t)
{
    while (t.len) {
        size_t len = text_char_len(t);

        if (!len)
            return false;
        t = text_cut(t, len, t.len);
    }
    return true;
}

size_t text_visible_len(struct text t)
{
    static const unsigned hidden[][2] = {
        { 0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
    };
    size_t len = text_char_len(t);
    unsigned code = char_code(t, len);

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i][0] && code <= hidden[i][1])
            return 0;
    return len;
}

static size_t step(struct text src, size_t at)
{
    size_t len = text_char_len(text_cut(src, at, src.len));

    return len ? len : 1;
}

size_t byte_from_char(struct text src, size_t nth)
{
    size_t at = 0;

    while (nth-- && at < src.len)
        at += step(src, at);
    return at;
}

struct pos pos_from_byte(const char *path, struct text src, size_t offset, int first_line)
{
    struct pos p = { path, first_line, 1 };
    size_t at = text_starts(src, "\xef\xbb\xbf") ? 3 : 0;

    if (offset > src.len)
        offset = src.len;
    while (at < offset) {
        if (src.at[at] == '\n') {
            p.line++;
            p.column = 1;
            at++;
        } else {
            at += step(src, at);
            if (at <= offset)
                p.column++;
        }
    }
    return p;
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

/* Most names are: they need no look at each character. */
static bool is_plain_ascii(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < 0x20 || (unsigned char)t.at[i] > 0x7e)
            return false;
    return true;
}

const char *text_shown(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    if (is_plain_ascii(t))
        return arena_cstr(a, t);

    while (t.len) {
        size_t len = text_char_len(t);
        unsigned char c = (unsigned char)t.at[0];

        if (text_visible_len(t))
            buf_add(&out, t.at, len);
        else if (c == '\n')
            buf_string(&out, "\\n");
        else if (c == '\t')
            buf_string(&out, "\\t");
        else if (c == '\r')
            buf_string(&out, "\\r");
        else if (c == 0x1b)
            buf_string(&out, "\\e");
        else if (len <= 1)
            buf_printf(&out, "\\x%02x", c);
        else
            buf_printf(&out, "\\u%04x", char_code(t, len));
        t = text_cut(t, len ? len : 1, t.len);
    }
    return buf_cstr(&out);
}

const char *text_as_utf8(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    if (is_plain_ascii(t))
        return arena_cstr(a, t);
    while (t.len) {
        size_t len = text_char_len(t);

        if (len && t.at[0])
            buf_add(&out, t.at, len);
        else
            buf_string(&out, "\xef\xbf\xbd");
        t = text_cut(t, len ? len : 1, t.len);
    }
    return buf_cstr(&out);
}
