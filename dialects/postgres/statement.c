/* What a statement is, told by its first words: transaction control, what the server refuses inside a transaction
 * block (SQLSTATE 25001), and what changes the session. */
#include "dialects/postgres/script.h"

struct reader {
    struct text src;
    const struct statement_head *head;
    const struct statement *s;
};

static bool word(const struct reader *r, size_t i, const char *keyword)
{
    return i < r->head->len && token_is(r->src, r->head->at[i], keyword);
}

static bool words(const struct reader *r, size_t i, const char *first, const char *second)
{
    return word(r, i, first) && word(r, i + 1, second);
}

/* True where the statement has the keyword outside quotes; behind `after`, where that is not NULL. */
static bool has_word(const struct reader *r, const char *after, const char *keyword)
{
    struct lexer l = { text_cut(r->src, 0, r->s->to), r->s->from, NULL };
    bool seen = after == NULL;

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        if (seen && token_is(r->src, t, keyword))
            return true;
        seen = seen || token_is(r->src, t, after);
    }
    return false;
}

/* True for an option written as name = false, in the forms that PostgreSQL takes for false. */
static bool option_false(const struct reader *r, const char *option)
{
    static const char *const no[] = { "false", "off", "0", "'false'", "'off'" };
    struct lexer l = { text_cut(r->src, 0, r->s->to), r->s->from, NULL };

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        struct text value;

        if (!token_is(r->src, t, option))
            continue;
        t = lexer_next(&l);
        if (t.kind == TOKEN_SIGN && r->src.at[t.from] == '=')
            t = lexer_next(&l);
        value = text_cut(r->src, t.from, t.to);
        for (size_t i = 0; i < sizeof no / sizeof *no; i++)
            if (text_is_nocase(value, no[i]))
                return true;
    }
    return false;
}

/* CREATE INDEX CONCURRENTLY and its like: words 1 and later, the first one is known. */
static bool concurrent_index(const struct reader *r, size_t i)
{
    i += word(r, i, "unique");
    return words(r, i, "index", "concurrently");
}

static bool refused_create(const struct reader *r)
{
    if (word(r, 1, "subscription"))
        return !option_false(r, "connect") && !option_false(r, "create_slot");
    return concurrent_index(r, 1) || word(r, 1, "database") || word(r, 1, "tablespace");
}

static bool refused_alter(const struct reader *r)
{
    if (word(r, 1, "database"))
        return has_word(r, "set", "tablespace");
    if (word(r, 1, "subscription"))
        return has_word(r, "refresh", "publication") ||
               (has_word(r, NULL, "publication") && !option_false(r, "refresh"));
    if (word(r, 1, "table"))
        return token_is(r->src, r->head->last, "concurrently") && has_word(r, "detach", "partition");
    return word(r, 1, "system");
}

static bool refused_reindex(const struct reader *r)
{
    static const char *const kinds[] = { "schema", "database", "system" };
    bool options = r->head->len > 1 && r->src.at[r->head->at[1].from] == '(';

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (options ? has_word(r, NULL, kinds[i]) : word(r, 1, kinds[i]))
            return true;
    return has_word(r, NULL, "concurrently") && !option_false(r, "concurrently");
}

/* CLUSTER, CLUSTER VERBOSE and CLUSTER (options) without a table. */
static bool refused_cluster(const struct reader *r)
{
    struct token last = r->head->last;

    return r->head->len == 1 || (r->head->len == 2 && word(r, 1, "verbose")) ||
           (last.kind == TOKEN_SIGN && r->src.at[last.from] == ')');
}

static bool refused(const struct reader *r)
{
    if (word(r, 0, "create"))
        return refused_create(r);
    if (word(r, 0, "drop"))
        return concurrent_index(r, 1) || word(r, 1, "database") || word(r, 1, "tablespace") ||
               word(r, 1, "subscription");
    if (word(r, 0, "alter"))
        return refused_alter(r);
    if (word(r, 0, "reindex"))
        return refused_reindex(r);
    if (word(r, 0, "cluster"))
        return refused_cluster(r);
    return word(r, 0, "vacuum") || words(r, 0, "commit", "prepared") || words(r, 0, "rollback", "prepared");
}

/* DO's body is a string: any word in it counts. */
static bool body_has(const struct reader *r, const char *const *hints)
{
    struct text body = text_cut(r->src, r->s->from, r->s->to);

    for (size_t i = 0; i < body.len;) {
        size_t to = i;

        while (to < body.len && text_is_word(body.at[to]))
            to++;
        for (size_t k = 0; hints[k]; k++)
            if (text_is_nocase(text_cut(body, i, to), hints[k]))
                return true;
        i = to + (to == i);
    }
    return false;
}

