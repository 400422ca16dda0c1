#include "core/history.h"

#include "core/base/text.h"

#define NAMED(column) .name = #column, .member = offsetof(struct history_entry, column)

/* The columns, and the member that each is read into. The first LIGHT of them are read for every status. The first and
 * the last are not written as the others are. */
static const struct {
    const char *name;
    size_t member;
    bool integer;
    bool constant; /* in every row that a run appends */
} columns[] = {
    { NAMED(id) },
    { NAMED(run_id), .constant = true },
    { NAMED(version) },
    { NAMED(name) },
    { NAMED(direction), .constant = true },
    { NAMED(kind) },
    { NAMED(path) },
    { NAMED(sha256) },
    { NAMED(blob) },
    { NAMED(commit), .constant = true },
    { NAMED(merganser), .constant = true },
    { NAMED(repository), .constant = true },
    { NAMED(author), .constant = true },
    { NAMED(started_at) },
    { NAMED(finished_at) },
    { NAMED(outcome), .constant = true },
    { NAMED(statements_done), .integer = true },
    { NAMED(statements_total), .integer = true },
    { NAMED(ledger), .constant = true },
    { NAMED(layout), .constant = true },
    { NAMED(database_user), .constant = true },
    { NAMED(client_host), .constant = true },
    { NAMED(error) },
    { NAMED(down_script) },
    { NAMED(format) },
};

enum { COLUMNS = sizeof columns / sizeof *columns, LIGHT = 18 };

static const char **member(struct history_entry *entry, size_t column)
{
    return (const char **)((char *)entry + columns[column].member);
}

static const char *value_of(const struct history_entry *entry, size_t column)
{
    return *(const char *const *)((const char *)entry + columns[column].member);
}

static bool read_entries(struct history_entries *out, struct db *db, const struct row_query *q, struct arena *a,
                         struct err *e)
{
    struct rows rows;

    if (!db_rows_read(db, q, &rows, a, e))
        return false;
    out->at = arena_make(a, struct history_entry, rows.len);
    out->len = out->cap = rows.len;
    for (size_t i = 0; i < rows.len; i++)
        for (size_t k = 0; k < rows.width; k++)
            *member(&out->at[i], k) = rows.cells[i * rows.width + k].at;
    return true;
}

static void query_open(struct row_query *q, const char **names, size_t n, const struct history *h)
{
    for (size_t i = 0; i < n; i++)
        names[i] = columns[i].name;
    *q = (struct row_query) { .table = h->table, .columns = names, .n = n, .order_by = "id" };
}

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

struct table_name history_lease(const struct history *h, struct arena *a)
{
    bool own_schema = strcmp(h->table.table, "history") == 0;

    return (struct table_name) { h->table.schema, own_schema ? "lease" : arena_printf(a, "%s_lease", h->table.table) };
}

bool history_read(struct history *h, struct db *db, const char *ledger, struct arena *a, struct err *e)
{
    const char *names[LIGHT];
    struct row_query q;

    h->entries = (struct history_entries) { 0 };
    h->records = (struct history_records) { 0 };
    h->downs_known = false;
    if (!h->exists)
        return true;
    query_open(&q, names, LIGHT, h);
    q.where = (struct cell) { .column = "ledger", .kind = CELL_TEXT, .text = text_from(ledger) };
    if (!read_entries(&h->entries, db, &q, a, e)) {
        /* Without the right to read it there is none for us. */
        h->denied = strcmp(e->sqlstate, "42501") == 0;
        h->exists = !h->denied;
        if (h->denied)
            *e = (struct err) { 0 };
        return h->denied;
    }
    h->records = history_records_make(&h->entries, a);
    return true;
}

