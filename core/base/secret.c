/* What must never be printed. Declared in text.h. */
#include "core/base/text.h"

static bool key_is_secret(struct text key)
{
    static const char *const words[] = { "password", "passwd", "pwd", "sslpassword", "secret", "token", "passfile" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is_nocase(key, words[i]))
            return true;
    return false;
}

/* scheme://user:password@host/database?key=value: copies it with the secrets starred. */
static const char *redact_url(struct arena *a, struct text url, size_t authority)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t end = authority, at = 0, colon = 0;
    bool has_at = false, has_colon = false;

    while (end < url.len && url.at[end] != '/' && url.at[end] != '?' && url.at[end] != '#')
        end++;
    /* A password may hold an unescaped slash; the last @ before the query ends it. */
    for (size_t i = authority; i < url.len && url.at[i] != '?'; i++)
        if (url.at[i] == '@') {
            has_at = true;
            at = i;
        }
    for (size_t i = authority; has_at && i < at && !has_colon; i++)
        if (url.at[i] == ':') {
            has_colon = true;
            colon = i;
        }
    if (has_colon) {
        buf_text(&out, text_cut(url, 0, colon));
        buf_string(&out, ":***");
        end = at;
    } else {
        end = 0;
    }
    while (end < url.len && url.at[end] != '?') {
        buf_char(&out, url.at[end]);
        end++;
    }
    while (end < url.len) {
        size_t from = end + 1, to = from, eq;

        while (to < url.len && url.at[to] != '&')
            to++;
        buf_char(&out, url.at[end]);
        for (eq = from; eq < to && url.at[eq] != '='; eq++)
            ;
        buf_text(&out, text_cut(url, from, eq));
        if (eq < to && key_is_secret(text_cut(url, from, eq)))
            buf_string(&out, "=***");
        else
            buf_text(&out, text_cut(url, eq, to));
        end = to;
    }
    return buf_cstr(&out);
}

/* The end of a conninfo value that begins at from: quoted with ' or up to a blank. */
static size_t value_end(struct text t, size_t from)
{
    bool quoted = from < t.len && t.at[from] == '\'';

    for (size_t i = from + quoted; i < t.len; i++) {
        if (t.at[i] == '\\')
            i++;
        else if (quoted ? t.at[i] == '\'' : text_is_space(t.at[i]))
            return i + quoted;
    }
    return t.len;
}

static const char *redact_conninfo(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t i = 0;

    while (i < t.len) {
        size_t from = i, to, value;

        while (i < t.len && (text_is_word(t.at[i])))
            i++;
        to = i;
        while (i < t.len && text_is_space(t.at[i]))
            i++;
        if (to > from && i < t.len && t.at[i] == '=') {
            for (value = i + 1; value < t.len && text_is_space(t.at[value]); value++)
                ;
            i = value_end(t, value);
            buf_text(&out, text_cut(t, from, value));
            if (key_is_secret(text_cut(t, from, to)))
                buf_string(&out, "***");
            else
                buf_text(&out, text_cut(t, value, i));
        } else {
            i += i < t.len && i == from;
            buf_text(&out, text_cut(t, from, i));
        }
    }
    return buf_cstr(&out);
}

const char *url_redact(struct arena *a, const char *url)
{
    struct text t = text_from(url);
    size_t at;

    if (text_find(t, "://", &at))
        return redact_url(a, t, at + 3);
    return redact_conninfo(a, t);
}

static bool word_at(struct text t, size_t at, const char *word)
{
    size_t len = strlen(word);

    return at + len <= t.len && text_is_nocase(text_cut(t, at, at + len), word) &&
           (at == 0 || !text_is_word(t.at[at - 1])) && (at + len == t.len || !text_is_word(t.at[at + len]));
}

/* Where a literal that begins at `at` ends: '…' with '' doubled and, behind E, backslashes; or $tag$…$tag$. */
static size_t literal_end(struct text t, size_t at, bool escapes)
{
    size_t tag, end;

    if (t.at[at] == '\'' || t.at[at] == '"') {
        for (size_t i = at + 1; i < t.len; i++) {
            if (escapes && t.at[i] == '\\')
                i++;
            else if (t.at[i] == t.at[at] && i + 1 < t.len && t.at[i + 1] == t.at[at])
                i++;
            else if (t.at[i] == t.at[at])
                return i + 1;
        }
        return t.len;
    }
    for (tag = at + 1; tag < t.len && text_is_word(t.at[tag]); tag++)
        ;
    if (tag >= t.len || t.at[tag] != '$')
        return at;
    for (end = tag + 1; end + (tag - at) < t.len; end++)
        if (memcmp(t.at + end, t.at + at, tag - at + 1) == 0)
            return end + (tag - at) + 1;
    return t.len;
}

const char *text_without_secrets(struct arena *a, struct text t, const char *secret)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t secret_len = secret ? strlen(secret) : 0;
    size_t i = 0;

    while (i < t.len) {
        if (secret_len && i + secret_len <= t.len && memcmp(t.at + i, secret, secret_len) == 0) {
            buf_string(&out, "***");
            i += secret_len;
        } else if (word_at(t, i, "password")) {
            size_t at = i + 8, end;
            bool escapes;

            while (at < t.len && (text_is_space(t.at[at]) || t.at[at] == '='))
                at++;
            escapes = at + 1 < t.len && text_lower(t.at[at]) == 'e' && t.at[at + 1] == '\'';
            at += escapes;
            end = at < t.len && (t.at[at] == '\'' || t.at[at] == '$') ? literal_end(t, at, escapes) : at;
            if (end > at) {
                buf_text(&out, text_cut(t, i, at - escapes));
                buf_string(&out, "'***'");
                i = end;
            } else {
                buf_text(&out, text_cut(t, i, i + 8));
                i += 8;
            }
        } else {
            buf_char(&out, t.at[i++]);
        }
    }
    return buf_cstr(&out);
}
