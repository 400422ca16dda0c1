/* Constraints, triggers, types, functions, and what has a name and nothing else. */
#include "dialects/postgres/evidence.h"

/* ---- parts of a table ---- */

/* The table, or the domain, that a constraint belongs to. */
static void constrained(struct asking *k)
{
    const struct action *x = k->x;
    struct buf type = buf_open(k->arena, SIZE_MAX / 2);

    pg_table(&type, probe_table(x));
    buf_printf(&k->sql, " FROM (SELECT c.oid AS rel, 0::pg_catalog.oid AS typ, %s AS words%s WHERE c.oid = ",
               probe_relation_words, probe_from_relation);
    pg_table_oid(&k->sql, k->pg, probe_table(x));
    buf_string(&k->sql, " UNION ALL SELECT 0::pg_catalog.oid, t.oid, 'domain ' || pg_catalog.format_type(t.oid, NULL) "
                        "FROM pg_catalog.pg_type t WHERE t.typtype = 'd' AND t.oid = pg_catalog.to_regtype(");
    pg_literal(&k->sql, k->pg, buf_content(&type));
    buf_string(&k->sql, ")) o LEFT JOIN pg_catalog.pg_constraint n ON n.conrelid = o.rel AND n.contypid = o.typ AND ");
}

static char constraint_type(unsigned flags)
{
    return flags & ACTION_PRIMARY ? 'p' : flags & ACTION_UNIQUE ? 'u' : flags & ACTION_FOREIGN ? 'f' : 'c';
}

static void ask_constraint(struct asking *k)
{
    const struct action *x = k->x;
    bool valid = (x->verb == ACTION_CREATE && !(x->flags & ACTION_NOT_VALID)) || x->change == CHANGE_VALIDATE;

    /* The server chose its name: it can be told by its columns. */
    if (!x->sub && !x->columns)
        return;
    probe_absent(k, "table or domain", x->schema, x->name);
    buf_printf(&k->sql,
               "SELECT CASE WHEN n.oid IS NULL THEN 'n' WHEN %s THEN 'f' ELSE 'y' END, o.words || CASE WHEN "
               "n.oid IS NULL THEN ",
               valid ? "NOT n.convalidated" : "false");
    probe_literal(k, x->sub ? arena_printf(k->arena, " has no constraint %s", text_shown(k->arena, text_from(x->sub)))
                            : arena_printf(k->arena, " has no such constraint on %s",
                                           text_shown(k->arena, text_from(x->columns))));
    buf_string(&k->sql,
               " ELSE ' has the constraint ' || n.conname || CASE WHEN n.convalidated THEN '' ELSE ', which is "
               "not validated' END END");
    constrained(k);
    if (x->sub) {
        buf_string(&k->sql, "n.conname = ");
        probe_literal(k, x->sub);
        return;
    }
    buf_printf(&k->sql,
               "n.contype = '%c' AND (SELECT pg_catalog.string_agg(t.attname, ', ' ORDER BY u.n) FROM "
               "pg_catalog.unnest(n.conkey) WITH ORDINALITY AS u(attnum, n) JOIN pg_catalog.pg_attribute t ON "
               "t.attrelid = n.conrelid AND t.attnum = u.attnum) = ",
               constraint_type(x->flags));
    probe_literal(k, x->columns);
    buf_string(&k->sql, " LIMIT 1");
}

/* A catalog whose rows belong to a relation and have a name. */
static void ask_part(struct asking *k, const char *catalog, const char *of, const char *name, const char *further)
{
    const struct action *x = k->x;
    const char *kind = probe_kind(x->object);

    probe_absent(k, "table", x->schema, x->name);
    buf_printf(&k->sql, "SELECT CASE WHEN n.%s IS NULL THEN 'n' ELSE 'y' END, %s || CASE WHEN n.%s IS NULL THEN ", name,
               probe_relation_words, name);
    probe_literal(k, arena_printf(k->arena, " has no %s %s", kind, text_shown(k->arena, text_from(x->sub))));
    buf_printf(&k->sql,
               " ELSE ' has the %s ' || n.%s END%s LEFT JOIN pg_catalog.%s n ON n.%s = c.oid%s AND n.%s = ", kind, name,
               probe_from_relation, catalog, of, further, name);
    probe_literal(k, x->sub);
    buf_string(&k->sql, " WHERE c.oid = ");
    pg_table_oid(&k->sql, k->pg, probe_table(x));
}

