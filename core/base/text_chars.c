/* Characters of UTF-8: their length, their place, and how they are shown. Declared in text.h. */
#include "core/base/text.h"

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

unsigned text_char_code(struct text t, size_t len)
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
    unsigned code = text_char_code(t, len);

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

size_t text_chars(struct text t)
{
    size_t n = 0;

    for (size_t at = 0; at < t.len; n++)
        at += step(t, at);
    return n;
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

struct pos pos_behind(struct pos at, struct text text)
{
    const char *end = text.len ? memrchr(text.at, '\n', text.len) : NULL;
    struct text last = end ? text_cut(text, (size_t)(end - text.at) + 1, text.len) : text;
    size_t lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    if (!end && at.line == 1 && at.column == 1 && text_starts(last, "\xef\xbb\xbf"))
        at.column--;
    at.column = (end ? 1 : at.column) + (int)text_chars(last);
    at.line += (int)lines;
    return at;
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
            buf_printf(&out, "\\u%04x", text_char_code(t, len));
        t = text_cut(t, len ? len : 1, t.len);
    }
    return buf_cstr(&out);
}

const char *text_summary(struct arena *a, struct text t, size_t most)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t chars = 0;

    t = text_trim(t);
    for (; t.len && chars < most; chars++) {
        size_t len = text_char_len(t), blanks = 0;

        while (blanks < t.len && text_is_space(t.at[blanks]))
            blanks++;
        if (blanks)
            buf_char(&out, ' ');
        else
            buf_add(&out, t.at, len ? len : 1);
        t = text_cut(t, blanks ? blanks : len ? len : 1, t.len);
    }
    return arena_printf(a, "%s%s", text_shown(a, buf_content(&out)), t.len ? "…" : "");
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
