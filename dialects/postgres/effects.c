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
    enum action_change change; /* of ACTION_ALTER only */
    unsigned with;             /* flags that it has, all of them */
    const char *lock, *other;  /* on the action's own relation, and on that of new_name; NULL: none */
    unsigned what;
};

static const struct row rows[] = {
    /* Tables that are made: nobody else has them yet. The partitioned one has to know its new partition. */
    { ACTION_CREATE, OBJECT_TABLE, 0, ACTION_PARTITION, NULL, AE, 0 },
    { ACTION_CREATE, OBJECT_TABLE, 0, 0, NULL, NULL, 0 },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_WITHIN, NULL, NULL, 0 },
    /* Of a column that is added. */
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_WITHIN | ACTION_FOREIGN, NULL, SRE, SCANS },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_WITHIN, NULL, NULL, SCANS },

    /* A constant is kept beside the table; what each row has its own value of is written into every row. A function
     * that is not volatile is as good as a constant, which its name does not tell. */
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_IDENTITY, AE, NULL, REWRITES | SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_GENERATED, AE, NULL, REWRITES | SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_COMPUTED, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_CREATE, OBJECT_COLUMN, 0, ACTION_PRIMARY, AE, NULL, SCANS },
    { ACTION_CREATE, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_OF_DOMAIN | ACTION_NOT_VALID, NULL, NULL, 0 },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_OF_DOMAIN, NULL, NULL, UNKNOWN },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_FOREIGN | ACTION_NOT_VALID, SRE, SRE, 0 },
    { ACTION_CREATE, OBJECT_CONSTRAINT, 0, ACTION_FOREIGN, SRE, SRE, SCANS | OTHER_SCANS },
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
    { ACTION_DROP, OBJECT_CONSTRAINT, 0, ACTION_OF_DOMAIN, NULL, NULL, 0 },
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
    { ACTION_ALTER, OBJECT_COLUMN, CHANGE_SETTING, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_CONSTRAINT, CHANGE_VALIDATE, ACTION_OF_DOMAIN, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_CONSTRAINT, CHANGE_VALIDATE, 0, SUE, NULL, SCANS },
    { ACTION_ALTER, OBJECT_CONSTRAINT, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_DOMAIN, CHANGE_SET_NOT_NULL, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_ATTACH, 0, SUE, AE, OTHER_SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_DETACH, ACTION_CONCURRENTLY, SUE, AE, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_DETACH, 0, AE, AE, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_SETTING, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_TRIGGERS, 0, SRE, NULL, 0 },
    { ACTION_ALTER, OBJECT_TABLE, CHANGE_FILE, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_TABLE, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_INDEX, CHANGE_SETTING, 0, SUE, NULL, MAY },
    { ACTION_ALTER, OBJECT_INDEX, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, CHANGE_SETTING, 0, SUE, NULL, 0 },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, CHANGE_FILE, 0, AE, NULL, REWRITES | SCANS | MAY },
    { ACTION_ALTER, OBJECT_MATERIALIZED_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_VIEW, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_SEQUENCE, CHANGE_OWNER, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_SEQUENCE, CHANGE_FILE, 0, AE, NULL, REWRITES },
    { ACTION_ALTER, OBJECT_SEQUENCE, 0, 0, SRE, NULL, 0 },
    { ACTION_ALTER, OBJECT_POLICY, 0, 0, AE, NULL, 0 },
    { ACTION_ALTER, OBJECT_EXTENSION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_PUBLICATION, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_OTHER, 0, 0, NULL, NULL, UNKNOWN },
    { ACTION_ALTER, OBJECT_NONE, 0, 0, NULL, NULL, 0 },

    { ACTION_RENAME, OBJECT_INDEX, 0, 0, SUE, NULL, 0 },
    { ACTION_RENAME, OBJECT_TABLE, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_COLUMN, 0, 0, AE, NULL, 0 },
    { ACTION_RENAME, OBJECT_CONSTRAINT, 0, ACTION_OF_DOMAIN, NULL, NULL, 0 },
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

    { ACTION_DATA, OBJECT_TABLE, 0, ACTION_TRUNCATES, AE, NULL, 0 },
    { ACTION_DATA, OBJECT_TABLE, 0, 0, RE, NULL, 0 },
    { ACTION_RUN, OBJECT_NONE, 0, 0, NULL, NULL, UNKNOWN },
};

/* What keeps tables in order: by its name. */
static const struct {
    const char *type;
    enum object_kind object;
    unsigned with;
    const char *lock;
    unsigned what;
} upkeep[] = {
    { "VACUUM", OBJECT_TABLE, ACTION_FULL, AE, REWRITES | SCANS },
    { "VACUUM", OBJECT_TABLE, 0, SUE, SCANS },
    { "ANALYZE", OBJECT_TABLE, 0, SUE, 0 },
    { "CLUSTER", OBJECT_TABLE, 0, AE, REWRITES | SCANS },
    { "REINDEX", OBJECT_TABLE, ACTION_CONCURRENTLY, SUE, SCANS },
    { "REINDEX", OBJECT_TABLE, 0, S, SCANS },
    { "REINDEX", OBJECT_INDEX, ACTION_CONCURRENTLY, SUE, REWRITES },
    { "REINDEX", OBJECT_INDEX, 0, AE, REWRITES },
    { "REFRESH", OBJECT_MATERIALIZED_VIEW, ACTION_CONCURRENTLY, E, SCANS },
    { "REFRESH", OBJECT_MATERIALIZED_VIEW, 0, AE, REWRITES },
    { "CHECKPOINT", OBJECT_NONE, 0, NULL, 0 },
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

/* False where nobody can tell. */
static bool keep_in_order(struct effects *out, const struct action *x, struct arena *a)
{
    for (size_t i = 0; x->type && i < sizeof upkeep / sizeof *upkeep; i++) {
        if (strcmp(upkeep[i].type, x->type) != 0 || upkeep[i].object != x->object ||
            (x->flags & upkeep[i].with) != upkeep[i].with)
            continue;
        add(out, x->schema, x->name, upkeep[i].lock, upkeep[i].what, a);
        return true;
    }
    return false;
}

static void take(struct effects *out, const struct action *x, bool made, struct arena *a)
{
    const struct row *r = row_of(x);

    if (x->flags & ACTION_TEMPORARY)
        return;
    if (x->verb == ACTION_MAINTAIN && !keep_in_order(out, x, a))
        out->known = false;
    if (x->verb == ACTION_SESSION && x->object == OBJECT_TABLE)
        add(out, x->schema, x->name, x->type, 0, a);
    if (!r)
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
