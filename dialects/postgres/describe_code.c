/* DO blocks that hold nothing but statements, as Drizzle writes them around what may be there already:
 * DO $$ BEGIN ALTER TABLE …; EXCEPTION WHEN duplicate_object THEN null; END $$. All others are code. */
#include "dialects/postgres/describe.h"
#include "dialects/postgres/lexer.h"

/* The block as it is written; one in '…' would have to be unquoted, and its places moved. at NULL: it is none of ours.
 */
static struct text block_of(struct text sql)
{
    struct lexer l = { .src = sql };
    struct text block = { 0 };

    lexer_next(&l); /* DO */
    for (struct token t = lexer_next(&l); t.kind != TOKEN_END; t = lexer_next(&l)) {
        if (token_is(sql, t, "language") && !token_is(sql, lexer_next(&l), "plpgsql"))
            return (struct text) { 0 };
        if (t.kind == TOKEN_STRING && sql.at[t.from] == '$')
            block = token_content(sql, t);
    }
    return block;
}

/* Behind EXCEPTION: what goes wrong is passed over, and nothing else is done. */
static bool passes_over(struct lexer *l)
{
    static const char *const words[] = { "when", NULL, "then", "null", ";", "end" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct token t = lexer_next(l);

        if (words[i] && *words[i] == ';' ? t.kind != TOKEN_SEMICOLON : words[i] && !token_is(l->src, t, words[i]))
            return false;
    }
    return true;
}

/* Only what defines something or writes rows is the same within a block; SELECT INTO sets a variable there. */
static bool is_plain(const struct actions *list)
{
    for (size_t i = 0; i < list->len; i++)
        switch (list->at[i].verb) {
        case ACTION_READ:
        case ACTION_RUN:
        case ACTION_SESSION:
        case ACTION_CONTROL:
            return false;
        default:
            break;
        }
    return list->known && list->len;
}

static bool take(struct describing *d, struct actions *out, struct text sql, size_t base)
{
    struct actions list;
    struct lexer l = { .src = sql };
    struct token first = lexer_next(&l);

    if (token_is(sql, first, "select") || token_is(sql, first, "with"))
        return false;
    postgres_describe(&list, sql, d->arena);
    if (!is_plain(&list))
        return false;
    for (size_t i = 0; i < list.len; i++) {
        struct action *a = arena_push(d->arena, out);

        *a = list.at[i];
        a->at += a->at ? base : 0;
    }
    return true;
}

/* The statements between BEGIN and END; false where there is more than that. */
static bool read_block(struct describing *d, struct actions *out, struct text block, size_t base, bool *tolerant)
{
    struct lexer l = { .src = block };
    struct token t;

    *tolerant = false;
    if (!token_is(block, lexer_next(&l), "begin"))
        return false;
    for (t = lexer_next(&l); !token_is(block, t, "end"); t = lexer_next(&l)) {
        size_t from = t.from, to = t.to;

        if (token_is(block, t, "exception")) {
            *tolerant = true;
            return passes_over(&l);
        }
        for (; t.kind != TOKEN_SEMICOLON; t = lexer_next(&l)) {
            if (t.kind == TOKEN_END || t.kind == TOKEN_OPEN)
                return false;
            to = t.to;
        }
        if (!take(d, out, text_cut(block, from, to), base + from))
            return false;
    }
    return out->len;
}

void describe_do(struct describing *d, struct text sql)
{
    struct text block = block_of(sql);
    struct actions list = { 0 };
    bool tolerant = false;

    if (!block.at || !read_block(d, &list, block, (size_t)(block.at - sql.at), &tolerant)) {
        describe_add(d, ACTION_RUN, OBJECT_NONE);
        return;
    }
    for (size_t i = 0; i < list.len; i++) {
        struct action *a = arena_push(d->arena, d->out);

        *a = list.at[i];
        if (tolerant)
            a->flags |= a->verb == ACTION_CREATE ? ACTION_IF_NOT_EXISTS : a->verb == ACTION_DROP ? ACTION_IF_EXISTS : 0;
    }
}
