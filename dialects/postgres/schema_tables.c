#include "dialects/postgres/schema.h"
#include "dialects/postgres/schema_sql.h"

/* ---- the questions ---- */

/* It takes what stands between pieces of SQL for calls. */
/* clang-format off */

static const char schemas[] =
    "SELECT n.oid, 'schema', n.nspname, quote_ident(n.nspname), 0, '' FROM pg_namespace n"
    " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " AND" SQL_NO_MEMBER("pg_namespace", "n.oid");

/* The default of a domain, and what a type is made of where that is rows of another catalog, are read with it. */
static const char types[] =
    "SELECT t.oid, CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type'"
    "  WHEN 'c' THEN 'composite type' ELSE CASE WHEN t.typisdefined THEN 'base type' ELSE 'shell type' END END,"
    " " SQL_NAME("t.typname") ", 0,"
    " CASE t.typtype WHEN 'e' THEN (SELECT '(' || string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)"
    "   || ')' FROM pg_enum WHERE enumtypid = t.oid)"
    "  WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod),"
    "   " SQL_COLLATE("t.typcollation", "(SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)") ","
    "   'DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), quote_literal(t.typdefault)),"
    "   CASE WHEN t.typnotnull THEN 'NOT NULL' END)"
    "  WHEN 'r' THEN (SELECT concat_ws(E'\\n', 'SUBTYPE = ' || format_type(g.rngsubtype, NULL),"
    "    'SUBTYPE_OPCLASS = ' || " SQL_QUALIFIED("opcname", "pg_opclass", "opcnamespace", "g.rngsubopc") ","
    "    'COLLATION = ' || CASE WHEN g.rngcollation <> 0 THEN " SQL_COLLATION("g.rngcollation") " END,"
    "    'CANONICAL = ' || nullif(g.rngcanonical::text, '-'), 'SUBTYPE_DIFF = ' || nullif(g.rngsubdiff::text, '-')"
    "    {140000?, 'MULTIRANGE_TYPE_NAME = ' || format_type(g.rngmultitypid, NULL);})"
    "   FROM pg_range g WHERE g.rngtypid = t.oid)"
    "  WHEN 'b' THEN CASE WHEN t.typisdefined THEN concat_ws(E'\\n', 'INPUT = ' || t.typinput::text,"
    "   'OUTPUT = ' || t.typoutput, 'RECEIVE = ' || nullif(t.typreceive::text, '-'),"
    "   'SEND = ' || nullif(t.typsend::text, '-'), 'TYPMOD_IN = ' || nullif(t.typmodin::text, '-'),"
    "   'TYPMOD_OUT = ' || nullif(t.typmodout::text, '-'), 'ANALYZE = ' || nullif(t.typanalyze::text, '-'),"
    "   {140000?'SUBSCRIPT = ' || nullif(t.typsubscript::text, '-'),;}"
    "   'INTERNALLENGTH = ' || t.typlen, CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,"
    " 'ALIGNMENT = ' || t.typalign::text,"
    "   'STORAGE = ' || t.typstorage::text, 'CATEGORY = ' || t.typcategory::text,"
    " CASE WHEN t.typispreferred THEN 'PREFERRED' END,"
    "   'DEFAULT = ' || quote_literal(t.typdefault), 'ELEMENT = ' || CASE WHEN t.typelem <> 0"
    "    THEN format_type(t.typelem, NULL) END, 'DELIMITER = ' || quote_literal(t.typdelim::text),"
    "   CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE' END) END END, t.typrelid"
    " FROM pg_type t" SQL_SCHEMA("t.typnamespace") " LEFT JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'"
    " WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r', 'c', 'b', 'p')"
    /* Not the arrays that come with other types, nor the rows of tables. */
    " AND NOT (t.typelem <> 0 AND t.typarray = 0) AND (t.typrelid = 0 OR c.oid IS NOT NULL)"
    " AND" SQL_NO_MEMBER("pg_type", "t.oid");

