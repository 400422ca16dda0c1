#include "dialects/postgres/effects.h"

enum { REWRITES = 1, SCANS = 2, MAY = 4, OTHER_SCANS = 8, UNKNOWN = 16 };

#define AE  "ACCESS EXCLUSIVE"
#define E   "EXCLUSIVE"
#define SRE "SHARE ROW EXCLUSIVE"
#define S   "SHARE"
#define SUE "SHARE UPDATE EXCLUSIVE"
#define RE  "ROW EXCLUSIVE"
#define AS  "ACCESS SHARE"

/* Of an action: the first row that fits. OBJECT_NONE stands for any kind. */
struct row {
    enum action_verb verb;
    enum object_kind object;
    enum action_change change; /* 0: any */
    unsigned with;             /* flags that it has, all of them */
    const char *lock, *other;  /* on the action's own relation, and on that of new_name; NULL: none */
    unsigned what;
};

static const struct row rows[] = {
    /* Tables that are made: nobody else has them yet. The partitioned one has to know its new partition. */
    { ACTION_CREATE, OBJECT_TABLE, 0, ACTION_PARTITION, NULL, AE, 0 },
    { ACTION_CREATE, OBJECT_TABLE, CHANGE_INHERIT, 0, NULL, SUE, 0 },
    { ACTION_CREATE, OBJECT_TABLE, 0, 0, NULL, NULL, 0 },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_WITHIN, NULL, NULL, 0 },
    /* Of a column that is added. */
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_WITHIN | ACTION_FOREIGN, NULL, SRE, SCANS | MAY },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_WITHIN, NULL, NULL, SCANS },

    /* What is the same for every row is kept beside the table; else all of them are written. */
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_IDENTITY, AE, NULL, REWRITES | SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_GENERATED, AE, NULL, REWRITES | SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_SERIAL, AE, NULL, REWRITES | SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_VOLATILE, AE, NULL, REWRITES | SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_STABLE, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_COMPUTED, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_PRIMARY, AE, NULL, SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_FOREIGN | ACTION_NOT_VALID, SRE, SRE, 0 },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_FOREIGN, SRE, SRE, SCANS },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_CHECK | ACTION_NOT_VALID, AE, NULL, 0 },
    /* Its columns are read where they are not known to be NOT NULL. */
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_PRIMARY | ACTION_USING_INDEX, AE, NULL, SCANS | MAY },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_USING_INDEX, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, 0, AE, NULL, SCANS },

    { ACTION_CREATE, OBJECT_INDEX, 0, ACTION_CONCURRENTLY, NULL, SUE, OTHER_SCANS },
    { ACTION_CREATE, OBJECT_INDEX, 0, 0, NULL, S, OTHER_SCANS },
    { ACTION_CREATE, OBJECT_TRIGGER, 0, 0, SRE, NULL, 0 },
    { ACTION_CREATE, OBJECT_RULE, 0, 0, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_POLICY, 0, 0, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_VIEW, 0, ACTION_OR_REPLACE, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_STATISTICS, 0, 0, NULL, SUE, 0 },
    { ACTION_CREATE, OBJECT_EXTENSION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_CREATE, OBJECT_PUBLICATION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_CREATE, OBJECT_SUBSCRIPTION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_CREATE, OBJECT_OTHER, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_CREATE, OBJECT_NONE, 0, 0, NULL, NULL, 0 },

    { ACTION_DROP, OBJECT_TABLE, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_CONSTRAINT, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_INDEX, 0, ACTION_CONCURRENTLY, SUE, NULL, 0 },
    { ACTION_DROP, OBJECT_INDEX, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_SEQUENCE, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_MATERIALIZED_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_TRIGGER, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_RULE, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_POLICY, 0, 0, AE, NULL, 0 },
    { ACTION_DROP, OBJECT_EXTENSION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_DROP, OBJECT_OTHER, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_DROP, OBJECT_NONE, 0, ACTION_CASCADE, NULL, NULL, UNKNOWN },
    { ACTION_DROP, OBJECT_NONE, 0, 0, NULL, NULL, 0 },

    /* A wider varchar is taken as it is, an int that becomes a bigint is not: what the type was only the server knows.
     */
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_TYPE, ACTION_REWRITES, AE, NULL, REWRITES | SCANS },
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_TYPE, 0, AE, NULL, REWRITES | SCANS | MAY },
    /* Spared where a valid CHECK says it already. */
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_SET_NOT_NULL, 0, AE, NULL, SCANS | MAY },
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_STATISTICS, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_OPTIONS, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_ADD_IDENTITY, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_CONSTRAINT, CHANGE_VALIDATE, 0, SUE, NULL, SCANS },
    { ACTION_ALTER, OBJECT_CONSTRAINT, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_DOMAIN, CHANGE_SET_NOT_NULL, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_ATTACH, 0, SUE, AE, OTHER_SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_DETACH, ACTION_CONCURRENTLY, SUE, AE, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_DETACH, 0, AE, AE, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_OPTIONS, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_CLUSTER_ON, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_INHERIT, 0, AE, SUE, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_NO_INHERIT, 0, AE, SUE, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_TRIGGERS, 0, SRE, NULL, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_SET_LOGGED, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_SET_UNLOGGED, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_TABLESPACE, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_ACCESS_METHOD, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_INDEX, CHANGE_OPTIONS, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_INDEX, CHANGE_ATTACH, 0, SUE, AE, 0 },
    { ACTION_ALTER, OBJECT_INDEX, CHANGE_TABLESPACE, 0, AE, NULL, REWRITES | MAY },
    { ACTION_ALTER, OBJECT_INDEX, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, CHANGE_OPTIONS, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, CHANGE_CLUSTER_ON, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, CHANGE_TABLESPACE, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, CHANGE_ACCESS_METHOD, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_SEQUENCE, CHANGE_OWNER, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_SEQUENCE, CHANGE_SET_LOGGED, 0, AE, NULL, REWRITES },
    { ACTION_ALTER, OBJECT_SEQUENCE, CHANGE_SET_UNLOGGED, 0, AE, NULL, REWRITES },
    { ACTION_ALTER, OBJECT_SEQUENCE, 0, 0, SRE, NULL, 0 },
    { ACTION_ALTER, OBJECT_POLICY, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_EXTENSION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_PUBLICATION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_OTHER, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_NONE, 0, 0, NULL, NULL, 0 },

    { ACTION_RENAME, OBJECT_INDEX, 0, 0, SUE, NULL, 0 },
    { ACTION_RENAME, OBJECT_TABLE, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_CONSTRAINT, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_SEQUENCE, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_MATERIALIZED_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_TRIGGER, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_RULE, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_POLICY, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_NONE, 0, 0, NULL, NULL, 0 },
    { ACTION_MOVE, OBJECT_TABLE, 0, 0, AE, NULL, 0 },
    { ACTION_MOVE, OBJECT_SEQUENCE, 0, 0, AE, NULL, 0 },
    { ACTION_MOVE, OBJECT_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_MOVE, OBJECT_MATERIALIZED_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_MOVE, OBJECT_EXTENSION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_MOVE, OBJECT_NONE, 0, 0, NULL, NULL, 0 },

    { ACTION_COMMENT, OBJECT_TABLE, 0, 0, SUE, NULL, 0 },
    { ACTION_COMMENT, OBJECT_COLUMN, 0, 0, SUE, NULL, 0 },
    { ACTION_COMMENT, OBJECT_INDEX, 0, 0, SUE, NULL, 0 },
    { ACTION_COMMENT, OBJECT_SEQUENCE, 0, 0, SUE, NULL, 0 },
    { ACTION_COMMENT, OBJECT_VIEW, 0, 0, SUE, NULL, 0 },
    { ACTION_COMMENT, OBJECT_MATERIALIZED_VIEW, 0, 0, SUE, NULL, 0 },
    { ACTION_COMMENT, OBJECT_NONE, 0, 0, NULL, NULL, 0 },

    { ACTION_DATA, OBJECT_TABLE, CHANGE_TRUNCATE, 0, AE, NULL, 0 },
    { ACTION_DATA, OBJECT_TABLE, CHANGE_UPDATE, ACTION_FILTERED, RE, NULL, 0 },
    { ACTION_DATA, OBJECT_TABLE, CHANGE_UPDATE, 0, RE, NULL, SCANS },
    { ACTION_DATA, OBJECT_TABLE, CHANGE_DELETE, ACTION_FILTERED, RE, NULL, 0 },
    { ACTION_DATA, OBJECT_TABLE, CHANGE_DELETE, 0, RE, NULL, SCANS },
    { ACTION_DATA, OBJECT_TABLE, 0, 0, RE, NULL, 0 },

    { ACTION_MAINTAIN, OBJECT_TABLE, CHANGE_VACUUM_FULL, 0, AE, NULL, REWRITES | SCANS },
    { ACTION_MAINTAIN, OBJECT_TABLE, CHANGE_VACUUM, 0, SUE, NULL, SCANS },
    { ACTION_MAINTAIN, OBJECT_TABLE, CHANGE_ANALYZE, 0, SUE, NULL, 0 },
    { ACTION_MAINTAIN, OBJECT_TABLE, CHANGE_CLUSTER, 0, AE, NULL, REWRITES | SCANS },
    { ACTION_MAINTAIN, OBJECT_TABLE, CHANGE_REINDEX, ACTION_CONCURRENTLY, SUE, NULL, SCANS },
    { ACTION_MAINTAIN, OBJECT_TABLE, CHANGE_REINDEX, 0, S, NULL, SCANS },
    { ACTION_MAINTAIN, OBJECT_INDEX, CHANGE_REINDEX, ACTION_CONCURRENTLY, SUE, NULL, REWRITES },
    { ACTION_MAINTAIN, OBJECT_INDEX, CHANGE_REINDEX, 0, AE, NULL, REWRITES },
    { ACTION_MAINTAIN, OBJECT_MATERIALIZED_VIEW, CHANGE_REFRESH, ACTION_CONCURRENTLY, E, NULL, SCANS },
    { ACTION_MAINTAIN, OBJECT_MATERIALIZED_VIEW, CHANGE_REFRESH, 0, AE, NULL, REWRITES },
    /* Of all tables, or of those of a schema. */
    { ACTION_MAINTAIN, OBJECT_NONE, CHANGE_OTHER, 0, NULL, NULL, UNKNOWN },
    { ACTION_RUN, OBJECT_NONE, 0, 0, NULL, NULL, UNKNOWN },
};

