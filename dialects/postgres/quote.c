/* Values and names as they stand in SQL. */
#include "dialects/postgres/session.h"

/* Needs no escaping whatever the server's settings are: most values are names, hashes and times. */
static bool is_plain(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < 0x20 || (unsigned char)value.at[i] > 0x7e || value.at[i] == '\'' ||
            value.at[i] == '\\')
            return false;
    return true;
}

/* What is not ASCII by its code points: a script that has set client_encoding would have the bytes read as others. */
static void code_points(struct buf *out, struct text value)
{
    buf_string(out, "E'");
    while (value.len) {
        size_t len = text_char_len(value);
        unsigned code = text_char_code(value, len);

        if (code == '\'' || code == '\\')
            buf_char(out, (char)code);
        if (code < 0x80)
            buf_char(out, (char)code);
        else
            buf_printf(out, "\\U%08x", code);
        value = text_cut(value, len, value.len);
    }
    buf_char(out, '\'');
}

/* A server that keeps other bytes than UTF-8 may have no such character, and says so only of the bytes. */
static bool takes_code_points(const struct pg *pg, struct text value)
{
    const char *encoding = PQparameterStatus(pg->conn, "server_encoding");

    return encoding && strcmp(encoding, "UTF8") == 0 && text_chars(value) < value.len;
}

void pg_literal(struct buf *out, const struct pg *pg, struct text value)
{
    char *quoted;

    if (is_plain(value)) {
        buf_char(out, '\'');
        buf_text(out, value);
        buf_char(out, '\'');
        return;
    }
    if (!text_is_utf8(value) || memchr(value.at, '\0', value.len))
        value = text_from(text_as_utf8(out->arena, value));
    if (takes_code_points(pg, value)) {
        code_points(out, value);
        return;
    }
    quoted = PQescapeLiteral(pg->conn, value.at, value.len);
    buf_string(out, quoted ? quoted : "NULL");
    PQfreemem(quoted);
}

void pg_name(struct buf *out, const char *name)
{
    buf_char(out, '"');
    for (const char *quote; (quote = strchr(name, '"')); name = quote + 1) {
        buf_add(out, name, (size_t)(quote - name));
        buf_string(out, "\"\"");
    }
    buf_string(out, name);
    buf_char(out, '"');
}

void pg_table(struct buf *out, struct table_name name)
{
    if (name.schema) {
        pg_name(out, name.schema);
        buf_char(out, '.');
    }
    pg_name(out, name.table);
}
