/* The passwords of URLs and conninfo strings, as people really write and mistype them: what may be a password is
 * starred, though now and then more than that is. Declared in text.h. */
#include "core/base/secret.h"

static int hex_value(char c)
{
    c = text_lower(c);
    return text_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* libpq decodes keys too. */
static bool key_is_secret(struct text key)
{
    static const char *const parts[] = { "pass", "pwd", "secret", "token" }, *const words[] = { "key", "hexkey" };
    char plain[64];
    size_t len = 0, at;

    for (size_t i = 0; i < key.len && len < sizeof plain; i++) {
        bool escaped =
            key.at[i] == '%' && i + 2 < key.len && hex_value(key.at[i + 1]) >= 0 && hex_value(key.at[i + 2]) >= 0;

        plain[len++] =
            text_lower(escaped ? (char)(hex_value(key.at[i + 1]) * 16 + hex_value(key.at[i + 2])) : key.at[i]);
        i += escaped ? 2 : 0;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (text_find((struct text) { plain, len }, parts[i], &at))
            return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is((struct text) { plain, len }, words[i]))
            return true;
    return false;
}

static size_t first_of(struct text t, size_t from, const char *stops)
{
    while (from < t.len && (!t.at[from] || !strchr(stops, t.at[from])))
        from++;
    return from;
}

/* Where the query begins. A '?' with an '@' behind it and no '=' between them belongs to a password. */
static size_t query_find(struct text t)
{
    size_t at = 0;

    for (;;) {
        size_t question = first_of(t, at, "?"), next = first_of(t, question, "@");

        if (next == t.len || first_of(t, question, "=") < next)
            return question;
        at = next + 1;
    }
}

/* Where a port begins that is none, or the length: a password without a host behind it. */
static size_t bad_port(struct text t, size_t end)
{
    size_t colon = end;

    for (size_t i = 0; i < end; i++) {
        if (t.at[i] == '[')
            i = first_of(text_cut(t, 0, end), i, "]");
        else if (t.at[i] == ',')
            colon = end;
        else if (t.at[i] == ':' && colon == end)
            colon = i;
        else if (colon != end && !text_is_digit(t.at[i]))
            return colon;
    }
    return t.len;
}

static void query_add(struct buf *out, struct text query)
{
    for (size_t at = 0; at < query.len;) {
        size_t end = first_of(query, at + 1, "&;"), equals = first_of(text_cut(query, 0, end), at + 1, "=");

        buf_text(out, text_cut(query, at, equals));
        if (equals < end && key_is_secret(text_cut(query, at + 1, equals)))
            buf_string(out, "=***");
        else
            buf_text(out, text_cut(query, equals, end));
        at = end;
    }
}

void secret_url_add(struct buf *out, struct text rest)
{
    size_t query = query_find(rest), authority = first_of(rest, 0, "/?#"), from = bad_port(rest, authority), to = query;

    while (to > 0 && rest.at[to - 1] != '@')
        to--;
    if (to > 0) {
        to--;
        from = first_of(text_cut(rest, 0, to), 0, ":");
    } else if (from < rest.len) {
        for (to = rest.len; to > from && rest.at[to - 1] != '@'; to--)
            ;
        to = to > from ? to - 1 : authority;
    } else {
        from = to = 0;
    }
    if (from < to) {
        buf_text(out, text_cut(rest, 0, from));
        buf_string(out, ":***");
        rest = text_cut(rest, to, rest.len);
        query = query_find(rest);
    }
    buf_text(out, text_cut(rest, 0, query));
    query_add(out, text_cut(rest, query, rest.len));
}

/* Text with one URL or several: each goes on to the scheme of the next. */
static const char *redact_urls(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t at;

    while (text_find(t, "://", &at)) {
        size_t end;

        at += 3;
        buf_text(&out, text_cut(t, 0, at));
        t = text_cut(t, at, t.len);
        if (!text_find(t, "://", &end))
            end = t.len;
        while (end < t.len && end > 0 && (text_is_word(t.at[end - 1]) || t.at[end - 1] == '+'))
            end--;
        secret_url_add(&out, text_cut(t, 0, end));
        t = text_cut(t, end, t.len);
    }
    buf_text(&out, t);
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

/* Where the value of the key at `at` begins; the length where no key with a value is there. */
static size_t pair_find(struct text t, size_t at)
{
    size_t from = at;

    while (at < t.len && text_is_word(t.at[at]))
        at++;
    if (at == from)
        return t.len + 1;
    while (at < t.len && text_is_space(t.at[at]))
        at++;
    if (at == t.len || t.at[at] != '=')
        return t.len + 1;
    for (at++; at < t.len && text_is_space(t.at[at]); at++)
        ;
    return at;
}

/* A secret with unquoted blanks goes on to the next key. */
static size_t secret_end(struct text t, size_t from)
{
    size_t end = value_end(t, from);

    while (end < t.len) {
        size_t next = end;

        while (next < t.len && text_is_space(t.at[next]))
            next++;
        if (next > end && pair_find(t, next) <= t.len)
            return end;
        end = next;
        while (end < t.len && !text_is_space(t.at[end]))
            end++;
    }
    return t.len;
}

/* Where a pair's value ends: that of a query's key at the next key, a secret of a conninfo string as late as it may. */
static size_t pair_end(struct text t, size_t key, size_t value, bool secret)
{
    if (key > 0 && strchr("?&;", t.at[key - 1]))
        return first_of(t, value, "&; \t\r\n");
    return secret ? secret_end(t, value) : value_end(t, value);
}

static const char *redact_pairs(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t i = 0;

    while (i < t.len) {
        size_t value = pair_find(t, i), key = i, end = i;
        bool secret;

        while (end < t.len && text_is_word(t.at[end]))
            end++;
        if (value > t.len) {
            i = end + (end == i);
            buf_text(&out, text_cut(t, key, i));
            continue;
        }
        secret = key_is_secret(text_cut(t, key, end));
        buf_text(&out, text_cut(t, key, value));
        i = pair_end(t, key, value, secret);
        buf_string(&out, secret ? "***" : redact_urls(a, text_cut(t, value, i)));
    }
    return buf_cstr(&out);
}

/* Behind "postgres:" and its like, with or without slashes; t.len for a file, whose path may hold anything. */
static size_t loose_authority(struct text t)
{
    static const char *const servers[] = { "postgres:", "postgresql:", "postgis:", "mysql:", "mysql2:", "mariadb:" };
    static const char *const files[] = { "sqlite:", "sqlite3:", "file:" };
    size_t at = 0;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (text_starts(t, files[i]))
            return t.len;
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
        if (text_starts(t, servers[i]))
            at = strlen(servers[i]);
    while (at > 0 && at < t.len && t.at[at] == '/')
        at++;
    return at;
}

/* user:password@host in any of the words, the scheme forgotten or mistyped. */
static const char *redact_loose(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    while (t.len) {
        size_t end = first_of(t, text_is_space(t.at[0]), " \t\r\n"), at = end;
        struct text word = text_cut(t, 0, end);
        size_t colon = first_of(word, loose_authority(word), ":");

        while (at > colon && t.at[at - 1] != '@')
            at--;
        if (at > colon + 1) {
            buf_text(&out, text_cut(word, 0, colon));
            buf_string(&out, ":***");
            word = text_cut(word, at - 1, end);
        }
        buf_text(&out, word);
        t = text_cut(t, end, t.len);
    }
    return buf_cstr(&out);
}

const char *url_redact(struct arena *a, const char *url)
{
    struct text t = text_from(url);
    size_t start = 0, at;

    while (start < t.len && text_is_space(t.at[start]))
        start++;
    if (pair_find(t, start) <= t.len)
        return redact_pairs(a, t);
    if (text_find(t, "://", &at))
        return redact_pairs(a, text_from(redact_urls(a, t)));
    return redact_loose(a, text_from(redact_pairs(a, t)));
}
