#include "dialects/postgres/script.h"

enum { NESTED_MAX = 4 };

static bool is_conforming(struct text src, struct token t)
{
    static const char name[] = "standard_conforming_strings";
    struct text word = text_cut(src, t.from, t.to);

    if (t.kind == TOKEN_STRING)
        word = token_content(src, t);
    else if (t.kind == TOKEN_NAME)
        word = text_cut(word, 1, word.len - 1);
    return text_is_nocase(word, name);
}

static bool is_off(struct text src, struct token t)
{
    static const char *const off[] = { "off", "of", "false", "f", "no", "n", "0" };
    struct text value = t.kind == TOKEN_STRING ? token_content(src, t) : text_cut(src, t.from, t.to);

    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (text_is_nocase(value, off[i]))
            return true;
    return false;
}

/* SET … = off, set_config('…', 'off', …), and either within a string that DO or EXECUTE runs. */
static bool turns_off(struct text *at, struct text src, int nested)
{
    struct lexer l = { .src = src };
    bool named = false;

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        if (is_conforming(src, t)) {
            *at = text_cut(src, t.from, t.to);
            named = true;
            continue;
        }
        if (named && is_off(src, t)) {
            return true;
        } else if (!token_sign(src, t, '=') && !token_sign(src, t, ',') && !token_is(src, t, "to")) {
            named = false;
        }
        if (t.kind == TOKEN_STRING && nested < NESTED_MAX && turns_off(at, token_content(src, t), nested + 1))
            return true;
    }
    return false;
}

static bool keeps_strings(size_t *at, struct text src, const struct statement *s, const struct statement_head *head,
                          struct err *e)
{
    static const char *const view[] = { "pg_settings", NULL };
    struct text statement = text_cut(src, s->from, s->to), name = statement;
    bool updates = token_is(src, head->at[0], "update") && statement_mentions(statement, view);

    if (!statement_runs(src, head) || (!updates && !turns_off(&name, statement, 0)))
        return true;
    *at = (size_t)(name.at - src.at);
    err_plain(e, ERR_MIGRATION_FILE, "standard_conforming_strings is turned off: what follows can't be read safely");
    return err_hint(e, "take it out, and write strings with backslashes in them as E'…'");
}

bool statement_allowed(size_t *at, struct text src, const struct statement *s, const struct statement_head *head,
                       const struct statement_seen *seen, struct err *e)
{
    static const char *const unlock[] = { "pg_advisory_unlock_all", NULL };

    *at = s->from;
    if (token_is(src, head->at[0], "discard") && head->len > 1 && token_is(src, head->at[1], "all")) {
        err_plain(e, ERR_MIGRATION_FILE, "DISCARD ALL would release merganser's own lock");
        return err_hint(e, "write DISCARD PLANS, DISCARD TEMP or DISCARD SEQUENCES; they do the rest");
    }
    if (token_is(src, head->at[0], "prepare") && head->len > 1 && token_is(src, head->at[1], "transaction")) {
        err_plain(e, ERR_MIGRATION_FILE,
                  "PREPARE TRANSACTION would leave what the script does neither done nor undone");
        return err_hint(e, "take it out: what the script does is committed together with its version's row");
    }
    if ((seen->unlocks_all && statement_runs(src, head)) ||
        (token_is(src, head->at[0], "do") && statement_mentions(text_cut(src, s->from, s->to), unlock))) {
        err_plain(e, ERR_MIGRATION_FILE, "pg_advisory_unlock_all() would release merganser's own lock");
        return err_hint(e, "name the locks one by one: pg_advisory_unlock(KEY)");
    }
    return !seen->conforming || keeps_strings(at, src, s, head, e);
}

/* COPY … FROM 'file', TO PROGRAM '…': what stands behind FROM or TO outside of parentheses. */
bool statement_stays_inside(size_t *at, struct text src, const struct statement *s, const struct statement_head *head,
                            struct err *e)
{
    struct lexer l = { .src = text_cut(src, 0, s->to), .at = s->from };
    int depth = 0;

    if (!token_is(src, head->at[0], "copy"))
        return true;
    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        depth += token_sign(src, t, '(') - token_sign(src, t, ')');
        if (depth || !(token_is(src, t, "from") || token_is(src, t, "to")))
            continue;
        t = lexer_next(&l);
        if (token_is(src, t, "stdin") || token_is(src, t, "stdout"))
            return true;
        *at = t.from;
        err_plain(e, ERR_STRUCTURE_FILE, "COPY with a file or a program reaches outside the database");
        return err_hint(e, "take it out: a dump brings its rows with it, as COPY … FROM stdin");
    }
    return true;
}
