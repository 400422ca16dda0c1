/* The passwords in SQL and in what a server says. Declared in text.h. */
#include "core/base/secret.h"

/* A comment between PASSWORD and its literal is looked through no further than this. */
enum { COMMENT_MOST = 1000 };

static bool word_at(struct text t, size_t at, const char *word)
{
    size_t len = strlen(word);

    return at + len <= t.len && text_is_nocase(text_cut(t, at, at + len), word) &&
           (at == 0 || !text_is_word(t.at[at - 1])) && (at + len == t.len || !text_is_word(t.at[at + len]));
}

/* Where a literal that begins at `at` ends: '…' with '' doubled and, behind E, backslashes; or $tag$…$tag$. At `at`
 * where none begins. */
static size_t literal_end(struct text t, size_t at, bool escapes)
{
    size_t tag, end;

    if (t.at[at] == '\'') {
        for (size_t i = at + 1; i < t.len; i++) {
            if (escapes && t.at[i] == '\\')
                i++;
            else if (t.at[i] == '\'' && i + 1 < t.len && t.at[i + 1] == '\'')
                i++;
            else if (t.at[i] == '\'')
                return i + 1;
        }
        return t.len;
    }
    for (tag = at + 1; tag < t.len && text_is_word(t.at[tag]); tag++)
        ;
    if (t.at[at] != '$' || tag >= t.len || t.at[tag] != '$')
        return at;
    for (end = tag + 1; end + (tag - at) < t.len; end++)
        if (memcmp(t.at + end, t.at + at, tag - at + 1) == 0)
            return end + (tag - at) + 1;
    return t.len;
}

/* Behind blanks, comments, `=`, `=>`, `:=` and TO. */
static size_t gap_end(struct text t, size_t at)
{
    for (;;) {
        size_t end;

        if (at < t.len && (text_is_space(t.at[at]) || strchr("=>:", t.at[at]))) {
            at++;
        } else if (word_at(t, at, "to")) {
            at += 2;
        } else if (text_starts(text_cut(t, at, t.len), "--")) {
            if (!text_find(text_cut(t, at, at + COMMENT_MOST), "\n", &end))
                return at;
            at += end;
        } else if (text_starts(text_cut(t, at, t.len), "/*")) {
            if (!text_find(text_cut(t, at, at + COMMENT_MOST), "*/", &end))
                return at;
            at += end + 2;
        } else {
            return at;
        }
    }
}

/* The literal behind the word that ends at `at`: where it begins, and where it and those that continue it end. */
static bool literal_find(struct text t, size_t at, size_t *begin, size_t *end)
{
    static const char *const prefixes[] = { "e'", "n'", "u&'", "'", "$" };
    size_t prefix = 0;

    *begin = gap_end(t, at);
    while (prefix < sizeof prefixes / sizeof *prefixes) {
        size_t len = strlen(prefixes[prefix]);

        if (text_is_nocase(text_cut(t, *begin, *begin + len), prefixes[prefix]))
            break;
        prefix++;
    }
    if (prefix == sizeof prefixes / sizeof *prefixes)
        return false;
    at = *begin + strlen(prefixes[prefix]) - 1;
    *end = literal_end(t, at, prefix == 0);
    /* 'a' and a line further 'b' are one literal. */
    for (size_t next = *end; next > at && t.at[at] == '\'' && next < t.len && text_is_space(t.at[next]); next++)
        if (next + 1 < t.len && t.at[next + 1] == '\'')
            *end = next = literal_end(t, next + 1, prefix == 0);
    return *end > at;
}

/* password=… of a conninfo string inside a literal: where the value ends. */
static size_t pair_end(struct text t, size_t from)
{
    size_t end = from;

    if (text_starts(text_cut(t, from, t.len), "''")) {
        for (end += 2; end < t.len && !text_starts(text_cut(t, end, t.len), "''"); end++)
            ;
        return end + 2 < t.len ? end + 2 : t.len;
    }
    while (end < t.len && !text_is_space(t.at[end]) && t.at[end] != '\'' && t.at[end] != '&')
        end++;
    return end;
}

/* The word PASSWORD at `at`, with what follows it. Returns where to go on. */
static size_t password_add(struct buf *out, struct text t, size_t at, bool quoted)
{
    size_t behind = at + strlen("password"), begin, end;

    if (literal_find(t, behind, &begin, &end)) {
        buf_text(out, text_cut(t, at, begin));
        buf_string(out, "'***'");
        return end;
    }
    if (quoted && behind < t.len && t.at[behind] == '=' && pair_end(t, behind + 1) > behind + 1) {
        buf_text(out, text_cut(t, at, behind + 1));
        buf_string(out, "***");
        return pair_end(t, behind + 1);
    }
    buf_text(out, text_cut(t, at, behind));
    return behind;
}

/* A URL up to the next blank or quote. */
static size_t url_add(struct buf *out, struct text t, size_t at)
{
    size_t end = at;

    while (end < t.len && !text_is_space(t.at[end]) && t.at[end] != '\'' && t.at[end] != '"')
        end++;
    secret_url_add(out, text_cut(t, at, end));
    return end;
}

const char *text_without_secrets(struct arena *a, struct text t, const char *secret)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t secret_len = secret ? strlen(secret) : 0, i = 0;
    bool quoted = false;

    while (i < t.len) {
        struct text rest = text_cut(t, i, t.len);

        if (secret_len && text_starts(rest, secret)) {
            buf_string(&out, "***");
            i += secret_len;
        } else if (text_starts(rest, "://")) {
            buf_string(&out, "://");
            i = url_add(&out, t, i + 3);
        } else if (word_at(t, i, "password")) {
            i = password_add(&out, t, i, quoted);
        } else {
            quoted ^= t.at[i] == '\'';
            buf_char(&out, t.at[i++]);
        }
    }
    return buf_cstr(&out);
}
