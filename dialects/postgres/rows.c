#include "dialects/postgres/rows.h"

struct rows_sql rows_sql_open(const struct pg *pg, bool placed, const char *started, struct arena *a)
{
    return (struct rows_sql) { .pg = pg,
                               .sql = buf_open(a, SIZE_MAX / 2),
                               .arguments = buf_open(a, SIZE_MAX / 2),
                               .placed = placed,
                               .started = started };
}

/* What is the same from row to row is not sent again and again: it is part of the statement. When the unit began is
 * not: a script that begins again makes it a text of its own, and the statement has to stay the same. */
static bool is_argument(const struct rows_sql *out, const struct cell *c)
{
    return !out->placed && !c->constant && c->kind != CELL_NULL && c->kind != CELL_NOW;
}

static void value(struct rows_sql *out, const struct cell *c)
{
    struct buf *to = is_argument(out, c) ? &out->arguments : &out->sql;

    if (is_argument(out, c)) {
        buf_printf(&out->sql, "$%u", ++out->parameters);
        buf_string(to, out->arguments.len ? ", " : "");
    }
    switch (c->kind) {
    case CELL_NULL:
        buf_string(to, "NULL");
        break;
    case CELL_TEXT:
    case CELL_INTEGER:
        pg_literal(to, out->pg, c->text);
        break;
    case CELL_WAITED:
        buf_printf(to, "%lld", (long long)out->waited_ms);
        break;
    case CELL_ATTEMPTS:
        buf_printf(to, "%u", out->attempts);
        break;
    case CELL_STARTED:
        if (out->started)
            pg_literal(to, out->pg, text_from(out->started));
        else
            buf_string(to, "pg_catalog.transaction_timestamp()");
        break;
    case CELL_NOW:
        buf_string(to, "pg_catalog.clock_timestamp()");
        break;
    }
}

static void keys_are(struct rows_sql *out, const struct row_change *change)
{
    bool first = true;

    for (size_t i = 0; i < change->len; i++) {
        if (!change->cells[i].key)
            continue;
        buf_string(&out->sql, first ? "" : " AND ");
        pg_name(&out->sql, change->cells[i].column);
        if (change->cells[i].kind == CELL_NULL) {
            buf_string(&out->sql, " IS NULL");
        } else {
            buf_string(&out->sql, " = ");
            value(out, &change->cells[i]);
        }
        first = false;
    }
    buf_string(&out->sql, first ? "false" : "");
}

static void where_keys(struct rows_sql *out, const struct row_change *change)
{
    buf_string(&out->sql, " WHERE ");
    keys_are(out, change);
}

static void count(struct rows_sql *out, const struct row_change *change)
{
    buf_string(&out->sql, "(SELECT pg_catalog.count(*) FROM ");
    pg_table(&out->sql, change->table);
    where_keys(out, change);
    buf_char(&out->sql, ')');
}

void rows_check_before(struct rows_sql *out, const struct row_change *changes, size_t n)
{
    buf_string(&out->sql, "SELECT ");
    if (!out->placed || out->marked)
        buf_string(&out->sql, "pg_catalog.set_config('merganser.xid', pg_catalog.pg_current_xact_id()::text, true), ");
    buf_string(&out->sql, "1/(true");
    for (size_t i = 0; i < n; i++) {
        bool absent = changes[i].kind == ROW_INSERT || changes[i].kind == ROW_EXPECT;

        if (!absent && changes[i].kind != ROW_DELETE && changes[i].kind != ROW_EXPECT_GONE)
            continue;
        buf_string(&out->sql, " AND ");
        count(out, &changes[i]);
        buf_string(&out->sql, absent ? " = 0" : " = 1");
    }
    buf_string(&out->sql, ")::int");
}

static void insert(struct rows_sql *out, const struct row_change *change)
{
    buf_string(&out->sql, "INSERT INTO ");
    pg_table(&out->sql, change->table);
    for (size_t i = 0; i < change->len; i++) {
        buf_string(&out->sql, i ? ", " : " (");
        pg_name(&out->sql, change->cells[i].column);
    }
    for (size_t i = 0; i < change->len; i++) {
        buf_string(&out->sql, i ? ", " : ") VALUES (");
        value(out, &change->cells[i]);
    }
    buf_char(&out->sql, ')');
}

static void update(struct rows_sql *out, const struct row_change *change)
{
    bool first = true;

    buf_string(&out->sql, "UPDATE ");
    pg_table(&out->sql, change->table);
    buf_string(&out->sql, " SET ");
    for (size_t i = 0; i < change->len; i++) {
        if (change->cells[i].key)
            continue;
        buf_string(&out->sql, first ? "" : ", ");
        pg_name(&out->sql, change->cells[i].column);
        buf_string(&out->sql, " = ");
        value(out, &change->cells[i]);
        first = false;
    }
    where_keys(out, change);
}

/* False for changes that send nothing. */
static bool change_sql(struct rows_sql *out, const struct row_change *change, size_t i)
{
    if (change->kind == ROW_EXPECT || change->kind == ROW_EXPECT_GONE)
        return false;
    buf_printf(&out->sql, "c%zu AS (", i);
    if (change->kind == ROW_UPDATE) {
        update(out, change);
    } else if (change->kind == ROW_DELETE) {
        buf_string(&out->sql, "DELETE FROM ");
        pg_table(&out->sql, change->table);
        where_keys(out, change);
    } else {
        insert(out, change);
    }
    buf_string(&out->sql, " RETURNING ");
    /* A trigger may have made another row of it. */
    if (change->kind == ROW_INSERT)
        keys_are(out, change);
    else
        buf_string(&out->sql, "true");
    buf_string(&out->sql, " AS kept)");
    return true;
}

