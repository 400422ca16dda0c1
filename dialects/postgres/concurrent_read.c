#include "dialects/postgres/concurrent.h"

struct cursor {
    struct text sql;
    struct lexer l;
    struct token t; /* not taken yet */
    struct arena *arena;
};

static void take(struct cursor *c)
{
    c->t = lexer_next(&c->l);
}

static bool is(const struct cursor *c, const char *word)
{
    return token_is(c->sql, c->t, word);
}

static bool is_sign(const struct cursor *c, char sign)
{
    return c->t.kind == TOKEN_SIGN && c->sql.at[c->t.from] == sign;
}

static bool accept(struct cursor *c, const char *word)
{
    bool there = is(c, word);

    if (there)
        take(c);
    return there;
}

/* IF [NOT] EXISTS. A name may be `if` too. */
static bool accept_if_exists(struct cursor *c, bool not )
{
    struct cursor before = *c;

    if (accept(c, "if") && (!not || accept(c, "not")) && accept(c, "exists"))
        return true;
    *c = before;
    return false;
}

static bool read_name(const char **out, struct cursor *c)
{
    *out = token_name(c->sql, c->t, c->arena);
    if (*out)
        take(c);
    return *out != NULL;
}

/* name, schema.name, or database.schema.name; *from and *to (may be NULL) are its bytes. */
static bool read_relation(struct table_name *out, size_t *from, size_t *to, struct cursor *c)
{
    size_t begin = c->t.from, end;

    *out = (struct table_name) { NULL, NULL };
    for (;;) {
        end = c->t.to;
        if (!read_name(&out->table, c))
            return false;
        if (!is_sign(c, '.'))
            break;
        out->schema = out->table;
        take(c);
    }
    if (from)
        *from = begin;
    if (to)
        *to = end;
    return true;
}

static bool accept_concurrently(struct concurrent *out, struct cursor *c)
{
    out->word_from = c->t.from;
    out->word_to = c->t.to;
    return accept(c, "concurrently");
}

/* CREATE [UNIQUE] INDEX CONCURRENTLY [[IF NOT EXISTS] name] ON [ONLY] table … */
static bool read_create(struct concurrent *out, struct cursor *c)
{
    accept(c, "unique");
    if (!accept(c, "index") || !accept_concurrently(out, c))
        return false;
    out->if_exists = accept_if_exists(c, true);
    if (!is(c, "on") && !read_name(&out->index, c))
        return false;
    out->scope = SCOPE_TABLE;
    if (!accept(c, "on"))
        return false;
    accept(c, "only");
    return read_relation(&out->relation, &out->relation_from, &out->relation_to, c);
}

/* DROP INDEX CONCURRENTLY [IF EXISTS] index */
static bool read_drop(struct concurrent *out, struct cursor *c)
{
    if (!accept(c, "index") || !accept_concurrently(out, c))
        return false;
    out->if_exists = accept_if_exists(c, false);
    return read_relation(&out->relation, NULL, NULL, c);
}

/* ALTER TABLE [IF EXISTS] [ONLY] table [*] DETACH PARTITION partition CONCURRENTLY */
static bool read_detach(struct concurrent *out, struct cursor *c)
{
    if (!accept(c, "table"))
        return false;
    out->if_exists = accept_if_exists(c, false);
    out->scope = SCOPE_TABLE;
    accept(c, "only");
    if (!read_relation(&out->relation, &out->relation_from, &out->relation_to, c))
        return false;
    if (is_sign(c, '*'))
        take(c);
    return accept(c, "detach") && accept(c, "partition") && read_relation(&out->partition, NULL, NULL, c) &&
           accept_concurrently(out, c);
}

/* What PostgreSQL takes for false as an option's value. */
static bool is_false(const struct cursor *c)
{
    static const char *const words[] = { "false", "off", "0", "'false'", "'off'" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is_nocase(text_cut(c->sql, c->t.from, c->t.to), words[i]))
            return true;
    return false;
}

/* (option [value], …): whether CONCURRENTLY is one that is on. */
static bool read_options(struct concurrent *out, struct cursor *c)
{
    bool on = false;

    for (take(c); !is_sign(c, ')'); take(c)) {
        if (c->t.kind == TOKEN_END || c->t.kind == TOKEN_OPEN)
            return false;
        if (is(c, "concurrently")) {
            on = accept_concurrently(out, c) && !is_false(c);
            if (is_sign(c, ')'))
                break;
        }
    }
    take(c);
    return on;
}

/* REINDEX [(options)] INDEX | TABLE | SCHEMA | DATABASE | SYSTEM [CONCURRENTLY] [name] */
static bool read_reindex(struct concurrent *out, struct cursor *c)
{
    static const char *const scopes[] = { "index", "table", "schema", "database", "system" };
    bool on = is_sign(c, '(') && read_options(out, c);
    size_t i = 0;

    while (i < sizeof scopes / sizeof *scopes && !accept(c, scopes[i]))
        i++;
    out->scope = i < SCOPE_DATABASE ? (enum concurrent_scope)i : SCOPE_DATABASE;
    if (i == sizeof scopes / sizeof *scopes || (!accept_concurrently(out, c) && !on))
        return false;
    return out->scope == SCOPE_DATABASE || read_relation(&out->relation, NULL, NULL, c);
}

bool concurrent_read(struct concurrent *out, struct text sql, struct arena *a)
{
    static const struct {
        const char *word;
        enum concurrent_kind kind;
        bool (*read)(struct concurrent *out, struct cursor *c);
    } kinds[] = {
        { "create", CONCURRENT_CREATE, read_create },
        { "reindex", CONCURRENT_REINDEX, read_reindex },
        { "drop", CONCURRENT_DROP, read_drop },
        { "alter", CONCURRENT_DETACH, read_detach },
    };
    struct cursor c = { .sql = sql, .l = { .src = sql }, .arena = a };

    take(&c);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *out = (struct concurrent) { .kind = kinds[i].kind };
        if (accept(&c, kinds[i].word))
            return kinds[i].read(out, &c);
    }
    return false;
}
