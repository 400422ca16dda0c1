#include "dialects/postgres/concurrent.h"

#include "dialects/postgres/watch.h"

/* One row of what is looked at: an invalid index of the tables concerned, or the one that the statement names. */
enum { INDEX_OID, INDEX_NAME, INDEX_BARE, INDEX_VALID, INDEX_NAMED, INDEX_TABLE };

static const char *relation_oid(const struct pg *pg, struct table_name name, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    pg_table_oid(&out, pg, name);
    return buf_cstr(&out);
}

static const char *literal(const struct pg *pg, struct text value, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    pg_literal(&out, pg, value);
    return buf_cstr(&out);
}

const char *concurrent_tables_sql(const struct pg *pg, const struct concurrent *c, struct arena *a)
{
    const char *oid = c->scope < SCOPE_SCHEMA ? relation_oid(pg, c->relation, a) : NULL;

    switch (c->scope) {
    case SCOPE_INDEX:
        return arena_printf(a,
                            "SELECT i.indrelid AS oid FROM pg_catalog.pg_index i WHERE i.indexrelid = %s"
                            " OR i.indexrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(%s))",
                            oid, oid);
    case SCOPE_TABLE:
        return arena_printf(a, "SELECT %s AS oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(%s)", oid, oid);
    case SCOPE_SCHEMA:
        return arena_printf(a,
                            "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                            " ON n.oid = c.relnamespace WHERE n.nspname = %s",
                            literal(pg, text_from(c->relation.table), a));
    default:
        return "SELECT c.oid FROM pg_catalog.pg_class c";
    }
}

/* An index that the server named is known by what it is: the server itself says how it would write that. Made on an
 * empty copy of the table, in a transaction that is rolled back. */
static bool definition_ask(const char **out, struct pg *pg, const struct concurrent *c, struct text sql,
                           struct arena *a, struct err *e)
{
    static const char probe[] = "pg_temp.merganser_probe";
    struct buf table = buf_open(a, SIZE_MAX / 2), ask = buf_open(a, SIZE_MAX / 2);
    PGresult *r;

    pg_table(&table, c->relation);
    buf_printf(&ask, "BEGIN; CREATE TEMPORARY TABLE merganser_probe (LIKE %s);", buf_cstr(&table));
    buf_text(&ask, text_cut(sql, 0, c->word_from));
    buf_text(&ask, text_cut(sql, c->word_to, c->relation_from));
    buf_string(&ask, probe);
    buf_text(&ask, text_cut(sql, c->relation_to, sql.len));
    buf_printf(&ask,
               ";\nSELECT pg_catalog.substr(d, pg_catalog.strpos(d, ' USING ')), i.indisunique"
               " FROM pg_catalog.pg_index i, pg_catalog.pg_get_indexdef(i.indexrelid) d"
               " WHERE i.indrelid = '%s'::pg_catalog.regclass; ROLLBACK",
               probe);
    *out = NULL;
    if (!pg_query(&r, pg, buf_cstr(&ask), NULL, e))
        return !pg_lost(pg);
    if (PQntuples(r) == 1)
        *out = arena_printf(a,
                            "i.indrelid = %s AND i.indisunique = '%s' AND pg_catalog.right(pg_catalog.pg_get_indexdef("
                            "i.indexrelid), %zu) = %s",
                            relation_oid(pg, c->relation, a), PQgetvalue(r, 0, 1),
                            text_chars(text_from(PQgetvalue(r, 0, 0))), literal(pg, text_from(PQgetvalue(r, 0, 0)), a));
    PQclear(r);
    return true;
}

/* A condition for i, a row of pg_index: it is the one that the statement is about. NULL: there is no way to say it. */
static bool named_sql(const char **out, struct pg *pg, const struct concurrent *c, struct text sql, struct arena *a,
                      struct err *e)
{
    const char *oid = c->scope < SCOPE_SCHEMA ? relation_oid(pg, c->relation, a) : NULL;

    if (c->scope == SCOPE_INDEX)
        *out = arena_printf(a, "i.indexrelid = %s", oid);
    else if (c->kind != CONCURRENT_CREATE)
        *out = "false";
    else if (c->index)
        *out = arena_printf(a,
                            "i.indexrelid = (SELECT k.oid FROM pg_catalog.pg_class k JOIN pg_catalog.pg_class t"
                            " ON t.relnamespace = k.relnamespace WHERE k.relname = %s AND t.oid = %s)",
                            literal(pg, text_from(c->index), a), oid);
    else
        return definition_ask(out, pg, c, sql, a, e);
    return true;
}

