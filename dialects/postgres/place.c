#include "dialects/postgres/apply.h"

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

bool place_error(struct err *e, const struct applying *p, const PGresult *r, struct sent_script at, size_t nth)
{
    const struct pg_script *s = &p->script;
    const struct statement *failing = script_nth_sent(s, at.first + nth);
    size_t byte, end = end_of_script(s);

    pg_error(e, p->pg, ERR_SCRIPT_FAILED, r);
    if (e->kind != ERR_SCRIPT_FAILED)
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