static const char relations[] =
    "SELECT c.oid, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'"
    "  ELSE 'table' END, " SQL_NAME("c.relname") ", 0,"
    " concat_ws(' ', CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,"
    "  CASE WHEN c.relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid) END,"
    "  CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED' END,"
    "  CASE WHEN c.reloftype <> 0 THEN 'OF ' || format_type(c.reloftype, NULL) END,"
    "  CASE WHEN c.relkind = 'f' THEN (SELECT concat_ws(' ', 'SERVER ' || quote_ident(s.srvname), "
    "   " SQL_OPTIONS("f.ftoptions") ")"
    "   FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) END,"
    "  CASE WHEN c.relam NOT IN (0, 2)"
    "   THEN (SELECT 'USING ' || quote_ident(amname) FROM pg_am WHERE oid = c.relam) END,"
    "  " SQL_SETTINGS("WITH", "c.reloptions") ","
    "  CASE WHEN c.reltoastrelid <> 0 THEN (SELECT " SQL_SETTINGS("TOAST", "x.reloptions")
    "   FROM pg_class x WHERE x.oid = c.reltoastrelid) END,"
    "  " SQL_TABLESPACE("c.reltablespace") ","
    "  CASE WHEN c.relkind IN ('r', 'p', 'm') THEN CASE c.relreplident WHEN 'f' THEN 'REPLICA IDENTITY FULL'"
    "   WHEN 'n' THEN 'REPLICA IDENTITY NOTHING' END END,"
    "  CASE WHEN c.relrowsecurity THEN 'ROW LEVEL SECURITY' END,"
    "  CASE WHEN c.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END,"
    "  CASE WHEN c.relkind IN ('v', 'm') THEN E'AS\\n' || pg_get_viewdef(c.oid) END), c.relispartition"
    " FROM pg_class c" SQL_SCHEMA("c.relnamespace")
    " WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'"
    " AND" SQL_NO_MEMBER("pg_class", "c.oid");

static const char parents[] =
    "SELECT i.inhrelid, i.inhparent FROM pg_inherits i ORDER BY i.inhrelid, i.inhseqno";

/* What most columns have is put together here, what is seldom by the server: asking for each of all kinds would take as
 * long again. So would printing a default as if it could name a column. Of a view only what its query does not say. */
static const char columns[] =
    "SELECT a.attrelid, CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END, NULL, quote_ident(a.attname),"
    " a.attrelid, CASE WHEN c.relkind NOT IN ('v', 'm') THEN format_type(a.atttypid, a.atttypmod) END,"
    " CASE WHEN a.attcollation <> t.typcollation OR a.attstorage <> t.typstorage OR a.attidentity <> ''"
    "   OR {140000?a.attcompression <> '' OR ;}a.attfdwoptions IS NOT NULL OR a.attstattarget >= 0"
    "   OR " SQL_IS_SET("a.attoptions") " THEN concat_ws(' ',"
    "  CASE WHEN c.relkind NOT IN ('v', 'm') THEN " SQL_COLLATE("a.attcollation", "t.typcollation") " END,"
    "  " SQL_OPTIONS("a.attfdwoptions") ","
    "  CASE a.attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY'"
    "   END, CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'STORAGE PLAIN'"
    "   WHEN 'e' THEN 'STORAGE EXTERNAL' WHEN 'm' THEN 'STORAGE MAIN' ELSE 'STORAGE EXTENDED' END END,"
    "  {140000?CASE a.attcompression WHEN 'p' THEN 'COMPRESSION pglz' WHEN 'l' THEN 'COMPRESSION lz4' END,;}"
    "  CASE WHEN a.attstattarget >= 0 THEN 'STATISTICS ' || a.attstattarget END,"
    "  " SQL_SETTINGS("SET", "a.attoptions") ") END,"
    " CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0) END,"
    " CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END, a.attnotnull,"
    " a.attislocal, a.attinhcount > 0, a.attnum, a.attcollation, a.atttypid"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    /* A dropped column has no type. */
    " JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
    " WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'c', 'v', 'm') AND c.relpersistence <> 't'"
    " AND a.attrelid >= 16384 AND a.attnum > 0 ORDER BY a.attrelid, a.attnum";

/* What a partition has for its parent's sake says nothing of its own, but for the index behind a key. */
static const char constraints[] =
    "SELECT k.oid, 'constraint', NULL, quote_ident(k.conname), k.conrelid, pg_get_constraintdef(k.oid), k.conparentid"
    " FROM pg_constraint k WHERE k.oid >= 16384 AND k.conrelid <> 0 AND (k.contype IN ('p', 'u', 'x')"
    "  OR (k.contype = 'f' AND k.conparentid = 0) OR (k.contype = 'c' AND k.conislocal))";

static const char domain_constraints[] =
    "SELECT k.oid, 'constraint', NULL, quote_ident(k.conname), k.contypid, pg_get_constraintdef(k.oid)"
    " FROM pg_constraint k WHERE k.oid >= 16384 AND k.contypid <> 0 AND k.contype = 'c'";

