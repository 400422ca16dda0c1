#include "dialects/postgres/schema.h"
#include "dialects/postgres/schema_sql.h"

static schema_take take_key;

/* It takes what stands between pieces of SQL for calls. */
/* clang-format off */

/* A row for each column; what is the whole index's stands in the row of the first. pg_get_indexdef would say the same,
 * but takes as long as all other questions together. */
static const char indexes[] =
    "SELECT i.indexrelid, 'index', CASE WHEN k.attnum = 1 THEN n.nspname END,"
    " CASE WHEN k.attnum = 1 THEN quote_ident(n.nspname) || '.' || quote_ident(c.relname) END, i.indrelid,"
    " CASE WHEN k.attnum = 1 THEN concat_ws(' ', " SQL_SETTINGS("WITH", "c.reloptions") ","
    "  " SQL_TABLESPACE("c.reltablespace") ") END,"
    " o.conid, k.attnum > i.indnkeyatts, k.attnum = 1, quote_ident(c.relname),"
    " CASE WHEN k.attnum = 1 THEN CASE WHEN i.indisunique THEN 'UNIQUE INDEX ' ELSE 'INDEX ' END END,"
    " CASE WHEN k.attnum = 1 THEN (SELECT quote_ident(m.amname) FROM pg_am m WHERE m.oid = c.relam) END,"
    " CASE WHEN k.attnum = 1 THEN pg_get_expr(i.indexprs, i.indrelid) END, quote_ident(a.attname),"
    " CASE WHEN k.attnum <= i.indnkeyatts THEN concat_ws(' ',"
    "  " SQL_COLLATE("i.indcollation[k.attnum - 1]", "coalesce(a.attcollation, kt.typcollation)") ","
    "  CASE WHEN NOT p.opcdefault OR k.attoptions IS NOT NULL OR NOT (p.opcintype = k.atttypid"
    " OR p.opckeytype = k.atttypid"
    "   OR (p.opcintype = 'text'::regtype AND k.atttypid = 'varchar'::regtype) OR p.opcintype IN ('anyarray'::regtype,"
    "   'anyenum'::regtype, 'anyrange'::regtype, 'record'::regtype)) THEN"
    "   " SQL_QUALIFIED("opcname", "pg_opclass", "opcnamespace", "p.oid") " END,"
    "  ltrim(" SQL_SETTINGS("", "k.attoptions") "),"
    "  CASE i.indoption[k.attnum - 1] & 3 WHEN 1 THEN 'DESC NULLS LAST' WHEN 2 THEN 'NULLS FIRST'"
    "   WHEN 3 THEN 'DESC' END)"
    " "
    " ELSE '' END, CASE WHEN k.attstattarget >= 0 THEN k.attstattarget END,"
    " {150000?CASE WHEN i.indnullsnotdistinct THEN 'NULLS NOT DISTINCT' END;NULL},"
    " CASE WHEN k.attnum = 1 THEN 'WHERE ' || pg_get_expr(i.indpred, i.indrelid) END,"
    " concat_ws(' ', CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'INVALID' END,"
    "  CASE WHEN i.indisclustered THEN 'CLUSTER' END, CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END)"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid" SQL_SCHEMA("c.relnamespace")
    " JOIN pg_attribute k ON k.attrelid = i.indexrelid JOIN pg_type kt ON kt.oid = k.atttypid"
    " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.attnum - 1] AND a.attnum <> 0"
    " LEFT JOIN pg_opclass p ON p.oid = i.indclass[k.attnum - 1]"
    " LEFT JOIN (SELECT x.conindid, x.oid AS conid FROM pg_constraint x WHERE x.contype IN ('p', 'u', 'x')) o"
    "  ON o.conindid = i.indexrelid"
    " WHERE i.indexrelid >= 16384 AND i.indrelid >= 16384 AND c.relpersistence <> 't' ORDER BY i.indexrelid, k.attnum";

/* clang-format on */

