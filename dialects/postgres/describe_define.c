/* What makes an object that is no table and no index, or alters one of these. */
#include "dialects/postgres/describe.h"

static struct action *named(struct describing *d, enum action_verb verb, enum object_kind object, const char *name)
{
    struct action *a = describe_add(d, verb, object);

    a->name = describe_text(d, name);
    return a;
}

static struct action *made(struct describing *d, enum object_kind object, PgQuery__Node *const *names, size_t n)
{
    struct action *a = describe_add(d, ACTION_CREATE, object);

    describe_name(a, d, names, n);
    return a;
}

static struct action *of_relation(struct describing *d, enum action_verb verb, enum object_kind object,
                                  const PgQuery__RangeVar *r)
{
    struct action *a = describe_add(d, verb, object);

    describe_relation(a, d, r);
    return a;
}

/* A trigger, rule or policy of a table. */
static struct action *of_table(struct describing *d, enum action_verb verb, enum object_kind object,
                               const PgQuery__RangeVar *table, const char *name)
{
    struct action *a = of_relation(d, verb, object, table);

    a->sub = describe_text(d, name);
    return a;
}

static void create_as(struct describing *d, const PgQuery__CreateTableAsStmt *s)
{
    struct action *a = of_relation(d, ACTION_CREATE, describe_kind(s->objtype), s->into ? s->into->rel : NULL);

    a->flags |= (s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0) | (a->object == OBJECT_TABLE ? ACTION_QUERY : 0) |
                (s->into && s->into->skip_data ? ACTION_EMPTY : 0);
}

/* Only the types of what it is called with are part of its name. */
static const char *parameters(struct describing *d, const PgQuery__CreateFunctionStmt *s)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    for (size_t i = 0; i < s->n_parameters; i++) {
        const PgQuery__FunctionParameter *p = s->parameters[i]->function_parameter;
        const char *type = describe_type(d, p->arg_type);

        if (p->mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE ||
            (p->mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT && !s->is_procedure))
            continue;
        buf_printf(&out, "%s%s", out.len ? ", " : "", type ? type : "?");
    }
    return buf_cstr(&out);
}

/* AS 'one string'; a library's function has two. */
static const char *body(struct describing *d, const PgQuery__CreateFunctionStmt *s)
{
    for (size_t i = 0; i < s->n_options; i++) {
        const PgQuery__DefElem *o = s->options[i]->def_elem;

        if (strcmp(o->defname, "as") == 0 && o->arg && o->arg->node_case == PG_QUERY__NODE__NODE_LIST &&
            o->arg->list->n_items == 1)
            return describe_string(d, o->arg->list->items[0]);
    }
    return NULL;
}

static void create_function(struct describing *d, const PgQuery__CreateFunctionStmt *s)
{
    struct action *a = made(d, s->is_procedure ? OBJECT_PROCEDURE : OBJECT_FUNCTION, s->funcname, s->n_funcname);

    a->flags |= s->replace ? ACTION_OR_REPLACE : 0;
    a->arguments = parameters(d, s);
    a->body = body(d, s);
}

static void alter_enum(struct describing *d, const PgQuery__AlterEnumStmt *s)
{
    struct action *a = describe_add(d, s->old_val && *s->old_val ? ACTION_RENAME : ACTION_CREATE, OBJECT_LABEL);

    describe_name(a, d, s->type_name, s->n_type_name);
    a->sub = describe_text(d, a->verb == ACTION_RENAME ? s->old_val : s->new_val);
    a->new_name = describe_text(d, a->verb == ACTION_RENAME ? s->new_val : s->new_val_neighbor);
    a->flags |= s->skip_if_new_val_exists ? ACTION_IF_NOT_EXISTS : 0;
}

/* The letters are the grammar's own: Add and drop (X) a constraint, Not null (O takes it away), Validate, default T. */
static void alter_domain(struct describing *d, const PgQuery__AlterDomainStmt *s)
{
    char what = s->subtype ? *s->subtype : '\0';
    struct action domain = { .object = OBJECT_DOMAIN }, *a;

    describe_name(&domain, d, s->type_name, s->n_type_name);
    if (what == 'C' && s->def && s->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
        describe_constraint(d, &domain, s->def->constraint);
        return;
    }
    a = describe_add(d, what == 'X' ? ACTION_DROP : ACTION_ALTER,
                     what == 'X' || what == 'V' ? OBJECT_CONSTRAINT : OBJECT_DOMAIN);
    a->of = a->object == OBJECT_CONSTRAINT ? OBJECT_DOMAIN : OBJECT_NONE;
    a->schema = domain.schema;
    a->name = domain.name;
    a->sub = describe_text(d, s->name);
    a->flags |= s->missing_ok ? ACTION_IF_EXISTS : 0;
    a->change = what == 'V'   ? CHANGE_VALIDATE
                : what == 'O' ? CHANGE_SET_NOT_NULL
                : what == 'N' ? CHANGE_DROP_NOT_NULL
                : what != 'T' ? CHANGE_OTHER
                : s->def      ? CHANGE_SET_DEFAULT
                              : CHANGE_DROP_DEFAULT;
}

static void create_domain(struct describing *d, const PgQuery__CreateDomainStmt *s)
{
    struct action *a = made(d, OBJECT_DOMAIN, s->domainname, s->n_domainname);

    a->type = describe_type(d, s->type_name);
    for (size_t i = 0; i < s->n_constraints; i++) {
        const PgQuery__Constraint *c = s->constraints[i]->constraint;

        a->flags |= c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK     ? ACTION_CHECK
                    : c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL ? ACTION_NOT_NULL
                    : c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT ? describe_default(c->raw_expr)
                                                                          : 0;
    }
}

