#include "dialects/postgres/large.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/reader.h"

enum {
    /* So many bytes make a string: a million small statements are not a million round trips. */
    BATCH = 256 * 1024,
    /* The least between two words about how far it is, in ms. */
    PROGRESS_MS = 250,
};

struct large {
    struct copy_rows rows; /* pg->rows points here */
    struct applying *p;
    struct reader *reader;
    struct read_statement next; /* read, and in no batch yet; sql.at NULL: none is */
    uint64_t end, sent;
    bool ended;
    struct batch batches[2]; /* one runs while the other is filled */
    uint64_t bytes;
    int64_t told;
};

static void tell(struct large *l, uint64_t statements, uint64_t bytes)
{
    const struct unit *unit = l->p->unit;
    int64_t now = time_monotonic_ms();

    if (!unit->progress || now - l->told < PROGRESS_MS)
        return;
    l->told = now;
    unit->progress(unit->progress_to, &(struct db_progress) { .kind = PROGRESS_SCRIPT,
                                                              .statements = statements,
                                                              .bytes = bytes,
                                                              .bytes_total = l->p->script.bytes,
                                                              .percent = -1 });
}

static bool next_rows(struct copy_rows *rows, struct text *piece, struct err *e)
{
    struct large *l = (struct large *)rows;

    if (!reader_copy_data(piece, l->reader, e))
        return false;
    l->bytes += piece->len;
    tell(l, l->sent, l->bytes);
    return true;
}

/* The next statement that is sent; *more is false behind the last. */
static bool look_ahead(bool *more, struct large *l, uint64_t first, struct err *e)
{
    *more = !l->ended;
    while (!l->next.sql.at && !l->ended) {
        if (!reader_next(&l->next, more, l->reader, e))
            return false;
        l->ended = !*more || l->next.nth >= l->end;
        *more = !l->ended;
        if (l->ended || l->next.dropped || l->next.nth < first)
            l->next.sql.at = NULL;
    }
    return true;
}

static void batch_clear(struct batch *b)
{
    /* Once there was a large statement in it. */
    if (!b->arena || b->sql.cap > 4 * BATCH) {
        arena_close(b->arena);
        *b = (struct batch) { .arena = arena_open() };
        b->sql = buf_open(b->arena, SIZE_MAX / 2);
    }
    b->sql.len = b->statements.len = 0;
    b->copies = false;
}

static bool batch_fill(struct batch *b, struct large *l, uint64_t first, struct err *e)
{
    bool more = true;

    batch_clear(b);
    while (!b->copies) {
        struct read_statement *s = &l->next;

        if (!look_ahead(&more, l, first, e))
            return false;
        if (!more || (b->sql.len && b->sql.len + s->sql.len > BATCH))
            break;
        *arena_push(b->arena, &b->statements) = (struct batch_statement) { b->sql.len, s->at };
        buf_text(&b->sql, s->sql);
        buf_string(&b->sql, ";");
        b->copies = s->marks & MARK_COPIES_IN;
        b->rows = s->rows;
        b->end = ++l->sent;
        b->bytes = s->bytes;
        s->sql.at = NULL;
    }
    return interrupt_check(e);
}

/* What runs is read to its end whatever the next one is like. */
static bool batch_run(struct batch *b, struct batch *next, struct large *l, struct err *e)
{
    struct pg *pg = l->p->pg;
    PGresult *failed = NULL;
    struct err unread;
    size_t good = 0;
    bool filled = true, ok;

    if (!pg_send(pg, buf_cstr(&b->sql), e))
        return false;
    pg_rows_singly(pg);
    l->bytes = b->bytes;
    if (!b->copies && pg_flush(pg))
        filled = batch_fill(next, l, 0, &unread);
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (pg_failed(r) && !failed) {
            failed = r;
            continue;
        }
        good += !failed && PQresultStatus(r) != PGRES_SINGLE_TUPLE;
        PQclear(r);
    }
    ok = !failed && !pg_lost(pg);
    if (!ok && pg_lost(pg))
        pg_error_lost(e, pg, failed);
    else if (!ok && l->rows.failed)
        *e = l->rows.err;
    else if (!ok)
        place_batch_error(e, pg, b, failed, good);
    else if (!filled)
        *e = unread;
    else if (b->copies)
        filled = batch_fill(next, l, 0, e);
    PQclear(failed);
    return ok && filled;
}

static bool send_all(struct large *l, uint64_t first, struct err *e)
{
    const struct script *script = &l->p->script.script;
    bool last = l->end >= l->p->script.count;

    if (!batch_fill(&l->batches[0], l, first, e))
        return false;
    for (int i = 0; l->batches[i].statements.len; i = !i) {
        if (!batch_run(&l->batches[i], &l->batches[!i], l, e))
            return false;
        tell(l, l->batches[i].end, l->batches[i].bytes);
    }
    /* Before anything is kept: what ran is what was looked at. */
    return !last || !script->unchanged || script->unchanged(script, e);
}

bool large_send(struct applying *p, uint64_t first, uint64_t end, struct err *e)
{
    struct large l = { .rows.next = next_rows, .p = p, .end = end, .told = time_monotonic_ms() };
    bool ok = reader_open(&l.reader, &p->script, p->arena, e);

    p->pg->rows = &l.rows;
    ok = ok && send_all(&l, first, e);
    p->pg->rows = NULL;
    reader_close(l.reader);
    for (size_t i = 0; i < 2; i++)
        arena_close(l.batches[i].arena);
    if (!ok)
        pg_rollback(p->pg);
    return ok;
}
