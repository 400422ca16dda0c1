#include "dialects/postgres/journal.h"

#include "dialects/postgres/lease.h"
#include "dialects/postgres/resumed.h"
#include "dialects/postgres/retry.h"

struct journal_count journal_open(const struct unit *unit)
{
    const struct resume *resume = unit->script.resume;
    struct journal_count out = { 0 };

    if (!resume)
        return out;
    out.done = resume->done;
    out.begun = resume->begun;
    snprintf(out.hash, sizeof out.hash, "%s", resume->hash);
    return out;
}

struct journal_count journal_behind(const struct journal_count *before, const struct applying *p, size_t first,
                                    size_t end)
{
    struct journal_count out = *before;

    out.begun = 0;
    for (size_t i = first; i < end; i++) {
        if (p->script.statements.at[i].dropped)
            continue;
        out.done++;
        if (p->unit->journal.chain)
            resumed_link(out.hash, &p->script, &p->script.statements.at[i], p->unit->journal.chain);
    }
    return out;
}

static struct cell count_cell(const struct applying *p, const char *column, uint64_t count)
{
    return (struct cell) { .column = column,
                           .kind = CELL_INTEGER,
                           .text = text_from(arena_printf(p->arena, "%llu", (unsigned long long)count)) };
}

bool journal_change(struct row_change *out, const struct applying *p, const struct journal_count *count)
{
    const struct unit *unit = p->unit;
    const struct journal *journal = &unit->journal;
    struct cell *cells;
    size_t n = 0;

    if (!journal->done || !unit->nbefore)
        return false;
    cells = arena_make(p->arena, struct cell, unit->before[0].len + 3);
    for (size_t i = 0; i < unit->before[0].len; i++)
        if (unit->before[0].cells[i].key)
            cells[n++] = unit->before[0].cells[i];
    cells[n++] = count_cell(p, journal->done, count->done);
    if (journal->begun)
        cells[n++] = count->begun ? count_cell(p, journal->begun, count->begun)
                                  : (struct cell) { .column = journal->begun, .kind = CELL_NULL };
    if (journal->hash)
        cells[n++] = (struct cell) { .column = journal->hash,
                                     .kind = CELL_TEXT,
                                     .text = text_from(arena_string(p->arena, count->hash)) };
    *out = (struct row_change) { ROW_UPDATE, unit->before[0].table, cells, n };
    return true;
}

bool journal_write(const struct applying *p, const struct journal_count *count, struct err *e)
{
    struct rows_sql change = rows_sql_open(p->pg, true, NULL, p->arena);
    struct buf sql = buf_open(p->arena, SIZE_MAX / 2);
    const struct row_change *changes;
    struct row_change update;
    size_t n = 1;

    if (!journal_change(&update, p, count))
        return true;
    changes = lease_fenced(p->pg, &update, &n, p->arena);
    rows_change(&change, changes, n);
    pg_begin(&sql, p->pg, PG_WRITING);
    if (p->pg->dirty)
        role_borrow(&sql, p);
    buf_printf(&sql, "%s;COMMIT;", buf_cstr(&change.sql));
    if (p->pg->dirty)
        role_return(&sql);
    return retry_sql(p->pg, buf_cstr(&sql), e);
}