int effects_compare_locks(const char *x, const char *y)
{
    static const char *const order[] = { AS, "ROW SHARE", RE, SUE, S, SRE, E, AE };
    int ranks[2] = { 0 };

    for (int i = 0; i < (int)(sizeof order / sizeof *order); i++) {
        if (x && strcmp(order[i], x) == 0)
            ranks[0] = i + 1;
        if (y && strcmp(order[i], y) == 0)
            ranks[1] = i + 1;
    }
    return (ranks[0] > ranks[1]) - (ranks[0] < ranks[1]);
}

static bool same(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* One of each relation: the strongest lock, and whatever of the rest any of the actions does. */
static void add(struct effects *out, const char *schema, const char *name, const char *lock, unsigned what,
                struct arena *a)
{
    struct effect *f = NULL;
    bool sure;

    if (!lock && !what)
        return;
    if (!name) {
        out->known = false;
        return;
    }
    for (size_t i = 0; i < out->len && !f; i++)
        if (same(out->at[i].schema, schema) && strcmp(out->at[i].relation, name) == 0)
            f = &out->at[i];
    if (!f) {
        f = arena_push(a, out);
        f->schema = schema;
        f->relation = name;
    }
    if (effects_compare_locks(lock, f->lock) > 0)
        f->lock = lock;
    sure = ((f->rewrites && !f->may) || !(what & REWRITES) || !(what & MAY)) &&
           ((f->scans && !f->may) || !(what & SCANS) || !(what & MAY));
    f->may = (f->may && !((what & REWRITES) && !(what & MAY))) || !sure;
    f->rewrites = f->rewrites || (what & REWRITES);
    f->scans = f->scans || (what & SCANS);
}

static const struct row *row_of(const struct action *x)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];

        if (r->verb == x->verb && (r->object == OBJECT_NONE || r->object == x->object) &&
            (r->change == 0 || r->change == x->change) && (x->flags & r->with) == r->with)
            return r;
    }
    return NULL;
}