static const char sequences[] =
    "SELECT c.oid, 'sequence', " SQL_NAME("c.relname") ", d.refobjid,"
    " concat_ws(' ', CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED' END, 'AS ' || format_type(s.seqtypid, NULL),"
    "  'START WITH ' || s.seqstart, 'INCREMENT BY ' || s.seqincrement, 'MINVALUE ' || s.seqmin,"
    "  'MAXVALUE ' || s.seqmax, 'CACHE ' || s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' END),"
    " d.deptype, d.refobjsubid"
    " FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid" SQL_SCHEMA("c.relnamespace")
    " LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0"
    "  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')"
    " WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND" SQL_NO_MEMBER("pg_class", "c.oid");

static const char rules[] =
    "SELECT w.oid, 'rule', NULL, quote_ident(w.rulename), w.ev_class, concat_ws(' ', pg_get_ruledef(w.oid),"
    "  CASE w.ev_enabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END)"
    " FROM pg_rewrite w WHERE w.oid >= 16384 AND w.rulename <> '_RETURN'";

/* A partition's copy of its parent's trigger only where it is on or off otherwise. Before 13 it was called internal. */
static const char triggers[] =
    "SELECT t.oid, 'trigger', NULL, quote_ident(t.tgname), t.tgrelid, concat_ws(' ', pg_get_triggerdef(t.oid),"
    "  CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END)"
    " FROM pg_trigger t{130000? LEFT JOIN pg_trigger u ON u.oid = t.tgparentid"
    " WHERE (NOT t.tgisinternal AND t.tgparentid = 0) OR t.tgenabled <> u.tgenabled; WHERE NOT t.tgisinternal}";

static const char policies[] =
    "SELECT p.oid, 'policy', NULL, quote_ident(p.polname), p.polrelid,"
    " concat_ws(' ', CASE WHEN NOT p.polpermissive THEN 'AS RESTRICTIVE' END,"
    "  'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'"
    "   WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,"
    "  'TO ' || (SELECT string_agg(x.role, ', ' ORDER BY x.role COLLATE \"C\")"
    "   FROM (SELECT " SQL_ROLE("o") " AS role FROM unnest(p.polroles) o) x),"
    "  'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',"
    "  'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') FROM pg_policy p";

static const char statistics[] =
    "SELECT s.oid, 'statistics', " SQL_NAME("s.stxname") ", s.stxrelid, concat_ws(' ', pg_get_statisticsobjdef(s.oid)"
    " {130000?, CASE WHEN s.stxstattarget >= 0 THEN 'STATISTICS ' || s.stxstattarget END;})"
    " FROM pg_statistic_ext s" SQL_SCHEMA("s.stxnamespace");

/* clang-format on */

const struct schema_query schema_tables[] = {
    { CLASS_SCHEMA, CLASS_NONE, schema_take_schema, schemas, NULL, 0 },
    { CLASS_TYPE, CLASS_NONE, schema_take_relation, types, NULL, 0 },
    { CLASS_RELATION, CLASS_NONE, schema_take_relation, relations, NULL, 0 },
    { CLASS_RELATION, CLASS_RELATION, schema_take_parent, parents, "pg_inherits", 0 },
    { CLASS_NONE, CLASS_RELATION, schema_take_column, columns, NULL, 0 },
    { CLASS_CONSTRAINT, CLASS_RELATION, schema_take_constraint, constraints, NULL, 0 },
    { CLASS_CONSTRAINT, CLASS_TYPE, schema_take_object, domain_constraints,
      "pg_type WHERE typtype = 'd' AND oid >= 16384", 0 },
    { CLASS_RELATION, CLASS_RELATION, schema_take_sequence, sequences, NULL, 0 },
    { CLASS_RULE, CLASS_RELATION, schema_take_object, rules, "pg_rewrite WHERE rulename <> '_RETURN' AND oid >= 16384",
      0 },
    { CLASS_TRIGGER, CLASS_RELATION, schema_take_object, triggers, "pg_trigger WHERE NOT tgisinternal", 0 },
    { CLASS_POLICY, CLASS_RELATION, schema_take_object, policies, "pg_policy WHERE oid >= 16384", 0 },
    { CLASS_STATISTICS, CLASS_RELATION, schema_take_object, statistics, "pg_statistic_ext WHERE oid >= 16384", 0 },
    { 0 },
};