static bool indexes_ask(PGresult **out, struct pg *pg, const char *tables, const char *named, struct arena *a,
                        struct err *e)
{
    return pg_query(
        out, pg,
        arena_printf(a,
                     "WITH s AS (%s), b AS (SELECT oid FROM s UNION SELECT t.reltoastrelid"
                     "  FROM pg_catalog.pg_class t JOIN s ON t.oid = s.oid)"
                     " SELECT i.indexrelid, pg_catalog.quote_ident(n.nspname) || '.' ||"
                     "  pg_catalog.quote_ident(c.relname), c.relname, " PG_INDEX_VALID ", coalesce(%s, false),"
                     "  i.indrelid IN (SELECT oid FROM b)"
                     " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
                     "  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                     " WHERE %s OR (i.indrelid IN (SELECT oid FROM b) AND NOT " PG_INDEX_VALID " AND NOT EXISTS (SELECT"
                     "  FROM pg_catalog.pg_stat_progress_create_index p"
                     "  WHERE p.index_relid = i.indexrelid AND p.datname = pg_catalog.current_database())) ORDER BY 2",
                     tables, named, named),
        NULL, e);
}

static bool is_true(const PGresult *r, int row, int column)
{
    return *PQgetvalue(r, row, column) == 't';
}

static void remain_add(struct concurrent_remains *out, const PGresult *r, int row, struct arena *a)
{
    struct concurrent_remain *remain = arena_push(a, out);

    remain->name = arena_string(a, PQgetvalue(r, row, INDEX_NAME));
    text_to_u64(text_from(PQgetvalue(r, row, INDEX_OID)), &remain->oid);
}

bool concurrent_invalid(struct concurrent_remains *out, struct pg *pg, const struct concurrent *c, struct arena *a,
                        struct err *e)
{
    PGresult *r;

    *out = (struct concurrent_remains) { 0 };
    if (!indexes_ask(&r, pg, concurrent_tables_sql(pg, c, a), "false", a, e))
        return false;
    for (int i = 0; i < PQntuples(r); i++)
        remain_add(out, r, i, a);
    PQclear(r);
    return true;
}

/* What REINDEX CONCURRENTLY leaves is called as the index with this behind it, and perhaps a number. */
static bool is_leftover(struct text bare, struct text index)
{
    size_t at;

    while (bare.len && text_is_digit(bare.at[bare.len - 1]))
        bare.len--;
    if (!text_ends(bare, "_ccnew") && !text_ends(bare, "_ccold"))
        return false;
    at = bare.len - strlen("_ccnew");
    /* The server cuts a name that would be too long. */
    return at <= index.len && text_equal(text_cut(bare, 0, at), text_cut(index, 0, at));
}

static void reindex_found(struct concurrent_found *out, const PGresult *r, const struct concurrent *c, struct arena *a)
{
    for (int i = 0; i < PQntuples(r); i++) {
        struct text bare = text_from(PQgetvalue(r, i, INDEX_BARE));
        struct text index = c->scope == SCOPE_INDEX ? text_from(c->relation.table) : bare;

        if (!is_true(r, i, INDEX_VALID) && is_leftover(bare, index))
            remain_add(&out->remains, r, i, a);
    }
    out->state = out->remains.len ? CONCURRENT_REMAINS : CONCURRENT_UNCLEAR;
    out->why = out->remains.len
                   ? arena_printf(a, "the index %s, which a REINDEX left, is invalid", out->remains.at[0].name)
                   : "a REINDEX that has ended leaves no trace; it can run again";
}

/* The index that the statement names, or describes. */
static void index_found(struct concurrent_found *out, const PGresult *r, struct arena *a)
{
    size_t valid = 0;

    for (int i = 0; i < PQntuples(r); i++) {
        if (!is_true(r, i, INDEX_NAMED))
            continue;
        out->object = arena_string(a, PQgetvalue(r, i, INDEX_NAME));
        if (!is_true(r, i, INDEX_VALID)) {
            remain_add(&out->remains, r, i, a);
            continue;
        }
        valid++;
        out->elsewhere = !is_true(r, i, INDEX_TABLE);
    }
    if (valid) {
        out->state = CONCURRENT_DONE;
        out->remains.len = 0;
        out->why = arena_printf(a, "the index %s exists and is valid", out->object);
    } else if (out->remains.len > 1) {
        out->state = CONCURRENT_UNCLEAR;
        out->why = arena_printf(a, "the indexes %s and %s are both invalid, and each may be the one",
                                out->remains.at[0].name, out->remains.at[1].name);
    } else if (out->remains.len) {
        out->state = CONCURRENT_REMAINS;
        out->why = arena_printf(a, "the index %s exists and is invalid", out->object);
    } else {
        out->state = CONCURRENT_NOT_DONE;
        out->why = arena_printf(a, "there is no index %s", out->object);
    }
}

static bool detach_find(struct concurrent_found *out, struct pg *pg, const struct concurrent *c, struct arena *a,
                        struct err *e)
{
    const char *sql = arena_printf(a,
                                   "SELECT (SELECT inhdetachpending FROM pg_catalog.pg_inherits"
                                   " WHERE inhparent = %s AND inhrelid = k.oid) FROM (SELECT %s AS oid) k"
                                   " WHERE k.oid IS NOT NULL",
                                   relation_oid(pg, c->relation, a), relation_oid(pg, c->partition, a));
    PGresult *r;

    if (!pg_query(&r, pg, sql, NULL, e))
        return false;
    if (!PQntuples(r)) {
        out->state = CONCURRENT_UNCLEAR;
        out->why = arena_printf(a, "there is no table %s", out->object);
    } else if (PQgetisnull(r, 0, 0)) {
        out->state = CONCURRENT_DONE;
        out->why = arena_printf(a, "%s is no partition of %s", out->object, c->relation.table);
    } else if (is_true(r, 0, 0)) {
        out->state = CONCURRENT_REMAINS;
        out->why = arena_printf(a, "detaching the partition %s is pending", out->object);
    } else {
        out->state = CONCURRENT_NOT_DONE;
        out->why = arena_printf(a, "%s is a partition of %s", out->object, c->relation.table);
    }
    PQclear(r);
    return true;
}

/* Others that are at it now: a build that the server shows, and a session that runs this very text, which is how the
 * server goes on with what a killed run has sent. */
static bool builders_ask(struct db_sessions *out, struct pg *pg, const struct concurrent *c, struct text sql,
                         const char *tables, const char *named, struct arena *a)
{
    const char *text = literal(pg, sql, a), *build = "false";
    struct err ignored;
    PGresult *r;

    if (c->kind == CONCURRENT_CREATE && c->index)
        build = arena_printf(a, "EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = p.index_relid AND %s)",
                             named);
    else if (c->kind == CONCURRENT_REINDEX)
        build = arena_printf(a, "p.command = 'REINDEX CONCURRENTLY' AND p.relid IN (%s)", tables);
    if (!pg_query(&r, pg,
                  arena_printf(
                      a,
                      "SELECT " WATCH_COLUMNS(
                          "a.pid") " FROM pg_catalog.pg_stat_activity a"
                                   " LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.pid = a.pid"
                                   " WHERE a.pid <> pg_catalog.pg_backend_pid()"
                                   " AND a.datname = pg_catalog.current_database() AND ((%s) OR (a.state = 'active'"
                                   "  AND pg_catalog.starts_with(%s, a.query) AND pg_catalog.octet_length(a.query) >="
                                   "  least(pg_catalog.octet_length(%s), pg_catalog.pg_size_bytes("
                                   "   pg_catalog.current_setting('track_activity_query_size')) - 4)))",
                      build, text, text),
                  NULL, &ignored))
        return !pg_lost(pg);
    watch_sessions_add(out, pg, r, 0, a);
    PQclear(r);
    return true;
}

const char *concurrent_object(const struct concurrent *c, struct arena *a)
{
    struct table_name name = c->kind == CONCURRENT_DETACH ? c->partition : c->relation;
    struct buf out = buf_open(a, SIZE_MAX / 2);

    if (c->kind != CONCURRENT_CREATE || !c->index) {
        if (c->kind == CONCURRENT_CREATE)
            buf_string(&out, "on ");
        if (name.schema)
            buf_printf(&out, "%s.", text_shown(a, text_from(name.schema)));
        buf_string(&out, name.table ? text_shown(a, text_from(name.table)) : "the database");
        return buf_cstr(&out);
    }
    return text_shown(a, text_from(c->index));
}

bool concurrent_find(struct concurrent_found *out, struct pg *pg, const struct concurrent *c, struct text sql,
                     struct arena *a, struct err *e)
{
    const char *tables = concurrent_tables_sql(pg, c, a), *named;
    PGresult *r;

    *out = (struct concurrent_found) { .object = concurrent_object(c, a) };
    if (!named_sql(&named, pg, c, sql, a, e))
        return false;
    if (!builders_ask(&out->builders, pg, c, sql, tables, named ? named : "false", a))
        return pg_error_lost(e, pg, NULL);
    if (c->kind == CONCURRENT_DETACH) {
        if (!detach_find(out, pg, c, a, e))
            return false;
    } else if (!named) {
        out->state = CONCURRENT_UNCLEAR;
        out->why = "the index has no name, and the server did not say how it would write it";
    } else {
        if (!indexes_ask(&r, pg, tables, named, a, e))
            return false;
        if (c->kind == CONCURRENT_REINDEX)
            reindex_found(out, r, c, a);
        else
            index_found(out, r, a);
        PQclear(r);
    }
    if (c->kind == CONCURRENT_DROP && (out->state == CONCURRENT_DONE || out->state == CONCURRENT_NOT_DONE))
        out->state = out->state == CONCURRENT_DONE ? CONCURRENT_NOT_DONE : CONCURRENT_DONE;
    if (out->builders.len) {
        out->state = CONCURRENT_UNDER_WAY;
        out->why = arena_printf(a, "another session is at it: %s", db_session_words(&out->builders.at[0], a));
    }
    return true;
}