bool statement_runs(struct text src, const struct statement_head *head)
{
    static const char *const first[] = { "alter", "comment", "create", "drop", "grant", "revoke", "security" };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (token_is(src, head->at[0], first[i]))
            return false;
    return true;
}

/* SET LOCAL ends with the transaction, but for a role it matters before that: the ledger's row is written in it. */
static bool set_lasts(const struct reader *r)
{
    if (word(r, 1, "local"))
        return word(r, 2, "role") || word(r, 2, "session");
    return !word(r, 1, "constraints") && !word(r, 1, "transaction");
}

static bool changes_session(const struct reader *r)
{
    static const char *const hints[] = { "set", "reset", "set_config", "execute", NULL };

    if (word(r, 0, "set"))
        return set_lasts(r);
    if (word(r, 0, "do"))
        return body_has(r, hints);
    return word(r, 0, "reset") || word(r, 0, "discard") || word(r, 0, "call") || word(r, 0, "load");
}

/* SELECT set_config('…', '…', false) alone, as pg_dump writes it. */
static bool only_sets_config(const struct reader *r)
{
    size_t name = r->head->len > 3 && token_is(r->src, r->head->at[1], "pg_catalog") ? 3 : 1;

    return word(r, 0, "select") && word(r, name, "set_config") && r->head->last.kind == TOKEN_SIGN &&
           r->src.at[r->head->last.from] == ')' && !has_word(r, NULL, "true") && !has_word(r, NULL, "from");
}

static unsigned marks_of(const struct reader *r)
{
    static const char *const repeats[] = {
        "vacuum", "analyze", "analyse", "reindex", "cluster", "refresh", "checkpoint"
    };
    static const char *const commits[] = { "commit", "rollback", "call", NULL };
    unsigned marks = refused(r) ? MARK_OUTSIDE : 0;

    if (word(r, 0, "call") || (word(r, 0, "do") && body_has(r, commits)))
        marks |= MARK_MAY_COMMIT;
    if ((word(r, 0, "set") && set_lasts(r) && !word(r, 1, "local")) || word(r, 0, "reset") || only_sets_config(r))
        marks |= MARK_SETS;
    for (size_t i = 0; i < sizeof repeats / sizeof *repeats; i++)
        if (word(r, 0, repeats[i]))
            marks |= MARK_REPEATS;
    return words(r, 0, "alter", "system") ? marks | MARK_REPEATS : marks;
}

/* What stands behind BEGIN [WORK | TRANSACTION] or START TRANSACTION. */
static const char *begin_options(const struct reader *r, struct arena *a)
{
    size_t used = word(r, 1, "work") || word(r, 1, "transaction") ? 2 : 1;

    if (used >= r->head->len)
        return NULL;
    return arena_cstr(a, text_cut(r->src, r->head->at[used].from, r->s->to));
}

static enum control_word control_of(const struct reader *r)
{
    bool chain = has_word(r, "and", "chain") && !has_word(r, "and", "no");

    if (words(r, 0, "commit", "prepared") || words(r, 0, "rollback", "prepared"))
        return CONTROL_NONE;
    if (word(r, 0, "commit") || word(r, 0, "end"))
        return chain ? CONTROL_CHAIN : CONTROL_COMMIT;
    if (word(r, 0, "abort") || words(r, 0, "prepare", "transaction"))
        return CONTROL_ROLLBACK;
    if (word(r, 0, "rollback"))
        return has_word(r, "rollback", "to") ? CONTROL_NONE : CONTROL_ROLLBACK;
    return CONTROL_NONE;
}

static bool may_control(const struct reader *r)
{
    static const char *const first[] = { "commit", "end", "abort", "prepare", "rollback" };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (word(r, 0, first[i]))
            return true;
    return false;
}

void statement_classify(struct statement *s, struct statement_traits *traits, struct text src,
                        const struct statement_head *head, struct arena *a)
{
    static const char *const unlock[] = { "pg_advisory_unlock_all", NULL };
    struct reader r = { src, head, s };

    if (word(&r, 0, "begin") || words(&r, 0, "start", "transaction")) {
        s->control = CONTROL_BEGIN;
        s->options = begin_options(&r, a);
        return;
    }
    if (may_control(&r))
        s->control = control_of(&r);
    s->marks = marks_of(&r);
    traits->outside = traits->outside || (s->marks & MARK_OUTSIDE);
    traits->changes_session = traits->changes_session || changes_session(&r);
    traits->forgets =
        traits->forgets || word(&r, 0, "deallocate") || word(&r, 0, "discard") || words(&r, 0, "reset", "all");
    traits->discards_all = traits->discards_all || words(&r, 0, "discard", "all");
    traits->unlocks_all = traits->unlocks_all || (word(&r, 0, "do") && body_has(&r, unlock));
    traits->copies_in = traits->copies_in || (word(&r, 0, "copy") && has_word(&r, "from", "stdin"));
}
