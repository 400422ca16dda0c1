#include "dialects/sqlite/own_row.h"

#include "dialects/sqlite/scan.h"

struct reader {
    struct text sql;
    size_t at;
    struct sqlite_token now;
    const char *version;
    struct arena *arena;
    struct sqlite_own_row *out;
};

static void advance(struct reader *r)
{
    r->now = sqlite_token_next(r->sql, &r->at);
}

/* Takes the word when it is there. */
static bool word(struct reader *r, const char *w)
{
    if (!sqlite_token_is(r->sql, r->now, w))
        return false;
    advance(r);
    return true;
}

static bool sign(struct reader *r, char c)
{
    if (r->now.kind != SQLITE_TOKEN_OTHER || r->sql.at[r->now.from] != c)
        return false;
    advance(r);
    return true;
}

static bool at_end(const struct reader *r)
{
    return r->now.kind == SQLITE_TOKEN_END;
}

static bool is_literal(const struct reader *r)
{
    return r->now.kind == SQLITE_TOKEN_STRING || r->now.kind == SQLITE_TOKEN_NUMBER;
}

static void version_note(struct reader *r, struct sqlite_token literal)
{
    struct text value = sqlite_token_value(r->sql, literal, r->arena);

    if (r->version && text_is(value, r->version)) {
        r->out->has_own = true;
    } else if (!r->out->has_other) {
        r->out->has_other = true;
        r->out->other = value;
        r->out->other_at = literal.from;
    }
}

/* [schema.]table */
static bool table_is(struct reader *r, const char *table)
{
    struct sqlite_token first = r->now;

    advance(r);
    if (sign(r, '.')) {
        if (!sqlite_token_names(r->sql, first, "main"))
            return false;
        first = r->now;
        advance(r);
    }
    return sqlite_token_names(r->sql, first, table);
}

/* The place of `version` in "(a, b, version)"; the first one where there is no list. False: it is not there. */
static bool column_find(struct reader *r, size_t *place)
{
    bool found = false;

    *place = 0;
    if (!sign(r, '('))
        return true;
    for (size_t i = 0; !at_end(r); i++) {
        if (sqlite_token_names(r->sql, r->now, "version")) {
            *place = i;
            found = true;
        }
        advance(r);
        if (sign(r, ')'))
            return found;
        if (!sign(r, ','))
            return false;
    }
    return false;
}

/* Goes to the "," or ")" that ends the value. */
static void value_pass(struct reader *r)
{
    size_t depth = 0;

    for (; !at_end(r); advance(r)) {
        char c = r->now.kind == SQLITE_TOKEN_OTHER ? r->sql.at[r->now.from] : '\0';

        if (depth == 0 && (c == ',' || c == ')'))
            return;
        depth += c == '(';
        depth -= c == ')';
    }
}

/* "('1', now()), ('2', now())": false where a version is not a literal. */
static bool values_read(struct reader *r, size_t place)
{
    do {
        if (!sign(r, '('))
            return false;
        for (size_t i = 0;; i++) {
            struct sqlite_token first = r->now;
            bool literal = is_literal(r);

            value_pass(r);
            if (i == place) {
                if (!literal || text_trim(text_cut(r->sql, first.to, r->now.from)).len)
                    return false;
                version_note(r, first);
            }
            if (!sign(r, ','))
                break;
        }
        if (!sign(r, ')'))
            return false;
    } while (sign(r, ','));
    return at_end(r) || word(r, "ON") || word(r, "RETURNING");
}

static bool insert_read(struct reader *r, const char *table)
{
    size_t place;

    if (word(r, "OR"))
        advance(r);
    if (!word(r, "INTO") || !table_is(r, table))
        return false;
    if (word(r, "AS"))
        advance(r);
    return column_find(r, &place) && word(r, "VALUES") && values_read(r, place);
}

