#include "core/schema_history.h"

#include "core/base/text.h"
#include "core/compress.h"
#include "core/digest.h"

/* Of a description's text: some twenty thousand tables. */
enum { TEXT_MAX = 64 * 1024 * 1024 };

static const struct {
    const char *name;
    size_t member;
    bool integer;
} columns[] = {
    { "id", offsetof(struct schema_entry, id), true },
    { "format", offsetof(struct schema_entry, format), true },
    { "ledger", offsetof(struct schema_entry, ledger), false },
    { "run_id", offsetof(struct schema_entry, run_id), false },
    { "version", offsetof(struct schema_entry, version), false },
    { "direction", offsetof(struct schema_entry, direction), false },
    { "server", offsetof(struct schema_entry, server), true },
    { "versions", offsetof(struct schema_entry, versions), true },
    { "ledger_sha256", offsetof(struct schema_entry, ledger_sha256), false },
    { "sha256", offsetof(struct schema_entry, sha256), false },
    { "taken_at", offsetof(struct schema_entry, taken_at), false },
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static const char **member(struct schema_entry *entry, size_t column)
{
    return (const char **)((char *)entry + columns[column].member);
}

bool schema_history_list(struct schema_entries *out, struct db *db, const struct history *h, uint64_t limit,
                         struct arena *a, struct err *e)
{
    const char *names[COLUMNS];
    struct row_query q = {
        .table = h->schemas,
        .columns = names,
        .n = COLUMNS,
        .order_by = "id",
        .descending = true,
        .limit = limit,
    };
    struct rows rows;

    *out = (struct schema_entries) { 0 };
    if (!h->schemas_exist)
        return true;
    for (size_t i = 0; i < COLUMNS; i++)
        names[i] = columns[i].name;
    if (!db_rows_read(db, &q, &rows, a, e))
        return false;
    out->at = arena_make(a, struct schema_entry, rows.len);
    out->len = out->cap = rows.len;
    for (size_t i = 0; i < rows.len; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            *member(&out->at[i], k) = rows.cells[i * COLUMNS + k].at;
    return true;
}

void schema_history_keep(struct schema_entries *entries, const char **other, const char *ledger)
{
    size_t kept = 0;

    *other = entries->len && strcmp(entries->at[0].ledger, ledger) != 0 ? entries->at[0].ledger : NULL;
    for (size_t i = 0; i < entries->len; i++)
        if (strcmp(entries->at[i].ledger, ledger) == 0)
            entries->at[kept++] = entries->at[i];
    entries->len = kept;
}

/* The newest that is what it says that it is: one that was damaged may have been written again. */
static bool expand(struct text *out, const struct rows *rows, const char *sha256, struct arena *a)
{
    for (size_t i = 0; i < rows->len; i++) {
        if (!rows->cells[i].at || !compress_expand(out, rows->cells[i], TEXT_MAX, a))
            continue;
        if (strcmp(digest_sha256(*out, a), sha256) == 0)
            return true;
    }
    return false;
}

bool schema_history_load(struct schema *out, const char **why, struct db *db, const struct history *h,
                         const struct schema_entry *of, struct arena *a, struct err *e)
{
    static const char *const names[] = { "description" };
    struct row_query q = { .table = h->schemas, .columns = names, .n = 1, .order_by = "id", .descending = true };
    bool kept = false;
    struct err refused;
    struct rows rows;
    struct text text;

    *out = (struct schema) { 0 };
    *why = NULL;
    if (!of->format || strcmp(of->format, SCHEMA_HISTORY_FORMAT) != 0) {
        *why = "another release of merganser recorded it, in a format that this one can't read";
        return true;
    }
    q.where = (struct cell) { .column = "sha256", .kind = CELL_TEXT, .text = text_from(of->sha256) };
    if (!db_rows_read(db, &q, &rows, a, e))
        return false;
    for (size_t i = 0; i < rows.len; i++)
        kept |= rows.cells[i].at != NULL;
    if (!kept)
        *why = "its text is gone: the row that held it was deleted";
    else if (!expand(&text, &rows, of->sha256, a))
        *why = "its text is damaged, cut off or too long";
    else if (!schema_parse(out, text, a, &refused))
        *why = "another release of merganser recorded it, in a format that this one can't read";
    return true;
}

struct row_change schema_history_append(const struct history *h, const struct schema_entry *entry, struct text text,
                                        struct arena *a)
{
    struct cell *cells = arena_make(a, struct cell, COLUMNS + 1);
    size_t len = 0;

    cells[len++] = (struct cell) { .column = "description", .kind = CELL_NULL };
    if (text.at) {
        cells[len - 1].kind = CELL_TEXT;
        cells[len - 1].text = compress_text(text, a);
    }
    /* The database gives the id, and the time is now. */
    for (size_t i = 1; i < COLUMNS - 1; i++) {
        const char *value = *(const char *const *)((const char *)entry + columns[i].member);

        cells[len++] = (struct cell) { .column = columns[i].name,
                                       .kind = !value               ? CELL_NULL
                                               : columns[i].integer ? CELL_INTEGER
                                                                    : CELL_TEXT,
                                       .text = text_from(value) };
    }
    cells[len++] = (struct cell) { .column = columns[COLUMNS - 1].name, .kind = CELL_NOW };
    return (struct row_change) { .kind = ROW_APPEND, .table = h->schemas, .cells = cells, .len = len };
}

bool schema_history_is_too_long(struct text text)
{
    return text.len > TEXT_MAX;
}
