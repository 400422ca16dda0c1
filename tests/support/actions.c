#include "tests/support/actions.h"

#include "core/base/text.h"

static const char *const verbs[] = { "create", "drop", "alter",    "rename", "move", "comment", "grant",
                                     "revoke", "data", "maintain", "read",   "run",  "session", "control" };
static const char *const objects[] = {
    "",       "table",     "column",   "index",     "constraint", "sequence",    "view",         "matview", "type",
    "label",  "domain",    "function", "procedure", "aggregate",  "trigger",     "eventtrigger", "rule",    "policy",
    "schema", "extension", "role",     "database",  "statistics", "publication", "subscription", "other"
};
static const char *const changes[] = {
    "",
    "type",
    "set-not-null",
    "drop-not-null",
    "set-default",
    "drop-default",
    "validate",
    "attach",
    "detach",
    "owner",
    "rls",
    "no-rls",
    "options",
    "logged",
    "unlogged-now",
    "tablespace",
    "access-method",
    "add-identity",
    "set-identity",
    "drop-identity",
    "drop-expression",
    "statistics",
    "storage",
    "triggers",
    "rules",
    "inherit",
    "no-inherit",
    "cluster-on",
    "replica-identity",
    "like",
    "insert",
    "update",
    "delete",
    "merge",
    "truncate",
    "vacuum",
    "vacuum-full",
    "analyze",
    "reindex",
    "cluster",
    "refresh",
    "set",
    "reset",
    "lock",
    "begin",
    "commit",
    "rollback",
    "savepoint",
};
static const char *const flags[] = {
    "concurrently", "if-exists", "if-not-exists", "or-replace",  "cascade",  "temporary",   "within",    "not-null",
    "default",      "computed",  "generated",     "identity",    "rewrites", "primary",     "unique",    "foreign",
    "check",        "exclude",   "not-valid",     "using-index", "partial",  "partitioned", "partition", "unlogged",
    "filtered",     "serial",    "stable",        "volatile",    "only",     "query",       "empty"
};

static void add(struct buf *out, const char *before, const char *value)
{
    if (value)
        buf_printf(out, "%s%s", before, value);
}

const char *actions_words(const struct actions *list, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < list->len; i++) {
        const struct action *x = &list->at[i];

        buf_printf(&out, "%s%s", i ? "; " : "", verbs[x->verb]);
        add(&out, *objects[x->object] ? " " : "", objects[x->object]);
        add(&out, x->of && x->of != OBJECT_TABLE ? " of " : "", x->of != OBJECT_TABLE ? objects[x->of] : "");
        add(&out, " ", x->schema);
        add(&out, x->schema ? "." : " ", x->name);
        add(&out, x->name ? "." : " ", x->sub);
        if (x->arguments)
            buf_printf(&out, "(%s)", x->arguments);
        add(&out, *changes[x->change] ? " " : "", changes[x->change]);
        add(&out, " ", x->type);
        add(&out, " ->", x->new_schema);
        add(&out, x->new_schema ? "." : " ->", x->new_name);
        if (x->columns)
            buf_printf(&out, " [%s]", x->columns);
        if (x->not_null)
            buf_printf(&out, " never null: %s", x->not_null);
        add(&out, " '", x->comment);
        for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
            if (x->flags & 1u << k)
                buf_printf(&out, " %s", flags[k]);
    }
    return list->known ? buf_cstr(&out) : "?";
}