/* ---- types ---- */

static void type_oid(struct asking *k)
{
    const struct action *x = k->x;
    struct buf name = buf_open(k->arena, SIZE_MAX / 2);

    if (x->schema) {
        buf_string(&k->sql, "(SELECT o.oid FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace m ON m.oid = "
                            "o.typnamespace WHERE o.typname = ");
        probe_literal(k, x->name);
        buf_string(&k->sql, " AND m.nspname = ");
        probe_literal(k, x->schema);
        buf_char(&k->sql, ')');
        return;
    }
    pg_name(&name, x->name);
    buf_string(&k->sql, "pg_catalog.to_regtype(");
    pg_literal(&k->sql, k->pg, buf_content(&name));
    buf_char(&k->sql, ')');
}

static const char type_words[] = "CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || s.nspname || '.' || "
                                 "t.typname";
static const char from_type[] = " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace";

static void ask_type(struct asking *k)
{
    const struct action *x = k->x;

    probe_absent(k, probe_kind(x->object), x->schema, x->name);
    if (x->change == CHANGE_SET_NOT_NULL || x->change == CHANGE_DROP_NOT_NULL)
        buf_printf(
            &k->sql,
            "SELECT CASE WHEN t.typnotnull = %s THEN 'y' ELSE 'f' END, %s || CASE WHEN t.typnotnull THEN ' is NOT "
            "NULL' ELSE ' takes NULL' END%s WHERE t.oid = ",
            x->change == CHANGE_SET_NOT_NULL ? "true" : "false", type_words, from_type);
    else if (x->change == CHANGE_SET_DEFAULT || x->change == CHANGE_DROP_DEFAULT)
        buf_printf(&k->sql,
                   "SELECT CASE WHEN t.typdefault IS NULL THEN '%c' ELSE '%c' END, %s || coalesce(' has the default ' "
                   "|| t.typdefault, ' has no default')%s WHERE t.oid = ",
                   x->change == CHANGE_SET_DEFAULT ? 'f' : 'y', x->change == CHANGE_SET_DEFAULT ? 'd' : 'f', type_words,
                   from_type);
    else
        buf_printf(&k->sql, "SELECT 'y', %s || ' exists'%s WHERE t.oid = ", type_words, from_type);
    type_oid(k);
}

static void ask_label(struct asking *k)
{
    const struct action *x = k->x;

    if (!x->sub)
        return;
    probe_absent(k, "type", x->schema, x->name);
    buf_printf(&k->sql, "SELECT CASE WHEN n.oid IS NULL THEN 'n' ELSE 'y' END, %s || CASE WHEN n.oid IS NULL THEN ",
               type_words);
    probe_literal(k, arena_printf(k->arena, " has no value '%s'", text_shown(k->arena, text_from(x->sub))));
    buf_printf(&k->sql,
               " ELSE ' has the value ''' || n.enumlabel || '''' END%s LEFT JOIN pg_catalog.pg_enum n ON n.enumtypid = "
               "t.oid AND n.enumlabel = ",
               from_type);
    probe_literal(k, x->sub);
    buf_string(&k->sql, " WHERE t.oid = ");
    type_oid(k);
}

/* ---- functions ---- */

/* The types that it takes, each as the server knows it. */
static void arguments_are(struct asking *k)
{
    struct text rest = text_from(k->x->arguments);
    size_t at = 0, n = 0;

    buf_string(&k->sql, " AND p.proargtypes::pg_catalog.text = pg_catalog.concat_ws(' '");
    while (rest.len) {
        /* A type's own commas stand in parentheses, and have no blank behind them. */
        struct text one = text_find(rest, ", ", &at) ? text_cut(rest, 0, at) : rest;

        buf_string(&k->sql, ", coalesce(pg_catalog.to_regtype(");
        pg_literal(&k->sql, k->pg, one);
        buf_string(&k->sql, ")::pg_catalog.oid, 0)");
        rest = one.len < rest.len ? text_cut(rest, at + 2, rest.len) : (struct text) { NULL, 0 };
        n++;
    }
    buf_string(&k->sql, n ? ")" : ", '')");
}