static void create_schema(struct describing *d, const PgQuery__CreateSchemaStmt *s)
{
    struct action *a = named(d, ACTION_CREATE, OBJECT_SCHEMA, s->schemaname);

    if (!a->name && s->authrole)
        a->name = describe_text(d, s->authrole->rolename);
    a->flags |= s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0;
}

/* CREATE AGGREGATE, TYPE, OPERATOR, …; a range type and the others have statements of their own. */
static void define(struct describing *d, const PgQuery__DefineStmt *s)
{
    struct action *a = made(d, describe_kind(s->kind), s->defnames, s->n_defnames);

    a->flags |= (s->replace ? ACTION_OR_REPLACE : 0) | (s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0);
}

static bool define_relation(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        describe_create_table(d, n->create_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
        describe_create_table(d, n->create_foreign_table_stmt->base_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        describe_alter_table(d, n->alter_table_stmt);
        return true;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        describe_create_index(d, n->index_stmt);
        return true;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        of_relation(d, ACTION_CREATE, OBJECT_VIEW, n->view_stmt->view)->flags |=
            n->view_stmt->replace ? ACTION_OR_REPLACE : 0;
        return true;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        create_as(d, n->create_table_as_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        of_relation(d, ACTION_CREATE, OBJECT_SEQUENCE, n->create_seq_stmt->sequence)->flags |=
            n->create_seq_stmt->if_not_exists ? ACTION_IF_NOT_EXISTS : 0;
        return true;
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
        of_relation(d, ACTION_ALTER, OBJECT_SEQUENCE, n->alter_seq_stmt->sequence)->flags |=
            n->alter_seq_stmt->missing_ok ? ACTION_IF_EXISTS : 0;
        return true;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        of_table(d, ACTION_CREATE, OBJECT_TRIGGER, n->create_trig_stmt->relation, n->create_trig_stmt->trigname)
            ->flags |= n->create_trig_stmt->replace ? ACTION_OR_REPLACE : 0;
        return true;
    case PG_QUERY__NODE__NODE_RULE_STMT:
        of_table(d, ACTION_CREATE, OBJECT_RULE, n->rule_stmt->relation, n->rule_stmt->rulename)->flags |=
            n->rule_stmt->replace ? ACTION_OR_REPLACE : 0;
        return true;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
        of_table(d, ACTION_CREATE, OBJECT_POLICY, n->create_policy_stmt->table, n->create_policy_stmt->policy_name);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
        of_table(d, ACTION_ALTER, OBJECT_POLICY, n->alter_policy_stmt->table, n->alter_policy_stmt->policy_name);
        return true;
    default:
        return false;
    }
}

static bool define_type(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        made(d, OBJECT_TYPE, n->create_enum_stmt->type_name, n->create_enum_stmt->n_type_name);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        alter_enum(d, n->alter_enum_stmt);
        return true;
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
        of_relation(d, ACTION_CREATE, OBJECT_TYPE, n->composite_type_stmt->typevar)->flags = 0;
        return true;
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
        made(d, OBJECT_TYPE, n->create_range_stmt->type_name, n->create_range_stmt->n_type_name);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
        create_domain(d, n->create_domain_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
        alter_domain(d, n->alter_domain_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        create_function(d, n->create_function_stmt);
        return true;
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
        define(d, n->define_stmt);
        return true;
    default:
        return false;
    }
}

static void create_statistics(struct describing *d, const PgQuery__CreateStatsStmt *s)
{
    struct action *a = made(d, OBJECT_STATISTICS, s->defnames, s->n_defnames), table = { 0 };

    if (s->n_relations && s->relations[0]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
        describe_relation(&table, d, s->relations[0]->range_var);
    a->new_schema = table.schema;
    a->new_name = table.name;
    a->flags |= s->if_not_exists ? ACTION_IF_NOT_EXISTS : 0;
}

bool describe_define(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        create_schema(d, n->create_schema_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
        named(d, ACTION_CREATE, OBJECT_EXTENSION, n->create_extension_stmt->extname)->flags |=
            n->create_extension_stmt->if_not_exists ? ACTION_IF_NOT_EXISTS : 0;
        return true;
    case PG_QUERY__NODE__NODE_ALTER_EXTENSION_STMT:
        named(d, ACTION_ALTER, OBJECT_EXTENSION, n->alter_extension_stmt->extname);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
        named(d, ACTION_CREATE, OBJECT_ROLE, n->create_role_stmt->role);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
        named(d, ACTION_ALTER, OBJECT_ROLE, n->alter_role_stmt->role ? n->alter_role_stmt->role->rolename : NULL);
        return true;
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
        named(d, ACTION_CREATE, OBJECT_DATABASE, n->createdb_stmt->dbname);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT:
        create_statistics(d, n->create_stats_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
        named(d, ACTION_CREATE, OBJECT_PUBLICATION, n->create_publication_stmt->pubname);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
        named(d, ACTION_CREATE, OBJECT_SUBSCRIPTION, n->create_subscription_stmt->subname);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT:
        named(d, ACTION_CREATE, OBJECT_EVENT_TRIGGER, n->create_event_trig_stmt->trigname);
        return true;
    default:
        return define_relation(d, n) || define_type(d, n);
    }
}
