#include "dialects/postgres/describe.h"

#include "dialects/postgres/lexer.h"
#include "dialects/postgres/postgres.h"

enum {
    /* The tree needs about thirty times a statement's bytes; what defines something is short. */
    DESCRIBED_MAX = 256 * 1024,
    /* libpg_query writes its tree out, and protobuf-c reads it in, by calling themselves: 8000 levels end the process
     * where the stack has 8 MB. A level takes a word or a sign at least, and those of different items of a list are
     * beside each other. */
    DEPTH_MAX = 3000,
    PARENS_MAX = 1000,
    NAME_MAX_BYTES = 63, /* NAMEDATALEN - 1 */
};

struct action *describe_add(struct describing *d, enum action_verb verb, enum object_kind object)
{
    struct action *a = arena_push(d->arena, d->out);

    a->verb = verb;
    a->object = object;
    return a;
}

static bool too_deep(struct text sql)
{
    unsigned run[PARENS_MAX] = { 0 };
    size_t parens = 0, depth = 0;
    struct lexer l = { .src = sql };

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        char sign = t.kind == TOKEN_SIGN ? sql.at[t.from] : '\0';

        if (sign == ',') {
            depth -= run[parens];
            run[parens] = 0;
            continue;
        }
        if (sign == ')' && parens) {
            depth -= run[parens];
            run[parens--] = 0;
            continue;
        }
        run[parens]++;
        if (++depth > DEPTH_MAX || (sign == '(' && ++parens == PARENS_MAX))
            return true;
    }
    return false;
}

/* ---- what defines nothing ---- */

static struct action *data(struct describing *d, enum action_change change, const PgQuery__RangeVar *table)
{
    struct action *a = describe_add(d, ACTION_DATA, OBJECT_TABLE);

    a->change = change;
    describe_relation(a, d, table);
    return a;
}

/* INSERT … SELECT; VALUES comes as a query too. */
static void insert(struct describing *d, const PgQuery__InsertStmt *s)
{
    const PgQuery__SelectStmt *q = s->select_stmt && s->select_stmt->node_case == PG_QUERY__NODE__NODE_SELECT_STMT
                                       ? s->select_stmt->select_stmt
                                       : NULL;

    data(d, CHANGE_INSERT, s->relation)->flags |= q && (q->n_from_clause || q->larg) ? ACTION_QUERY : 0;
}

static void truncate_tables(struct describing *d, const PgQuery__TruncateStmt *s)
{
    for (size_t i = 0; i < s->n_relations; i++)
        if (s->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
            data(d, CHANGE_TRUNCATE, s->relations[i]->range_var)->flags |=
                s->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE ? ACTION_CASCADE : 0;
}

static void filtered(struct describing *d, enum action_change change, const PgQuery__RangeVar *table,
                     const PgQuery__Node *where)
{
    data(d, change, table)->flags |= where ? ACTION_FILTERED : 0;
}

/* INSERT, UPDATE, DELETE, also within WITH. */
static bool change_rows(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        insert(d, n->insert_stmt);
        return true;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        filtered(d, CHANGE_UPDATE, n->update_stmt->relation, n->update_stmt->where_clause);
        return true;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        filtered(d, CHANGE_DELETE, n->delete_stmt->relation, n->delete_stmt->where_clause);
        return true;
    default:
        return false;
    }
}

static void change_rows_with(struct describing *d, const PgQuery__WithClause *with)
{
    for (size_t i = 0; with && i < with->n_ctes; i++)
        if (with->ctes[i]->node_case == PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR &&
            with->ctes[i]->common_table_expr->ctequery)
            change_rows(d, with->ctes[i]->common_table_expr->ctequery);
}

/* WITH … AS (INSERT …) SELECT; and SELECT INTO, which makes a table. */
static void select_rows(struct describing *d, const PgQuery__SelectStmt *s)
{
    if (s->into_clause) {
        struct action *a = describe_add(d, ACTION_CREATE, OBJECT_TABLE);

        describe_relation(a, d, s->into_clause->rel);
        a->flags |= ACTION_QUERY;
        return;
    }
    if (describe_set_config(d, s))
        return;
    change_rows_with(d, s->with_clause);
    if (!d->out->len)
        describe_add(d, ACTION_READ, OBJECT_NONE);
}

