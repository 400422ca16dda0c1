#include "dialects/postgres/schema.h"

#include "core/base/interrupt.h"

enum { TRIES = 10, PAUSE_MS = 20 };

/* What the text of an expression depends on, and what would only cost time. */
static const struct {
    const char *name, *value;
} settings[] = {
    { "search_path", "pg_catalog, pg_temp" }, /* all other names are qualified, and no temporary table is in the way */
    { "DateStyle", "ISO, YMD" },
    { "IntervalStyle", "postgres" },
    { "TimeZone", "UTC" },
    { "lc_monetary", "C" },
    { "extra_float_digits", "3" },
    { "bytea_output", "hex" },
    { "standard_conforming_strings", "on" },
    { "quote_all_identifiers", "off" },
    { "jit", "off" },
    { "max_parallel_workers_per_gather", "0" },
    /* Whole catalogs are read: what the planner believes of their sizes, often never analyzed, would cost more. */
    { "enable_nestloop", "off" },
    { "enable_mergejoin", "off" },
    { "join_collapse_limit", "1" },
};

/* The questions of one description, in their order. */
struct asked {
    const struct schema_query *at[128];
    size_t len;
};

/* ---- SQL ---- */

/* Behind the closing brace of what begins behind an opening one; *middle is the first that stands in no other brace. */
static const char *choice_end(const char *at, const char **middle)
{
    int depth = 1;

    for (*middle = NULL; *at && depth; at++) {
        depth += (*at == '{') - (*at == '}');
        if (*at == ';' && depth == 1 && !*middle)
            *middle = at;
    }
    return at;
}

/* Adds a question's text as that version of the server has it. */
static void add_sql(struct buf *out, const char *from, const char *to, int server)
{
    while (from < to) {
        const char *one, *middle, *end;
        uint64_t since = 0;

        if (*from != '{') {
            size_t plain = strcspn(from, "{");

            plain = plain < (size_t)(to - from) ? plain : (size_t)(to - from);
            buf_add(out, from, plain);
            from += plain;
            continue;
        }
        one = strchr(from, '?') + 1;
        end = choice_end(one, &middle);
        text_to_u64((struct text) { from + 1, (size_t)(one - from) - 2 }, &since);
        if ((uint64_t)server >= since)
            add_sql(out, one, middle, server);
        else
            add_sql(out, middle + 1, end - 1, server);
        from = end;
    }
}

/* The transaction, the tables to be without while names are still found as the user finds them, and which of the rare
 * catalogs hold anything. *before is how many results come before that of the tables. */
static const char *opening(struct schema_reading *s, const struct schema_query *const *all, size_t *before)
{
    struct buf sql = buf_open(s->arena, SIZE_MAX / 2);

    *before = pg_begin(&sql, s->pg, "ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    buf_string(&sql, "SELECT 0");
    for (size_t i = 0; i < s->request->nwithout; i++) {
        buf_string(&sql, ", ");
        pg_table_oid(&sql, s->pg, s->request->without[i]);
        buf_string(&sql, "::pg_catalog.oid");
    }
    buf_string(&sql, "; SELECT 0");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        buf_printf(&sql, ", pg_catalog.set_config('%s', '%s', true)", settings[i].name, settings[i].value);
    buf_string(&sql, "; SELECT 0");
    for (; *all; all++)
        for (const struct schema_query *q = *all; q->sql; q++)
            if (q->rare)
                buf_printf(&sql, ", EXISTS (SELECT FROM %s)", q->rare);
    return buf_cstr(&sql);
}

static const char *questions(const struct schema_reading *s, const struct asked *asked)
{
    struct buf sql = buf_open(s->arena, SIZE_MAX / 2);

    for (size_t i = 0; i < asked->len; i++) {
        add_sql(&sql, asked->at[i]->sql, asked->at[i]->sql + strlen(asked->at[i]->sql), s->pg->db.info.version);
        buf_char(&sql, ';');
    }
    buf_string(&sql, "COMMIT");
    return buf_cstr(&sql);
}

/* ---- answers ---- */

struct answers {
    struct schema_reading *s;
    struct asked *asked;
    const struct schema_query *const *all;
    size_t before; /* results that say nothing */
};

typedef void take_answer(struct answers *to, size_t nth, const PGresult *r);

/* What was asked for stands in the rows: the tables to be without, then which rare catalogs are in use. */
static void take_opening(struct answers *to, size_t nth, const PGresult *r)
{
    struct schema_reading *s = to->s;
    int column = 1;

    if (nth == to->before)
        for (size_t i = 0; i < s->request->nwithout; i++)
            s->without[i] = schema_key(CLASS_RELATION, r, 0, (int)i + 1);
    if (nth != to->before + 2)
        return;
    for (const struct schema_query *const *all = to->all; *all; all++)
        for (const struct schema_query *q = *all; q->sql; q++)
            if ((!q->rare || schema_flag(r, 0, column++)) && s->pg->db.info.version >= q->since)
                to->asked->at[to->asked->len++] = q;
}

static void take_rows(struct answers *to, size_t nth, const PGresult *r)
{
    const struct schema_query *q = nth < to->asked->len ? to->asked->at[nth] : NULL;

    for (int row = 0; q && row < PQntuples(r); row++)
        q->take(to->s, q->class, q->of, r, row);
}

/* Sends it and takes every result. False: nothing is open. */
static bool ask(struct answers *to, const char *sql, take_answer *take, struct err *e)
{
    struct pg *pg = to->s->pg;
    bool ok = true;
    size_t nth = 0;

    if (!pg_send(pg, sql, e))
        return false;
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (ok && pg_failed(r))
            ok = pg_error(e, pg, ERR_DATABASE, r);
        else if (ok)
            take(to, nth++, r);
        PQclear(r);
    }
    if (pg_lost(pg))
        return ok ? pg_error_lost(e, pg, NULL) : false;
    if (!ok)
        pg_rollback(pg);
    return ok;
}

