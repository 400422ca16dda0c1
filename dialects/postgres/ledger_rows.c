/* Reading and writing rows outside of migrations. */
#include "dialects/postgres/lease.h"
#include "dialects/postgres/retry.h"
#include "dialects/postgres/rows.h"

/* timestamptz and timestamp of pg_type */
enum { OID_TIMESTAMP = 1114, OID_TIMESTAMPTZ = 1184 };

/* "2024-03-20 12:30:00.5+00" as RFC 3339. Infinities and years BC stay as they are. */
static struct text rfc3339(struct arena *a, struct text shown)
{
    char *at;

    if (shown.len < 19 || shown.at[10] != ' ' || text_ends(shown, "BC"))
        return shown;
    if (text_ends(shown, "+00"))
        shown.len -= 3;
    at = arena_alloc(a, shown.len + 2);
    memcpy(at, shown.at, shown.len);
    at[10] = 'T';
    at[shown.len] = 'Z';
    return (struct text) { at, shown.len + 1 };
}

static void select_sql(struct buf *sql, const struct pg *pg, const struct row_query *q)
{
    /* Local settings: the text of a time depends on the session's. A policy that hides rows from this user would have
     * applied versions look pending: then it is an error. */
    pg_begin(sql, pg, "READ ONLY");
    buf_string(sql, "SET LOCAL TimeZone = 'UTC';SET LOCAL DateStyle = 'ISO, YMD';SET LOCAL row_security = off;SELECT ");
    for (size_t i = 0; i < q->n; i++) {
        buf_string(sql, i ? ", " : "");
        pg_name(sql, q->columns[i]);
    }
    buf_string(sql, " FROM ");
    pg_table(sql, q->table);
    if (q->where.column) {
        buf_string(sql, " WHERE ");
        pg_name(sql, q->where.column);
        buf_string(sql, q->where.kind == CELL_NULL ? " IS NULL" : " = ");
        if (q->where.kind != CELL_NULL)
            pg_literal(sql, pg, q->where.text);
    }
    if (q->order_by) {
        buf_string(sql, " ORDER BY ");
        pg_name(sql, q->order_by);
        buf_string(sql, q->descending ? " DESC" : "");
    }
    if (q->limit)
        buf_printf(sql, " LIMIT %llu", (unsigned long long)q->limit);
    buf_string(sql, ";COMMIT");
}

static void release(void *r)
{
    PQclear(r);
}

/* The cells stay where libpq has put them: a long history is not copied. */
static void take_rows(struct rows *out, PGresult *r, struct arena *a)
{
    arena_own(a, r, release);
    out->len = (size_t)PQntuples(r);
    out->width = (size_t)PQnfields(r);
    out->cells = arena_make(a, struct text, out->len * out->width);
    for (size_t column = 0; column < out->width; column++) {
        Oid type = PQftype(r, (int)column);
        bool is_time = type == OID_TIMESTAMP || type == OID_TIMESTAMPTZ;

        for (size_t row = 0; row < out->len; row++) {
            struct text *cell = &out->cells[row * out->width + column];

            if (PQgetisnull(r, (int)row, (int)column))
                continue;
            *cell =
                (struct text) { PQgetvalue(r, (int)row, (int)column), (size_t)PQgetlength(r, (int)row, (int)column) };
            if (is_time)
                *cell = rfc3339(a, *cell);
        }
    }
}

bool postgres_rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    PGresult *r;
    bool ok;

    *out = (struct rows) { 0 };
    if (!pg_restore(pg, e))
        return false;
    select_sql(&sql, pg, q);
    ok = pg_query(&r, pg, buf_cstr(&sql), NULL, e);
    if (ok)
        take_rows(out, r, a);
    return ok;
}

/* One string; owner[i] is the change that its ith statement belongs to, n for BEGIN, lock and COMMIT. */
static void write_sql(struct buf *sql, size_t *owner, size_t *nowner, const struct pg *pg,
                      const struct row_change *changes, size_t n, struct arena *a)
{
    int64_t key;

    for (size_t i = pg_begin(sql, pg, PG_WRITING); i > 0; i--)
        owner[(*nowner)++] = n;
    if (!pg->options.lease && rows_lock_key(&key, changes, n)) {
        buf_printf(sql, "%s;", rows_lock_sql(key, a));
        owner[(*nowner)++] = n;
    }
    for (size_t i = 0; i < n; i++) {
        struct rows_sql change = rows_sql_open(pg, true, NULL, a);

        if (changes[i].kind == ROW_INSERT || changes[i].kind == ROW_DELETE) {
            struct rows_sql check = rows_sql_open(pg, true, NULL, a);

            rows_check_before(&check, &changes[i], 1);
            buf_text(sql, buf_content(&check.sql));
            buf_char(sql, ';');
            owner[(*nowner)++] = i;
        }
        rows_change(&change, &changes[i], 1);
        buf_text(sql, buf_content(&change.sql));
        buf_char(sql, ';');
        owner[(*nowner)++] = i;
    }
    buf_string(sql, "COMMIT");
}

struct writing {
    const char *sql;
    size_t failed_at;
};

static bool write_once(void *to, struct retry *r, struct err *e)
{
    struct writing *w = to;
    PGresult *result;
    bool ok = pg_query(&result, r->pg, w->sql, &w->failed_at, e);

    PQclear(result);
    return ok;
}

/* All was sent at once, its COMMIT too: what became of it is only known where the server said, before that, that it
 * ends the session. */
static bool lost(bool before_commit, struct err *e)
{
    struct err why = *e;

    if (before_commit && strcmp(why.sqlstate, "57P01") == 0)
        return false;
    err_plain(e, ERR_UNKNOWN_OUTCOME, "the connection was lost while rows were written: %s", why.message);
    return err_hint(e, "ask again when the server answers: `merganser status`");
}

/* owner[i] is the change that the ith statement belongs to, n for none. */
static bool write_all(struct pg *pg, const struct row_change *changes, size_t n, const size_t *owner, size_t nowner,
                      const char *sql, struct err *e)
{
    struct writing w = { .sql = sql };
    struct retry r;
    bool own;

    if (retry_run(&r, pg, NULL, write_once, &w, e))
        return true;
    if (pg_lost(pg))
        return lost(w.failed_at < nowner, e);
    if (w.failed_at >= nowner)
        return false;
    own = owner[w.failed_at] < n;
    /* division_by_zero: a check. unique_violation: another one's row came between. */
    if (strcmp(e->sqlstate, "22012") == 0 || (strcmp(e->sqlstate, "23505") == 0 && own))
        return own ? rows_moved(e, &changes[owner[w.failed_at]], 1) : rows_busy(e, changes[0].table);
    return false;
}

bool postgres_rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    size_t *owner, nowner = 0;
    bool ok;

    pg->uninterrupted = true;
    ok = (!pg_lost(pg) || pg_error_lost(e, pg, NULL)) && pg_restore(pg, e);
    if (ok) {
        changes = lease_fenced(pg, changes, &n, a);
        owner = arena_make(a, size_t, 2 * n + 3 + pg->nlocal);
        write_sql(&sql, owner, &nowner, pg, changes, n, a);
        ok = write_all(pg, changes, n, owner, nowner, buf_cstr(&sql), e);
    }
    if (!ok)
        lease_explain(pg, e);
    pg->uninterrupted = false;
    arena_close(a);
    return ok;
}