static bool describe_rows(struct describing *d, const PgQuery__Node *n, struct text sql)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        change_rows_with(d, n->insert_stmt->with_clause);
        return change_rows(d, n);
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        change_rows_with(d, n->update_stmt->with_clause);
        return change_rows(d, n);
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        change_rows_with(d, n->delete_stmt->with_clause);
        return change_rows(d, n);
    case PG_QUERY__NODE__NODE_MERGE_STMT:
        data(d, CHANGE_MERGE, n->merge_stmt->relation)->flags |= ACTION_FILTERED;
        return true;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        truncate_tables(d, n->truncate_stmt);
        return true;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        if (n->copy_stmt->is_from)
            data(d, CHANGE_INSERT, n->copy_stmt->relation);
        else
            describe_add(d, ACTION_READ, OBJECT_NONE);
        return true;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        select_rows(d, n->select_stmt);
        return true;
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
        describe_add(d, ACTION_READ, OBJECT_NONE);
        return true;
    case PG_QUERY__NODE__NODE_DO_STMT:
        describe_do(d, sql);
        return true;
    case PG_QUERY__NODE__NODE_CALL_STMT:
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
        describe_add(d, ACTION_RUN, OBJECT_NONE);
        return true;
    default:
        return false;
    }
}

/* Casts, operators, foreign servers and whatever else: what it is can be told by its first word. */
static void describe_other(struct describing *d, struct text sql)
{
    struct lexer l = { .src = sql };
    struct token t = lexer_next(&l);

    describe_add(d,
                 token_is(sql, t, "create") ? ACTION_CREATE
                 : token_is(sql, t, "drop") ? ACTION_DROP
                                            : ACTION_ALTER,
                 OBJECT_OTHER);
}

/* The first name that the server cuts off: the tree has it as that leaves it. */
static void find_long_name(struct long_name *out, struct text sql, struct arena *a)
{
    struct lexer l = { .src = sql };

    for (struct token t = lexer_next(&l); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lexer_next(&l)) {
        size_t bytes;

        if ((t.kind != TOKEN_WORD && t.kind != TOKEN_NAME) || t.to - t.from <= NAME_MAX_BYTES)
            continue;
        bytes = text_from(token_name(sql, t, a)).len;
        if (bytes <= NAME_MAX_BYTES)
            continue;
        *out = (struct long_name) { t.from, t.to - t.from, bytes, NAME_MAX_BYTES };
        return;
    }
}

/* Rows may be long, and are the same whatever they are. */
static bool describe_long_rows(struct describing *d, struct text sql)
{
    static const struct {
        const char *word;
        enum action_change change;
    } words[] = {
        { "insert", CHANGE_INSERT }, { "update", CHANGE_UPDATE }, { "delete", CHANGE_DELETE },
        { "copy", CHANGE_INSERT },   { "merge", CHANGE_MERGE },
    };
    struct lexer l = { .src = sql };
    struct token t = lexer_next(&l);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(sql, t, words[i].word)) {
            /* Nobody knows whether it has a WHERE: nothing is said where it may have none. */
            data(d, words[i].change, NULL)->flags |= ACTION_FILTERED;
            return true;
        }
    return false;
}

static void describe_tree(struct describing *d, const PgQuery__ParseResult *tree, struct text sql)
{
    for (size_t i = 0; i < tree->n_stmts; i++) {
        const PgQuery__Node *n = tree->stmts[i]->stmt;

        if (n && !describe_define(d, n) && !describe_change(d, n) && !describe_rows(d, n, sql) &&
            !describe_session(d, n))
            describe_other(d, sql);
    }
}

void postgres_describe(struct actions *out, struct text sql, struct arena *a)
{
    struct describing d = { out, a };
    PgQueryProtobufParseResult r;
    PgQuery__ParseResult *tree = NULL;

    *out = (struct actions) { .known = true };
    if (sql.len > DESCRIBED_MAX || too_deep(sql) || memchr(sql.at, '\0', sql.len)) {
        out->known = describe_long_rows(&d, sql);
        return;
    }
    find_long_name(&out->long_name, sql, a);
    r = pg_query_parse_protobuf(arena_cstr(a, sql));
    if (!r.error)
        tree = pg_query__parse_result__unpack(NULL, r.parse_tree.len, (const uint8_t *)r.parse_tree.data);
    out->known = tree != NULL;
    if (tree) {
        describe_tree(&d, tree, sql);
        pg_query__parse_result__free_unpacked(tree, NULL);
    }
    pg_query_free_protobuf_parse_result(r);
}
