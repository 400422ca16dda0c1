/* ALTER TABLE, and what has its form. */
#include "dialects/postgres/describe.h"

/* The relation is of the statement's kind where a whole one is altered. */
static struct action *add_change(struct describing *d, const struct action *like, enum object_kind object,
                                 enum action_change change)
{
    const struct action table = *like;
    struct action *a = describe_add(d, ACTION_ALTER, object);

    a->change = change;
    a->of = object == OBJECT_COLUMN || object == OBJECT_CONSTRAINT ? table.object : OBJECT_NONE;
    a->schema = table.schema;
    a->name = table.name;
    a->at = table.at;
    return a;
}

static void alter_partition(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c,
                            enum action_change change)
{
    struct action *a = add_change(d, table, table->object, change);
    const PgQuery__PartitionCmd *p =
        c->def && c->def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD ? c->def->partition_cmd : NULL;

    if (!p || !p->name)
        return;
    describe_other_relation(a, d, p->name);
    a->flags |=
        p->concurrent || c->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize ? ACTION_CONCURRENTLY : 0;
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

static void drop_part(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c,
                      enum object_kind part)
{
    struct action *a = add_change(d, table, part, CHANGE_OTHER);

    a->verb = ACTION_DROP;
    a->sub = describe_text(d, c->name);
    a->flags |= (c->missing_ok ? ACTION_IF_EXISTS : 0) |
                (c->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE ? ACTION_CASCADE : 0);
}

/* SET (…) and RESET (…). */
static void alter_options(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c,
                          enum object_kind object)
{
    struct action *a = add_change(d, table, object, CHANGE_OPTIONS);
    struct buf names = buf_open(d->arena, SIZE_MAX / 2);

    if (object == OBJECT_COLUMN)
        a->sub = describe_text(d, c->name);
    if (!c->def || c->def->node_case != PG_QUERY__NODE__NODE_LIST)
        return;
    for (size_t i = 0; i < c->def->list->n_items; i++)
        if (c->def->list->items[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            buf_printf(&names, "%s%s", names.len ? ", " : "", c->def->list->items[i]->def_elem->defname);
    a->columns = names.len ? buf_cstr(&names) : NULL;
}

static void alter_inherit(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c,
                          enum action_change change)
{
    struct action *a = add_change(d, table, table->object, change);

    if (c->def && c->def->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
        describe_other_relation(a, d, c->def->range_var);
}

/* What alters the table, a column or a constraint, and needs no more than its name to be told. */
static const struct {
    PgQuery__AlterTableType type;
    enum action_change change;
    enum object_kind part; /* OBJECT_NONE: the table itself */
} changes[] = {
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull, CHANGE_SET_NOT_NULL, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull, CHANGE_DROP_NOT_NULL, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics, CHANGE_STATISTICS, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage, CHANGE_STORAGE, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression, CHANGE_STORAGE, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity, CHANGE_ADD_IDENTITY, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity, CHANGE_SET_IDENTITY, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity, CHANGE_DROP_IDENTITY, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression, CHANGE_DROP_EXPRESSION, OBJECT_COLUMN },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint, CHANGE_VALIDATE, OBJECT_CONSTRAINT },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint, CHANGE_OTHER, OBJECT_CONSTRAINT },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity, CHANGE_ROW_SECURITY, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity, CHANGE_NO_ROW_SECURITY, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged, CHANGE_SET_LOGGED, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged, CHANGE_SET_UNLOGGED, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace, CHANGE_TABLESPACE, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod, CHANGE_ACCESS_METHOD, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn, CHANGE_CLUSTER_ON, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster, CHANGE_CLUSTER_ON, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity, CHANGE_REPLICA_IDENTITY, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser, CHANGE_TRIGGERS, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRule, CHANGE_RULES, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule, CHANGE_RULES, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule, CHANGE_RULES, OBJECT_NONE },
    { PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule, CHANGE_RULES, OBJECT_NONE },
};

static void alter_plainly(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c)
{
    struct action *a;

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        bool part = changes[i].part != OBJECT_NONE;

        if (changes[i].type != c->subtype)
            continue;
        a = add_change(d, table, part ? changes[i].part : table->object, changes[i].change);
        if (part)
            a->sub = describe_text(d, c->name);
        else if (a->change == CHANGE_TABLESPACE || a->change == CHANGE_ACCESS_METHOD)
            a->new_name = describe_text(d, c->name);
        return;
    }
    add_change(d, table, table->object, CHANGE_OTHER);
}

static void alter(struct describing *d, const struct action *table, const PgQuery__AlterTableCmd *c)
{
    struct action *a;

    switch (c->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        if (c->def && c->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            describe_column(d, table, c->def->column_def, c->missing_ok ? ACTION_IF_NOT_EXISTS : 0);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        if (c->def && c->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            describe_constraint(d, table, c->def->constraint);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        drop_part(d, table, c, OBJECT_COLUMN);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        drop_part(d, table, c, OBJECT_CONSTRAINT);
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
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        a = add_change(d, table, OBJECT_COLUMN, c->def ? CHANGE_SET_DEFAULT : CHANGE_DROP_DEFAULT);
        a->sub = describe_text(d, c->name);
        a->flags |= describe_default(c->def);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
        alter_options(d, table, c, OBJECT_COLUMN);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
        alter_options(d, table, c, table->object);
        return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit:
        alter_inherit(d, table, c,
                      c->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit ? CHANGE_INHERIT : CHANGE_NO_INHERIT);
        return;
    default:
        alter_plainly(d, table, c);
    }
}

void describe_alter_table(struct describing *d, const PgQuery__AlterTableStmt *s)
{
    struct action table = { .object = describe_kind(s->objtype) };
    unsigned only;

    describe_relation(&table, d, s->relation);
    only = table.object == OBJECT_TABLE ? table.flags & ACTION_ONLY : 0;
    for (size_t i = 0; i < s->n_cmds; i++) {
        size_t before = d->out->len;

        if (s->cmds[i]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            continue;
        alter(d, &table, s->cmds[i]->alter_table_cmd);
        /* ALTER TABLE IF EXISTS: no table, nothing done. */
        for (; before < d->out->len; before++)
            d->out->at[before].flags |= (s->missing_ok ? ACTION_IF_EXISTS : 0) | only;
    }
}
