#include "core/history.h"

#include "core/base/text.h"

#define NAMED(column) .name = #column, .member = offsetof(struct history_entry, column)

enum {
    LIGHT = 1 << 0, /* read for every status */
    INTEGER = 1 << 1,
    CONSTANT = 1 << 2, /* the same in every row that a run appends */
    SECOND = 1 << 3,   /* of the second format */
};

/* The columns, and the member that each is read into. The first and the last are not written as the others are. */
static const struct {
    const char *name;
    size_t member;
    unsigned is;
} columns[] = {
    { NAMED(id), LIGHT },
    { NAMED(run_id), LIGHT | CONSTANT },
    { NAMED(version), LIGHT },
    { NAMED(name), LIGHT },
    { NAMED(direction), LIGHT | CONSTANT },
    { NAMED(kind), LIGHT },
    { NAMED(path), LIGHT },
    { NAMED(sha256), LIGHT },
    { NAMED(blob), LIGHT },
    { NAMED(commit), LIGHT | CONSTANT },
    { NAMED(merganser), LIGHT | CONSTANT },
    { NAMED(repository), LIGHT | CONSTANT },
    { NAMED(author), LIGHT | CONSTANT },
    { NAMED(started_at), LIGHT },
    { NAMED(finished_at), LIGHT },
    { NAMED(outcome), LIGHT | CONSTANT },
    { NAMED(statements_done), LIGHT | INTEGER },
    { NAMED(statements_total), LIGHT | INTEGER },
    { NAMED(statement_begun), LIGHT | INTEGER | SECOND },
    { NAMED(done_hash), LIGHT | SECOND },
    { NAMED(waited_ms), INTEGER | SECOND },
    { NAMED(attempts), INTEGER | SECOND },
    { NAMED(ledger), CONSTANT },
    { NAMED(layout), CONSTANT },
    { NAMED(database_user), CONSTANT },
    { NAMED(client_host), CONSTANT },
    { NAMED(error) },
    { NAMED(down_script) },
    { NAMED(format) },
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static const char **member(struct history_entry *entry, size_t column)
{
    return (const char **)((char *)entry + columns[column].member);
}

static const char *value_of(const struct history_entry *entry, size_t column)
{
    return *(const char *const *)((const char *)entry + columns[column].member);
}

static bool has_column(const struct history *h, size_t column)
{
    return !(columns[column].is & SECOND) || !h->first_format;
}

/* Those columns that are `wanted`, 0 for all, in the table's rows. */
static bool read_entries(struct history_entries *out, struct db *db, struct row_query *q, const struct history *h,
                         unsigned wanted, struct arena *a, struct err *e)
{
    const char *names[COLUMNS];
    size_t which[COLUMNS];
    struct rows rows;

    q->n = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        if ((columns[i].is & wanted) != wanted || !has_column(h, i))
            continue;
        which[q->n] = i;
        names[q->n++] = columns[i].name;
    }
    q->table = h->table;
    q->columns = names;
    q->order_by = "id";
    if (!db_rows_read(db, q, &rows, a, e))
        return false;
    out->at = arena_make(a, struct history_entry, rows.len);
    out->len = out->cap = rows.len;
    for (size_t i = 0; i < rows.len; i++)
        for (size_t k = 0; k < rows.width; k++)
            *member(&out->at[i], which[k]) = rows.cells[i * rows.width + k].at;
    return true;
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

struct table_name history_schemas(const struct history *h, struct arena *a)
{
    return (struct table_name) { h->table.schema, arena_printf(a, "%s_schema", h->table.table) };
}

bool history_read(struct history *h, struct db *db, const char *ledger, struct arena *a, struct err *e)
{
    struct row_query q = {
        .where = { .column = "ledger", .kind = CELL_TEXT, .text = text_from(ledger) },
    };

    h->entries = (struct history_entries) { 0 };
    h->records = (struct history_records) { 0 };
    h->downs_known = false;
    if (!h->exists)
        return true;
    if (!read_entries(&h->entries, db, &q, h, LIGHT, a, e)) {
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
    struct row_query q = { .descending = true, .limit = limit };

    *out = (struct history_entries) { 0 };
    if (!h->exists)
        return true;
    if (version)
        q.where = (struct cell) { .column = "version", .kind = CELL_TEXT, .text = text_from(version) };
    return read_entries(out, db, &q, h, 0, a, e);
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
        cells[len++] = (struct cell) { .column = "format",
                                       .kind = CELL_INTEGER,
                                       .text = text_from(h->first_format ? HISTORY_FORMAT_1 : HISTORY_FORMAT),
                                       .constant = true };
    for (size_t i = 1; i < COLUMNS - 1; i++) {
        struct cell c = { .column = columns[i].name,
                          .key = is_key(columns[i].name),
                          .constant = (columns[i].is & CONSTANT) != 0 };
        const char *value = value_of(&n->entry, i);

        if (!has_column(h, i))
            continue;
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
        } else if (n->measured && is(c.column, "waited_ms")) {
            c.kind = CELL_WAITED;
        } else if (n->measured && is(c.column, "attempts")) {
            c.kind = CELL_ATTEMPTS;
        } else if (value) {
            c.kind = columns[i].is & INTEGER ? CELL_INTEGER : CELL_TEXT;
            c.text = text_from(value);
        } else if (kind == ROW_UPDATE && !(n->settled && is(c.column, HISTORY_BEGUN))) {
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

struct row_change history_settle(const struct history *h, const struct history_entry *open, const char *outcome,
                                 struct arena *a)
{
    const struct history_note note = {
        .entry = { .run_id = open->run_id, .version = open->version, .direction = open->direction, .outcome = outcome },
        .finished = true,
        .settled = true,
    };

    return history_finish(h, &note, a);
}

bool history_resume(struct resume *out, const struct history_entry *open)
{
    *out = (struct resume) { .hash = open->done_hash };
    return open->done_hash && open->statements_done && text_to_u64(text_from(open->statements_done), &out->done) &&
           (!open->statement_begun || text_to_u64(text_from(open->statement_begun), &out->begun)) &&
           (out->done == 0) == (*out->hash == '\0');
}
