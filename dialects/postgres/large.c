#include "dialects/postgres/large.h"

#include "core/base/interrupt.h"

enum {
    /* So many bytes make a string: a million small statements are not a million round trips. */
    BATCH = 256 * 1024,
    /* The least between two words about how far it is, in ms. */
    PROGRESS_MS = 250,
};

struct large {
    struct large_rows rows; /* pg->rows points here */
    struct applying *p;
    uint64_t next, end, sent; /* statements: dropped ones are counted in the first two */
    struct batch batches[2];  /* one runs while the other is filled */
};

void large_tell(struct applying *p, uint64_t statements, uint64_t bytes)
{
    const struct unit *unit = p->unit;
    int64_t now = time_monotonic_ms();

    if (!unit->progress || now - p->told < PROGRESS_MS)
        return;
    p->told = now;
    unit->progress(unit->progress_to, &(struct db_progress) { .kind = PROGRESS_SCRIPT,
                                                              .statements = statements,
                                                              .bytes = bytes,
                                                              .bytes_total = p->script.bytes,
                                                              .percent = -1 });
}

static bool next_rows(struct copy_rows *rows, struct text *piece, struct err *e)
{
    struct large_rows *r = (struct large_rows *)rows;

    if (!passage_rows(piece, &r->p->passage, e))
        return false;
    if (r->chain)
        resumed_chain_rows(r->chain, *piece);
    r->bytes += piece->len;
    large_tell(r->p, r->sent, r->bytes);
    return true;
}

struct large_rows large_rows(struct applying *p, struct resumed_chain *chain, uint64_t sent)
{
    return (struct large_rows) {
        .rows.next = next_rows, .p = p, .chain = chain, .sent = sent, .bytes = p->passage.now.bytes
    };
}

/* The next statement that is sent; *more is false behind the last. */
static bool look_ahead(bool *more, struct large *l, struct err *e)
{
    for (;; l->next++) {
        *more = l->next < l->end;
        if (!*more)
            return true;
        if (!passage_to(&l->p->passage, l->next, e))
            return false;
        if (!l->p->passage.now.dropped)
            return true;
    }
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

static bool batch_fill(struct batch *b, struct large *l, struct err *e)
{
    const struct read_statement *s = &l->p->passage.now;
    bool more = true;

    batch_clear(b);
    while (!b->copies) {
        if (!look_ahead(&more, l, e))
            return false;
        if (!more || (b->sql.len && b->sql.len + s->sql.len > BATCH))
            break;
        *arena_push(b->arena, &b->statements) = (struct batch_statement) { b->sql.len, s->at };
        buf_text(&b->sql, s->sql);
        buf_string(&b->sql, ";");
        resumed_chain_statement(l->rows.chain, s->sql);
        b->copies = s->marks & MARK_COPIES_IN;
        b->rows = s->rows;
        b->end = ++l->sent;
        b->bytes = s->bytes;
        l->next++;
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
    l->rows.sent = b->end;
    l->rows.bytes = b->bytes;
    if (!b->copies && pg_flush(pg))
        filled = batch_fill(next, l, &unread);
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
    else if (!ok && l->rows.rows.failed)
        *e = l->rows.rows.err;
    else if (!ok)
        place_batch_error(e, pg, b, failed, good);
    else if (!filled)
        *e = unread;
    else if (b->copies)
        filled = batch_fill(next, l, e);
    PQclear(failed);
    return ok && filled;
}

bool large_is_unchanged(const struct applying *p, struct err *e)
{
    const struct script *script = &p->script.script;

    return p->script.whole || !script->unchanged || script->unchanged(script, e);
}

static bool send_all(struct large *l, struct err *e)
{
    if (!batch_fill(&l->batches[0], l, e))
        return false;
    for (int i = 0; l->batches[i].statements.len; i = !i) {
        if (!batch_run(&l->batches[i], &l->batches[!i], l, e))
            return false;
        large_tell(l->p, l->batches[i].end, l->rows.bytes);
    }
    return l->end < l->p->script.count || large_is_unchanged(l->p, e);
}

bool large_send(struct applying *p, const struct script_part *part, struct resumed_chain *chain, struct err *e)
{
    struct large l = { .rows = large_rows(p, chain, part->before), .p = p };
    bool ok;

    l.next = part->first;
    l.end = part->end;
    l.sent = part->before;
    p->told = p->told ? p->told : time_monotonic_ms();
    p->pg->rows = &l.rows.rows;
    ok = send_all(&l, e);
    p->pg->rows = NULL;
    for (size_t i = 0; i < 2; i++)
        arena_close(l.batches[i].arena);
    if (!ok)
        pg_rollback(p->pg);
    return ok;
}
