/* The questions. Each is one SELECT of at most one row: a letter (enum probe_state), and a sentence about it. */
#include "dialects/postgres/evidence.h"

void probe_literal(struct asking *k, const char *value)
{
    pg_literal(&k->sql, k->pg, text_from(value ? value : ""));
}

struct table_name probe_table(const struct action *x)
{
    return (struct table_name) { x->schema, x->name };
}

/* "city", "public.users" as the script writes it. */
const char *probe_written(const struct asking *k, const char *schema, const char *name)
{
    return text_shown(k->arena, text_from(schema ? arena_printf(k->arena, "%s.%s", schema, name) : name));
}

void probe_absent(struct asking *k, const char *kind, const char *schema, const char *name)
{
    k->p->absent = arena_printf(k->arena, "there is no %s %s", kind, probe_written(k, schema, name));
}

const char *probe_kind(enum object_kind kind)
{
    static const char *const words[] = { "",
                                         "table",
                                         "column",
                                         "index",
                                         "constraint",
                                         "sequence",
                                         "view",
                                         "materialized view",
                                         "type",
                                         "value",
                                         "domain",
                                         "function",
                                         "procedure",
                                         "aggregate",
                                         "trigger",
                                         "event trigger",
                                         "rule",
                                         "policy",
                                         "schema",
                                         "extension",
                                         "role",
                                         "database",
                                         "statistics",
                                         "publication",
                                         "subscription",
                                         "object" };

    return words[kind];
}

/* ---- relations ---- */

static const char *relation_kinds(const struct action *x)
{
    if (x->verb != ACTION_CREATE && x->verb != ACTION_DROP)
        return "";
    switch (x->object) {
    case OBJECT_TABLE:
        return " AND c.relkind IN ('r', 'p', 'f')";
    case OBJECT_VIEW:
        return " AND c.relkind = 'v'";
    case OBJECT_MATERIALIZED_VIEW:
        return " AND c.relkind = 'm'";
    case OBJECT_SEQUENCE:
        return " AND c.relkind = 'S'";
    default:
        return " AND c.relkind IN ('i', 'I')";
    }
}

const char probe_relation_words[] =
    "CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'i' THEN "
    "'index ' WHEN 'I' THEN 'index ' WHEN 'c' THEN 'type ' ELSE 'table ' END || s.nspname || '.' || c.relname";

const char probe_from_relation[] =
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace";

static void ask_relation(struct asking *k)
{
    const struct action *x = k->x;

    probe_absent(k, probe_kind(x->object), x->schema, x->name);
    if (x->verb == ACTION_ALTER && x->change == CHANGE_OWNER && x->new_name) {
        buf_string(&k->sql, "SELECT CASE WHEN pg_catalog.pg_get_userbyid(c.relowner) = ");
        probe_literal(k, x->new_name);
        buf_printf(&k->sql, " THEN 'y' ELSE 'f' END, %s || ' belongs to ' || pg_catalog.pg_get_userbyid(c.relowner)",
                   probe_relation_words);
    } else if (x->change == CHANGE_ROW_SECURITY || x->change == CHANGE_NO_ROW_SECURITY) {
        buf_printf(&k->sql,
                   "SELECT CASE WHEN %s c.relrowsecurity THEN 'y' ELSE 'f' END, %s || CASE WHEN c.relrowsecurity THEN "
                   "' has row level security' ELSE ' has no row level security' END",
                   x->change == CHANGE_ROW_SECURITY ? "" : "NOT", probe_relation_words);
    } else if (x->verb == ACTION_COMMENT) {
        buf_printf(&k->sql, "SELECT CASE WHEN d.words IS NOT DISTINCT FROM ");
        if (x->comment)
            probe_literal(k, x->comment);
        else
            buf_string(&k->sql, "NULL::text");
        buf_printf(
            &k->sql,
            " THEN 'y' ELSE 'f' END, %s || CASE WHEN d.words IS NULL THEN ' has no comment' ELSE ' has the comment "
            "\"' || pg_catalog.left(d.words, 60) || '\"' END",
            probe_relation_words);
    } else {
        buf_printf(&k->sql, "SELECT 'y', %s || ' exists'", probe_relation_words);
    }
    buf_string(&k->sql, probe_from_relation);
    if (x->verb == ACTION_COMMENT)
        buf_string(&k->sql, ", LATERAL (SELECT pg_catalog.obj_description(c.oid, 'pg_class')) AS d(words)");
    buf_string(&k->sql, " WHERE c.oid = ");
    pg_table_oid(&k->sql, k->pg, probe_table(x));
    buf_string(&k->sql, relation_kinds(x));
}

