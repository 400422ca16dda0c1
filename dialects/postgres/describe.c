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

static void data(struct describing *d, const PgQuery__RangeVar *table, bool filtered)
{
    struct action *a = describe_add(d, ACTION_DATA, OBJECT_TABLE);

    describe_relation(a, d, table);
    a->flags |= filtered ? ACTION_FILTERED : 0;
}

static void truncate_tables(struct describing *d, const PgQuery__TruncateStmt *s)
{
    for (size_t i = 0; i < s->n_relations; i++)
        if (s->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
            data(d, s->relations[i]->range_var, false);
}

/* WITH … AS (INSERT …) SELECT; and SELECT INTO, which makes a table. */
static void select_rows(struct describing *d, const PgQuery__SelectStmt *s)
{
    if (s->into_clause) {
        describe_relation(describe_add(d, ACTION_CREATE, OBJECT_TABLE), d, s->into_clause->rel);
        return;
    }
    for (size_t i = 0; s->with_clause && i < s->with_clause->n_ctes; i++) {
        const PgQuery__Node *query = s->with_clause->ctes[i]->common_table_expr->ctequery;

        if (query && query->node_case == PG_QUERY__NODE__NODE_INSERT_STMT)
            data(d, query->insert_stmt->relation, false);
        else if (query && query->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT)
            data(d, query->update_stmt->relation, query->update_stmt->where_clause != NULL);
        else if (query && query->node_case == PG_QUERY__NODE__NODE_DELETE_STMT)
            data(d, query->delete_stmt->relation, query->delete_stmt->where_clause != NULL);
    }
    if (!d->out->len)
        describe_add(d, ACTION_READ, OBJECT_NONE);
}

static bool is_concurrent(PgQuery__Node *const *options, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(options[i]->def_elem->defname, "concurrently") == 0)
            return true;
    return false;
}

static void reindex(struct describing *d, const PgQuery__ReindexStmt *s)
{
    bool index = s->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX;
    struct action *a = describe_add(d, ACTION_MAINTAIN,
                                    index         ? OBJECT_INDEX
                                    : s->relation ? OBJECT_TABLE
                                                  : OBJECT_OTHER);

    describe_relation(a, d, s->relation);
    a->flags |= is_concurrent(s->params, s->n_params) ? ACTION_CONCURRENTLY : 0;
}

static void maintain(struct describing *d, enum object_kind object, const PgQuery__RangeVar *r, bool concurrently)
{
    struct action *a = describe_add(d, ACTION_MAINTAIN, object);

    describe_relation(a, d, r);
    a->flags |= concurrently ? ACTION_CONCURRENTLY : 0;
}

/* A string or number as SQL takes it; NULL: it is neither. */
static const char *set_value(struct describing *d, const PgQuery__Node *n)
{
    const PgQuery__AConst *c = n->node_case == PG_QUERY__NODE__NODE_A_CONST ? n->a_const : NULL;
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    if (c && c->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        return arena_printf(d->arena, "%d", c->ival->ival);
    if (c && c->val_case == PG_QUERY__A__CONST__VAL_FVAL)
        return describe_text(d, c->fval->fval);
    if (!c || c->val_case != PG_QUERY__A__CONST__VAL_SVAL)
        return NULL;
    buf_char(&out, '"');
    for (const char *s = c->sval->sval; *s; s++)
        buf_printf(&out, *s == '"' ? "\"\"" : "%c", *s);
    buf_char(&out, '"');
    return buf_cstr(&out);
}

/* SET search_path is one that others depend on: its value stands in new_name, as SQL. */
static void set(struct describing *d, const PgQuery__VariableSetStmt *s)
{
    struct action *a = describe_add(d, ACTION_SESSION, OBJECT_NONE);
    struct buf value = buf_open(d->arena, SIZE_MAX / 2);

    a->name = describe_text(d, s->name);
    a->flags |= s->is_local ? ACTION_TEMPORARY : 0;
    if (s->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE)
        return;
    for (size_t i = 0; i < s->n_args; i++) {
        const char *one = set_value(d, s->args[i]);

        if (!one)
            return;
        buf_printf(&value, "%s%s", i ? ", " : "", one);
    }
    a->new_name = buf_cstr(&value);
}

static bool describe_rows(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        data(d, n->insert_stmt->relation, false);
        return true;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        data(d, n->update_stmt->relation, n->update_stmt->where_clause != NULL);
        return true;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        data(d, n->delete_stmt->relation, n->delete_stmt->where_clause != NULL);
        return true;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
        data(d, n->merge_stmt->relation, true);
        return true;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        truncate_tables(d, n->truncate_stmt);
        return true;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        if (n->copy_stmt->is_from)
            data(d, n->copy_stmt->relation, false);
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
    default:
        return false;
    }
}

static bool describe_rest(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_DO_STMT:
    case PG_QUERY__NODE__NODE_CALL_STMT:
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
        describe_add(d, ACTION_RUN, OBJECT_NONE);
        return true;
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        set(d, n->variable_set_stmt);
        return true;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
    case PG_QUERY__NODE__NODE_LISTEN_STMT:
    case PG_QUERY__NODE__NODE_UNLISTEN_STMT:
    case PG_QUERY__NODE__NODE_NOTIFY_STMT:
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
    case PG_QUERY__NODE__NODE_LOAD_STMT:
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
    case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
    case PG_QUERY__NODE__NODE_FETCH_STMT:
        describe_add(d, ACTION_SESSION, OBJECT_NONE);
        return true;
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
        describe_add(d, ACTION_CONTROL, OBJECT_NONE);
        return true;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
        maintain(d, OBJECT_NONE, NULL, false);
        return true;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        maintain(d, OBJECT_TABLE, n->cluster_stmt->relation, false);
        return true;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        maintain(d, OBJECT_MATERIALIZED_VIEW, n->refresh_mat_view_stmt->relation, n->refresh_mat_view_stmt->concurrent);
        return true;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        reindex(d, n->reindex_stmt);
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

/* Rows may be long, and are the same whatever they are. */
static bool is_data(struct text sql)
{
    static const char *const words[] = { "insert", "update", "delete", "copy", "merge" };
    struct lexer l = { .src = sql };
    struct token t = lexer_next(&l);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(sql, t, words[i]))
            return true;
    return false;
}

static void describe_tree(struct describing *d, const PgQuery__ParseResult *tree, struct text sql)
{
    for (size_t i = 0; i < tree->n_stmts; i++) {
        const PgQuery__Node *n = tree->stmts[i]->stmt;

        if (n && !describe_define(d, n) && !describe_change(d, n) && !describe_rows(d, n) && !describe_rest(d, n))
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
        out->known = is_data(sql);
        if (out->known)
            describe_add(&d, ACTION_DATA, OBJECT_TABLE);
        return;
    }
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
