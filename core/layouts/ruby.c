#include "core/layouts/ruby.h"

#include "core/base/text.h"

enum { HEREDOCS_MAX = 8 };

struct lines {
    struct text rest;
    struct text heredocs[HEREDOCS_MAX]; /* that begin behind the current line, by their ends */
    size_t n;
};

static size_t skip_quoted(struct text line, size_t at, char end)
{
    while (at < line.len && line.at[at] != end)
        at += line.at[at] == '\\' ? 2 : 1;
    return at < line.len ? at + 1 : line.len;
}

static size_t skip_percent(struct text line, size_t at)
{
    static const char pairs[][2] = { { '(', ')' }, { '[', ']' }, { '{', '}' }, { '<', '>' }, { '|', '|' } };
    size_t open = at + 1;

    if (open < line.len && strchr("qQwWiI", line.at[open]))
        open++;
    for (size_t i = 0; open < line.len && i < sizeof pairs / sizeof *pairs; i++)
        if (line.at[open] == pairs[i][0])
            return skip_quoted(line, open + 1, pairs[i][1]);
    return at + 1;
}

/* Takes the name of a heredoc that `<<` at `at` opens, as in <<~SQL, <<-'SQL' or <<SQL. */
static size_t take_heredoc(struct lines *l, struct text line, size_t at)
{
    size_t from = at + 2, to;
    char quote = '\0';

    if (from < line.len && strchr("~-", line.at[from]))
        from++;
    if (from < line.len && strchr("'\"`", line.at[from]))
        quote = line.at[from++];
    for (to = from; to < line.len && text_is_word(line.at[to]); to++)
        ;
    if (to == from || text_is_digit(line.at[from]) || l->n == HEREDOCS_MAX)
        return at + 2;
    /* `list <<item` appends; a heredoc without quotes is spelled in capitals by everyone. */
    if (!quote && text_lower(line.at[from]) == line.at[from])
        return at + 2;
    l->heredocs[l->n++] = text_cut(line, from, to);
    return quote && to < line.len ? to + 1 : to;
}

static bool is_call(struct text line, size_t at, const char *name)
{
    char before = at ? line.at[at - 1] : ' ';

    return text_starts(text_cut(line, at, line.len), name) && !text_is_word(before) && before != ':' && before != '@';
}

static bool line_calls(struct lines *l, struct text line, const char *name)
{
    for (size_t at = 0; at < line.len;) {
        char c = line.at[at];

        if (c == '#')
            return false;
        if (is_call(line, at, name))
            return true;
        if (c == '\'' || c == '"' || c == '`')
            at = skip_quoted(line, at + 1, c);
        else if (c == '%')
            at = skip_percent(line, at);
        else if (text_starts(text_cut(line, at, line.len), "<<"))
            at = take_heredoc(l, line, at);
        else
            at++;
    }
    return false;
}

static void skip_until(struct text *rest, struct text end, bool indented)
{
    struct text line;

    while (text_line(rest, &line))
        if (indented ? text_equal(text_trim(line), end) : text_starts(line, end.at))
            return;
}

/* The next line of code, behind the heredocs of the one before and any =begin … =end. */
static bool next_line(struct lines *l, struct text *line)
{
    for (size_t i = 0; i < l->n; i++)
        skip_until(&l->rest, l->heredocs[i], true);
    l->n = 0;
    while (text_line(&l->rest, line)) {
        if (text_is(*line, "__END__"))
            return false;
        if (!text_starts(*line, "=begin"))
            return true;
        skip_until(&l->rest, TEXT("=end"), false);
    }
    return false;
}

bool ruby_calls(struct text source, const char *name)
{
    struct lines l = { .rest = source };
    struct text line;

    while (next_line(&l, &line))
        if (line_calls(&l, line, name))
            return true;
    return false;
}

static bool is_of_constant(char c)
{
    return text_is_word(c) || c == ':' || c == '.' || c == '[' || c == ']';
}

struct text ruby_superclass(struct text source)
{
    struct lines l = { .rest = source };
    struct text line;
    size_t at, to;

    while (next_line(&l, &line)) {
        line = text_trim(line);
        if (!text_starts(line, "class ") || !text_find(line, "<", &at))
            continue;
        line = text_trim(text_cut(line, at + 1, line.len));
        for (to = 0; to < line.len && is_of_constant(line.at[to]); to++)
            ;
        return text_cut(line, 0, to);
    }
    return TEXT("");
}
