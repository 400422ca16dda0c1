#include "tests/support/fake.h"

#include "core/base/text.h"

struct fake_db {
    struct db db;
    struct fake_server *server;
};

static struct fake_server *server_of(struct db *db)
{
    return ((struct fake_db *)db)->server;
}

/* Counts a call. True where it may go on; *lost_after says that its answer will not arrive. */
static bool call_begins(struct fake_server *s, bool *lost_after, struct err *e)
{
    *lost_after = false;
    s->calls++;
    if (!s->connected)
        return err_plain(e, ERR_CONNECTION, "there is no connection");
    if (s->calls != s->fail_at)
        return true;
    if (s->fault == FAKE_REFUSES)
        return err_plain(e, ERR_DATABASE, "call %d was told to fail", s->calls);
    if (s->fault == FAKE_LOST_AFTER) {
        *lost_after = true;
        return true;
    }
    s->connected = s->locked = false;
    return err_plain(e, ERR_CONNECTION, "the connection was lost");
}

static bool call_ends(struct fake_server *s, bool lost_after, struct err *e)
{
    if (!lost_after)
        return true;
    s->connected = s->locked = false;
    return err_plain(e, ERR_CONNECTION, "the connection was lost");
}

/* A longer copy: earlier states stay what a rollback goes back to. */
static void *longer(struct arena *a, const void *at, size_t size, size_t n)
{
    void *copy = arena_alloc_array(a, size, n + 1);

    if (n)
        memcpy(copy, at, n * size);
    return copy;
}

static const struct cell *cell_of(const struct fake_row *r, const char *column)
{
    for (size_t i = 0; i < r->len; i++)
        if (strcmp(r->cells[i].column, column) == 0)
            return &r->cells[i];
    return NULL;
}

static bool row_is(const struct fake_row *r, const struct row_change *c)
{
    if (strcmp(r->table, c->table.table) != 0)
        return false;
    for (size_t i = 0; i < c->len; i++) {
        const struct cell *have = c->cells[i].key ? cell_of(r, c->cells[i].column) : NULL;

        if (c->cells[i].key && !(have && text_equal(have->text, c->cells[i].text)))
            return false;
    }
    return true;
}

static size_t rows_like(const struct fake_state *s, const struct row_change *c)
{
    size_t n = 0;

    for (size_t i = 0; i < s->nrows; i++)
        n += row_is(&s->rows[i], c);
    return n;
}

static void row_add(struct fake_server *s, const struct row_change *c)
{
    struct fake_row *rows = longer(s->arena, s->state.rows, sizeof *rows, s->state.nrows);
    struct fake_row *r = &rows[s->state.nrows];

    r->table = arena_string(s->arena, c->table.table);
    r->cells = arena_make(s->arena, struct cell, c->len);
    r->len = c->len;
    for (size_t i = 0; i < c->len; i++) {
        r->cells[i] = c->cells[i];
        r->cells[i].column = arena_string(s->arena, c->cells[i].column);
        r->cells[i].text = c->cells[i].text.len ? arena_text(s->arena, c->cells[i].text.at, c->cells[i].text.len)
                                                : (struct text) { "", 0 };
    }
    s->state.rows = rows;
    s->state.nrows++;
}

static void row_remove(struct fake_server *s, const struct row_change *c)
{
    struct fake_row *rows = arena_make(s->arena, struct fake_row, s->state.nrows + 1);
    size_t n = 0;

    for (size_t i = 0; i < s->state.nrows; i++)
        if (!row_is(&s->state.rows[i], c))
            rows[n++] = s->state.rows[i];
    s->state.rows = rows;
    s->state.nrows = n;
}

static void row_update(struct fake_server *s, const struct row_change *c)
{
    struct fake_row *rows = longer(s->arena, s->state.rows, sizeof *rows, s->state.nrows);

    s->state.rows = rows;
    for (size_t i = 0; i < s->state.nrows; i++) {
        struct cell *cells;

        if (!row_is(&rows[i], c))
            continue;
        cells = arena_make(s->arena, struct cell, rows[i].len);
        memcpy(cells, rows[i].cells, rows[i].len * sizeof *cells);
        rows[i].cells = cells;
        for (size_t k = 0; k < c->len; k++)
            for (size_t m = 0; m < rows[i].len; m++)
                if (!c->cells[k].key && strcmp(cells[m].column, c->cells[k].column) == 0)
                    cells[m].text =
                        arena_text(s->arena, c->cells[k].text.at ? c->cells[k].text.at : "", c->cells[k].text.len);
    }
}

