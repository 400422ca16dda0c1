#include "core/cosmetic.h"

#include "core/base/text.h"

static bool starts_at(struct text t, size_t at, const char *with)
{
    return text_starts(text_cut(t, at, t.len), with);
}

static size_t behind(struct text t, size_t at, const char *end)
{
    size_t found;

    return text_find(text_cut(t, at, t.len), end, &found) ? at + found + strlen(end) : t.len;
}

/* "$tag$" at `at`; its length, or 0. */
static size_t dollar_tag(struct text t, size_t at)
{
    size_t end = at + 1;

    if (at > 0 && (text_is_word(t.at[at - 1]) || t.at[at - 1] == '$'))
        return 0;
    while (end < t.len && text_is_word(t.at[end]))
        end++;
    return end < t.len && t.at[end] == '$' ? end + 1 - at : 0;
}

static size_t dollar_end(struct text t, size_t at, size_t tag)
{
    for (size_t i = at + tag; i + tag <= t.len; i++)
        if (memcmp(t.at + i, t.at + at, tag) == 0)
            return i + tag;
    return t.len;
}

static size_t comment_end(struct text t, size_t at)
{
    size_t depth = 0;

    if (starts_at(t, at, "--"))
        return behind(t, at, "\n");
    for (; at < t.len; at++) {
        if (starts_at(t, at, "/*")) {
            depth++;
            at++;
        } else if (starts_at(t, at, "*/")) {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    return t.len;
}

/* The next piece that counts: a word, a quoted text, or one sign. An empty piece is the end. */
static struct text next_piece(struct text t, size_t *at)
{
    size_t from, tag;

    for (;;) {
        while (*at < t.len && text_is_space(t.at[*at]))
            (*at)++;
        if (!starts_at(t, *at, "--") && !starts_at(t, *at, "/*"))
            break;
        *at = comment_end(t, *at);
    }
    from = *at;
    if (from == t.len)
        return text_cut(t, from, from);
    tag = t.at[from] == '$' ? dollar_tag(t, from) : 0;
    if (tag) {
        *at = dollar_end(t, from, tag);
    } else if (strchr("'\"`", t.at[from])) {
        const char quote[] = { t.at[from], '\0' };

        /* A doubled quote stands for itself. */
        *at = behind(t, from + 1, quote);
        while (*at < t.len && t.at[*at] == quote[0])
            *at = behind(t, *at + 1, quote);
    } else if (text_is_word(t.at[from]) || (unsigned char)t.at[from] >= 0x80) {
        while (*at < t.len && (text_is_word(t.at[*at]) || (unsigned char)t.at[*at] >= 0x80))
            (*at)++;
    } else {
        (*at)++;
    }
    return text_cut(t, from, *at);
}

bool cosmetic_equal(struct text a, struct text b)
{
    size_t in_a = text_starts(a, "\xef\xbb\xbf") ? 3 : 0, in_b = text_starts(b, "\xef\xbb\xbf") ? 3 : 0;

    for (;;) {
        struct text x = next_piece(a, &in_a), y = next_piece(b, &in_b);

        if (!text_equal(x, y))
            return false;
        if (!x.len)
            return true;
    }
}