static void ask_routine(struct asking *k)
{
    const struct action *x = k->x;
    const char *kinds = x->object == OBJECT_PROCEDURE ? "'p'" : x->object == OBJECT_AGGREGATE ? "'a'" : "'f', 'w'";
    const char *kind = probe_kind(x->object);

    if (x->arguments && strchr(x->arguments, '?'))
        return;
    probe_absent(k, kind, x->schema, x->arguments ? arena_printf(k->arena, "%s(%s)", x->name, x->arguments) : x->name);
    buf_string(&k->sql, "SELECT ");
    if (x->body) {
        buf_string(&k->sql, "CASE WHEN p.prosrc = ");
        probe_literal(k, x->body);
        buf_printf(&k->sql, " THEN 'y' ELSE '%c' END", x->flags & ACTION_OR_REPLACE ? 'f' : 'd');
    } else {
        buf_printf(&k->sql, "'%c'", x->flags & ACTION_OR_REPLACE ? 'd' : 'y');
    }
    buf_printf(&k->sql,
               ", '%s ' || s.nspname || '.' || p.proname || '(' || "
               "pg_catalog.pg_get_function_identity_arguments(p.oid) || ') exists'",
               kind);
    if (x->body) {
        buf_string(&k->sql, " || CASE WHEN p.prosrc = ");
        probe_literal(k, x->body);
        buf_string(&k->sql, " THEN ' and has this body' ELSE ' and has another body' END");
    }
    buf_printf(&k->sql,
               " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace WHERE p.prokind IN "
               "(%s) AND p.proname = ",
               kinds);
    probe_literal(k, x->name);
    buf_string(&k->sql, " AND ");
    if (x->schema) {
        buf_string(&k->sql, "s.nspname = ");
        probe_literal(k, x->schema);
    } else {
        buf_string(&k->sql, "pg_catalog.pg_function_is_visible(p.oid)");
    }
    if (x->arguments)
        arguments_are(k);
    buf_string(&k->sql, " LIMIT 1");
}

/* ---- what has a name and nothing else ---- */

static void ask_named(struct asking *k, const char *catalog, const char *column)
{
    const struct action *x = k->x;
    const char *kind = probe_kind(x->object);

    probe_absent(k, kind, x->schema, x->name);
    buf_printf(&k->sql, "SELECT 'y', '%s ' || n.%s || ' exists' FROM pg_catalog.%s n WHERE n.%s = ", kind, column,
               catalog, column);
    probe_literal(k, x->name);
    buf_string(&k->sql, " LIMIT 1");
}

static const struct {
    enum object_kind object;
    const char *catalog, *column;
} named[] = {
    { OBJECT_SCHEMA, "pg_namespace", "nspname" },
    { OBJECT_EXTENSION, "pg_extension", "extname" },
    { OBJECT_ROLE, "pg_roles", "rolname" },
    { OBJECT_DATABASE, "pg_database", "datname" },
    { OBJECT_STATISTICS, "pg_statistic_ext", "stxname" },
    { OBJECT_PUBLICATION, "pg_publication", "pubname" },
    { OBJECT_SUBSCRIPTION, "pg_subscription", "subname" },
    { OBJECT_EVENT_TRIGGER, "pg_event_trigger", "evtname" },
};

void probe_other(struct asking *k)
{
    switch (k->x->object) {
    case OBJECT_CONSTRAINT:
        ask_constraint(k);
        return;
    case OBJECT_TRIGGER:
        ask_part(k, "pg_trigger", "tgrelid", "tgname", " AND NOT n.tgisinternal");
        return;
    case OBJECT_RULE:
        ask_part(k, "pg_rewrite", "ev_class", "rulename", "");
        return;
    case OBJECT_POLICY:
        ask_part(k, "pg_policy", "polrelid", "polname", "");
        return;
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
        ask_type(k);
        return;
    case OBJECT_LABEL:
        ask_label(k);
        return;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_AGGREGATE:
        ask_routine(k);
        return;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (named[i].object == k->x->object)
            ask_named(k, named[i].catalog, named[i].column);
}
