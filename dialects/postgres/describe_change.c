/* Statements that take any kind of object: DROP, RENAME, SET SCHEMA, OWNER TO, COMMENT, GRANT. */
#include "dialects/postgres/describe.h"

static void drop(struct describing *d, const PgQuery__DropStmt *s)
{
    for (size_t i = 0; i < s->n_objects; i++) {
        struct action *a = describe_add(d, ACTION_DROP, describe_kind(s->remove_type));

        describe_object_name(a, d, s->objects[i], s->remove_type);
        a->flags |= (s->missing_ok ? ACTION_IF_EXISTS : 0) | (s->concurrent ? ACTION_CONCURRENTLY : 0) |
                    (s->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE ? ACTION_CASCADE : 0);
    }
}

static void drop_roles(struct describing *d, const PgQuery__DropRoleStmt *s)
{
    for (size_t i = 0; i < s->n_roles; i++) {
        struct action *a = describe_add(d, ACTION_DROP, OBJECT_ROLE);

        if (s->roles[i]->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC)
            a->name = describe_text(d, s->roles[i]->role_spec->rolename);
        a->flags |= s->missing_ok ? ACTION_IF_EXISTS : 0;
    }
}

static void drop_named(struct describing *d, enum object_kind object, const char *name, bool missing_ok)
{
    struct action *a = describe_add(d, ACTION_DROP, object);

    a->name = describe_text(d, name);
    a->flags |= missing_ok ? ACTION_IF_EXISTS : 0;
}

/* ALTER INDEX and ALTER VIEW … RENAME come as what they say, though the relation may be of another kind. */
static void rename_object(struct describing *d, const PgQuery__RenameStmt *s)
{
    struct action *a = describe_add(d, ACTION_RENAME, describe_kind(s->rename_type));

    if (s->relation)
        describe_relation(a, d, s->relation);
    else
        describe_object_name(a, d, s->object, s->rename_type);
    a->sub = describe_text(d, s->subname);
    if (s->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA ||
        s->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_ROLE ||
        s->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE) {
        a->name = a->sub;
        a->sub = NULL;
    }
    a->of = a->object == OBJECT_COLUMN                                      ? describe_kind(s->relation_type)
            : s->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT ? OBJECT_TABLE
            : s->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT ? OBJECT_DOMAIN
                                                                            : OBJECT_NONE;
    a->new_name = describe_text(d, s->newname);
    a->flags |= s->missing_ok ? ACTION_IF_EXISTS : 0;
}

static void move(struct describing *d, const PgQuery__AlterObjectSchemaStmt *s)
{
    struct action *a = describe_add(d, ACTION_MOVE, describe_kind(s->object_type));

    if (s->relation)
        describe_relation(a, d, s->relation);
    else
        describe_object_name(a, d, s->object, s->object_type);
    a->new_name = describe_text(d, s->newschema);
    a->flags |= s->missing_ok ? ACTION_IF_EXISTS : 0;
}

static void own(struct describing *d, const PgQuery__AlterOwnerStmt *s)
{
    struct action *a = describe_add(d, ACTION_ALTER, describe_kind(s->object_type));

    a->change = CHANGE_OWNER;
    if (s->relation)
        describe_relation(a, d, s->relation);
    else
        describe_object_name(a, d, s->object, s->object_type);
    a->new_name = s->newowner ? describe_text(d, s->newowner->rolename) : NULL;
}

static void comment(struct describing *d, const PgQuery__CommentStmt *s)
{
    struct action *a = describe_add(d, ACTION_COMMENT, describe_kind(s->objtype));

    describe_object_name(a, d, s->object, s->objtype);
    a->comment = describe_text(d, s->comment);
}

static const char *roles(struct describing *d, PgQuery__Node *const *list, size_t n)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    for (size_t i = 0; i < n; i++) {
        const PgQuery__RoleSpec *r = list[i]->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC ? list[i]->role_spec : NULL;
        const char *name = !r                                                         ? NULL
                           : r->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC ? "public"
                                                                                      : describe_text(d, r->rolename);

        buf_printf(&out, "%s%s", out.len && name ? ", " : "", name ? name : "");
    }
    return out.len ? buf_cstr(&out) : NULL;
}

static void grant(struct describing *d, const PgQuery__GrantStmt *s)
{
    enum action_verb verb = s->is_grant ? ACTION_GRANT : ACTION_REVOKE;
    const char *grantees = roles(d, s->grantees, s->n_grantees);

    for (size_t i = 0; i < s->n_objects; i++) {
        /* ALL TABLES IN SCHEMA names schemas. */
        bool all = s->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA;
        struct action *a = describe_add(d, verb, all ? OBJECT_SCHEMA : describe_kind(s->objtype));

        describe_object_name(a, d, s->objects[i], s->objtype);
        a->new_name = grantees;
    }
    if (!s->n_objects)
        describe_add(d, verb, OBJECT_OTHER)->new_name = grantees;
}

static void alter_routine(struct describing *d, const PgQuery__AlterFunctionStmt *s)
{
    struct action *a = describe_add(d, ACTION_ALTER, describe_kind(s->objtype));

    if (!s->func)
        return;
    describe_name(a, d, s->func->objname, s->func->n_objname);
    a->arguments = describe_arguments(d, s->func);
}

bool describe_change(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_DROP_STMT:
        drop(d, n->drop_stmt);
        return true;
    case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
        drop_roles(d, n->drop_role_stmt);
        return true;
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
        drop_named(d, OBJECT_DATABASE, n->dropdb_stmt->dbname, n->dropdb_stmt->missing_ok);
        return true;
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
        drop_named(d, OBJECT_SUBSCRIPTION, n->drop_subscription_stmt->subname, n->drop_subscription_stmt->missing_ok);
        return true;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        rename_object(d, n->rename_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        move(d, n->alter_object_schema_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        own(d, n->alter_owner_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
        alter_routine(d, n->alter_function_stmt);
        return true;
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        comment(d, n->comment_stmt);
        return true;
    case PG_QUERY__NODE__NODE_GRANT_STMT:
        grant(d, n->grant_stmt);
        return true;
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
        describe_add(d, n->grant_role_stmt->is_grant ? ACTION_GRANT : ACTION_REVOKE, OBJECT_ROLE);
        return true;
    default:
        return false;
    }
}
