#include "core/version_list.h"

#include "core/base/text.h"

/* Each takes what it names off the front of *rest, white space before it too; false leaves *rest as it is. */

static struct text without_space(struct text t)
{
    while (t.len && text_is_space(t.at[0]))
        t = text_cut(t, 1, t.len);
    return t;
}

static bool take_char(struct text *rest, char c)
{
    struct text t = without_space(*rest);

    if (!t.len || t.at[0] != c)
        return false;
    *rest = text_cut(t, 1, t.len);
    return true;
}

/* A bare word, or an identifier in the quotes of any of the dialects. */
static bool take_word(struct text *rest, struct text *word)
{
    struct text t = without_space(*rest);
    char quote = t.len && (t.at[0] == '"' || t.at[0] == '`') ? t.at[0] : '\0';
    size_t end = quote != '\0';

    while (end < t.len && (quote ? t.at[end] != quote && t.at[end] != '\n' : text_is_word(t.at[end])))
        end++;
    if (end == (quote != '\0') || (quote && (end == t.len || t.at[end] != quote)))
        return false;
    *word = text_cut(t, quote != '\0', end);
    *rest = text_cut(t, end + (quote != '\0'), t.len);
    return true;
}

static bool take_keyword(struct text *rest, const char *keyword)
{
    struct text t = *rest, word;

    if (!take_word(&t, &word) || !text_is_nocase(word, keyword))
        return false;
    *rest = t;
    return true;
}

/* INSERT INTO schema.prefix_schema_migrations (version) VALUES */
static bool take_insert(struct text *rest)
{
    struct text t = *rest, name;
    size_t at;

    if (!take_keyword(&t, "insert") || !take_keyword(&t, "into") || !take_word(&t, &name))
        return false;
    while (take_char(&t, '.'))
        if (!take_word(&t, &name))
            return false;
    if (!text_find(name, "schema_migrations", &at) || !take_char(&t, '(') || !take_keyword(&t, "version") ||
        !take_char(&t, ')') || !take_keyword(&t, "values"))
        return false;
    *rest = t;
    return true;
}

static bool take_row(struct text *rest, struct text *version)
{
    struct text t = *rest;
    size_t end = 0;

    if (!take_char(&t, '(') || !take_char(&t, '\''))
        return false;
    while (end < t.len && t.at[end] != '\'' && t.at[end] != '\\' && t.at[end] != '\n')
        end++;
    if (end == t.len || t.at[end] != '\'')
        return false;
    *version = text_cut(t, 0, end);
    t = text_cut(t, end + 1, t.len);
    if (!take_char(&t, ')'))
        return false;
    *rest = t;
    return true;
}

static struct text between(struct text from, struct text to)
{
    return (struct text) { from.at, (size_t)(to.at - from.at) };
}

/* The rows of one INSERT up to its semicolon. */
static bool take_rows(struct text *rest, struct version_list *list, struct text *last_row_end, struct arena *a)
{
    do {
        struct text row = without_space(*rest), version;

        if (!take_row(rest, &version))
            return false;
        if (list->len == 0)
            list->open = between(list->bytes, row);
        else if (list->len == 1)
            list->between = between(*last_row_end, row);
        *arena_push(a, list) = version;
        *last_row_end = *rest;
    } while (take_char(rest, ','));
    return take_char(rest, ';');
}

/* The list that begins here, if one does; *rest is then what stands behind it. False moves *rest to the row that is
 * none: no list that begins before it gets past it. */
static bool take_list(struct text *rest, struct version_list *out, struct arena *a)
{
    struct version_list list = { .bytes = *rest };
    struct text t = *rest, row_end = { 0 }, end = { 0 };

    while (take_insert(&t)) {
        if (!take_rows(&t, &list, &row_end, a)) {
            *rest = t;
            return false;
        }
        end = t;
    }
    if (!end.at)
        return false;
    list.close = between(row_end, end);
    list.bytes = between(list.bytes, end);
    *out = list;
    *rest = end;
    return true;
}

struct version_list version_list_find(struct text file, struct arena *a)
{
    struct version_list found = { 0 };
    struct text rest = file, line;

    while (rest.len) {
        if (text_lower(rest.at[0]) == 'i' && take_list(&rest, &found, a) && !rest.len)
            break;
        text_line(&rest, &line);
    }
    return found;
}