enum {
    CONSTRAINT = TAKE_MORE,
    INCLUDED,
    FIRST,
    RELATION,
    WORD,
    METHOD,
    EXPRESSIONS,
    COLUMN,
    HOW,
    STATISTICS,
    NULLS,
    WHERE,
    STATE
};

/* The next of the index's expressions, which stand in one list. */
static struct text expression_next(const char **rest)
{
    const char *from = *rest, *end = schema_expression_end(from);

    *rest = *end ? end + 2 : end;
    return (struct text) { from, (size_t)(end - from) };
}

static bool goes_on(const PGresult *r, int row)
{
    return row < PQntuples(r) && !schema_flag(r, row, FIRST);
}

/* What a row says with a blank before it, or nothing. */
static void add_words(struct buf *out, const char *words)
{
    if (*words) {
        buf_char(out, ' ');
        buf_string(out, words);
    }
}

/* "(a, lower(b) DESC) INCLUDE (c)" of the rows from the first on; what is set for the columns' statistics goes to
 * settings. */
static void add_columns(struct buf *out, struct buf *settings, const PGresult *r, int first)
{
    const char *expressions = PQgetvalue(r, first, EXPRESSIONS);
    bool included = false;

    buf_string(out, " (");
    for (int row = first; row == first || goes_on(r, row); row++) {
        if (schema_flag(r, row, INCLUDED) && !included) {
            buf_string(out, ") INCLUDE (");
            included = true;
        } else if (row > first) {
            buf_string(out, ", ");
        }
        if (PQgetisnull(r, row, COLUMN))
            buf_text(out, expression_next(&expressions));
        else
            buf_string(out, PQgetvalue(r, row, COLUMN));
        add_words(out, PQgetvalue(r, row, HOW));
        if (!PQgetisnull(r, row, STATISTICS))
            buf_printf(settings, " COLUMN %d STATISTICS %s", row - first + 1, PQgetvalue(r, row, STATISTICS));
    }
    buf_char(out, ')');
}

static void take_index(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct buf definition = buf_open(s->arena, SIZE_MAX / 2), settings = buf_open(s->arena, SIZE_MAX / 2);
    struct known *k = schema_take_known(s, class, of, r, row), *constraint, *child;

    if (!k)
        return;
    buf_printf(&definition, "CREATE %s%s ON %s USING %s", PQgetvalue(r, row, WORD), PQgetvalue(r, row, RELATION),
               k->object.of, PQgetvalue(r, row, METHOD));
    add_columns(&definition, &settings, r, row);
    add_words(&definition, PQgetvalue(r, row, NULLS));
    add_words(&definition, k->object.definition);
    add_words(&definition, PQgetvalue(r, row, WHERE));
    add_words(&definition, PQgetvalue(r, row, STATE));
    buf_text(&definition, buf_content(&settings));
    constraint = schema_known(s, schema_key(CLASS_CONSTRAINT, r, row, CONSTRAINT));
    if (constraint) {
        /* It is not listed beside its index: what that says beyond it becomes its own. */
        struct buf more = buf_open(s->arena, SIZE_MAX / 2);

        buf_string(&more, constraint->object.definition);
        add_words(&more, k->object.definition);
        add_words(&more, PQgetvalue(r, row, STATE));
        buf_text(&more, buf_content(&settings));
        constraint->object.definition = buf_cstr(&more);
        k->listed = false;
    }
    k->object.definition = schema_settled(buf_cstr(&definition), s->arena);
    child = schema_known(s, schema_child_key(k->key));
    k->parent = child ? child->parent : 0;
    k->partition = child;
}

/* An index at the row of its first column. */
static void take_key(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    if (schema_flag(r, row, FIRST))
        take_index(s, class, of, r, row);
}

const struct schema_query schema_indexes[] = {
    { CLASS_RELATION, CLASS_RELATION, take_key, indexes, NULL, 0 },
    { 0 },
};
