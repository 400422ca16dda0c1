#include "dialects/postgres/schema.h"
#include "dialects/postgres/schema_sql.h"

static schema_take take_function;

/* It takes what stands between pieces of SQL for calls. */
/* clang-format off */

static const char functions[] =
    "SELECT p.oid, CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname,"
    " quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')', 0,"
    " rtrim(pg_get_functiondef(p.oid), E'\\n'), {140000?p.prosqlbody IS NOT NULL;false}"
    " FROM pg_proc p" SQL_SCHEMA("p.pronamespace")
    " WHERE p.oid >= 16384 AND p.prokind <> 'a' AND" SQL_NO_MEMBER("pg_proc", "p.oid")
    /* Those that make the values of a range come with its type. */
    " AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid"
    "  AND i.deptype = 'i')";

static const char aggregates[] =
    "SELECT p.oid, 'aggregate', n.nspname,"
    " quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')', 0,"
    " concat_ws(E'\\n', 'ARGUMENTS = (' || pg_get_function_arguments(p.oid) || ')', 'SFUNC = ' || g.aggtransfn::text,"
    "  'STYPE = ' || format_type(g.aggtranstype, NULL), 'SSPACE = ' || nullif(g.aggtransspace, 0),"
    "  'FINALFUNC = ' || nullif(g.aggfinalfn::text, '-'), CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,"
    "  'FINALFUNC_MODIFY = ' || g.aggfinalmodify::text, 'COMBINEFUNC = ' || nullif(g.aggcombinefn::text, '-'),"
    "  'SERIALFUNC = ' || nullif(g.aggserialfn::text, '-'), 'DESERIALFUNC = ' || nullif(g.aggdeserialfn::text, '-'),"
    "  'INITCOND = ' || quote_literal(g.agginitval), 'MSFUNC = ' || nullif(g.aggmtransfn::text, '-'),"
    "  'MINVFUNC = ' || nullif(g.aggminvtransfn::text, '-'),"
    "  'MSTYPE = ' || CASE WHEN g.aggmtranstype <> 0 THEN format_type(g.aggmtranstype, NULL) END,"
    "  'MSSPACE = ' || nullif(g.aggmtransspace, 0), 'MFINALFUNC = ' || nullif(g.aggmfinalfn::text, '-'),"
    "  CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END, 'MFINALFUNC_MODIFY = ' || g.aggmfinalmodify::text,"
    "  'MINITCOND = ' || quote_literal(g.aggminitval),"
    "  'SORTOP = ' || CASE WHEN g.aggsortop <> 0 THEN g.aggsortop::regoperator::text END,"
    "  'PARALLEL = ' || p.proparallel::text, CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END)"
    " FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid" SQL_SCHEMA("p.pronamespace")
    " WHERE p.oid >= 16384 AND" SQL_NO_MEMBER("pg_proc", "p.oid");

static const char extensions[] =
    /* Without its version: a dump does not hold it, and a restore takes the one that the server has. */
    "SELECT x.oid, 'extension', NULL, quote_ident(x.extname), 0, 'SCHEMA ' || quote_ident(n.nspname)"
    " FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.oid >= 16384";

static const char collations[] =
    "SELECT c.oid, 'collation', " SQL_NAME("c.collname") ", 0,"
    " concat_ws(E'\\n', 'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc'"
    "  WHEN 'b' THEN 'builtin' ELSE c.collprovider::text END,"
    "  {170000?'LOCALE = ' || quote_literal(c.colllocale),;}"
    "  {150000?{170000?;'LOCALE = ' || quote_literal(c.colliculocale),};}"
    "  'LC_COLLATE = ' || quote_literal(c.collcollate), 'LC_CTYPE = ' || quote_literal(c.collctype),"
    "  {160000?'RULES = ' || quote_literal(c.collicurules),;}"
    "  CASE WHEN NOT c.collisdeterministic THEN 'NOT DETERMINISTIC' END)"
    " FROM pg_collation c" SQL_SCHEMA("c.collnamespace")
    " WHERE c.oid >= 16384 AND" SQL_NO_MEMBER("pg_collation", "c.oid");

