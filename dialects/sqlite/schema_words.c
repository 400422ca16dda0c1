#include "dialects/sqlite/scan.h"
#include "dialects/sqlite/schema.h"

static bool is_plain(struct text name)
{
    if (!name.len || text_is_digit(name.at[0]) || sqlite3_keyword_check(name.at, (int)name.len))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!text_is_word(name.at[i]))
            return false;
    return true;
}

const char *sqlite_word_name(const char *name, struct arena *a)
{
    return is_plain(text_from(name)) ? name : sqlite_quoted(name, a);
}

static bool is_char(struct text sql, struct sqlite_token t, const char *chars)
{
    return t.kind != SQLITE_TOKEN_END && t.to - t.from == 1 && strchr(chars, sql.at[t.from]);
}

static bool is_keyword(struct text sql, struct sqlite_token t)
{
    return t.kind == SQLITE_TOKEN_WORD && sqlite3_keyword_check(sql.at + t.from, (int)(t.to - t.from));
}

/* Whether a blank stands between two tokens: not within "upper(x)", "a.b", "<>", "x'00ff'". */
static bool is_apart(struct text sql, struct sqlite_token before, struct sqlite_token t)
{
    if (is_char(sql, before, "(.") || is_char(sql, t, "),.;"))
        return false;
    if (is_char(sql, t, "("))
        return !(before.kind == SQLITE_TOKEN_NAME || (before.kind == SQLITE_TOKEN_WORD && !is_keyword(sql, before)));
    if (t.kind == SQLITE_TOKEN_STRING && before.kind == SQLITE_TOKEN_WORD && before.to == t.from)
        return false;
    return !(before.kind == SQLITE_TOKEN_OTHER && t.kind == SQLITE_TOKEN_OTHER && before.to == t.from &&
             !is_char(sql, before, "),"));
}

static void add_token(struct buf *out, struct text sql, struct sqlite_token t)
{
    struct text as_is = text_cut(sql, t.from, t.to);

    if (t.kind == SQLITE_TOKEN_NAME) {
        buf_string(out, sqlite_word_name(arena_cstr(out->arena, sqlite_token_value(sql, t, out->arena)), out->arena));
    } else if (is_keyword(sql, t)) {
        for (size_t i = 0; i < as_is.len; i++)
            buf_char(out, text_upper(as_is.at[i]));
    } else {
        buf_text(out, as_is);
    }
}

const char *sqlite_words(struct text sql, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    struct sqlite_token before = { 0 };
    size_t at = 0;

    for (struct sqlite_token t; (t = sqlite_token_next(sql, &at)).kind != SQLITE_TOKEN_END; before = t) {
        if (out.len && is_apart(sql, before, t))
            buf_char(&out, ' ');
        add_token(&out, sql, t);
    }
    return buf_cstr(&out);
}
