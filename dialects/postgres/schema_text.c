#include "dialects/postgres/schema.h"

static const char array[] = "ARRAY[", cast_array[] = "(ARRAY[", spaced_values[] = "( VALUES ";

/* Behind the quoted text that begins here. The server prints '' for ' and never a backslash that escapes, but E'\\'. */
static const char *quoted_end(const char *at)
{
    char quote = *at;

    for (at++; *at; at++)
        if (*at == quote && *++at != quote)
            break;
    return at;
}

/* At the first of the bytes in `stop` that stands in no quote and no parentheses or brackets opened since; or the end.
 */
static const char *outside(const char *at, const char *stop)
{
    int depth = 0;

    while (*at && (depth || !strchr(stop, *at))) {
        if (*at == '\'' || *at == '"') {
            at = quoted_end(at);
            continue;
        }
        depth += (*at == '(' || *at == '[') - (*at == ')' || *at == ']');
        at++;
    }
    return at;
}

const char *schema_expression_end(const char *list)
{
    return outside(list, ",");
}

/* The element's type of "])::TYPE[]", *behind the whole; NULL where it is something else. */
static const char *cast_of(const char *close, const char **behind, struct arena *a)
{
    const char *from = close + strlen("])::"), *end;

    if (strncmp(close, "])::", strlen("])::")) != 0)
        return NULL;
    end = outside(from, "[,)");
    if (strncmp(end, "[]", 2) != 0)
        return NULL;
    *behind = end + 2;
    return arena_cstr(a, (struct text) { from, (size_t)(end - from) });
}

static void add_array(struct buf *out, const char *from, const char *close, const char *type)
{
    buf_string(out, array);
    while (from < close) {
        const char *end = outside(from, ",]");

        if (strncmp(from, array, strlen(array)) == 0)
            add_array(out, from + strlen(array), end - 1, type);
        else
            buf_printf(out, "(%.*s)::%s", (int)(end - from), from, type);
        from = *end == ',' ? end + 2 : close;
        buf_string(out, from < close ? ", " : "");
    }
    buf_char(out, ']');
}

/* Adds what begins at *at and would be printed otherwise the next time; *at moves behind it. */
static bool add_settled(struct buf *out, const char **at)
{
    const char *first, *close, *type, *behind;

    if (strncmp(*at, spaced_values, strlen(spaced_values)) == 0) {
        buf_string(out, "(VALUES ");
        *at += strlen(spaced_values);
        return true;
    }
    if (strncmp(*at, cast_array, strlen(cast_array)) != 0)
        return false;
    first = *at + strlen(cast_array);
    close = outside(first, "]");
    type = *close ? cast_of(close, &behind, out->arena) : NULL;
    if (!type)
        return false;
    add_array(out, first, close, type);
    *at = behind;
    return true;
}

const char *schema_settled(const char *definition, struct arena *a)
{
    struct buf out;

    if (!strstr(definition, cast_array) && !strstr(definition, spaced_values))
        return arena_string(a, definition);
    out = buf_open(a, SIZE_MAX / 2);
    while (*definition) {
        const char *end = definition + 1;

        if (add_settled(&out, &definition))
            continue;
        if (*definition == '\'' || *definition == '"')
            end = quoted_end(definition);
        buf_add(&out, definition, (size_t)(end - definition));
        definition = end;
    }
    return buf_cstr(&out);
}
