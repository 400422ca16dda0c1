/* What a statement does to the ledger's rows, read from its tokens: INSERT, UPDATE, DELETE and TRUNCATE of that table,
 * also where they stand inside a WITH. What is said by a query or an expression is not known, and left to the checks
 * that follow the script. */
#include "dialects/postgres/script.h"

struct walk {
    struct lexer lexer;
    struct token t; /* the current one */
    const struct script_request *r;
    struct arena *arena;
    struct ledger_touch *out;
};

static void step(struct walk *w)
{
    w->t = lexer_next(&w->lexer);
}

static bool done(const struct walk *w)
{
    return w->t.kind == TOKEN_END || w->t.kind == TOKEN_OPEN;
}

static bool sign(const struct walk *w, char c)
{
    return w->t.kind == TOKEN_SIGN && w->lexer.src.at[w->t.from] == c;
}

static bool keyword(struct walk *w, const char *name)
{
    if (!token_is(w->lexer.src, w->t, name))
        return false;
    step(w);
    return true;
}

static bool named(struct walk *w, const char *name)
{
    const char *folded = token_name(w->lexer.src, w->t, w->arena);

    return folded && strcmp(folded, name) == 0;
}

/* Passes over [schema.]table; true when that is the ledger. */
static bool ledger_name(struct walk *w)
{
    const char *first = token_name(w->lexer.src, w->t, w->arena);
    const struct table_name *ledger = &w->r->ledger;
    bool ours;

    if (!first)
        return false;
    step(w);
    if (!sign(w, '.'))
        return strcmp(first, ledger->table) == 0;
    step(w);
    ours = named(w, ledger->table) && (!ledger->schema || strcmp(first, ledger->schema) == 0);
    step(w);
    return ours;
}

static void foreign(struct walk *w, enum ledger_act act, const char *version)
{
    if (w->out->foreign)
        return;
    w->out->foreign = act;
    w->out->at = w->t.from;
    w->out->version = version;
}

static void touch(struct walk *w, enum ledger_act act)
{
    struct text value;

    if (!token_literal(&value, w->lexer.src, w->t, w->arena))
        return;
    if (!text_is(value, w->r->version))
        foreign(w, act, arena_cstr(w->arena, value));
    else if (act == (w->r->direction == DIRECTION_UP ? LEDGER_INSERTS : LEDGER_DELETES))
        w->out->own = true;
}

/* The place of `version` in (a, b, …), 0 where no list stands there. */
static size_t version_column(struct walk *w)
{
    size_t at = 0, found = 0;

    if (!sign(w, '('))
        return 0;
    for (step(w); !done(w) && !sign(w, ')'); step(w)) {
        if (named(w, "version"))
            found = at;
        at += sign(w, ',');
    }
    step(w);
    return found;
}

/* One (value, value, …): looks at the nth. */
static void values_row(struct walk *w, size_t nth)
{
    size_t at = 0, depth = 0;
    bool first = true;

    for (step(w); !done(w); step(w)) {
        if (sign(w, ')') && depth-- == 0)
            break;
        if (first && at == nth && depth == 0)
            touch(w, LEDGER_INSERTS);
        first = false;
        depth += sign(w, '(');
        if (sign(w, ',') && depth == 0) {
            at++;
            first = true;
        }
    }
    step(w);
}

/* INSERT … SELECT: believed where it names its own version, and checked behind the script. */
static void computed(struct walk *w)
{
    for (; !done(w); step(w))
        if (text_is(text_cut(w->lexer.src, w->t.from, w->t.to), arena_printf(w->arena, "'%s'", w->r->version)))
            w->out->own = w->r->direction == DIRECTION_UP;
}

static void insert_into(struct walk *w)
{
    size_t column;

    if (!ledger_name(w))
        return;
    if (keyword(w, "as"))
        step(w);
    column = version_column(w);
    if (!keyword(w, "values")) {
        computed(w);
        return;
    }
    while (sign(w, '(')) {
        values_row(w, column);
        if (!sign(w, ','))
            break;
        step(w);
    }
}

/* WHERE version = 'V' and version IN ('V', 'W'); any other condition says nothing that could be read here. */
static void where(struct walk *w, enum ledger_act act)
{
    bool known = named(w, "version");

    step(w);
    if (known && sign(w, '=')) {
        step(w);
        touch(w, act);
    } else if (known && keyword(w, "in") && sign(w, '(')) {
        for (step(w); !done(w) && !sign(w, ')'); step(w))
            if (!sign(w, ','))
                touch(w, act);
    }
}