static bool change(struct fake_server *s, const struct row_change *c, struct err *e)
{
    size_t n = rows_like(&s->state, c);

    if ((c->kind == ROW_INSERT && n) || ((c->kind == ROW_DELETE || c->kind == ROW_UPDATE) && n != 1))
        return err_plain(e, ERR_LEDGER_MOVED, "a row of %s is not as it was", c->table.table);
    if (c->kind == ROW_INSERT || c->kind == ROW_APPEND)
        row_add(s, c);
    else if (c->kind == ROW_DELETE)
        row_remove(s, c);
    else if (c->kind == ROW_UPDATE)
        row_update(s, c);
    return true;
}

static bool write_all(struct fake_server *s, const struct row_change *changes, size_t n, struct err *e)
{
    struct fake_state before = s->state;

    for (size_t i = 0; i < n; i++)
        if (!change(s, &changes[i], e)) {
            s->state = before;
            return false;
        }
    return true;
}

bool fake_has_object(const struct fake_server *s, const char *name)
{
    for (size_t i = 0; i < s->state.nobjects; i++)
        if (strcmp(s->state.objects[i], name) == 0)
            return true;
    return false;
}

/* One line of a script. */
static bool statement(struct fake_server *s, struct text line, struct err *e)
{
    const char **objects = arena_make(s->arena, const char *, s->state.nobjects + 1);
    const char *name = arena_cstr(s->arena, text_cut(line, 5, line.len));
    size_t n = 0;

    if (text_starts(line, "make ")) {
        s->made_twice += fake_has_object(s, name);
        objects = longer(s->arena, s->state.objects, sizeof *objects, s->state.nobjects);
        objects[s->state.nobjects] = name;
        n = s->state.nobjects + 1;
    } else if (text_starts(line, "drop ") && fake_has_object(s, name)) {
        for (size_t i = 0; i < s->state.nobjects; i++)
            if (strcmp(s->state.objects[i], name) != 0)
                objects[n++] = s->state.objects[i];
    } else {
        return err_plain(e, ERR_SCRIPT_FAILED, "the fake can't run \"%.*s\"", (int)line.len, line.at);
    }
    s->state.objects = objects;
    s->state.nobjects = n;
    return true;
}

static bool inspect(struct script_facts *out, const struct script_request *r, struct notices *notices, struct arena *a,
                    struct err *e)
{
    struct text all, line;

    (void)notices;
    if (!script_whole(&all, r->script, a, e))
        return false;
    *out = (struct script_facts) { .parsed = true, .shape = r->no_transaction ? SCRIPT_STATEMENTS : SCRIPT_ATOMIC };
    while (text_line(&all, &line))
        out->statements += line.len && !text_starts(line, "--");
    return true;
}

static bool apply_outside(struct fake_server *s, const struct unit *unit, struct text script,
                          struct unit_result *result, struct err *e)
{
    struct text line;
    bool lost;

    if (!call_begins(s, &lost, e) || !write_all(s, unit->before, unit->nbefore, e) || !call_ends(s, lost, e))
        return false;
    result->outcome = UNIT_PARTIAL;
    while (text_line(&script, &line)) {
        if (!line.len || text_starts(line, "--"))
            continue;
        if (!call_begins(s, &lost, e) || !statement(s, line, e) || !call_ends(s, lost, e))
            return false;
        result->statements_done++;
    }
    if (!call_begins(s, &lost, e) || !write_all(s, unit->rows, unit->nrows, e))
        return false;
    if (lost)
        result->outcome = UNIT_UNKNOWN;
    return call_ends(s, lost, e);
}

static bool apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e)
{
    struct fake_server *s = server_of(db);
    struct fake_state before = s->state;
    struct text script = TEXT(""), line, rest;
    bool lost;

    if (unit->script.script && !script_whole(&script, unit->script.script, s->arena, e))
        return false;
    if (unit->facts.shape == SCRIPT_STATEMENTS)
        return apply_outside(s, unit, script, result, e);
    result->outcome = UNIT_ROLLED_BACK;
    if (!call_begins(s, &lost, e)) {
        /* Sent whole: a connection that goes away may take the answer with it. */
        result->outcome = s->connected ? UNIT_ROLLED_BACK : UNIT_UNKNOWN;
        return false;
    }
    for (rest = script; text_line(&rest, &line);)
        if (line.len && !text_starts(line, "--") && !statement(s, line, e)) {
            s->state = before;
            return false;
        }
    if (!write_all(s, unit->rows, unit->nrows, e)) {
        s->state = before;
        return false;
    }
    result->outcome = lost ? UNIT_UNKNOWN : UNIT_APPLIED;
    return call_ends(s, lost, e);
}

static bool rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    return call_begins(s, &lost, e) && write_all(s, changes, n, e) && call_ends(s, lost, e);
}

