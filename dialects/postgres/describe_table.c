/* Tables, their columns and constraints, and indexes. */
#include "dialects/postgres/describe.h"

/* A default that the server keeps as a value, without running anything for each row. */
static bool is_constant(const PgQuery__Node *n)
{
    while (n && n->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        n = n->type_cast->arg;
    return n && n->node_case == PG_QUERY__NODE__NODE_A_CONST;
}

static unsigned default_flags(const PgQuery__Node *value)
{
    return value ? ACTION_DEFAULT | (is_constant(value) ? 0 : ACTION_COMPUTED) : 0;
}

/* What a column's own constraints say of the column itself; the others are constraints of the table. */
static unsigned column_flags(const PgQuery__ColumnDef *c)
{
    unsigned flags = c->is_not_null ? ACTION_NOT_NULL : 0;

    flags |= default_flags(c->raw_default);
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
            flags |= default_flags(k->raw_expr);
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

/* Adds the columns of `a IS NOT NULL AND b IS NOT NULL`; false where the expression says anything else. */
static bool not_null_columns(struct describing *d, struct buf *out, const PgQuery__Node *n)
{
    const PgQuery__ColumnRef *c;

    if (n->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR && n->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
        for (size_t i = 0; i < n->bool_expr->n_args; i++)
            if (!not_null_columns(d, out, n->bool_expr->args[i]))
                return false;
        return true;
    }
    if (n->node_case != PG_QUERY__NODE__NODE_NULL_TEST || !n->null_test->arg ||
        n->null_test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL ||
        n->null_test->arg->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
        return false;
    c = n->null_test->arg->column_ref;
    if (!c->n_fields || !describe_string(d, c->fields[c->n_fields - 1]))
        return false;
    buf_printf(out, "%s%s", out->len ? ", " : "", describe_string(d, c->fields[c->n_fields - 1]));
    return true;
}

static void describe_check(struct describing *d, struct action *a, const PgQuery__Node *expression)
{
    struct buf columns = buf_open(d->arena, SIZE_MAX / 2);

    if (!expression || !not_null_columns(d, &columns, expression))
        return;
    a->flags |= ACTION_NOT_NULL;
    a->columns = buf_cstr(&columns);
}

struct action *describe_constraint(struct describing *d, const struct action *like, const PgQuery__Constraint *c)
{
    const char *schema = like->schema, *name = like->name;
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_CONSTRAINT);

    a->schema = schema;
    a->name = name;
    a->sub = describe_text(d, c->conname);
    a->at = c->location > 0 ? (size_t)c->location : 0;
    a->flags = constraint_flags(c) | (c->skip_validation ? ACTION_NOT_VALID : 0);
    a->columns = describe_columns(d, c->n_fk_attrs ? c->fk_attrs : c->keys, c->n_fk_attrs ? c->n_fk_attrs : c->n_keys);
    if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK)
        describe_check(d, a, c->raw_expr);
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

/* serial is a default from a sequence, which is run for each row. */
static unsigned serial_flags(const PgQuery__TypeName *t)
{
    static const char *const names[] = { "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8" };
    const PgQuery__Node *last = t && t->n_names ? t->names[t->n_names - 1] : NULL;

    for (size_t i = 0; last && last->node_case == PG_QUERY__NODE__NODE_STRING && i < sizeof names / sizeof *names; i++)
        if (strcmp(last->string->sval, names[i]) == 0)
            return ACTION_DEFAULT | ACTION_COMPUTED | ACTION_NOT_NULL;
    return 0;
}

static void add_column(struct describing *d, const struct action *like, const PgQuery__ColumnDef *c, unsigned flags)
{
    const struct action table = *like;
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_COLUMN);
    const char *column = describe_text(d, c->colname);

    a->schema = table.schema;
    a->name = table.name;
    a->sub = column;
    a->type = describe_type(d, c->type_name);
    a->flags = flags | column_flags(c) | serial_flags(c->type_name);
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
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_TABLE), table;

    describe_relation(a, d, s->relation);
    a->flags |= (s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0) | (s->partspec ? ACTION_PARTITIONED : 0) |
                (s->partbound ? ACTION_PARTITION : 0);
    if (s->partbound && s->n_inh_relations && s->inh_relations[0]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
        a->new_schema = describe_text(d, s->inh_relations[0]->range_var->schemaname);
        a->new_name = describe_text(d, s->inh_relations[0]->range_var->relname);
    }
    table = *a;
    for (size_t i = 0; i < s->n_table_elts; i++) {
        const PgQuery__Node *n = s->table_elts[i];

        if (n->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            add_column(d, &table, n->column_def, ACTION_WITHIN);
        else if (n->node_case == PG_QUERY__NODE__NODE_CONSTRAINT && constraint_flags(n->constraint))
            describe_constraint(d, &table, n->constraint)->flags |= ACTION_WITHIN;
    }
}

/* The relation is of the statement's kind where a whole one is altered. */
static struct action *add_change(struct describing *d, const struct action *like, enum object_kind object,
                                 enum action_change change)
{
    const struct action table = *like;
    struct action *a = describe_add(d, ACTION_ALTER, object);

    a->change = change;
    a->schema = table.schema;
    a->name = table.name;
    a->at = table.at;
    return a;
}

static void alter_partition(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c,
                            enum action_change change)
{
    struct action *a = add_change(d, table, OBJECT_TABLE, change);
    const PgQuery__PartitionCmd *p =
        c->def && c->def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD ? c->def->partition_cmd : NULL;

    if (!p || !p->name)
        return;
    a->new_schema = describe_text(d, p->name->schemaname);
    a->new_name = describe_text(d, p->name->relname);
    a->flags |= p->concurrent ? ACTION_CONCURRENTLY : 0;
}

static void alter_column_type(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c)
{
    struct action *a = add_change(d, table, OBJECT_COLUMN, CHANGE_TYPE);

    a->sub = describe_text(d, c->name);
    if (!c->def || c->def->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
        return;
    a->type = describe_type(d, c->def->column_def->type_name);
    a->flags |= c->def->column_def->raw_default ? ACTION_REWRITES : 0;
}

static void alter(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c)
{
    enum object_kind part = OBJECT_COLUMN;
    enum action_change change = CHANGE_OTHER;
    struct action *a;

    switch (c->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        if (c->def && c->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            add_column(d, table, c->def->column_def, c->missing_ok ? ACTION_IF_NOT_EXISTS : 0);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        if (c->def && c->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            describe_constraint(d, table, c->def->constraint);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        a = add_change(d, table,
                       c->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn ? OBJECT_COLUMN : OBJECT_CONSTRAINT,
                       CHANGE_OTHER);
        a->verb = ACTION_DROP;
        a->sub = describe_text(d, c->name);
        a->flags |= (c->missing_ok ? ACTION_IF_EXISTS : 0) |
                    (c->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE ? ACTION_CASCADE : 0);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        alter_column_type(d, table, c);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
        alter_partition(d, table, c, CHANGE_ATTACH);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize:
        alter_partition(d, table, c, CHANGE_DETACH);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
        a = add_change(d, table, table->object, CHANGE_OWNER);
        a->new_name = c->newowner ? describe_text(d, c->newowner->rolename) : NULL;
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        change = CHANGE_SET_NOT_NULL;
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        change = CHANGE_DROP_NOT_NULL;
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        change = c->def ? CHANGE_SET_DEFAULT : CHANGE_DROP_DEFAULT;
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
        part = OBJECT_CONSTRAINT;
        change = CHANGE_VALIDATE;
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint:
        part = OBJECT_CONSTRAINT;
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
        part = table->object;
        change = c->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity ? CHANGE_ROW_SECURITY
                                                                                : CHANGE_NO_ROW_SECURITY;
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
        break;
    default:
        part = table->object;
    }
    a = add_change(d, table, part, change);
    if (part == OBJECT_COLUMN || part == OBJECT_CONSTRAINT)
        a->sub = describe_text(d, c->name);
    if (change == CHANGE_SET_DEFAULT)
        a->flags |= default_flags(c->def);
}

void describe_alter_table(struct describing *d, const PgQuery__AlterTableStmt *s)
{
    struct action table = { .object = describe_kind(s->objtype) };

    describe_relation(&table, d, s->relation);
    for (size_t i = 0; i < s->n_cmds; i++) {
        size_t before = d->out->len;

        if (s->cmds[i]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            continue;
        alter(d, &table, s->cmds[i]->alter_table_cmd);
        /* ALTER TABLE IF EXISTS: no table, nothing done. */
        for (; s->missing_ok && before < d->out->len; before++)
            d->out->at[before].flags |= ACTION_IF_EXISTS;
    }
}

void describe_create_index(struct describing *d, const PgQuery__IndexStmt *s)
{
    struct action *a = describe_add(d, ACTION_CREATE, OBJECT_INDEX);
    struct buf columns = buf_open(d->arena, SIZE_MAX / 2);
    bool plain = true;

    describe_relation(a, d, s->relation);
    a->flags = (s->concurrent ? ACTION_CONCURRENTLY : 0) | (s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0) |
               (s->unique ? ACTION_UNIQUE : 0) | (s->where_clause ? ACTION_PARTIAL : 0);
    /* An index lies in its table's schema: the table is what the statement names with one. */
    a->new_schema = a->schema;
    a->new_name = a->name;
    a->name = describe_text(d, s->idxname);
    for (size_t i = 0; i < s->n_index_params; i++) {
        const PgQuery__IndexElem *c = s->index_params[i]->index_elem;

        plain = plain && c->name && *c->name;
        buf_printf(&columns, "%s%s", i ? ", " : "", plain ? c->name : "");
    }
    a->columns = plain ? buf_cstr(&columns) : NULL;
}