static const char operators[] =
    "SELECT o.oid, 'operator', n.nspname, quote_ident(n.nspname) || '.' || o.oprname || '('"
    " || CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', '"
    " || CASE WHEN o.oprright = 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END || ')', 0,"
    " concat_ws(E'\\n', 'FUNCTION = ' || o.oprcode::regprocedure,"
    "  'COMMUTATOR = ' || CASE WHEN o.oprcom <> 0 THEN o.oprcom::regoperator::text END,"
    "  'NEGATOR = ' || CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::regoperator::text END,"
    "  'RESTRICT = ' || nullif(o.oprrest::text, '-'), 'JOIN = ' || nullif(o.oprjoin::text, '-'),"
    "  CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END)"
    " FROM pg_operator o" SQL_SCHEMA("o.oprnamespace")
    /* One that was only named as another's commutator has no function. */
    " WHERE o.oid >= 16384 AND o.oprcode <> 0 AND" SQL_NO_MEMBER("pg_operator", "o.oid");

static const char operator_families[] =
    "SELECT f.oid, 'operator family', n.nspname, quote_ident(n.nspname) || '.' || quote_ident(f.opfname) || ' USING '"
    " || quote_ident(m.amname), 0,"
    " (SELECT string_agg(x.line, E'\\n' ORDER BY x.line COLLATE \"C\") FROM ("
    "  SELECT concat_ws(' ', 'OPERATOR', o.amopstrategy, o.amopopr::regoperator,"
    "   'FOR ORDER BY ' || CASE WHEN o.amopsortfamily <> 0 THEN "
    "   " SQL_QUALIFIED("opfname", "pg_opfamily", "opfnamespace", "o.amopsortfamily") " END) AS line"
    "  FROM pg_amop o WHERE o.amopfamily = f.oid"
    "  UNION ALL SELECT concat_ws(' ', 'FUNCTION', p.amprocnum, '(' || format_type(p.amproclefttype, NULL) || ', '"
    "   || format_type(p.amprocrighttype, NULL) || ')', p.amproc::regprocedure)"
    "  FROM pg_amproc p WHERE p.amprocfamily = f.oid) x)"
    " FROM pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod" SQL_SCHEMA("f.opfnamespace")
    " WHERE f.oid >= 16384 AND" SQL_NO_MEMBER("pg_opfamily", "f.oid");

static const char operator_classes[] =
    "SELECT c.oid, 'operator class', n.nspname, quote_ident(n.nspname) || '.' || quote_ident(c.opcname) || ' USING '"
    " || quote_ident(m.amname), 0, concat_ws(' ', CASE WHEN c.opcdefault THEN 'DEFAULT' END,"
    " 'FOR TYPE ' || format_type(c.opcintype, NULL),"
    " 'FAMILY ' || " SQL_QUALIFIED("opfname", "pg_opfamily", "opfnamespace", "c.opcfamily") ","
    " 'STORAGE ' || CASE WHEN c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) END)"
    " FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod" SQL_SCHEMA("c.opcnamespace")
    " WHERE c.oid >= 16384 AND" SQL_NO_MEMBER("pg_opclass", "c.oid");

static const char casts[] =
    "SELECT c.oid, 'cast', NULL, '(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget,"
    " NULL) || ')',"
    " 0, concat_ws(' ', CASE c.castmethod WHEN 'b' THEN 'WITHOUT FUNCTION' WHEN 'i' THEN 'WITH INOUT'"
    "  ELSE 'WITH FUNCTION ' || c.castfunc::regprocedure END,"
    "  CASE c.castcontext WHEN 'a' THEN 'AS ASSIGNMENT' WHEN 'i' THEN 'AS IMPLICIT' END)"
    " FROM pg_cast c WHERE c.oid >= 16384 AND" SQL_NO_MEMBER("pg_cast", "c.oid")
    /* The server makes those of a range to its multirange itself. */
    " {140000?AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass AND i.objid = c.oid"
    "  AND i.deptype = 'i');}";

