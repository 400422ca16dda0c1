/* What defines nothing and writes no row: settings, locks, transaction control, upkeep. */
#include "dialects/postgres/describe.h"

/* ---- settings ---- */

static void add_string(struct buf *out, const char *value, bool quoted)
{
    if (!quoted) {
        buf_string(out, value);
        return;
    }
    buf_char(out, '"');
    for (; *value; value++)
        buf_printf(out, *value == '"' ? "\"\"" : "%c", *value);
    buf_char(out, '"');
}

static bool add_value(struct buf *out, const PgQuery__Node *n, bool quoted)
{
    while (n->node_case == PG_QUERY__NODE__NODE_TYPE_CAST && n->type_cast->arg)
        n = n->type_cast->arg;
    if (n->node_case != PG_QUERY__NODE__NODE_A_CONST)
        return false;
    switch (n->a_const->val_case) {
    case PG_QUERY__A__CONST__VAL_SVAL:
        add_string(out, n->a_const->sval->sval, quoted);
        return true;
    case PG_QUERY__A__CONST__VAL_IVAL:
        buf_printf(out, "%d", n->a_const->ival->ival);
        return true;
    case PG_QUERY__A__CONST__VAL_FVAL:
        buf_string(out, n->a_const->fval->fval);
        return true;
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
        buf_string(out, n->a_const->boolval->boolval ? "true" : "false");
        return true;
    default:
        return false;
    }
}

static const char *lower(struct describing *d, const char *name)
{
    struct buf out = buf_open(d->arena, SIZE_MAX / 2);

    for (; name && *name; name++)
        buf_char(&out, text_lower(*name));
    return out.len ? buf_cstr(&out) : NULL;
}

static void set(struct describing *d, const PgQuery__VariableSetStmt *s)
{
    struct action *a = describe_add(d, ACTION_SESSION, OBJECT_NONE);
    struct buf value = buf_open(d->arena, SIZE_MAX / 2);
    bool resets =
        s->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET || s->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL;

    a->change = resets ? CHANGE_RESET : CHANGE_SET;
    a->name = lower(d, s->name);
    a->flags |= s->is_local ? ACTION_TEMPORARY : 0;
    if (s->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE)
        return;
    for (size_t i = 0; i < s->n_args; i++) {
        buf_string(&value, i ? ", " : "");
        /* Others find their names by the path: it is kept as SQL. */
        if (!add_value(&value, s->args[i], a->name && strcmp(a->name, "search_path") == 0))
            return;
    }
    a->new_name = buf_cstr(&value);
}

bool describe_set_config(struct describing *d, const PgQuery__SelectStmt *s)
{
    const PgQuery__Node *target = s->n_target_list == 1 && !s->n_from_clause ? s->target_list[0] : NULL;
    const PgQuery__FuncCall *f;
    struct buf name = buf_open(d->arena, SIZE_MAX / 2), value = buf_open(d->arena, SIZE_MAX / 2);
    struct buf local = buf_open(d->arena, SIZE_MAX / 2);
    struct action *a;

    if (!target || target->node_case != PG_QUERY__NODE__NODE_RES_TARGET || !target->res_target->val ||
        target->res_target->val->node_case != PG_QUERY__NODE__NODE_FUNC_CALL)
        return false;
    f = target->res_target->val->func_call;
    if (!f->n_funcname || f->n_args != 3)
        return false;
    target = f->funcname[f->n_funcname - 1];
    if (target->node_case != PG_QUERY__NODE__NODE_STRING || strcmp(target->string->sval, "set_config") != 0 ||
        !add_value(&name, f->args[0], false) || !add_value(&value, f->args[1], false) ||
        !add_value(&local, f->args[2], false))
        return false;
    a = describe_add(d, ACTION_SESSION, OBJECT_NONE);
    a->change = CHANGE_SET;
    a->name = lower(d, buf_cstr(&name));
    a->new_name = value.len ? buf_cstr(&value) : "\"\"";
    a->flags |= text_is(buf_content(&local), "true") || text_is(buf_content(&local), "t") ? ACTION_TEMPORARY : 0;
    return true;
}

/* ---- locks and transactions ---- */