static bool rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    if (!call_begins(s, &lost, e))
        return false;
    *out = (struct rows) { .width = q->n, .cells = arena_make(a, struct text, q->n * s->state.nrows) };
    for (size_t i = 0; i < s->state.nrows; i++) {
        const struct fake_row *r = &s->state.rows[i];
        const struct cell *where = q->where.column ? cell_of(r, q->where.column) : NULL;

        if (strcmp(r->table, q->table.table) != 0 || (where && !text_equal(where->text, q->where.text)))
            continue;
        for (size_t k = 0; k < q->n; k++) {
            const struct cell *c = cell_of(r, q->columns[k]);

            out->cells[out->len * q->n + k] = c && c->kind != CELL_NULL ? c->text : (struct text) { NULL, 0 };
        }
        out->len++;
    }
    return call_ends(s, lost, e);
}

static bool tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out,
                        struct arena *a, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    if (!call_begins(s, &lost, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool ledger = strcmp(names[i].table, "schema_migrations") == 0;

        out[i] = (struct table_info) { .name = names[i], .ncolumns = 1 };
        out[i].columns = arena_make(a, struct column_info, 1);
        out[i].columns[0] = (struct column_info) { .name = ledger ? "version" : "run_id", .kind = COLUMN_TEXT };
        out[i].exists =
            ledger ? s->state.has_ledger : strcmp(names[i].table, "__merganser_history") == 0 && s->state.has_history;
    }
    return call_ends(s, lost, e);
}

static bool tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e)
{
    bool lost;

    (void)a;
    *out = (struct table_list) { 0 };
    return call_begins(server_of(db), &lost, e) && call_ends(server_of(db), lost, e);
}

static bool table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    (void)name;
    if (!call_begins(s, &lost, e))
        return false;
    s->state.has_ledger |= kind == TABLE_SCHEMA_MIGRATIONS;
    s->state.has_history |= kind == TABLE_HISTORY;
    return call_ends(s, lost, e);
}

static bool lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    (void)r;
    *waited_ms = 0;
    if (!call_begins(s, &lost, e))
        return false;
    if (s->locked)
        return err_plain(e, ERR_LOCKED, "the lock is held");
    s->locked = true;
    return call_ends(s, lost, e);
}

static bool unlock(struct db *db, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    s->unlock_failed = !call_begins(s, &lost, e);
    if (s->unlock_failed)
        return false;
    if (!s->locked)
        return err_plain(e, ERR_DATABASE, "the lock was not held any more");
    s->locked = false;
    return call_ends(s, lost, e);
}

static bool reopen(struct db *db, struct err *e)
{
    struct fake_server *s = server_of(db);

    if (s->stays_down)
        return err_plain(e, ERR_CONNECTION, "the server does not answer");
    s->connected = true;
    return true;
}

static void close_db(struct db *db)
{
    server_of(db)->locked = server_of(db)->connected = false;
}

static bool no_claim(const char *url, const char *base)
{
    (void)url;
    (void)base;
    return false;
}

static bool no_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e)
{
    (void)out;
    (void)o;
    (void)a;
    return err_plain(e, ERR_INTERNAL, "the fake is connected by fake_connect");
}

struct db *fake_connect(struct fake_server *server, struct arena *a)
{
    static const char *const schemes[] = { "fake", NULL };
    static const struct dialect dialect = {
        .name = "fake",
        .schemes = schemes,
        .caps = CAP_DDL_IN_TRANSACTION,
        .claims = no_claim,
        .open = no_open,
        .close = close_db,
        .reopen = reopen,
        .inspect = inspect,
        .tables_find = tables_find,
        .tables_list = tables_list,
        .table_create = table_create,
        .rows_read = rows_read,
        .rows_write = rows_write,
        .lock = lock,
        .unlock = unlock,
        .apply = apply,
    };
    struct fake_db *db = arena_make(a, struct fake_db, 1);

    db->db.dialect = &dialect;
    db->db.info = (struct db_info) { .dialect = "fake", .name = "memory", .shown = "fake:", .exists = true };
    db->server = server;
    server->connected = true;
    return &db->db;
}

bool fake_has_version(const struct fake_server *s, const char *version)
{
    for (size_t i = 0; i < s->state.nrows; i++)
        if (strcmp(s->state.rows[i].table, "schema_migrations") == 0 &&
            text_is(s->state.rows[i].cells[0].text, version))
            return true;
    return false;
}

bool fake_history_says(const struct fake_server *s, const char *version, const char *outcome)
{
    bool says = false;

    for (size_t i = 0; i < s->state.nrows; i++) {
        const struct fake_row *r = &s->state.rows[i];

        if (strcmp(r->table, "__merganser_history") == 0 && text_is(cell_of(r, "version")->text, version))
            says = text_is(cell_of(r, "outcome")->text, outcome);
    }
    return says;
}
