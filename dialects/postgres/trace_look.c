/* Locks are kept to the end of a transaction, and counters only grow: what a statement did is the difference between
 * two looks. Relations are told apart by oid, since a statement may rename or drop them. */
#include "dialects/postgres/trace.h"

static const char *const modes[] = { "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
                                     "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE" };

/* As pg_locks spells them. */
#define MODE_BITS                                                                                                      \
    "CASE mode WHEN 'AccessShareLock' THEN 1 WHEN 'RowShareLock' THEN 2 WHEN 'RowExclusiveLock' THEN 4"                \
    " WHEN 'ShareUpdateExclusiveLock' THEN 8 WHEN 'ShareLock' THEN 16 WHEN 'ShareRowExclusiveLock' THEN 32"            \
    " WHEN 'ExclusiveLock' THEN 64 ELSE 128 END"

#define COLUMNS                                                                                                        \
    "c.oid, coalesce(x.indrelid, (SELECT d.refobjid FROM pg_catalog.pg_depend d"                                       \
    " WHERE c.relkind = 'S' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid"            \
    " AND d.refclassid = d.classid AND d.refobjsubid > 0 LIMIT 1), 0), c.relkind, n.nspname, c.relname, c.relfilenode" \
    ", pg_catalog.pg_stat_get_xact_numscans(c.oid)"
#define JOINS                                                                                                          \
    " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"                                                   \
    " LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid"

static uint64_t number(const PGresult *r, int row, int column)
{
    uint64_t out = 0;

    text_to_u64(text_from(PQgetvalue(r, row, column)), &out);
    return out;
}

