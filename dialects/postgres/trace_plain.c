#include "dialects/postgres/lexer.h"
#include "dialects/postgres/trace.h"

struct text trace_plain(struct text sql, struct arena *a)
{
    static const char *const first[] = { "create", "drop", "reindex", "alter" };
    struct lexer l = { .src = sql };
    struct token t = lexer_next(&l);
    char *out = NULL;
    bool known = false;
    int parens = 0;

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        known = known || token_is(sql, t, first[i]);
    for (; known && t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        parens += token_sign(sql, t, '(') - token_sign(sql, t, ')');
        if (!token_is(sql, t, "concurrently"))
            continue;
        out = out ? out : arena_cstr(a, sql);
        memset(out + t.from, ' ', t.to - t.from);
        /* REINDEX (CONCURRENTLY): a list of options has one at least. */
        if (parens)
            memcpy(out + t.from, "VERBOSE", 7);
    }
    return out ? (struct text) { out, sql.len } : (struct text) { NULL, 0 };
}