void rows_change(struct rows_sql *out, const struct row_change *changes, size_t n)
{
    size_t before = out->sql.len;

    out->parameters = 1;
    for (size_t i = 0; i < n; i++) {
        if (changes[i].kind == ROW_EXPECT || changes[i].kind == ROW_EXPECT_GONE)
            continue;
        buf_string(&out->sql, out->sql.len > before ? ", " : "WITH ");
        change_sql(out, &changes[i], i);
    }
    buf_string(&out->sql, out->sql.len > before ? " SELECT 1/(" : "SELECT 1/(");
    if (out->placed && !out->marked)
        buf_string(&out->sql, "true");
    else
        buf_printf(&out->sql, "coalesce(%s, '') = pg_catalog.pg_current_xact_id()::text",
                   out->placed ? "pg_catalog.current_setting('merganser.xid', true)" : "$1::text");
    for (size_t i = 0; i < n; i++) {
        if (changes[i].kind == ROW_APPEND)
            continue;
        buf_string(&out->sql, " AND ");
        if (changes[i].kind == ROW_EXPECT || changes[i].kind == ROW_EXPECT_GONE)
            count(out, &changes[i]);
        else
            buf_printf(&out->sql, "(SELECT pg_catalog.count(*) FROM c%zu WHERE kept)", i);
        buf_string(&out->sql, changes[i].kind == ROW_EXPECT_GONE ? " = 0" : " = 1");
    }
    buf_string(&out->sql, ")::int");
}

static bool is_checked(const struct row_change *change)
{
    return change->kind != ROW_APPEND && change->kind != ROW_UPDATE;
}

bool rows_lock_key(int64_t *key, const struct row_change *changes, size_t n)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a, 64 bits */

    for (size_t i = 0; i < n; i++) {
        const char *parts[] = { "merganser", changes[i].table.schema, changes[i].table.table };

        if (!is_checked(&changes[i]))
            continue;
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            const char *part = parts[k] ? parts[k] : "";

            /* The NUL counts, so that two names don't run into each other. */
            for (size_t c = 0; c <= strlen(part); c++)
                hash = (hash ^ (unsigned char)part[c]) * 1099511628211u;
        }
        *key = (int64_t)hash;
        return true;
    }
    return false;
}

const char *rows_lock_sql(int64_t key, struct arena *a)
{
    return arena_printf(a, "SELECT 1/pg_catalog.pg_try_advisory_xact_lock(%lld)::int", (long long)key);
}

const char *rows_prepared(const struct pg *pg, const char *sql)
{
    for (size_t i = 0; i < pg->prepared.len; i++)
        if (strcmp(pg->prepared.at[i].sql, sql) == 0)
            return pg->prepared.at[i].name;
    return NULL;
}

void rows_prepare_text(struct buf *out, struct pg *pg, const char *const *sql, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct prepared *p;

        if (rows_prepared(pg, sql[i]))
            continue;
        p = arena_push(pg->arena, &pg->prepared);
        p->sql = arena_string(pg->arena, sql[i]);
        p->name = arena_printf(pg->arena, "merganser_%zu", ++pg->prepared_ever);
        buf_printf(out, "PREPARE %s AS ", p->name);
        buf_string(out, sql[i]);
        buf_char(out, ';');
    }
}

bool rows_prepare(struct pg *pg, const char *const *sql, size_t n, const char *head, const char *tail, struct err *e)
{
    struct arena *a = arena_open();
    struct buf text = buf_open(a, SIZE_MAX / 2);
    size_t before = pg->prepared.len;
    bool ok = true;

    rows_prepare_text(&text, pg, sql, n);
    if (text.len)
        ok = pg_run(pg, arena_printf(a, "%s%s%s", head, buf_cstr(&text), tail), e);
    if (!ok)
        pg->prepared.len = before;
    arena_close(a);
    return ok;
}

bool rows_moved(struct err *e, const struct row_change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct row_change *c = &changes[i];
        const struct cell *key = NULL;
        struct arena *a;

        for (size_t k = 0; k < c->len && !key; k++)
            if (c->cells[k].key)
                key = &c->cells[k];
        if (!is_checked(c) || !key)
            continue;
        a = arena_open();
        err_plain(e, ERR_LEDGER_MOVED, "%s%s%s: the row of %s is not as it was: %s",
                  c->table.schema ? c->table.schema : "", c->table.schema ? "." : "", c->table.table,
                  text_shown(a, key->text),
                  c->kind == ROW_INSERT || c->kind == ROW_EXPECT ? "it is there already" : "it is gone");
        arena_close(a);
        return err_hint(e, "another tool changed the table during the run: look at `merganser status`, then run again");
    }
    err_plain(e, ERR_LEDGER_MOVED, "a row that would be changed is not there");
    return err_hint(e, "another tool changed the table during the run: look at `merganser status`, then run again");
}

bool rows_busy(struct err *e, struct table_name ledger)
{
    err_plain(e, ERR_LEDGER_MOVED, "another transaction is writing to %s%s%s at this moment",
              ledger.schema ? ledger.schema : "", ledger.schema ? "." : "", ledger.table);
    return err_hint(e, "wait until the other run has ended, then look at `merganser status`");
}
