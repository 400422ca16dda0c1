#include "dialects/sqlite/scan.h"
#include "dialects/sqlite/schema.h"

struct table {
    struct schema *out;
    const char *name; /* as it is written */
    struct buf order;
    size_t columns;
    struct arena *arena;
};

static void add(struct table *t, const char *kind, const char *name, const char *definition)
{
    *arena_push(t->arena, t->out) =
        (struct schema_object) { .kind = kind, .name = name, .of = t->name, .definition = definition };
}

static bool is_char(struct text sql, struct sqlite_token t, char c)
{
    return t.kind != SQLITE_TOKEN_END && t.to - t.from == 1 && sql.at[t.from] == c;
}

/* The next part of a list in parentheses, up to its comma or the parenthesis that closes it. at is behind the one that
 * opens the list, and moves behind what ended the part. *last: that was the parenthesis, or the text has ended. */
static struct text part_next(struct text sql, size_t *at, bool *last)
{
    size_t from = *at, to = sql.len;
    int depth = 0;

    *last = true;
    for (struct sqlite_token t; (t = sqlite_token_next(sql, at)).kind != SQLITE_TOKEN_END;) {
        depth += is_char(sql, t, '(') - is_char(sql, t, ')');
        if (depth >= 0 && !(depth == 0 && is_char(sql, t, ',')))
            continue;
        *last = depth < 0;
        to = t.from;
        break;
    }
    return text_cut(sql, from, to);
}

/* The table's own constraints begin with one of these, which no column is called without quotes. */
static bool is_constraint(struct text part, struct sqlite_token first)
{
    static const char *const words[] = { "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", NULL };

    for (size_t i = 0; words[i]; i++)
        if (sqlite_token_is(part, first, words[i]))
            return true;
    return false;
}

/* Up to the first parenthesis that closes: "FOREIGN KEY (a, b)" is the name of one that has none. */
static const char *name_from_text(const char *words, struct arena *a)
{
    struct text sql = text_from(words);
    size_t at = 0;
    int depth = 0;

    for (struct sqlite_token t; (t = sqlite_token_next(sql, &at)).kind != SQLITE_TOKEN_END;) {
        depth += is_char(sql, t, '(') - is_char(sql, t, ')');
        if (depth == 0 && is_char(sql, t, ')'))
            return arena_cstr(a, text_cut(sql, 0, t.to));
    }
    return words;
}

static void add_constraint(struct table *t, struct text part)
{
    size_t at = 0;
    struct sqlite_token first = sqlite_token_next(part, &at), name = first;
    const char *called = NULL, *words;

    if (sqlite_token_is(part, first, "CONSTRAINT")) {
        name = sqlite_token_next(part, &at);
        called = sqlite_word_name(arena_cstr(t->arena, sqlite_token_value(part, name, t->arena)), t->arena);
        part = text_cut(part, name.to, part.len);
    }
    words = sqlite_words(part, t->arena);
    called = called ? called : name_from_text(words, t->arena);
    add(t, "constraint", arena_printf(t->arena, "%s.%s", t->name, called), words);
}

static void add_part(struct table *t, struct text part)
{
    size_t at = 0;
    struct sqlite_token first = sqlite_token_next(part, &at);
    const char *name;

    if (first.kind == SQLITE_TOKEN_END)
        return;
    if (is_constraint(part, first)) {
        add_constraint(t, part);
        return;
    }
    name = sqlite_word_name(arena_cstr(t->arena, sqlite_token_value(part, first, t->arena)), t->arena);
    buf_string(&t->order, t->columns++ ? ", " : "");
    buf_string(&t->order, name);
    add(t, "column", arena_printf(t->arena, "%s.%s", t->name, name),
        sqlite_words(text_cut(part, first.to, part.len), t->arena));
}

void sqlite_schema_table(struct schema *out, const char *name, struct text sql, struct arena *a)
{
    struct table t = { .out = out, .name = sqlite_word_name(name, a), .order = buf_open(a, SIZE_MAX / 2), .arena = a };
    struct sqlite_token token;
    bool last = false;
    size_t at = 0;

    do
        token = sqlite_token_next(sql, &at);
    while (token.kind != SQLITE_TOKEN_END && !is_char(sql, token, '('));
    while (!last && token.kind != SQLITE_TOKEN_END)
        add_part(&t, part_next(sql, &at, &last));
    if (t.columns > 1)
        add(&t, "column order", t.name, buf_cstr(&t.order));
    add(&t, "table", t.name, sqlite_words(text_cut(sql, at, sql.len), a));
}
