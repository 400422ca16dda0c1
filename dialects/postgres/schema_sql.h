/* Pieces of SQL that the questions of a description share. They run with search_path = pg_catalog. */
#ifndef DIALECTS_POSTGRES_SCHEMA_SQL_H
#define DIALECTS_POSTGRES_SCHEMA_SQL_H

/* Joins the schema that `column` is the oid of as n, where users' objects may lie in it. */
#define SQL_SCHEMA(column)                                                                                             \
    " JOIN pg_namespace n ON n.oid = " column " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
/* A condition: no extension owns it. The index that refclassid leads to holds little else. */
#define SQL_NO_MEMBER(class, oid)                                                                                      \
    " NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '" class "'::regclass AND e.objid = " oid                  \
                                                                     " AND e.refclassid = 'pg_extension'::regclass "   \
                                                                     "AND e.deptype = 'e')"
/* The schema's name as it is, and the qualified name of what n is the schema of. */
#define SQL_NAME(column) "n.nspname, quote_ident(n.nspname) || '.' || quote_ident(" column ")"
#define SQL_QUALIFIED(name, catalog, schema, oid)                                                                      \
    "(SELECT quote_ident(qn.nspname) || '.' || quote_ident(q." name ") FROM " catalog " q JOIN pg_namespace qn"        \
    " ON qn.oid = q." schema " WHERE q.oid = " oid ")"
/* Whether an array of settings holds any. pg_attver is the server's own count, which some servers keep for every
 * column.
 */
#define SQL_IS_SET(array) "(array_length(" array ", 1) > 1 OR " array "[1] NOT LIKE 'pg\\_attver=%')"
/* "WITH (a=1, b=2)", NULL where there are none. */
#define SQL_SETTINGS(word, array)                                                                                      \
    "CASE WHEN " SQL_IS_SET(                                                                                           \
        array) " THEN '" word " (' || nullif(array_to_string(ARRAY(SELECT o FROM unnest(" array                        \
               ") o WHERE o NOT LIKE 'pg\\_attver=%' ORDER BY o COLLATE \"C\"), ', '), '') || ')' END"
/* "OPTIONS (a 'b')" of foreign data's options. What may be a secret does not leave the server. */
#define SQL_OPTIONS(array)                                                                                             \
    "CASE WHEN " array " IS NOT NULL THEN 'OPTIONS (' || array_to_string(ARRAY(SELECT quote_ident(option_name) || ' '" \
    " || CASE WHEN option_name ~* '(pass|secret|token|credential|key$)' OR option_value ~* 'pass(word|wd|phrase) *='"  \
    " OR option_value ~ '://[^/@]*:[^/]*@' THEN '***' ELSE quote_literal(option_value) END"                            \
    " FROM pg_options_to_table(" array ") ORDER BY option_name COLLATE \"C\"), ', ') || ')' END"
/* A collation's name; before 13 there is no type that prints it. */
#define SQL_COLLATION(oid)                                                                                             \
    "{130000?" oid "::regcollation::text;" SQL_QUALIFIED("collname", "pg_collation", "collnamespace", oid) "}"
/* "COLLATE x" where the collation is not the type's own. */
#define SQL_COLLATE(collation, usual)                                                                                  \
    "CASE WHEN " collation " <> 0 AND " collation " <> " usual " THEN 'COLLATE ' || " SQL_COLLATION(collation) " END"
#define SQL_TABLESPACE(oid)                                                                                            \
    "CASE WHEN " oid " <> 0 THEN (SELECT 'TABLESPACE ' || quote_ident(spcname) FROM pg_tablespace WHERE oid = " oid    \
    ") END"
#define SQL_ROLE(oid) "CASE WHEN " oid " = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(" oid ")) END"

#endif