/* Where oid is, or would be. */
static size_t place_of(const struct look *l, uint32_t oid)
{
    size_t from = 0, to = l->len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (l->at[middle].oid < oid)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct seen_relation *relation(struct look *l, uint32_t oid)
{
    size_t i = place_of(l, oid);

    return i < l->len && l->at[i].oid == oid ? &l->at[i] : NULL;
}

/* What a statement makes comes last: oids count upward, but for when they begin anew. */
static struct seen_relation *relation_add(struct look *l, uint32_t oid)
{
    size_t i = place_of(l, oid);

    arena_push(l->arena, l);
    memmove(&l->at[i + 1], &l->at[i], (l->len - 1 - i) * sizeof *l->at);
    l->at[i] = (struct seen_relation) { .oid = oid };
    return &l->at[i];
}

/* COLUMNS, from this one on. */
static void take_columns(struct seen_relation *r, const PGresult *rows, int row, int from, struct arena *a)
{
    const char *schema = PQgetvalue(rows, row, from + 3), *name = PQgetvalue(rows, row, from + 4);

    r->of = (uint32_t)number(rows, row, from + 1);
    r->kind = *PQgetvalue(rows, row, from + 2);
    if (!r->schema || strcmp(r->schema, schema) != 0)
        r->schema = arena_string(a, schema);
    if (!r->name || strcmp(r->name, name) != 0)
        r->name = arena_string(a, name);
    r->file = number(rows, row, from + 5);
    r->scans = (int64_t)number(rows, row, from + 6);
}

bool look_open(struct look *out, struct pg *pg, struct arena *a, struct err *e)
{
    PGresult *r;

    *out = (struct look) { .pg = pg, .arena = a };
    if (!pg_query(&r, pg,
                  "SELECT " COLUMNS " FROM pg_catalog.pg_class c" JOINS
                  " WHERE c.oid >= 16384 AND c.relkind IN ('r','p','m','v','f','i','I','S')"
                  " AND n.nspname NOT LIKE 'pg\\_toast%' ORDER BY 1",
                  NULL, e))
        return false;
    for (int i = 0; i < PQntuples(r); i++) {
        struct seen_relation *to = arena_push(a, out);

        to->oid = (uint32_t)number(r, i, 0);
        take_columns(to, r, i, 0, a);
    }
    PQclear(r);
    return true;
}

bool look_begin(struct look *l, struct err *e)
{
    PGresult *r;

    for (size_t i = 0; i < l->len; i++) {
        l->at[i].locks = 0;
        l->at[i].scans = 0;
    }
    if (!pg_query(&r, l->pg,
                  "SELECT c.oid, pg_catalog.pg_stat_get_xact_numscans(c.oid) FROM pg_catalog.pg_class c "
                  "WHERE c.oid >= 16384 AND pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0",
                  NULL, e))
        return false;
    for (int i = 0; i < PQntuples(r); i++) {
        struct seen_relation *to = relation(l, (uint32_t)number(r, i, 0));

        if (to)
            to->scans = (int64_t)number(r, i, 1);
    }
    PQclear(r);
    return true;
}

/* ---- a look ---- */

/* Dropped ones have locks and nothing else. TOAST tables come and go with theirs. */
static const char look_sql[] =
    "SELECT l.relation, l.held, " COLUMNS
    " FROM (SELECT relation, pg_catalog.sum(m) AS held FROM (SELECT DISTINCT relation, " MODE_BITS
    " AS m FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND granted"
    " AND relation >= 16384 AND database = (SELECT oid FROM pg_catalog.pg_database"
    " WHERE datname = pg_catalog.current_database())) k GROUP BY relation) l"
    " LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation" JOINS
    " WHERE c.oid IS NULL OR n.nspname NOT LIKE 'pg\\_toast%' ORDER BY 1";

enum { HELD = 1, FIRST = 2 }; /* columns of look_sql; COLUMNS begin at FIRST */

static void take_look(struct look *l, const PGresult *r, int row)
{
    uint32_t oid = (uint32_t)number(r, row, 0);
    struct seen_relation *to = relation(l, oid), before;
    bool made = !to;

    /* Dropped, and never looked at before: made and dropped by the same statement, or a TOAST table's. */
    if (made && PQgetisnull(r, row, FIRST))
        return;
    if (made)
        to = relation_add(l, oid);
    before = *to;
    if (!PQgetisnull(r, row, FIRST))
        take_columns(to, r, row, FIRST, l->arena);
    to->locks = (unsigned)number(r, row, HELD);
    to->fresh = true;
    to->made = made;
    to->new_locks = to->locks & ~before.locks;
    to->scanned = to->scans > before.scans;
    to->rewritten = !made && to->file != before.file;
    to->was_schema = made ? to->schema : before.schema;
    to->was_name = made ? to->name : before.name;
}

static const char *strongest(unsigned locks)
{
    for (size_t i = sizeof modes / sizeof *modes; i-- > 0;)
        if (locks & 1u << i)
            return modes[i];
    return NULL;
}

static bool tag_is(const char *tag, const char *const *words)
{
    for (; *words; words++)
        if (text_starts(text_from(tag), *words))
            return true;
    return false;
}

static bool holds(const struct seen_relation *r, const struct effect *f)
{
    return (!f->schema || strcmp(f->schema, r->was_schema) == 0) && strcmp(f->relation, r->was_name) == 0 && f->lock &&
           effects_compare_locks(strongest(r->locks), f->lock) >= 0;
}

/* Of what is held since earlier the server says nothing more. */
static const char *held_already(const struct seen_relation *r, const struct effects *documented)
{
    for (size_t i = 0; i < documented->len; i++)
        if (holds(r, &documented->at[i]))
            return documented->at[i].lock;
    return NULL;
}

static bool is_part(const struct seen_relation *r)
{
    return r->kind == 'i' || r->kind == 'I' || r->kind == 'S';
}

/* An index beside its table, which has at least as strong a lock, says nothing more. */
static bool goes_with_table(struct look *l, const struct seen_relation *r, const struct effects *documented)
{
    const struct seen_relation *table = r->of ? relation(l, r->of) : NULL;
    const char *own = strongest(r->new_locks), *its;

    if (!is_part(r) || held_already(r, documented))
        return false;
    its = table && table->fresh ? strongest(table->locks) : NULL;
    return effects_compare_locks(own, "ROW EXCLUSIVE") <= 0 || effects_compare_locks(own, its) <= 0;
}

static void report(struct effects *out, struct look *l, const struct seen_relation *r, const char *tag,
                   const struct effects *documented, struct arena *a)
{
    static const char *const rows[] = { "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", NULL };
    static const char *const code[] = { "DO", "CALL", "SELECT", NULL };
    static const char *const empties[] = { "TRUNCATE", NULL };
    const char *lock = strongest(r->new_locks), *held = held_already(r, documented);
    /* A new empty file, and its indexes made anew. */
    bool emptied = tag_is(tag, empties), rewrites = r->rewritten && r->kind != 'S' && !emptied;
    bool scans = r->scanned && !is_part(r) && !emptied;
    struct effect *f;

    lock = effects_compare_locks(held, lock) > 0 ? held : lock;
    /* What the statement has just made nobody else has. */
    if (r->made || (!lock && !rewrites && !scans) || goes_with_table(l, r, documented))
        return;
    f = arena_push(a, out);
    f->schema = arena_string(a, r->was_schema);
    f->relation = arena_string(a, r->was_name);
    f->lock = lock;
    f->rewrites = rewrites;
    f->scans = scans;
    /* Whether a query reads a table through is for the planner to say, by how large it is. Code may have emptied it. */
    f->may = (f->scans && tag_is(tag, rows)) || ((f->scans || rewrites) && tag_is(tag, code));
}

bool look_again(struct effects *out, struct look *l, const char *tag, const struct effects *documented, struct arena *a,
                struct err *e)
{
    PGresult *r;

    *out = (struct effects) { .known = true, .observed = true, .us = -1 };
    if (!pg_query(&r, l->pg, look_sql, NULL, e))
        return false;
    for (size_t i = 0; i < l->len; i++)
        l->at[i].fresh = false;
    for (int i = 0; i < PQntuples(r); i++)
        take_look(l, r, i);
    PQclear(r);
    for (size_t i = 0; i < l->len; i++)
        if (l->at[i].fresh)
            report(out, l, &l->at[i], tag, documented, a);
    return true;
}