static void ask_partition(struct asking *k)
{
    const struct action *x = k->x;

    k->p->absent = arena_printf(k->arena, "%s is no partition of %s", probe_written(k, x->new_schema, x->new_name),
                                probe_written(k, x->schema, x->name));
    /* Older servers have no such column. */
    buf_string(&k->sql, "SELECT CASE WHEN pg_catalog.to_jsonb(i) ->> 'inhdetachpending' = 'true' THEN 'f' ELSE 'y' END,"
                        " i.inhrelid::pg_catalog.regclass || ' is a partition of ' || "
                        "i.inhparent::pg_catalog.regclass || CASE WHEN pg_catalog.to_jsonb(i) ->> 'inhdetachpending' = "
                        "'true' THEN ' whose detaching was begun' ELSE '' END"
                        " FROM pg_catalog.pg_inherits i WHERE i.inhparent = ");
    pg_table_oid(&k->sql, k->pg, probe_table(x));
    buf_string(&k->sql, " AND i.inhrelid = ");
    pg_table_oid(&k->sql, k->pg, (struct table_name) { x->new_schema, x->new_name });
}

/* ---- indexes ---- */

static void index_oid(struct asking *k)
{
    const struct action *x = k->x;

    if (x->verb != ACTION_CREATE || x->schema) {
        pg_table_oid(&k->sql, k->pg, probe_table(x));
        return;
    }
    /* A new one lies where its table does. */
    buf_string(&k->sql, "(SELECT o.oid FROM pg_catalog.pg_class o WHERE o.relname = ");
    probe_literal(k, x->name);
    buf_string(&k->sql, " AND o.relnamespace = (SELECT o.relnamespace FROM pg_catalog.pg_class o WHERE o.oid = ");
    pg_table_oid(&k->sql, k->pg, (struct table_name) { x->new_schema, x->new_name });
    buf_string(&k->sql, "))");
}

static void index_of_table(struct asking *k)
{
    const struct action *x = k->x;

    k->p->absent = arena_printf(k->arena, "%s has no index on %s", probe_written(k, x->new_schema, x->new_name),
                                text_shown(k->arena, text_from(x->columns)));
    buf_printf(&k->sql,
               "SELECT CASE WHEN " PG_INDEX_VALID " THEN 'y' ELSE 'f' END, %s || CASE WHEN " PG_INDEX_VALID
               " THEN ' exists' ELSE ' exists but is INVALID' END%s JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
               "WHERE i.indrelid = ",
               probe_relation_words, probe_from_relation);
    pg_table_oid(&k->sql, k->pg, (struct table_name) { x->new_schema, x->new_name });
    buf_printf(&k->sql, " AND i.indisunique = %s AND (i.indpred IS NOT NULL) = %s AND i.indexprs IS NULL AND",
               x->flags & ACTION_UNIQUE ? "true" : "false", x->flags & ACTION_PARTIAL ? "true" : "false");
    buf_string(&k->sql,
               " (SELECT pg_catalog.string_agg(t.attname, ', ' ORDER BY u.n) FROM pg_catalog.unnest(i.indkey::int2[]) "
               "WITH ORDINALITY AS u(attnum, n) JOIN pg_catalog.pg_attribute t ON t.attrelid = i.indrelid AND t.attnum "
               "= u.attnum WHERE u.n <= i.indnkeyatts) = ");
    probe_literal(k, x->columns);
    buf_string(&k->sql, " ORDER BY i.indisvalid DESC LIMIT 1");
}

static void ask_index(struct asking *k)
{
    const struct action *x = k->x;

    if (!x->name) {
        if (x->columns)
            index_of_table(k);
        return;
    }
    probe_absent(k, "index", x->schema, x->name);
    buf_string(&k->sql, "SELECT CASE");
    if (x->verb == ACTION_CREATE) {
        buf_string(&k->sql, " WHEN i.indrelid IS DISTINCT FROM ");
        pg_table_oid(&k->sql, k->pg, (struct table_name) { x->new_schema, x->new_name });
        buf_string(&k->sql, " THEN 'd'");
    }
    buf_printf(&k->sql,
               " WHEN " PG_INDEX_VALID
               " THEN 'y' ELSE 'f' END, %s || CASE WHEN b.pid IS NOT NULL THEN ' is being built by "
               "the session with pid ' || b.pid WHEN c.relkind = 'I' THEN ' exists' WHEN " PG_INDEX_VALID
               " THEN ' exists and is valid' ELSE ' exists but is INVALID' END || ', on ' || "
               "i.indrelid::pg_catalog.regclass%s JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid LEFT JOIN "
               "pg_catalog.pg_stat_progress_create_index b ON b.index_relid = c.oid WHERE c.oid = ",
               probe_relation_words, probe_from_relation);
    index_oid(k);
}