static const char conversions[] =
    "SELECT c.oid, 'conversion', " SQL_NAME("c.conname") ", 0, concat_ws(' ',"
    " CASE WHEN c.condefault THEN 'DEFAULT' END,"
    " 'FOR', pg_encoding_to_char(c.conforencoding), 'TO', pg_encoding_to_char(c.contoencoding),"
    " 'FROM', c.conproc) FROM pg_conversion c" SQL_SCHEMA("c.connamespace")
    " WHERE c.oid >= 16384 AND" SQL_NO_MEMBER("pg_conversion", "c.oid");

static const char languages[] =
    "SELECT l.oid, 'language', NULL, quote_ident(l.lanname), 0, concat_ws(' ',"
    " CASE WHEN l.lanpltrusted THEN 'TRUSTED' END,"
    " 'HANDLER ' || l.lanplcallfoid::regprocedure,"
    " 'INLINE ' || CASE WHEN l.laninline <> 0 THEN l.laninline::regprocedure::text END,"
    " 'VALIDATOR ' || CASE WHEN l.lanvalidator <> 0 THEN l.lanvalidator::regprocedure::text END)"
    " FROM pg_language l WHERE l.oid >= 16384 AND l.lanispl AND" SQL_NO_MEMBER("pg_language", "l.oid");

static const char transforms[] =
    "SELECT t.oid, 'transform', NULL, format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname), 0,"
    " concat_ws(', ', 'FROM SQL ' || CASE WHEN t.trffromsql <> 0 THEN t.trffromsql::regprocedure::text END,"
    "  'TO SQL ' || CASE WHEN t.trftosql <> 0 THEN t.trftosql::regprocedure::text END)"
    " FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang"
    " WHERE t.oid >= 16384 AND" SQL_NO_MEMBER("pg_transform", "t.oid");

static const char methods[] =
    "SELECT m.oid, 'access method', NULL, quote_ident(m.amname), 0,"
    " 'TYPE ' || CASE m.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END || ' HANDLER ' || m.amhandler"
    " FROM pg_am m WHERE m.oid >= 16384 AND" SQL_NO_MEMBER("pg_am", "m.oid");

static const char parsers[] =
    "SELECT p.oid, 'text search parser', " SQL_NAME("p.prsname") ", 0, concat_ws(E'\\n', 'START = ' || p.prsstart,"
    " 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend, 'HEADLINE = ' || nullif(p.prsheadline::text, '-'),"
    " 'LEXTYPES = ' || p.prslextype) FROM pg_ts_parser p" SQL_SCHEMA("p.prsnamespace")
    " WHERE p.oid >= 16384 AND" SQL_NO_MEMBER("pg_ts_parser", "p.oid");

static const char templates[] =
    "SELECT t.oid, 'text search template', " SQL_NAME("t.tmplname") ", 0,"
    " concat_ws(E'\\n', 'INIT = ' || nullif(t.tmplinit::text, '-'), 'LEXIZE = ' || t.tmpllexize)"
    " FROM pg_ts_template t" SQL_SCHEMA("t.tmplnamespace")
    " WHERE t.oid >= 16384 AND" SQL_NO_MEMBER("pg_ts_template", "t.oid");

static const char dictionaries[] =
    "SELECT d.oid, 'text search dictionary', " SQL_NAME("d.dictname") ", 0, concat_ws(E'\\n', 'TEMPLATE = '"
    " || " SQL_QUALIFIED("tmplname", "pg_ts_template", "tmplnamespace", "d.dicttemplate") ", d.dictinitoption)"
    " FROM pg_ts_dict d" SQL_SCHEMA("d.dictnamespace") " WHERE d.oid >= 16384 AND" SQL_NO_MEMBER("pg_ts_dict", "d.oid");

static const char configurations[] =
    "SELECT c.oid, 'text search configuration', " SQL_NAME("c.cfgname") ", 0, concat_ws(E'\\n', 'PARSER = '"
    " || " SQL_QUALIFIED("prsname", "pg_ts_parser", "prsnamespace", "c.cfgparser") ","
    " (SELECT string_agg(x.line, E'\\n' ORDER BY x.line COLLATE \"C\") FROM (SELECT t.alias || ' WITH '"
    "   || string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS line"
    "  FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype"
    "  WHERE m.mapcfg = c.oid GROUP BY t.alias) x)) FROM pg_ts_config c" SQL_SCHEMA("c.cfgnamespace")
    " WHERE c.oid >= 16384 AND" SQL_NO_MEMBER("pg_ts_config", "c.oid");

