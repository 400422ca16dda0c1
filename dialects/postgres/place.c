#include "dialects/postgres/copy.h"
#include "dialects/postgres/large.h"

/* The server counts characters of all that was sent, from 1. An error in a function's own text has another field
 * (INTERNAL_POSITION), which says nothing about the script. */
static bool position(size_t *byte, const PGresult *r, struct sent_script at)
{
    const char *given = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
    uint64_t nth;
    size_t sent;

    if (!given || !text_to_u64(text_from(given), &nth) || nth == 0)
        return false;
    sent = byte_from_char(at.sent, (size_t)nth - 1);
    *byte = sent - at.from + at.offset;
    return sent >= at.from;
}

static bool first_bad_byte(size_t *byte, struct text source)
{
    for (size_t at = 0; at < source.len;) {
        size_t len = text_char_len(text_cut(source, at, source.len));

        if (!len) {
            *byte = at;
            return true;
        }
        at += len;
    }
    return false;
}

/* The message has them as "0xe2 0x82 0xac". */
static bool first_untranslatable(size_t *byte, const PGresult *r, struct text source)
{
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    char bytes[5] = "";
    size_t len = 0;

    for (message = message ? strstr(message, "0x") : NULL; message && len < sizeof bytes - 1;
         message = strstr(message + 2, "0x"))
        bytes[len++] = (char)strtoul(message + 2, NULL, 16);
    return len && text_find(source, bytes, byte);
}

/* Text that is not UTF-8, or has a character that the database's encoding has not: the server refuses all that was
 * sent, without a position. */
static bool refused_byte(size_t *byte, const PGresult *r, struct text source)
{
    const char *state = pg_sqlstate(r);

    return (strcmp(state, "22021") == 0 && first_bad_byte(byte, source)) ||
           (strcmp(state, "22P05") == 0 && first_untranslatable(byte, r, source));
}

static size_t end_of_script(const struct pg_script *s)
{
    return s->statements.len ? s->statements.at[s->statements.len - 1].to : 0;
}

bool place_is_in_script(const struct pg_script *s, const PGresult *r, struct sent_script at)
{
    size_t byte;

    return position(&byte, r, at) || refused_byte(&byte, r, s->source);
}

/* The row that the server could not take. */
static bool place_row(struct err *e, const struct pg_script *s, const struct statement *failing, const PGresult *r)
{
    const struct copy_block *rows = failing ? script_rows(s, (size_t)(failing - s->statements.at)) : NULL;
    struct text rest, line;
    uint64_t nth;

    if (!rows || !copy_failed_line(&nth, r))
        return false;
    rest = text_cut(s->source, rows->from, rows->to);
    while (nth > 1 && text_line(&rest, &line))
        nth--;
    script_error_place(e, s, rows->to - rest.len);
    return true;
}

/* A byte of the statement that begins at `at`. What stands before it on its first line is not at hand. */
static bool place_within(struct err *e, struct pos at, struct text sql, size_t byte)
{
    err_place(e, at.path, sql, byte);
    if (e->at.line == 1)
        e->at.column += at.column - 1;
    e->at.line += at.line - 1;
    return false;
}

static bool place_row_behind(struct err *e, struct pos rows, const PGresult *r)
{
    uint64_t line;

    if (!rows.path || !copy_failed_line(&line, r))
        return false;
    e->at = (struct pos) { rows.path, rows.line + (int)line - 1, 1 };
    return true;
}

/* Of a large script, a statement that others were not sent with. */
static bool place_alone(struct err *e, const struct read_statement *s, const PGresult *r, struct sent_script at)
{
    size_t byte = 0;

    if (place_row_behind(e, s->rows, r))
        return false;
    at.offset = 0;
    if (!refused_byte(&byte, r, s->sql) && (!position(&byte, r, at) || byte > s->sql.len))
        byte = 0;
    return place_within(e, s->at, s->sql, byte);
}

bool place_error(struct err *e, const struct applying *p, const PGresult *r, struct sent_script at, size_t nth)
{
    const struct pg_script *s = &p->script;
    const struct statement *failing = s->whole ? script_nth_sent(s, at.first + nth) : NULL;
    size_t byte, end = end_of_script(s);

    pg_error(e, p->pg, ERR_SCRIPT_FAILED, r);
    if (e->kind != ERR_SCRIPT_FAILED)
        return false;
    if (p->alone)
        return place_alone(e, p->alone, r, at);
    if (place_row(e, s, failing, r))
        return false;
    if (nth == 0 && refused_byte(&byte, r, s->source))
        return script_error_place(e, s, byte);
    /* Before the first result the whole text was being read. Later an error's position is in the statement that failed;
     * one elsewhere is about another text, as that of a prepared statement. A script that breaks off is a syntax error
     * at what stands behind it. */
    if (position(&byte, r, at) && (nth == 0 || !failing || (byte >= failing->from && byte <= failing->to)))
        return script_error_place(e, s, byte < end ? byte : end);
    /* Before all that was read is our own BEGIN, with the options of the script's. */
    if (nth == 0 && strcmp(e->sqlstate, "42601") == 0 && PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION) &&
        script_begin(s))
        failing = script_begin(s);
    if (failing)
        return script_error_statement(e, s, failing);
    e->at = IN_FILE(s->path);
    return false;
}

bool place_batch_error(struct err *e, const struct pg *pg, const struct batch *b, const PGresult *r, size_t nth)
{
    struct text sql = buf_content(&b->sql);
    size_t last = b->statements.len - 1, byte, end;

    pg_error(e, pg, ERR_SCRIPT_FAILED, r);
    if (e->kind != ERR_SCRIPT_FAILED)
        return false;
    nth = nth < last ? nth : last;
    if (nth == last && b->copies && place_row_behind(e, b->rows, r))
        return false;
    byte = b->statements.at[nth].from;
    end = nth < last ? b->statements.at[nth + 1].from : sql.len;
    /* Before the first result all of it was being read. */
    if (!(nth == 0 && refused_byte(&byte, r, sql)) && position(&byte, r, (struct sent_script) { .sent = sql }) &&
        nth > 0 && (byte < b->statements.at[nth].from || byte > end))
        byte = b->statements.at[nth].from;
    while (nth < last && b->statements.at[nth + 1].from <= byte)
        nth++;
    end = nth < last ? b->statements.at[nth + 1].from : sql.len;
    return place_within(e, b->statements.at[nth].at, text_cut(sql, b->statements.at[nth].from, end),
                        byte - b->statements.at[nth].from);
}
