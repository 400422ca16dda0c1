#include "tests/support/fake.h"

#include "core/base/text.h"
#include "tests/support/fake_state.h"

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

    if (!call_begins(s, &lost, e) || !fake_write(s, unit->before, unit->nbefore, e) || !call_ends(s, lost, e))
        return false;
    result->outcome = UNIT_PARTIAL;
    while (text_line(&script, &line)) {
        if (!line.len || text_starts(line, "--"))
            continue;
        if (!call_begins(s, &lost, e) || !fake_statement(s, line, e) || !call_ends(s, lost, e))
            return false;
        result->statements_done++;
    }
    if (!call_begins(s, &lost, e) || !fake_write(s, unit->rows, unit->nrows, e))
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
        if (line.len && !text_starts(line, "--") && !fake_statement(s, line, e)) {
            s->state = before;
            return false;
        }
    if (!fake_write(s, unit->rows, unit->nrows, e)) {
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

    return call_begins(s, &lost, e) && fake_write(s, changes, n, e) && call_ends(s, lost, e);
}

static bool is_at(const struct cell *c, const struct cell *where)
{
    return (c->kind == CELL_NULL) == (where->kind == CELL_NULL) && text_equal(c->text, where->text);
}

static bool rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    if (!call_begins(s, &lost, e))
        return false;
    *out = (struct rows) { .width = q->n, .cells = arena_make(a, struct text, q->n * s->state.nrows) };
    for (size_t i = 0; i < s->state.nrows && !(q->limit && out->len == q->limit); i++) {
        const struct fake_row *r = &s->state.rows[q->descending ? s->state.nrows - 1 - i : i];
        const struct cell *where = q->where.column ? fake_cell(r, q->where.column) : NULL;

        if (strcmp(r->table, q->table.table) != 0 || (where && !is_at(where, &q->where)))
            continue;
        for (size_t k = 0; k < q->n; k++) {
            const struct cell *c = fake_cell(r, q->columns[k]);

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
        out[i].exists = ledger
                            ? s->state.has_ledger
                            : (strcmp(names[i].table, "__merganser_history") == 0 && s->state.has_history) ||
                                  (strcmp(names[i].table, "__merganser_history_schema") == 0 && s->state.has_schemas);
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
    s->state.has_schemas |= kind == TABLE_HISTORY_SCHEMA;
    return call_ends(s, lost, e);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct schema_object *)a)->name, ((const struct schema_object *)b)->name);
}

static bool schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e)
{
    struct fake_server *s = server_of(db);
    bool lost;

    (void)r;
    if (!call_begins(s, &lost, e))
        return false;
    *out = (struct schema) { 0 };
    for (size_t i = 0; i < s->state.nobjects; i++)
        *(struct schema_object *)arena_push(a, out) =
            (struct schema_object) { .kind = "object", .name = s->state.objects[i], .definition = "" };
    if (out->len)
        qsort(out->at, out->len, sizeof *out->at, by_name);
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

static bool reopen(struct db *db, struct reopen *how, struct err *e)
{
    struct fake_server *s = server_of(db);

    if (s->stays_down)
        return err_plain(e, ERR_CONNECTION, "the server does not answer");
    how->why = s->loss;
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
        .schema = schema,
    };
    struct fake_db *db = arena_make(a, struct fake_db, 1);

    db->db.dialect = &dialect;
    db->db.info = (struct db_info) { .dialect = "fake", .name = "memory", .shown = "fake:", .exists = true };
    db->server = server;
    server->connected = true;
    return &db->db;
}
