#include "dialects/postgres/schema.h"

static const char array[] = "ARRAY[";

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

const char *schema_settled(const char *definition, struct arena *a)
{
    static const char open[] = "(ARRAY[";
    struct buf out;

    if (!strstr(definition, open))
        return arena_string(a, definition);
    out = buf_open(a, SIZE_MAX / 2);
    while (*definition) {
        const char *first = definition + strlen(open), *behind = NULL, *close = NULL, *type = NULL;

        if (*definition == '\'' || *definition == '"') {
            behind = quoted_end(definition);
            buf_add(&out, definition, (size_t)(behind - definition));
            definition = behind;
            continue;
        }
        if (strncmp(definition, open, strlen(open)) == 0) {
            close = outside(first, "]");
            type = *close ? cast_of(close, &behind, a) : NULL;
        }
        if (!type) {
            buf_char(&out, *definition++);
            continue;
        }
        add_array(&out, first, close, type);
        definition = behind;
    }
    return buf_cstr(&out);
}