/* ---- the description ---- */

static bool is_without(const struct schema_reading *s, const struct known *k)
{
    for (size_t i = 0; i < s->request->nwithout; i++)
        if (s->without[i] && (s->without[i] == k->key || s->without[i] == k->whole))
            return true;
    return false;
}

/* The schema in which the table lies, where that holds tables to be without and nothing else; NULL where it holds more.
 * The one that every database has is never that. */
static struct known *only_for_them(const struct schema_reading *s, const struct known *table)
{
    struct known *schema = NULL;

    if (!table || strcmp(table->object.schema, "public") == 0)
        return NULL;
    for (size_t i = 0; i < s->known.len; i++) {
        struct known *k = &s->known.at[i];

        if (!k->listed || !k->object.schema || strcmp(k->object.schema, table->object.schema) != 0)
            continue;
        if (k->key >> OID_BITS == CLASS_SCHEMA)
            schema = k;
        else if (k->whole >> OID_BITS != CLASS_SCHEMA && !is_without(s, k))
            return NULL;
    }
    return schema;
}

static void leave_out_schemas(struct schema_reading *s)
{
    for (size_t i = 0; i < s->request->nwithout; i++) {
        struct known *schema = only_for_them(s, schema_known(s, s->without[i]));

        for (size_t k = 0; schema && k < s->known.len; k++)
            if (s->known.at[k].key == schema->key || s->known.at[k].whole == schema->key)
                s->known.at[k].listed = false;
    }
}

static void give(struct schema *out, struct schema_reading *s, struct arena *a)
{
    schema_take_settle(s);
    leave_out_schemas(s);
    *out = (struct schema) { 0 };
    for (size_t i = 0; i < s->known.len; i++)
        if (s->known.at[i].listed && !is_without(s, &s->known.at[i]))
            *arena_push(a, out) = s->known.at[i].object;
    schema_sort(out);
}

static bool attempt(struct schema *out, struct pg *pg, const struct schema_request *r, struct arena *a, struct err *e)
{
    static const struct schema_query none[] = { { 0 } };
    const struct schema_query *const all[] = { schema_tables,
                                               schema_indexes,
                                               schema_kinds,
                                               schema_notes,
                                               r->owners ? schema_owners : none,
                                               r->grants ? schema_grants : none,
                                               NULL };
    struct schema_reading s = { .pg = pg, .request = r, .arena = a };
    struct asked asked = { .len = 0 };
    struct answers to = { .s = &s, .asked = &asked, .all = all };
    const char *sql = opening(&s, all, &to.before);

    s.without = arena_make(a, uint64_t, r->nwithout + 1);
    if (!ask(&to, sql, take_opening, e) || !ask(&to, questions(&s, &asked), take_rows, e))
        return false;
    give(out, &s, a);
    return true;
}

/* The functions that print a definition look at the catalog as it is now, not as the transaction sees it: what another
 * session has dropped meanwhile is an internal error to them. */
static bool has_moved(const struct err *e)
{
    static const char *const states[] = { "XX000", "42P01", "42704", "42883", "40001", "40P01", NULL };

    for (size_t i = 0; states[i]; i++)
        if (strcmp(e->sqlstate, states[i]) == 0)
            return true;
    return false;
}

bool postgres_schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e)
{
    struct pg *pg = (struct pg *)db;

    if (!pg_restore(pg, e))
        return false;
    for (int tries = 1;; tries++) {
        if (attempt(out, pg, r, a, e))
            return true;
        if (tries == TRIES || pg_lost(pg) || !has_moved(e))
            return err_is_stop(e->kind) ? false : err_prefix(e, "can't describe the schema: ");
        if (!interrupt_pause(PAUSE_MS * tries, e))
            return false;
    }
}
