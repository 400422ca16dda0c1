#include "dialects/postgres/copy.h"

#include "core/base/interrupt.h"

enum { PIECE = 128 * 1024 };

static bool is_stopped(const struct pg *pg)
{
    return pg->cancelled || (interrupt_requested() && !pg->uninterrupted);
}

static void give_up(struct pg *pg, const char *why)
{
    PQputCopyEnd(pg->conn, why);
}

void copy_send(struct pg *pg)
{
    struct copy_rows *rows = pg->rows;
    struct text piece;

    if (!rows) {
        give_up(pg, "merganser sends no rows");
        return;
    }
    for (;;) {
        if (is_stopped(pg)) {
            pg->cancelled = true;
            give_up(pg, "stopped");
            return;
        }
        if (!rows->next(rows, &piece, &rows->err)) {
            rows->failed = true;
            give_up(pg, "the rows can't be read");
            return;
        }
        if (!piece.len) {
            PQputCopyEnd(pg->conn, NULL);
            return;
        }
        /* What is not flushed would pile up. */
        for (; piece.len; piece = text_cut(piece, PIECE, piece.len))
            if (PQputCopyData(pg->conn, piece.at, (int)(piece.len < PIECE ? piece.len : PIECE)) < 0 || !pg_flush(pg))
                return;
    }
}

static bool next_of_block(struct copy_rows *rows, struct text *piece, struct err *e)
{
    struct copy_blocks_sent *sent = (struct copy_blocks_sent *)rows;
    const struct copy_blocks *blocks = &sent->script->copies;

    if (sent->block == blocks->len)
        return err_plain(e, ERR_INTERNAL, "the server asks for rows that the script does not have");
    *piece = text_cut(sent->script->source, blocks->at[sent->block].from + sent->at, blocks->at[sent->block].to);
    sent->at += piece->len;
    if (!piece->len) {
        sent->block++;
        sent->at = 0;
    }
    return true;
}

struct copy_blocks_sent copy_of_script(const struct pg_script *s, size_t first)
{
    struct copy_blocks_sent out = { .rows.next = next_of_block, .script = s };

    while (out.block < s->copies.len && s->copies.at[out.block].statement < first)
        out.block++;
    return out;
}

/* "COPY t, line 3, column n: …", the last line of the context, in the server's own language: the first number behind
 * the first comma. */
bool copy_failed_line(uint64_t *line, const PGresult *r)
{
    const char *context = PQresultErrorField(r, PG_DIAG_CONTEXT), *last, *digits;
    size_t len = 0;

    if (!context)
        return false;
    last = strrchr(context, '\n');
    last = last ? last + 1 : context;
    digits = strstr(last, "COPY") ? strchr(last, ',') : NULL;
    while (digits && *digits && !text_is_digit(*digits))
        digits++;
    while (digits && text_is_digit(digits[len]))
        len++;
    return len && text_to_u64((struct text) { digits, len }, line) && *line > 0;
}