/* By lockdefs.h, which the tree's numbers are. */
static const char *lock_mode(int mode)
{
    static const char *const modes[] = {
        NULL,    "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
        "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"
    };

    return mode > 0 && (size_t)mode < sizeof modes / sizeof *modes ? modes[mode] : NULL;
}

static void lock(struct describing *d, const PgQuery__LockStmt *s)
{
    for (size_t i = 0; i < s->n_relations; i++) {
        struct action *a = describe_add(d, ACTION_SESSION, OBJECT_TABLE);

        a->change = CHANGE_LOCK;
        a->new_name = lock_mode(s->mode);
        if (s->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
            describe_relation(a, d, s->relations[i]->range_var);
    }
}

static void control(struct describing *d, const PgQuery__TransactionStmt *s)
{
    struct action *a = describe_add(d, ACTION_CONTROL, OBJECT_NONE);

    switch (s->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
        a->change = CHANGE_BEGIN;
        return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
        a->change = CHANGE_COMMIT;
        return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
        a->change = CHANGE_ROLLBACK;
        return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
        a->change = CHANGE_SAVEPOINT;
        return;
    default:
        return;
    }
}

/* ---- upkeep ---- */

static struct action *maintain(struct describing *d, enum action_change change, enum object_kind object,
                               const PgQuery__RangeVar *r)
{
    struct action *a = describe_add(d, ACTION_MAINTAIN, object);

    a->change = change;
    describe_relation(a, d, r);
    return a;
}

/* VACUUM (FULL false) and its like are off, and nobody writes them. */
static bool has_option(PgQuery__Node *const *options, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM && strcmp(options[i]->def_elem->defname, name) == 0)
            return true;
    return false;
}

static void vacuum(struct describing *d, const PgQuery__VacuumStmt *s)
{
    enum action_change change = !s->is_vacuumcmd                               ? CHANGE_ANALYZE
                                : has_option(s->options, s->n_options, "full") ? CHANGE_VACUUM_FULL
                                                                               : CHANGE_VACUUM;

    for (size_t i = 0; i < s->n_rels; i++)
        if (s->rels[i]->node_case == PG_QUERY__NODE__NODE_VACUUM_RELATION)
            maintain(d, change, OBJECT_TABLE, s->rels[i]->vacuum_relation->relation);
    if (!s->n_rels)
        maintain(d, change, OBJECT_NONE, NULL);
}

static void reindex(struct describing *d, const PgQuery__ReindexStmt *s)
{
    bool index = s->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX;
    struct action *a = maintain(d, CHANGE_REINDEX,
                                index         ? OBJECT_INDEX
                                : s->relation ? OBJECT_TABLE
                                              : OBJECT_OTHER,
                                s->relation);

    a->name = a->name ? a->name : describe_text(d, s->name);
    a->flags |= has_option(s->params, s->n_params, "concurrently") ? ACTION_CONCURRENTLY : 0;
}

static void refresh(struct describing *d, const PgQuery__RefreshMatViewStmt *s)
{
    maintain(d, CHANGE_REFRESH, OBJECT_MATERIALIZED_VIEW, s->relation)->flags |=
        (s->concurrent ? ACTION_CONCURRENTLY : 0) | (s->skip_data ? ACTION_EMPTY : 0);
}

bool describe_session(struct describing *d, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        set(d, n->variable_set_stmt);
        return true;
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
        describe_add(d, ACTION_SESSION, OBJECT_NONE)->change =
            n->discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL ? CHANGE_RESET : CHANGE_OTHER;
        return true;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        lock(d, n->lock_stmt);
        return true;
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
        control(d, n->transaction_stmt);
        return true;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        vacuum(d, n->vacuum_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
        maintain(d, CHANGE_OTHER, OBJECT_NONE, NULL);
        return true;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        maintain(d, CHANGE_CLUSTER, n->cluster_stmt->relation ? OBJECT_TABLE : OBJECT_NONE, n->cluster_stmt->relation);
        return true;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        refresh(d, n->refresh_mat_view_stmt);
        return true;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        reindex(d, n->reindex_stmt);
        return true;
    default:
        return false;
    }
}