/* ---- columns ---- */

/* Equal as the server prints both, or the same type where the script names no length. */
static void type_is(struct asking *k, const char *type)
{
    buf_string(&k->sql, "pg_catalog.format_type(a.atttypid, a.atttypmod) = ");
    probe_literal(k, type);
    if (strchr(type, '('))
        return;
    buf_string(&k->sql, " OR a.atttypid = pg_catalog.to_regtype(");
    probe_literal(k, type);
    buf_char(&k->sql, ')');
}

/* The letter for a column that is there. */
static void column_letter(struct asking *k)
{
    const struct action *x = k->x;
    bool typed = x->type && !strchr(x->type, '?');

    switch (x->verb == ACTION_ALTER ? x->change : CHANGE_OTHER) {
    case CHANGE_TYPE:
        if (typed) {
            buf_string(&k->sql, " WHEN ");
            type_is(k, x->type);
            buf_string(&k->sql, " THEN 'y' ELSE 'f'");
            return;
        }
        break;
    case CHANGE_SET_NOT_NULL:
        buf_string(&k->sql, " WHEN a.attnotnull THEN 'y' ELSE 'f'");
        return;
    case CHANGE_DROP_NOT_NULL:
        buf_string(&k->sql, " WHEN a.attnotnull THEN 'f' ELSE 'y'");
        return;
    case CHANGE_SET_DEFAULT:
        buf_string(&k->sql, " WHEN a.atthasdef THEN 'd' ELSE 'f'");
        return;
    case CHANGE_DROP_DEFAULT:
        buf_string(&k->sql, " WHEN a.atthasdef THEN 'f' ELSE 'y'");
        return;
    default:
        break;
    }
    if (x->verb == ACTION_COMMENT) {
        buf_string(&k->sql, " WHEN pg_catalog.col_description(c.oid, a.attnum) IS NOT DISTINCT FROM ");
        if (x->comment)
            probe_literal(k, x->comment);
        else
            buf_string(&k->sql, "NULL::text");
        buf_string(&k->sql, " THEN 'y' ELSE 'f'");
    } else if (x->verb == ACTION_CREATE && typed) {
        buf_string(&k->sql, " WHEN ");
        type_is(k, x->type);
        buf_string(&k->sql, " THEN 'y' ELSE 'd'");
    } else {
        buf_string(&k->sql, " ELSE 'y'");
    }
}

static void ask_column(struct asking *k)
{
    const struct action *x = k->x;
    const char *shown = text_shown(k->arena, text_from(x->sub));

    probe_absent(k, "table", x->schema, x->name);
    buf_string(&k->sql, "SELECT CASE WHEN a.attnum IS NULL THEN 'n'");
    column_letter(k);
    buf_printf(&k->sql, " END, %s || CASE WHEN a.attnum IS NULL THEN ", probe_relation_words);
    probe_literal(k, arena_printf(k->arena, " has no column %s", shown));
    buf_string(&k->sql, " ELSE ' has the column ' || a.attname || ' ' || pg_catalog.format_type(a.atttypid, "
                        "a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || "
                        "coalesce(' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') END");
    buf_printf(&k->sql,
               "%s LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attnum > 0 "
               "AND a.attname = ",
               probe_from_relation);
    probe_literal(k, x->sub);
    buf_string(&k->sql,
               " LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.oid = ");
    pg_table_oid(&k->sql, k->pg, probe_table(x));
}

void probe_make(struct probe *p, const struct pg *pg, const struct action *x, struct arena *a)
{
    struct asking k = { p, pg, x, a, buf_open(a, SIZE_MAX / 2) };

    if (!x->name && x->object != OBJECT_INDEX)
        return;
    switch (x->object) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATERIALIZED_VIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
        if (x->change == CHANGE_ATTACH || x->change == CHANGE_DETACH)
            ask_partition(&k);
        else if (x->object == OBJECT_INDEX)
            ask_index(&k);
        else
            ask_relation(&k);
        break;
    case OBJECT_COLUMN:
        ask_column(&k);
        break;
    default:
        probe_other(&k);
    }
    if (k.sql.len)
        p->sql = buf_cstr(&k.sql);
}