static const char wrappers[] =
    "SELECT w.oid, 'foreign-data wrapper', NULL, quote_ident(w.fdwname), 0,"
    " concat_ws(' ', 'HANDLER ' || CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regproc::text END,"
    "  'VALIDATOR ' || CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regproc::text END, "
    "  " SQL_OPTIONS("w.fdwoptions") ")"
    " FROM pg_foreign_data_wrapper w WHERE w.oid >= 16384 AND" SQL_NO_MEMBER("pg_foreign_data_wrapper", "w.oid");

static const char servers[] =
    "SELECT s.oid, 'server', NULL, quote_ident(s.srvname), 0, concat_ws(' ', 'TYPE ' || quote_literal(s.srvtype),"
    " 'VERSION ' || quote_literal(s.srvversion), 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname),"
    " " SQL_OPTIONS("s.srvoptions") ")"
    " FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw"
    " WHERE s.oid >= 16384 AND" SQL_NO_MEMBER("pg_foreign_server", "s.oid");

/* The view, since the catalog itself shows nothing to most roles; to those it shows no options. */
static const char user_mappings[] =
    "SELECT u.umid, 'user mapping', NULL, " SQL_ROLE("u.umuser") " || ' SERVER ' || quote_ident(u.srvname), 0,"
    " " SQL_OPTIONS("u.umoptions")
    " FROM pg_user_mappings u WHERE u.umid >= 16384";

static const char event_triggers[] =
    "SELECT t.oid, 'event trigger', NULL, quote_ident(t.evtname), 0, concat_ws(' ', 'ON', t.evtevent,"
    " 'WHEN TAG IN (' || (SELECT string_agg(quote_literal(g), ', ' ORDER BY g COLLATE \"C\") FROM unnest(t.evttags) g)"
    "  || ')', 'EXECUTE FUNCTION ' || t.evtfoid::regproc || '()',"
    " CASE t.evtenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END)"
    " FROM pg_event_trigger t WHERE t.oid >= 16384 AND" SQL_NO_MEMBER("pg_event_trigger", "t.oid");

static const char publications[] =
    "SELECT p.oid, 'publication', NULL, quote_ident(p.pubname), 0, concat_ws(E'\\n',"
    " CASE WHEN p.puballtables THEN 'FOR ALL TABLES' END,"
    " (SELECT string_agg(x.line, E'\\n' ORDER BY x.line COLLATE \"C\") FROM ("
    "  SELECT concat_ws(' ', 'TABLE', r.prrelid::regclass"
    "   {150000?, '(' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a"
    "    WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')',"
    "    'WHERE ' || pg_get_expr(r.prqual, r.prrelid);}) AS line"
    "  FROM pg_publication_rel r WHERE r.prpubid = p.oid"
    "  {150000?UNION ALL SELECT 'TABLES IN SCHEMA ' || pn.pnnspid::regnamespace FROM pg_publication_namespace pn"
    "   WHERE pn.pnpubid = p.oid;}) x),"
    " 'PUBLISH ' || nullif(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,"
    " CASE WHEN p.pubupdate THEN 'update' END,"
    "  CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END), '')"
    " {130000?, CASE WHEN p.pubviaroot THEN 'VIA PARTITION ROOT' END;}) FROM pg_publication p";

/* Not where to, which may hold a password, nor whether it is on: a dump makes it without connecting. Before 14 not
 * everybody could read all columns. */
static const char subscriptions[] =
    "SELECT {140000?s.oid;0}, 'subscription', NULL, quote_ident(s.subname), 0, concat_ws(' ', 'PUBLICATION',"
    " (SELECT string_agg(quote_ident(p), ', ' ORDER BY p COLLATE \"C\") FROM unnest(s.subpublications) p),"
    " 'SLOT ' || quote_ident(s.subslotname){140000?, 'SYNCHRONOUS_COMMIT ' || s.subsynccommit;}"
    " {140000?, CASE WHEN s.subbinary THEN 'BINARY' END;}"
    " {140000?, 'STREAMING ' || nullif(nullif(s.substream::text, 'f'), 'false');}"
    " {150000?, CASE WHEN s.subtwophasestate <> 'd' THEN 'TWO PHASE' END, CASE WHEN s.subdisableonerr"
    "  THEN 'DISABLE ON ERROR' END;}{160000?, 'ORIGIN ' || s.suborigin;})"
    " FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())";