/* Constraints of a domain, which reach every table that has it; attributes of a composite type. */
static bool take_of_type(struct effects *out, const struct action *x)
{
    bool reads = x->verb != ACTION_DROP && x->verb != ACTION_RENAME && !(x->flags & ACTION_NOT_VALID);

    if (x->of != OBJECT_DOMAIN && x->of != OBJECT_TYPE)
        return false;
    if (x->of == OBJECT_DOMAIN ? reads : x->flags & ACTION_CASCADE)
        out->known = false;
    return true;
}

static void take(struct effects *out, const struct action *x, bool made, struct arena *a)
{
    const struct row *r = row_of(x);

    if (x->verb == ACTION_SESSION && x->change == CHANGE_LOCK)
        add(out, x->schema, x->name, x->new_name, 0, a);
    if (!r || (x->flags & ACTION_TEMPORARY) || take_of_type(out, x))
        return;
    if (r->what & UNKNOWN)
        out->known = false;
    if (!made)
        add(out, x->schema, x->name, r->lock, r->what & (REWRITES | SCANS) ? r->what : 0, a);
    if (r->other)
        add(out, x->new_schema, x->new_name, r->other,
            (r->what & OTHER_SCANS ? SCANS : 0u) | (r->what & OTHER_SCANS && r->what & MAY ? MAY : 0u), a);
}

void postgres_effects(struct effects *out, const struct actions *actions, int server, struct arena *a)
{
    /* What is part of a table that the statement makes. */
    bool made = false;

    /* Since PostgreSQL 13, the oldest that is supported, none of this has changed. */
    (void)server;
    *out = (struct effects) { .known = actions->known, .us = -1 };
    for (size_t i = 0; i < actions->len; i++) {
        const struct action *x = &actions->at[i];

        made =
            (x->flags & ACTION_WITHIN) && (made || (i && x[-1].verb == ACTION_CREATE && x[-1].object == OBJECT_TABLE));
        take(out, x, made, a);
    }
}
