/* Whether a default is the same for every row: one that is not has the server write all rows anew. */
#include "dialects/postgres/describe.h"

/* By what is worst: of an expression, that of its worst part. */
enum volatility { CONSTANT, STABLE, UNKNOWN, VOLATILE };

/* pg_proc.provolatile of PostgreSQL 15 and of the extensions that come with it; uuidv4 and uuidv7 are of 18. */
static const struct {
    const char *name;
    enum volatility v;
} functions[] = {
    { "now", STABLE },
    { "transaction_timestamp", STABLE },
    { "statement_timestamp", STABLE },
    { "timezone", STABLE },
    { "date_trunc", STABLE },
    { "date_part", STABLE },
    { "extract", STABLE },
    { "make_interval", STABLE },
    { "make_date", STABLE },
    { "to_timestamp", STABLE },
    { "to_char", STABLE },
    { "to_date", STABLE },
    { "age", STABLE },
    { "current_setting", STABLE },
    { "current_schema", STABLE },
    { "current_database", STABLE },
    { "txid_current", STABLE },
    { "pg_current_xact_id", STABLE },
    { "inet_client_addr", STABLE },
    { "lower", STABLE },
    { "upper", STABLE },
    { "length", STABLE },
    { "md5", STABLE },
    { "sha256", STABLE },
    { "concat", STABLE },
    { "concat_ws", STABLE },
    { "format", STABLE },
    { "replace", STABLE },
    { "substring", STABLE },
    { "left", STABLE },
    { "right", STABLE },
    { "btrim", STABLE },
    { "encode", STABLE },
    { "decode", STABLE },
    { "round", STABLE },
    { "floor", STABLE },
    { "ceil", STABLE },
    { "abs", STABLE },
    { "power", STABLE },
    { "to_json", STABLE },
    { "to_jsonb", STABLE },
    { "json_build_object", STABLE },
    { "jsonb_build_object", STABLE },
    { "json_build_array", STABLE },
    { "jsonb_build_array", STABLE },
    { "to_tsvector", STABLE },
    { "int4range", STABLE },
    { "int8range", STABLE },
    { "daterange", STABLE },
    { "tsrange", STABLE },
    { "tstzrange", STABLE },
    { "uuid_nil", STABLE },
    { "random", VOLATILE },
    { "gen_random_uuid", VOLATILE },
    { "gen_random_bytes", VOLATILE },
    { "uuid_generate_v1", VOLATILE },
    { "uuid_generate_v1mc", VOLATILE },
    { "uuid_generate_v4", VOLATILE },
    { "uuidv4", VOLATILE },
    { "uuidv7", VOLATILE },
    { "clock_timestamp", VOLATILE },
    { "timeofday", VOLATILE },
    { "nextval", VOLATILE },
    { "setval", VOLATILE },
    { "currval", VOLATILE },
    { "lastval", VOLATILE },
};

static enum volatility of(const PgQuery__Node *n);

static enum volatility worst(enum volatility so_far, PgQuery__Node *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum volatility v = of(parts[i]);

        so_far = v > so_far ? v : so_far;
    }
    return so_far;
}

static enum volatility of_function(const PgQuery__FuncCall *f)
{
    const PgQuery__Node *last = f->n_funcname ? f->funcname[f->n_funcname - 1] : NULL;
    enum volatility v = UNKNOWN;

    if (!last || last->node_case != PG_QUERY__NODE__NODE_STRING)
        return UNKNOWN;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, last->string->sval) == 0)
            v = functions[i].v;
    return worst(v, f->args, f->n_args);
}

/* Operators that do more than compute are not made by anybody. */
static enum volatility of_operator(const PgQuery__AExpr *x)
{
    enum volatility left = x->lexpr ? of(x->lexpr) : CONSTANT, right = x->rexpr ? of(x->rexpr) : CONSTANT;
    enum volatility v = left > right ? left : right;

    return v > STABLE ? v : STABLE;
}

static enum volatility of(const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
        return CONSTANT;
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return n->type_cast->arg ? of(n->type_cast->arg) : UNKNOWN;
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        return n->collate_clause->arg ? of(n->collate_clause->arg) : UNKNOWN;
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        return STABLE;
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        return worst(CONSTANT, n->a_array_expr->elements, n->a_array_expr->n_elements);
    case PG_QUERY__NODE__NODE_ROW_EXPR:
        return worst(STABLE, n->row_expr->args, n->row_expr->n_args);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return worst(STABLE, n->coalesce_expr->args, n->coalesce_expr->n_args);
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
        return worst(STABLE, n->bool_expr->args, n->bool_expr->n_args);
    case PG_QUERY__NODE__NODE_A_EXPR:
        return of_operator(n->a_expr);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
        return of_function(n->func_call);
    default:
        return UNKNOWN;
    }
}

unsigned describe_default(const PgQuery__Node *value)
{
    static const unsigned flags[] = { 0, ACTION_COMPUTED | ACTION_STABLE, ACTION_COMPUTED,
                                      ACTION_COMPUTED | ACTION_VOLATILE };

    /* DEFAULT NULL is what a column without one has. */
    if (!value || (value->node_case == PG_QUERY__NODE__NODE_A_CONST && value->a_const->isnull))
        return 0;
    return ACTION_DEFAULT | flags[of(value)];
}
