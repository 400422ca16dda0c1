/* PostgreSQL lets nobody use a label in the transaction that has added it to its type: SQLSTATE 55P04. */
#include "dialects/postgres/script.h"

/* The name of a type as it is written, folded: [schema.]name, from the token given on. */
static const char *type_name(struct lexer *l, struct token *t, struct arena *a)
{
    struct buf name = buf_open(a, SIZE_MAX / 2);

    for (;;) {
        const char *part = token_name(l->src, *t, a);

        buf_string(&name, part ? part : "");
        *t = lexer_next(l);
        if (!token_sign(l->src, *t, '.'))
            return buf_cstr(&name);
        buf_char(&name, '.');
        *t = lexer_next(l);
    }
}

static bool is_own(const struct enum_labels *labels, const char *type)
{
    for (size_t i = 0; i < labels->types.len; i++)
        if (strcmp(labels->types.at[i], type) == 0)
            return true;
    return false;
}

void labels_learn(struct enum_labels *labels, struct text src, const struct statement *s,
                  const struct statement_head *head)
{
    struct lexer l = { .src = text_cut(src, 0, s->to), .at = s->from };
    bool makes = token_is(src, head->at[0], "create");
    struct token t;
    const char *type;

    if (head->len < 4 || !token_is(src, head->at[1], "type") || (!makes && !token_is(src, head->at[0], "alter")))
        return;
    lexer_next(&l);
    lexer_next(&l);
    t = lexer_next(&l);
    type = type_name(&l, &t, labels->arena);
    if (makes) {
        *arena_push(labels->arena, &labels->types) = type;
        return;
    }
    if (!token_is(src, t, "add") || !token_is(src, lexer_next(&l), "value") ||
        (labels->relaxed && is_own(labels, type)))
        return;
    do {
        t = lexer_next(&l);
        if (t.kind == TOKEN_END)
            return;
    } while (t.kind != TOKEN_STRING);
    src = token_content(src, t);
    *arena_push(labels->arena, labels) =
        (struct enum_label) { arena_text(labels->arena, src.at, src.len), s->nth, false };
}

static bool bounds(char c, const char *which)
{
    return c && strchr(which, c);
}

/* The literal itself, in any form and within the text of a function too, or a member of an array's or a row's. */
static bool holds(struct text string, struct text label)
{
    for (const char *from = string.at, *end = string.at + string.len, *at;
         label.len && (at = memmem(from, (size_t)(end - from), label.at, label.len)); from = at + 1)
        if (at > string.at && at + label.len < end && bounds(at[-1], "'\"{,($") && bounds(at[label.len], "'\"},)$"))
            return true;
    return false;
}

void labels_look(struct enum_labels *labels, struct text string)
{
    for (size_t i = 0; i < labels->len; i++)
        labels->at[i].used = labels->at[i].used || holds(string, labels->at[i].written);
}

void labels_used(struct enum_labels *labels)
{
    for (size_t i = 0; i < labels->len; i++)
        labels->at[i].used = true;
}