bool history_list(struct history_entries *out, struct db *db, const struct history *h, const char *version,
                  uint64_t limit, struct arena *a, struct err *e)
{
    const char *names[COLUMNS];
    struct row_query q;

    *out = (struct history_entries) { 0 };
    if (!h->exists)
        return true;
    query_open(&q, names, COLUMNS, h);
    q.descending = true;
    q.limit = limit;
    if (version)
        q.where = (struct cell) { .column = "version", .kind = CELL_TEXT, .text = text_from(version) };
    return read_entries(out, db, &q, a, e);
}

static uint64_t id_of(struct text digits)
{
    uint64_t id;

    return text_to_u64(digits, &id) ? id : 0;
}

bool history_look_for_downs(struct history *h, struct db *db, struct arena *a, struct err *e)
{
    static const char *const names[] = { "id" };
    struct row_query q = {
        .table = h->table,
        .columns = names,
        .n = 1,
        .order_by = "id",
        .where = { .column = "down_script", .kind = CELL_NULL },
    };
    struct rows without;

    if (h->downs_known || !h->exists)
        return true;
    if (!db_rows_read(db, &q, &without, a, e))
        return false;
    /* Both are in the order of their ids. */
    for (size_t i = 0, k = 0; i < h->entries.len; i++) {
        uint64_t id = id_of(text_from(h->entries.at[i].id));

        while (k < without.len && id_of(without.cells[k]) < id)
            k++;
        h->entries.at[i].has_down = k == without.len || id_of(without.cells[k]) != id;
    }
    h->downs_known = true;
    return true;
}

bool history_down_script(struct text *out, struct db *db, const struct history *h, const struct history_entry *of,
                         struct arena *a, struct err *e)
{
    static const char *const names[] = { "down_script" };
    struct row_query q = {
        .table = h->table,
        .columns = names,
        .n = 1,
        .where = { .column = "id", .kind = CELL_INTEGER, .text = text_from(of->id) },
    };
    struct rows rows;

    *out = (struct text) { NULL, 0 };
    if (!h->exists)
        return true;
    if (!db_rows_read(db, &q, &rows, a, e))
        return false;
    if (rows.len)
        *out = rows.cells[0];
    return true;
}

static bool is_key(const char *column)
{
    return is(column, "run_id") || is(column, "version") || is(column, "direction");
}

static struct row_change change(const struct history *h, const struct history_note *n, enum row_change_kind kind,
                                struct arena *a)
{
    struct cell *cells = arena_make(a, struct cell, COLUMNS + 1);
    size_t len = 0;

    if (kind == ROW_APPEND)
        cells[len++] =
            (struct cell) { .column = "format", .kind = CELL_INTEGER, .text = TEXT(HISTORY_FORMAT), .constant = true };
    for (size_t i = 1; i < COLUMNS - 1; i++) {
        struct cell c = { .column = columns[i].name, .key = is_key(columns[i].name), .constant = columns[i].constant };
        const char *value = value_of(&n->entry, i);

        if (is(c.column, "started_at")) {
            c.kind = CELL_STARTED;
            if (kind == ROW_UPDATE)
                continue;
        } else if (is(c.column, "finished_at")) {
            c.kind = n->finished ? CELL_NOW : CELL_NULL;
        } else if (is(c.column, "error") && n->error.at) {
            c.kind = CELL_TEXT;
            c.text = n->error;
        } else if (is(c.column, "down_script") && n->down_script.at) {
            c.kind = CELL_TEXT;
            c.text = n->down_script;
        } else if (value) {
            c.kind = columns[i].integer ? CELL_INTEGER : CELL_TEXT;
            c.text = text_from(value);
        } else if (kind == ROW_UPDATE) {
            continue; /* what the row says already stays */
        }
        cells[len++] = c;
    }
    return (struct row_change) { .kind = kind, .table = h->table, .cells = cells, .len = len };
}

struct row_change history_append(const struct history *h, const struct history_note *n, struct arena *a)
{
    return change(h, n, ROW_APPEND, a);
}

struct row_change history_finish(const struct history *h, const struct history_note *n, struct arena *a)
{
    return change(h, n, ROW_UPDATE, a);
}
