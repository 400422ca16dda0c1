#include "dialects/postgres/journal.h"

#include "dialects/postgres/lease.h"
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

struct resumed_chain journal_chain(const struct journal_count *count, const struct applying *p)
{
    return resumed_chain_open(count->hash, p->unit->journal.chain, p->arena);
}

struct journal_count journal_behind(const struct journal_count *before, const struct applying *p,
                                    const struct script_part *part)
{
    struct resumed_chain chain = journal_chain(before, p);
    struct journal_count out = *before;

    out.begun = 0;
    out.done += part->sent;
    for (uint64_t i = part->first; p->script.whole && i < part->end; i++)
        if (!p->script.statements.at[i].dropped)
            resumed_chain_listed(&chain, &p->script, i);
    if (part->sql.at)
        resumed_chain_statement(&chain, part->sql);
    memcpy(out.hash, chain.hex, sizeof out.hash);
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
    const struct unit_journal *journal = &unit->journal;
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
