/* What a statement is, told by its first words: transaction control, what the server refuses inside a transaction
 * block (SQLSTATE 25001), and what changes the session. */
#include "dialects/postgres/script.h"

struct sight {
    struct text src;
    const struct statement_head *head;
    const struct statement *s;
};

static bool word(const struct sight *r, size_t i, const char *keyword)
{
    return i < r->head->len && token_is(r->src, r->head->at[i], keyword);
}

static bool words(const struct sight *r, size_t i, const char *first, const char *second)
{
    return word(r, i, first) && word(r, i + 1, second);
}

/* True where the statement has the keyword outside quotes; behind `after`, where that is not NULL. */
static bool has_word(const struct sight *r, const char *after, const char *keyword)
{
    struct lexer l = { .src = text_cut(r->src, 0, r->s->to), .at = r->s->from };
    bool seen = after == NULL;

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        if (seen && token_is(r->src, t, keyword))
            return true;
        seen = seen || token_is(r->src, t, after);
    }
    return false;
}

/* True for an option written as name = false, in the forms that PostgreSQL takes for false. */
static bool option_false(const struct sight *r, const char *option)
{
    static const char *const no[] = { "false", "off", "0", "'false'", "'off'" };
    struct lexer l = { .src = text_cut(r->src, 0, r->s->to), .at = r->s->from };

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
static bool concurrent_index(const struct sight *r, size_t i)
{
    i += word(r, i, "unique");
    return words(r, i, "index", "concurrently");
}

static bool refused_create(const struct sight *r)
{
    if (word(r, 1, "subscription"))
        return !option_false(r, "connect") && !option_false(r, "create_slot");
    return concurrent_index(r, 1) || word(r, 1, "database") || word(r, 1, "tablespace");
}

static bool refused_alter(const struct sight *r)
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

static bool refused_reindex(const struct sight *r)
{
    static const char *const kinds[] = { "schema", "database", "system" };
    bool options = r->head->len > 1 && r->src.at[r->head->at[1].from] == '(';

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (options ? has_word(r, NULL, kinds[i]) : word(r, 1, kinds[i]))
            return true;
    return has_word(r, NULL, "concurrently") && !option_false(r, "concurrently");
}

/* CLUSTER, CLUSTER VERBOSE and CLUSTER (options) without a table. */
static bool refused_cluster(const struct sight *r)
{
    struct token last = r->head->last;

    return r->head->len == 1 || (r->head->len == 2 && word(r, 1, "verbose")) ||
           (last.kind == TOKEN_SIGN && r->src.at[last.from] == ')');
}

static bool refused(const struct sight *r)
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

bool statement_mentions(struct text statement, const char *const *words)
{
    for (size_t i = 0; i < statement.len;) {
        size_t to = i;

        while (to < statement.len && text_is_word(statement.at[to]))
            to++;
        for (size_t k = 0; to > i && words[k]; k++)
            if (text_is_nocase(text_cut(statement, i, to), words[k]))
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
static bool set_lasts(const struct sight *r)
{
    if (word(r, 1, "local"))
        return word(r, 2, "role") || word(r, 2, "session");
    return !word(r, 1, "constraints") && !word(r, 1, "transaction");
}

static bool changes_session(const struct sight *r)
{
    static const char *const hints[] = { "set", "reset", "set_config", "execute", NULL };

    if (word(r, 0, "set"))
        return set_lasts(r);
    if (word(r, 0, "do"))
        return statement_mentions(text_cut(r->src, r->s->from, r->s->to), hints);
    return word(r, 0, "reset") || word(r, 0, "discard") || word(r, 0, "call") || word(r, 0, "load");
}

/* What stands behind BEGIN [WORK | TRANSACTION] or START TRANSACTION. */
static const char *begin_options(const struct sight *r, struct arena *a)
{
    size_t used = word(r, 1, "work") || word(r, 1, "transaction") ? 2 : 1;

    if (used >= r->head->len)
        return NULL;
    return arena_cstr(a, text_cut(r->src, r->head->at[used].from, r->s->to));
}

static enum control_word control_of(const struct sight *r)
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

static bool may_control(const struct sight *r)
{
    static const char *const first[] = { "commit", "end", "abort", "prepare", "rollback" };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (word(r, 0, first[i]))
            return true;
    return false;
}

bool statement_copies_in(struct text src, const struct statement_head *head)
{
    struct lexer l = { .src = text_cut(src, 0, head->last.to), .at = head->at[0].from };
    size_t depth = 0;
    bool from = false;

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END; t = lexer_next(&l)) {
        if (from)
            return token_is(src, t, "stdin") || token_is(src, t, "stdout");
        depth += token_sign(src, t, '(');
        depth -= depth && token_sign(src, t, ')');
        from = depth == 0 && token_is(src, t, "from");
    }
    return false;
}

/* A COMMIT or ROLLBACK that is a statement of the block's own, or a call by which another language does it. */
static bool body_commits(const struct sight *r)
{
    static const char *const words[] = { "commit", "rollback", "spi_commit", "spi_rollback" };
    struct token body = { 0 }, before = { 0 };
    struct lexer l = { 0 };
    bool commits = false;

    for (size_t i = 1; i < r->head->len; i++)
        if (r->head->at[i].kind == TOKEN_STRING)
            body = r->head->at[i];
    if (!body.to)
        return false;
    l.src = token_content(r->src, body);
    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        if (commits && (t.kind == TOKEN_SEMICOLON || token_sign(l.src, t, '(') || token_is(l.src, t, "and")))
            return true;
        commits = false;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            commits = commits || token_is(l.src, t, words[i]);
        /* Not a label, a column or a variable. */
        commits =
            commits && (before.kind != TOKEN_SIGN || token_sign(l.src, before, '.') || token_sign(l.src, before, '>'));
        before = t;
    }
    return false;
}

/* SELECT set_config('…', '…', false) alone, as pg_dump writes it. */
static bool only_sets_config(const struct sight *r)
{
    size_t name = r->head->len > 3 && token_is(r->src, r->head->at[1], "pg_catalog") ? 3 : 1;

    return word(r, 0, "select") && word(r, name, "set_config") && token_sign(r->src, r->head->last, ')') &&
           !has_word(r, NULL, "true") && !has_word(r, NULL, "from");
}

static unsigned marks(const struct sight *r, const struct statement_traits *t)
{
    static const char *const repeats[] = {
        "vacuum", "analyze", "analyse", "reindex", "cluster", "refresh", "checkpoint"
    };
    unsigned out = (t->outside ? MARK_OUTSIDE : 0u) | (t->may_commit ? MARK_MAY_COMMIT : 0u) |
                   (t->copies_in ? MARK_COPIES_IN : 0u);

    if ((word(r, 0, "set") && set_lasts(r) && !word(r, 1, "local")) || word(r, 0, "reset") || only_sets_config(r))
        out |= MARK_SETS;
    for (size_t i = 0; i < sizeof repeats / sizeof *repeats; i++)
        if (word(r, 0, repeats[i]))
            out |= MARK_REPEATS;
    return words(r, 0, "alter", "system") ? out | MARK_REPEATS : out;
}

void statement_classify(struct statement *s, struct statement_traits *traits, struct text src,
                        const struct statement_head *head, struct arena *a)
{
    struct sight r = { src, head, s };

    *traits = (struct statement_traits) { 0 };
    if (word(&r, 0, "begin") || words(&r, 0, "start", "transaction")) {
        s->control = CONTROL_BEGIN;
        s->options = begin_options(&r, a);
        return;
    }
    if (may_control(&r))
        s->control = control_of(&r);
    traits->outside = refused(&r);
    traits->may_commit = word(&r, 0, "call") || (word(&r, 0, "do") && body_commits(&r));
    traits->changes_session = changes_session(&r);
    traits->forgets = word(&r, 0, "deallocate") || word(&r, 0, "discard") || words(&r, 0, "reset", "all");
    traits->copies_in = word(&r, 0, "copy") && statement_copies_in(src, head);
    s->marks = marks(&r, traits);
}
