/* What makes tables, their columns and constraints, and indexes. */
#include "dialects/postgres/describe.h"

/* What a column's own constraints say of the column itself; the others are constraints of the table. */
static unsigned column_flags(const PgQuery__ColumnDef *c)
{
    unsigned flags = c->is_not_null ? ACTION_NOT_NULL : 0;

    flags |= describe_default(c->raw_default);
    if (describe_is_serial(c->type_name))
        flags |= ACTION_SERIAL | ACTION_NOT_NULL | ACTION_DEFAULT | ACTION_COMPUTED | ACTION_VOLATILE;
    for (size_t i = 0; i < c->n_constraints; i++) {
        const PgQuery__Constraint *k = c->constraints[i]->constraint;

        switch (k->contype) {
        case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
            flags |= ACTION_NOT_NULL;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
            flags |= ACTION_NOT_NULL | ACTION_PRIMARY;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
            flags |= describe_default(k->raw_expr);
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
            flags |= ACTION_IDENTITY | ACTION_NOT_NULL;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
            flags |= ACTION_GENERATED | ACTION_COMPUTED;
            break;
        default:
            break;
        }
    }
    return flags;
}

static unsigned constraint_flags(const PgQuery__Constraint *c)
{
    switch (c->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        return ACTION_PRIMARY;
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        return ACTION_UNIQUE;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        return ACTION_FOREIGN;
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return ACTION_CHECK;
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        return ACTION_EXCLUDE;
    default:
        return 0;
    }
}

/* `c IS NOT NULL AND …`: what is joined by AND holds by itself. */
static void add_not_null(struct buf *out, const PgQuery__Node *n)
{
    const PgQuery__ColumnRef *c;

    if (n->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR && n->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
        for (size_t i = 0; i < n->bool_expr->n_args; i++)
            add_not_null(out, n->bool_expr->args[i]);
        return;
    }
    if (n->node_case != PG_QUERY__NODE__NODE_NULL_TEST ||
        n->null_test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL || !n->null_test->arg ||
        n->null_test->arg->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
        return;
    c = n->null_test->arg->column_ref;
    if (c->n_fields != 1 || c->fields[0]->node_case != PG_QUERY__NODE__NODE_STRING)
        return;
    buf_printf(out, "%s%s", out->len ? ", " : "", c->fields[0]->string->sval);
}

static const char *not_null_columns(struct describing *d, const PgQuery__Constraint *c)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK && c->raw_expr)
        add_not_null(&out, c->raw_expr);
    return out.len ? buf_cstr(&out) : NULL;
}

struct action *describe_constraint(struct describing *d, const struct action *like, const PgQuery__Constraint *c)
{
    const char *schema = like->schema, *name = like->name;
    enum object_kind of = like->object;
    unsigned temporary = like->flags & ACTION_TEMPORARY;
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_CONSTRAINT);

    a->of = of;
    a->schema = schema;
    a->name = name;
    a->sub = describe_text(d, c->conname);
    a->not_null = not_null_columns(d, c);
    a->at = c->location > 0 ? (size_t)c->location : 0;
    a->flags = temporary | constraint_flags(c) | (c->skip_validation ? ACTION_NOT_VALID : 0);
    a->columns = describe_columns(d, c->n_fk_attrs ? c->fk_attrs : c->keys, c->n_fk_attrs ? c->n_fk_attrs : c->n_keys);
    if (c->pktable) {
        a->new_schema = describe_text(d, c->pktable->schemaname);
        a->new_name = describe_text(d, c->pktable->relname);
    }
    if (c->indexname && *c->indexname) {
        a->flags |= ACTION_USING_INDEX;
        a->new_name = describe_text(d, c->indexname);
        a->sub = a->sub ? a->sub : a->new_name;
    }
    return a;
}

void describe_column(struct describing *d, const struct action *like, const PgQuery__ColumnDef *c, unsigned flags)
{
    const struct action table = *like;
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_COLUMN);
    const char *column = describe_text(d, c->colname);

    a->of = table.object;
    a->schema = table.schema;
    a->name = table.name;
    a->sub = column;
    a->type = describe_type(d, c->type_name);
    a->flags = flags | (table.flags & ACTION_TEMPORARY) | column_flags(c);
    a->at = c->location > 0 ? (size_t)c->location : 0;
    for (size_t i = 0; i < c->n_constraints; i++) {
        const PgQuery__Constraint *k = c->constraints[i]->constraint;

        if (!constraint_flags(k))
            continue;
        a = describe_constraint(d, &table, k);
        a->flags |= ACTION_WITHIN;
        a->columns = a->columns ? a->columns : column;
    }
}

void describe_create_table(struct describing *d, const PgQuery__CreateStmt *s)
{
    size_t first = d->out->len;
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_TABLE), table;

    describe_relation(a, d, s->relation);
    a->flags |= (s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0) | (s->partspec ? ACTION_PARTITIONED : 0) |
                (s->partbound ? ACTION_PARTITION : 0);
    if (s->n_inh_relations && s->inh_relations[0]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
        a->change = s->partbound ? CHANGE_OTHER : CHANGE_INHERIT;
        describe_other_relation(a, d, s->inh_relations[0]->range_var);
    }
    table = *a;
    for (size_t i = 0; i < s->n_table_elts; i++) {
        const PgQuery__Node *n = s->table_elts[i];

        if (n->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE && !table.new_name) {
            d->out->at[first].change = CHANGE_LIKE;
            describe_other_relation(&d->out->at[first], d, n->table_like_clause->relation);
            continue;
        }
        if (n->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            describe_column(d, &table, n->column_def, ACTION_WITHIN);
        else if (n->node_case == PG_QUERY__NODE__NODE_CONSTRAINT && constraint_flags(n->constraint))
            describe_constraint(d, &table, n->constraint)->flags |= ACTION_WITHIN;
    }
}

void describe_create_index(struct describing *d, const PgQuery__IndexStmt *s)
{
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_INDEX);
    struct buf columns = buf_open(d->arena, SIZE_MAX / 2);
    bool plain = true;

    describe_relation(a, d, s->relation);
    a->flags |= (s->concurrent ? ACTION_CONCURRENTLY : 0) | (s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0) |
                (s->unique ? ACTION_UNIQUE : 0) | (s->where_clause ? ACTION_PARTIAL : 0);
    /* An index lies in its table's schema: the table is what the statement names with one. */
    a->new_schema = a->schema;
    a->new_name = a->name;
    a->name = describe_text(d, s->idxname);
    a->type = describe_text(d, s->access_method);
    for (size_t i = 0; i < s->n_index_params; i++) {
        const PgQuery__IndexElem *c = s->index_params[i]->index_elem;

        plain = plain && c->name && *c->name;
        buf_printf(&columns, "%s%s", i ? ", " : "", plain ? c->name : "");
    }
    a->columns = plain ? buf_cstr(&columns) : NULL;
}