static bool is_version_column(struct reader *r)
{
    bool is = sqlite_token_names(r->sql, r->now, "version") && r->now.kind != SQLITE_TOKEN_STRING;

    if (!is) {
        advance(r);
        if (!sign(r, '.'))
            return false;
        is = sqlite_token_names(r->sql, r->now, "version");
    }
    advance(r);
    return is;
}

static bool literal_note(struct reader *r)
{
    if (!is_literal(r))
        return false;
    version_note(r, r->now);
    advance(r);
    return true;
}

static bool where_read(struct reader *r)
{
    if (is_literal(r)) {
        struct sqlite_token literal = r->now;

        advance(r);
        if (!sign(r, '='))
            return false;
        sign(r, '=');
        if (!is_version_column(r))
            return false;
        version_note(r, literal);
        return at_end(r) || word(r, "RETURNING");
    }
    if (!is_version_column(r))
        return false;
    if (word(r, "IN")) {
        if (!sign(r, '('))
            return false;
        do
            if (!literal_note(r))
                return false;
        while (sign(r, ','));
        return sign(r, ')') && (at_end(r) || word(r, "RETURNING"));
    }
    if (!sign(r, '='))
        return false;
    sign(r, '=');
    return literal_note(r) && (at_end(r) || word(r, "RETURNING"));
}

static void delete_read(struct reader *r, const char *table)
{
    if (!word(r, "FROM") || !table_is(r, table))
        return;
    if (word(r, "AS"))
        advance(r);
    if (at_end(r) || word(r, "RETURNING"))
        r->out->what = OWN_ROW_EMPTIED;
    else if (word(r, "WHERE") && where_read(r))
        r->out->what = OWN_ROW_DELETED;
}

/* SET a = 1, (b, c) = (2, 3): true where one of the targets is the version. Stops at what follows. */
static bool assignments_read(struct reader *r)
{
    size_t depth = 0;
    bool target = true;

    for (; !at_end(r); advance(r)) {
        char c = r->now.kind == SQLITE_TOKEN_OTHER ? r->sql.at[r->now.from] : '\0';

        if (depth == 0 && (sqlite_token_is(r->sql, r->now, "WHERE") || sqlite_token_is(r->sql, r->now, "FROM") ||
                           sqlite_token_is(r->sql, r->now, "RETURNING")))
            return false;
        if (target && sqlite_token_names(r->sql, r->now, "version"))
            return true;
        depth += c == '(';
        depth -= c == ')';
        target = (target && c != '=') || (depth == 0 && c == ',');
    }
    return false;
}

static void update_read(struct reader *r, const char *table)
{
    if (word(r, "OR"))
        advance(r);
    if (!table_is(r, table))
        return;
    if (word(r, "AS"))
        advance(r);
    if (!word(r, "SET"))
        return;
    if (assignments_read(r)) {
        r->out->what = OWN_ROW_UPDATED;
        r->out->has_other = true;
        r->out->other_at = r->now.from;
    } else if (word(r, "WHERE") && where_read(r)) {
        r->out->what = OWN_ROW_UPDATED;
    }
}

void sqlite_own_row_read(struct sqlite_own_row *out, struct text sql, size_t from, const char *table,
                         const char *version, struct arena *a)
{
    struct reader r = { .sql = sql, .at = from, .version = version, .arena = a, .out = out };

    *out = (struct sqlite_own_row) { .what = OWN_ROW_NOTHING };
    advance(&r);
    if (word(&r, "INSERT") || sqlite_token_is(sql, r.now, "REPLACE")) {
        word(&r, "REPLACE");
        if (insert_read(&r, table))
            out->what = OWN_ROW_INSERTED;
    } else if (word(&r, "DELETE")) {
        delete_read(&r, table);
    } else if (word(&r, "UPDATE")) {
        update_read(&r, table);
    }
    /* What was noted of a statement that was not understood to its end says nothing. */
    if (out->what == OWN_ROW_NOTHING)
        *out = (struct sqlite_own_row) { .what = OWN_ROW_NOTHING };
}
