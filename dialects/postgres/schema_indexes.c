#include "dialects/postgres/schema.h"
#include "dialects/postgres/schema_sql.h"

static schema_take take_class, take_index;

/* It takes what stands between pieces of SQL for calls. */
/* clang-format off */

static const char classes[] =
    "SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.opcname), p.opcdefault, p.opcintype, p.opckeytype"
    " FROM pg_opclass p JOIN pg_namespace n ON n.oid = p.opcnamespace";

/* What pg_get_indexdef says too, but that takes as long as all other questions together. */
static const char indexes[] =
    "SELECT i.indexrelid, 'index', " SQL_NAME("c.relname") ", i.indrelid,"
    " concat_ws(' ', " SQL_SETTINGS("WITH", "c.reloptions") ", " SQL_TABLESPACE("c.reltablespace") "), o.conid,"
    " concat_ws(' ', 'CREATE', CASE WHEN i.indisunique THEN 'UNIQUE' END, 'INDEX', quote_ident(c.relname)),"
    " quote_ident(m.amname), i.indkey, i.indnkeyatts, i.indclass, i.indoption, i.indcollation,"
    " CASE WHEN i.indcollation::text !~ '^(0|100)?( (0|100))*$' THEN "
    "  (SELECT string_agg(coalesce(" SQL_COLLATION("u.x") ", '-'), ', '"
    "  ORDER BY u.n) FROM unnest(i.indcollation) WITH ORDINALITY u (x, n)) END,"
    " pg_get_expr(i.indexprs, i.indrelid), {150000?CASE WHEN i.indnullsnotdistinct THEN 'NULLS NOT DISTINCT' END;NULL},"
    " 'WHERE ' || pg_get_expr(i.indpred, i.indrelid),"
    " concat_ws(' ', CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'INVALID' END,"
    "  CASE WHEN i.indisclustered THEN 'CLUSTER' END, CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END, k.set)"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid" SQL_SCHEMA("c.relnamespace")
    " JOIN pg_am m ON m.oid = c.relam"
    " LEFT JOIN (SELECT x.conindid, x.oid AS conid FROM pg_constraint x WHERE x.contype IN ('p', 'u', 'x')) o"
    "  ON o.conindid = i.indexrelid"
    " LEFT JOIN (SELECT a.attrelid, string_agg(concat_ws(' ', 'COLUMN', a.attnum, CASE WHEN a.attstattarget >= 0"
    "   THEN 'STATISTICS ' || a.attstattarget END, " SQL_SETTINGS("SET", "a.attoptions") "), ' '"
    "   ORDER BY a.attnum) AS set"
    "  FROM pg_index y JOIN pg_attribute a ON a.attrelid = y.indexrelid"
    "  WHERE y.indexrelid >= 16384 AND a.attrelid >= 16384 AND a.attnum > 0"
    "   AND (a.attstattarget >= 0 OR " SQL_IS_SET("a.attoptions") ")"
    "  GROUP BY a.attrelid) k ON k.attrelid = i.indexrelid"
    " WHERE i.indexrelid >= 16384 AND i.indrelid >= 16384 AND c.relpersistence <> 't'";

/* clang-format on */

enum {
    CONSTRAINT = TAKE_MORE,
    CREATE,
    METHOD,
    COLUMNS,
    KEYS,
    CLASSES,
    OPTIONS,
    COLLATIONS,
    COLLATION_NAMES,
    EXPRESSIONS,
    NULLS,
    WHERE,
    STATE
};

const struct schema_query schema_indexes[] = {
    { CLASS_NONE, CLASS_NONE, take_class, classes, NULL, 0 },
    { CLASS_RELATION, CLASS_RELATION, take_index, indexes, NULL, 0 },
    { 0 },
};

static void take_class(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    enum { OID, NAME, DEFAULT, TYPE, KEY };
    struct opclass *c = arena_push(s->arena, &s->opclasses);

    (void)class;
    (void)of;
    c->oid = schema_cell(s, r, row, OID);
    c->name = schema_cell(s, r, row, NAME);
    c->type = schema_cell(s, r, row, TYPE);
    c->key_type = schema_cell(s, r, row, KEY);
    c->is_default = schema_flag(r, row, DEFAULT);
}

/* The next of numbers that blanks separate, as an int2vector and an oidvector are printed. */
static struct text number_next(const char **rest)
{
    size_t len = strcspn(*rest, " ");
    struct text number = { *rest, len };

    *rest += len + ((*rest)[len] == ' ');
    return number;
}

/* The next of expressions, or of names, that stand in one list. */
static struct text expression_next(const char **rest)
{
    const char *from = *rest, *end = schema_expression_end(from);

    *rest = *end ? end + 2 : end;
    return (struct text) { from, (size_t)(end - from) };
}