static void delete_from(struct walk *w)
{
    keyword(w, "only");
    if (!ledger_name(w))
        return;
    if (done(w) || token_is(w->lexer.src, w->t, "returning") || sign(w, ')'))
        w->out->empties = true;
    while (!done(w) && !sign(w, ')') && !keyword(w, "where"))
        step(w);
    where(w, LEDGER_DELETES);
}

/* SET a = 1, (b, c) = (2, 3): stops at what follows. */
static void assignments(struct walk *w)
{
    bool target = true;

    for (size_t depth = 0; !done(w) && !(depth == 0 && sign(w, ')')); step(w)) {
        if (depth == 0 && (token_is(w->lexer.src, w->t, "where") || token_is(w->lexer.src, w->t, "from") ||
                           token_is(w->lexer.src, w->t, "returning")))
            return;
        if (target && named(w, "version"))
            foreign(w, LEDGER_UPDATES, NULL);
        depth += sign(w, '(');
        depth -= sign(w, ')');
        target = (target && !sign(w, '=')) || (depth == 0 && sign(w, ','));
    }
}

static void update(struct walk *w)
{
    keyword(w, "only");
    if (!ledger_name(w))
        return;
    while (!done(w) && !sign(w, ')') && !keyword(w, "set"))
        step(w);
    assignments(w);
    while (!done(w) && !sign(w, ')') && !keyword(w, "where"))
        step(w);
    where(w, LEDGER_UPDATES);
}

static void truncate(struct walk *w)
{
    keyword(w, "table");
    do {
        keyword(w, "only");
        w->out->empties = ledger_name(w) || w->out->empties;
        if (sign(w, '*'))
            step(w);
        if (!sign(w, ','))
            return;
        step(w);
    } while (!done(w));
}

/* COPY writes rows that are not looked at: no script has to write any but its own, and that by INSERT. */
static void copy(struct walk *w)
{
    size_t at = w->t.from;

    keyword(w, "binary");
    if (!ledger_name(w) || w->out->foreign)
        return;
    version_column(w);
    if (!token_is(w->lexer.src, w->t, "from"))
        return;
    foreign(w, LEDGER_COPIES, NULL);
    w->out->at = at;
}

void ledger_foreign(struct err *e, const struct ledger_touch *t, const struct script_request *r, struct arena *a)
{
    static const char *const words[] = { "", "inserts", "updates", "deletes", "copies" };

    if (t->version)
        err_plain(e, ERR_MIGRATION_FILE, "the script of version %s %s version %s's row of %s", r->version,
                  words[t->foreign], text_shown(a, text_from(t->version)), r->ledger.table);
    else if (t->foreign == LEDGER_COPIES)
        err_plain(e, ERR_MIGRATION_FILE, "the script of version %s copies rows into %s", r->version, r->ledger.table);
    else
        err_plain(e, ERR_MIGRATION_FILE, "the script of version %s changes versions in %s", r->version,
                  r->ledger.table);
    if (t->foreign == LEDGER_COPIES)
        err_hint(e,
                 "take them out (pg_dump leaves them out with --exclude-table=%s); merganser writes the row of "
                 "each version itself",
                 r->ledger.table);
    else
        err_hint(e, "take the statement out; merganser writes the row of each version itself");
}

/* Of DO, whose body is a string. */
static bool may_name(struct text statement, const char *table)
{
    size_t len = strlen(table);

    for (size_t i = 0; i + len <= statement.len; i++)
        if (text_lower(statement.at[i]) == text_lower(*table) &&
            text_is_nocase(text_cut(statement, i, i + len), table) && (i == 0 || !text_is_word(statement.at[i - 1])) &&
            (i + len == statement.len || !text_is_word(statement.at[i + len])))
            return true;
    return strchr(table, '"') != NULL;
}

struct ledger_touch ledger_touched(struct text src, const struct statement *s, const struct script_request *r,
                                   struct arena *a)
{
    struct ledger_touch out = { 0 };
    struct walk w = { .lexer = { .src = text_cut(src, 0, s->to), .at = s->from }, .r = r, .arena = a, .out = &out };
    bool first = true;

    if (!r->ledger.table || !r->version)
        return out;
    step(&w);
    if (token_is(src, w.t, "do")) {
        out.hidden = may_name(text_cut(src, s->from, s->to), r->ledger.table);
        return out;
    }
    for (; !done(&w); first = false) {
        if (keyword(&w, "insert")) {
            if (keyword(&w, "into"))
                insert_into(&w);
        } else if (keyword(&w, "delete")) {
            if (keyword(&w, "from"))
                delete_from(&w);
        } else if (keyword(&w, "update")) {
            update(&w);
        } else if (first && keyword(&w, "truncate")) {
            truncate(&w);
        } else if (first && keyword(&w, "copy")) {
            copy(&w);
        } else {
            step(&w);
        }
    }
    return out;
}
