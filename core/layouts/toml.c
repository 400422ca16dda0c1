#include "core/layouts/toml.h"

#include "core/base/text.h"

enum { DEPTH_MAX = 32 };

struct reader {
    struct text rest;
    const char *key;
    enum toml_flag flag;
};

static bool take(struct reader *r, const char *word)
{
    if (!text_starts(r->rest, word))
        return false;
    r->rest = text_cut(r->rest, strlen(word), r->rest.len);
    return true;
}

static void skip_blanks(struct reader *r)
{
    while (take(r, " ") || take(r, "\t"))
        ;
}

static void skip_comment(struct reader *r)
{
    const char *end;

    skip_blanks(r);
    if (!text_starts(r->rest, "#"))
        return;
    end = memchr(r->rest.at, '\n', r->rest.len);
    r->rest = text_cut(r->rest, end ? (size_t)(end - r->rest.at) : r->rest.len, r->rest.len);
}

/* Over blanks, comments and line ends. */
static void skip_lines(struct reader *r)
{
    do
        skip_comment(r);
    while (take(r, "\n") || take(r, "\r\n"));
}

static bool end_line(struct reader *r)
{
    skip_comment(r);
    return !r->rest.len || take(r, "\n") || take(r, "\r\n");
}

/* Behind the opening quote, which is also the closing one. */
static bool string(struct reader *r, const char *quote)
{
    bool many_lines = strlen(quote) > 1;

    while (r->rest.len) {
        char c = r->rest.at[0];

        if (take(r, quote))
            return true;
        if (c == '\n' && !many_lines)
            return false;
        r->rest = text_cut(r->rest, c == '\\' && quote[0] == '"' ? 2 : 1, r->rest.len);
    }
    return false;
}

static bool any_string(struct reader *r)
{
    static const char *const quotes[] = { "\"\"\"", "'''", "\"", "'" };

    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (take(r, quotes[i]))
            return string(r, quotes[i]);
    return false;
}

static bool is_bare(char c)
{
    return text_is_word(c) || c == '-';
}

/* A dotted key; *ours tells whether it is the one that is asked for. */
static bool key(struct reader *r, bool *ours)
{
    *ours = true;
    for (size_t parts = 0;; parts++) {
        struct text from = r->rest, name;
        size_t n = 0;

        while (n < from.len && is_bare(from.at[n]))
            n++;
        r->rest = text_cut(from, n, from.len);
        if (!n && !any_string(r))
            return false;
        name = n ? text_cut(from, 0, n) : text_cut(from, 1, (size_t)(r->rest.at - from.at) - 1);
        *ours = *ours && parts == 0 && text_is(name, r->key);
        skip_blanks(r);
        if (!take(r, "."))
            return true;
        skip_blanks(r);
    }
}

static bool value(struct reader *r, int depth);

static bool list(struct reader *r, int depth)
{
    for (;;) {
        skip_lines(r);
        if (take(r, "]"))
            return true;
        if (!value(r, depth))
            return false;
        skip_lines(r);
        if (!take(r, ","))
            return take(r, "]");
    }
}

static bool inline_table(struct reader *r, int depth)
{
    bool ours;

    skip_blanks(r);
    if (take(r, "}"))
        return true;
    for (;;) {
        skip_blanks(r);
        if (!key(r, &ours) || !take(r, "="))
            return false;
        skip_blanks(r);
        if (!value(r, depth))
            return false;
        skip_blanks(r);
        if (!take(r, ","))
            return take(r, "}");
    }
}

static bool number_or_date(struct reader *r)
{
    bool named = text_starts(r->rest, "inf") || text_starts(r->rest, "nan");
    size_t n = 0;

    while (n < r->rest.len &&
           (is_bare(r->rest.at[n]) || r->rest.at[n] == '+' || r->rest.at[n] == '.' || r->rest.at[n] == ':'))
        n++;
    if (!n || (!named && !text_is_digit(r->rest.at[0]) && r->rest.at[0] != '+' && r->rest.at[0] != '-'))
        return false;
    r->rest = text_cut(r->rest, n, r->rest.len);
    return true;
}

static bool value(struct reader *r, int depth)
{
    if (depth == DEPTH_MAX)
        return false;
    if (take(r, "true") || take(r, "false"))
        return !r->rest.len || !is_bare(r->rest.at[0]);
    if (take(r, "["))
        return list(r, depth + 1);
    if (take(r, "{"))
        return inline_table(r, depth + 1);
    return any_string(r) || number_or_date(r);
}

static bool table_header(struct reader *r)
{
    bool twice = take(r, "["), ours;

    skip_blanks(r);
    return key(r, &ours) && take(r, twice ? "]]" : "]") && end_line(r);
}

static bool pair(struct reader *r, bool at_top)
{
    bool ours, is_true;

    if (!key(r, &ours) || !take(r, "="))
        return false;
    skip_blanks(r);
    is_true = text_starts(r->rest, "true");
    if (ours && at_top) {
        if (r->flag != TOML_ABSENT || (!is_true && !text_starts(r->rest, "false")))
            return false;
        r->flag = is_true ? TOML_TRUE : TOML_FALSE;
    }
    return value(r, 0) && end_line(r);
}

enum toml_flag toml_flag(struct text document, const char *name)
{
    struct reader r = { .rest = document, .key = name, .flag = TOML_ABSENT };
    bool at_top = true, ok = text_is_utf8(document);

    take(&r, "\xef\xbb\xbf");
    for (skip_lines(&r); ok && r.rest.len; skip_lines(&r)) {
        if (take(&r, "[")) {
            at_top = false;
            ok = table_header(&r);
        } else {
            ok = pair(&r, at_top);
        }
    }
    return ok ? r.flag : TOML_BROKEN;
}