/* clang-format on */

const struct schema_query schema_kinds[] = {
    { CLASS_EXTENSION, CLASS_NONE, schema_take_object, extensions, "pg_extension WHERE oid >= 16384", 0 },
    { CLASS_FUNCTION, CLASS_NONE, take_function, functions, "pg_proc WHERE oid >= 16384", 0 },
    { CLASS_FUNCTION, CLASS_NONE, schema_take_object, aggregates, "pg_aggregate WHERE aggfnoid >= 16384", 0 },
    { CLASS_COLLATION, CLASS_NONE, schema_take_object, collations, "pg_collation WHERE oid >= 16384", 0 },
    { CLASS_OPERATOR, CLASS_NONE, schema_take_object, operators, "pg_operator WHERE oid >= 16384", 0 },
    { CLASS_OPFAMILY, CLASS_NONE, schema_take_object, operator_families, "pg_opfamily WHERE oid >= 16384", 0 },
    { CLASS_OPCLASS, CLASS_NONE, schema_take_object, operator_classes, "pg_opclass WHERE oid >= 16384", 0 },
    { CLASS_CAST, CLASS_NONE, schema_take_object, casts, "pg_cast WHERE oid >= 16384", 0 },
    { CLASS_CONVERSION, CLASS_NONE, schema_take_object, conversions, "pg_conversion WHERE oid >= 16384", 0 },
    { CLASS_LANGUAGE, CLASS_NONE, schema_take_object, languages, "pg_language WHERE oid >= 16384", 0 },
    { CLASS_TRANSFORM, CLASS_NONE, schema_take_object, transforms, "pg_transform WHERE oid >= 16384", 0 },
    { CLASS_METHOD, CLASS_NONE, schema_take_object, methods, "pg_am WHERE oid >= 16384", 0 },
    { CLASS_PARSER, CLASS_NONE, schema_take_object, parsers, "pg_ts_parser WHERE oid >= 16384", 0 },
    { CLASS_TEMPLATE, CLASS_NONE, schema_take_object, templates, "pg_ts_template WHERE oid >= 16384", 0 },
    { CLASS_DICTIONARY, CLASS_NONE, schema_take_object, dictionaries, "pg_ts_dict WHERE oid >= 16384", 0 },
    { CLASS_CONFIGURATION, CLASS_NONE, schema_take_object, configurations, "pg_ts_config WHERE oid >= 16384", 0 },
    { CLASS_WRAPPER, CLASS_NONE, schema_take_object, wrappers, "pg_foreign_data_wrapper WHERE oid >= 16384", 0 },
    { CLASS_SERVER, CLASS_NONE, schema_take_object, servers, "pg_foreign_server WHERE oid >= 16384", 0 },
    { CLASS_USER_MAPPING, CLASS_NONE, schema_take_object, user_mappings, "pg_foreign_server WHERE oid >= 16384", 0 },
    { CLASS_EVENT_TRIGGER, CLASS_NONE, schema_take_object, event_triggers, "pg_event_trigger WHERE oid >= 16384", 0 },
    { CLASS_PUBLICATION, CLASS_NONE, schema_take_object, publications, "pg_publication WHERE oid >= 16384", 0 },
    { CLASS_SUBSCRIPTION, CLASS_NONE, schema_take_object, subscriptions, "pg_subscription WHERE subname IS NOT NULL", 0 },
    { 0 },
};

static void take_function(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct known *k = schema_take_known(s, class, of, r, row);

    /* A body that is text stays as it was written. */
    if (!schema_flag(r, row, TAKE_MORE))
        k->object.definition = schema_cell(s, r, row, TAKE_DEFINITION);
}
