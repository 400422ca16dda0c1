#include "dialects/sqlite/classify.h"

#include "dialects/sqlite/scan.h"

struct cursor {
    struct text sql;
    size_t at;
    struct sqlite_token now;
};

static struct sqlite_token advance(struct cursor *c)
{
    c->now = sqlite_token_next(c->sql, &c->at);
    return c->now;
}

static bool is(const struct cursor *c, const char *word)
{
    return sqlite_token_is(c->sql, c->now, word);
}

static bool is_sign(const struct cursor *c, char sign)
{
    return c->now.kind == SQLITE_TOKEN_OTHER && c->sql.at[c->now.from] == sign;
}

static void begin_read(struct sqlite_statement *s, struct cursor *c)
{
    s->control = CONTROL_BEGIN;
    advance(c);
    /* DEFERRED and IMMEDIATE ask for no more than merganser's own BEGIN gives. */
    if (is(c, "EXCLUSIVE"))
        s->options = "EXCLUSIVE";
}

static void rollback_read(struct sqlite_statement *s, struct cursor *c)
{
    s->control = CONTROL_ROLLBACK;
    while (advance(c).kind != SQLITE_TOKEN_END)
        if (is(c, "TO"))
            s->control = CONTROL_NONE;
}

/* SQLite's reading of a boolean (https://www.sqlite.org/pragma.html): a number but 0, ON, TRUE, YES. */
static bool is_true(struct text value)
{
    static const char *const words[] = { "on", "true", "yes", NULL };

    for (size_t i = 0; words[i]; i++)
        if (text_is_nocase(value, words[i]))
            return true;
    for (size_t i = 0; i < value.len && text_is_digit(value.at[i]); i++)
        if (value.at[i] != '0')
            return true;
    return false;
}

static struct text unquoted(const struct cursor *c)
{
    struct text raw = text_cut(c->sql, c->now.from, c->now.to);

    if (c->now.kind == SQLITE_TOKEN_STRING || c->now.kind == SQLITE_TOKEN_NAME)
        raw = text_cut(raw, 1, raw.len - 1);
    return raw;
}

/* PRAGMAs with a value that change nothing about the connection, or are asked again where it matters. */
static bool keeps_session(const struct cursor *name)
{
    static const char *const names[] = {
        "application_id", "defer_foreign_keys", "foreign_key_check", "foreign_key_list",   "foreign_keys", "index_info",
        "index_list",     "index_xinfo",        "integrity_check",   "optimize",           "quick_check",  "table_info",
        "table_list",     "table_xinfo",        "user_version",      "incremental_vacuum", NULL,
    };

    for (size_t i = 0; names[i]; i++)
        if (sqlite_token_names(name->sql, name->now, names[i]))
            return true;
    return false;
}

static const struct {
    const char *pragma, *shown;
} refused[] = {
    /* SQLite refuses these inside a transaction, but for temp_store before anything temporary was made. */
    { "journal_mode", "PRAGMA journal_mode" },
    { "synchronous", "PRAGMA synchronous" },
    { "temp_store", "PRAGMA temp_store" },
    { "wal_checkpoint", "PRAGMA wal_checkpoint" },
};

static void pragma_read(struct sqlite_statement *s, struct cursor *c)
{
    struct cursor name;
    bool has_value;

    advance(c);
    name = *c;
    advance(c);
    if (is_sign(c, '.')) {
        advance(c);
        name = *c;
        advance(c);
    }
    has_value = is_sign(c, '=') || is_sign(c, '(');
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (sqlite_token_names(name.sql, name.now, refused[i].pragma) &&
            (has_value || text_is(text_from(refused[i].pragma), "wal_checkpoint")))
            s->alone = refused[i].shown;
    s->changes_session = has_value && !keeps_session(&name);
    if (!has_value || !sqlite_token_names(name.sql, name.now, "foreign_keys"))
        return;
    advance(c);
    if (is_sign(c, '+') || is_sign(c, '-'))
        advance(c);
    s->keys = is_true(unquoted(c)) ? KEYS_ON : KEYS_OFF;
}

void sqlite_classify(struct sqlite_statement *s, struct text sql)
{
    struct cursor c = { .sql = sql, .at = s->from };

    advance(&c);
    if (is(&c, "BEGIN")) {
        begin_read(s, &c);
    } else if (is(&c, "COMMIT") || is(&c, "END")) {
        s->control = CONTROL_COMMIT;
    } else if (is(&c, "ROLLBACK")) {
        rollback_read(s, &c);
    } else if (is(&c, "PRAGMA")) {
        pragma_read(s, &c);
    } else if (is(&c, "VACUUM")) {
        s->alone = "VACUUM";
    } else if (is(&c, "ATTACH") || is(&c, "DETACH")) {
        s->alone = is(&c, "ATTACH") ? "ATTACH" : "DETACH";
        s->changes_session = true;
    } else if (is(&c, "CREATE")) {
        advance(&c);
        s->changes_session = is(&c, "TEMP") || is(&c, "TEMPORARY");
    }
}