/* What it says with a blank before it, or nothing. */
static void add_words(struct buf *out, struct text words)
{
    if (words.len) {
        buf_char(out, ' ');
        buf_text(out, words);
    }
}

/* Whether an index of that column takes the class by itself. Those of arrays, enums, ranges and records are told by
 * their pseudo-types, and varchar has no class of its own. */
static bool is_usual(const struct opclass *c, const struct known *column)
{
    static const char *const any[] = { "2277", "3500", "3831", "2249", NULL };
    static const char text_oid[] = "25", varchar_oid[] = "1043";

    if (!c || !c->is_default || !column)
        return !c || c->is_default;
    for (size_t i = 0; any[i]; i++)
        if (strcmp(c->type, any[i]) == 0)
            return true;
    return strcmp(c->type, column->type) == 0 || strcmp(c->key_type, column->type) == 0 ||
           (strcmp(c->type, text_oid) == 0 && strcmp(column->type, varchar_oid) == 0);
}

/* Where the reading of an index's lists is. */
struct lists {
    const char *columns, *classes, *options, *collations, *names, *expressions;
};

static void add_class(struct buf *out, const struct schema_reading *s, struct text oid, const struct known *column)
{
    const struct opclass *c = NULL;

    for (size_t i = 0; i < s->opclasses.len && !c; i++)
        if (text_is(oid, s->opclasses.at[i].oid))
            c = &s->opclasses.at[i];
    if (c && !is_usual(c, column))
        add_words(out, text_from(c->name));
}

static void add_key(struct buf *out, const struct schema_reading *s, struct lists *at, const struct known *column)
{
    static const char *const orders[] = { "", "DESC NULLS LAST", "NULLS FIRST", "DESC" };
    struct text collation = number_next(&at->collations), name = expression_next(&at->names);
    uint64_t option = 0;

    if (name.len && !text_is(name, "-") && !(column && text_is(collation, column->collation)) &&
        !text_is(collation, "100")) {
        buf_string(out, " COLLATE ");
        buf_text(out, name);
    }
    add_class(out, s, number_next(&at->classes), column);
    text_to_u64(number_next(&at->options), &option);
    add_words(out, text_from(orders[option & 3]));
}

/* "(a, lower(b) DESC) INCLUDE (c)". */
static void add_columns(struct buf *out, const struct schema_reading *s, const struct known *table, const PGresult *r,
                        int row)
{
    struct lists at = { PQgetvalue(r, row, COLUMNS),         PQgetvalue(r, row, CLASSES),
                        PQgetvalue(r, row, OPTIONS),         PQgetvalue(r, row, COLLATIONS),
                        PQgetvalue(r, row, COLLATION_NAMES), PQgetvalue(r, row, EXPRESSIONS) };
    uint64_t keys = 0;

    text_to_u64(text_from(PQgetvalue(r, row, KEYS)), &keys);
    for (uint64_t i = 0; *at.columns; i++) {
        const struct known *column = schema_column(s, table, number_next(&at.columns));

        buf_string(out, i == keys ? ") INCLUDE (" : i ? ", " : " (");
        buf_text(out, column ? text_from(column->part) : expression_next(&at.expressions));
        if (i < keys)
            add_key(out, s, &at, column);
    }
    buf_char(out, ')');
}

/* A constraint is not listed beside its index: what that says beyond it becomes its own. */
static void join_constraint(struct schema_reading *s, struct known *constraint, const char *more, const char *state)
{
    struct buf definition = buf_open(s->arena, SIZE_MAX / 2);

    buf_string(&definition, constraint->object.definition);
    add_words(&definition, text_from(more));
    add_words(&definition, text_from(state));
    constraint->object.definition = buf_cstr(&definition);
}

static void take_index(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct buf definition = buf_open(s->arena, SIZE_MAX / 2);
    struct known *k = schema_take_known(s, class, of, r, row), *constraint, *child;

    if (!k)
        return;
    buf_printf(&definition, "%s ON %s USING %s", PQgetvalue(r, row, CREATE), k->object.of, PQgetvalue(r, row, METHOD));
    add_columns(&definition, s, schema_known(s, k->whole), r, row);
    add_words(&definition, text_from(PQgetvalue(r, row, NULLS)));
    add_words(&definition, text_from(k->object.definition));
    add_words(&definition, text_from(PQgetvalue(r, row, WHERE)));
    add_words(&definition, text_from(PQgetvalue(r, row, STATE)));
    constraint = schema_known(s, schema_key(CLASS_CONSTRAINT, r, row, CONSTRAINT));
    if (constraint)
        join_constraint(s, constraint, k->object.definition, PQgetvalue(r, row, STATE));
    k->listed = !constraint;
    k->object.definition = schema_settled(buf_cstr(&definition), s->arena);
    child = schema_known(s, schema_child_key(k->key));
    k->parent = child ? child->parent : 0;
    k->partition = child;
}
