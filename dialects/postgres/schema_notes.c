#include "dialects/postgres/schema.h"
#include "dialects/postgres/schema_sql.h"

static schema_take take_comment, take_label, take_owner, take_grant;

/* What a note is on: a catalog and an oid, and of a relation's column its name. */
enum { NOTE_CLASS, NOTE_OID, NOTE_COLUMN, NOTE_MORE };

/* It takes what stands between pieces of SQL for calls. */
/* clang-format off */

#define NOTE_ON(alias)                                                                                                 \
    alias ".classoid, " alias ".objoid, (SELECT quote_ident(a.attname) FROM pg_attribute a WHERE " alias               \
          ".objsubid <> 0 AND a.attrelid = " alias ".objoid AND a.attnum = " alias ".objsubid)"

static const char comments[] =
    "SELECT " NOTE_ON("d") ", d.description FROM pg_description d"
    /* The schema public comes with the database. */
    " WHERE d.objoid >= 16384 OR (d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public'))";

static const char labels[] =
    "SELECT " NOTE_ON("l") ", l.provider, l.label FROM pg_seclabel l WHERE l.objoid >= 16384";

#define OWNER(catalog, column)                                                                                         \
    "SELECT '" catalog "'::regclass::oid, o.oid, NULL, quote_ident(pg_get_userbyid(o." column "))"                     \
    " FROM " catalog " o WHERE "
#define OWNER_OF(catalog, column) " UNION ALL " OWNER(catalog, column) "o.oid >= 16384"

static const char owners[] =
    OWNER("pg_namespace", "nspowner") "o.nspname NOT LIKE 'pg\\_%' UNION ALL "
    OWNER("pg_class", "relowner") "o.oid >= 16384 AND o.relkind <> 'c'" OWNER_OF("pg_type", "typowner")
    OWNER_OF("pg_proc", "proowner") OWNER_OF("pg_collation", "collowner")
    OWNER_OF("pg_operator", "oprowner") OWNER_OF("pg_opclass", "opcowner")
    OWNER_OF("pg_opfamily", "opfowner") OWNER_OF("pg_conversion", "conowner")
    OWNER_OF("pg_language", "lanowner") OWNER_OF("pg_ts_dict", "dictowner")
    OWNER_OF("pg_ts_config", "cfgowner") OWNER_OF("pg_foreign_data_wrapper", "fdwowner")
    OWNER_OF("pg_foreign_server", "srvowner") OWNER_OF("pg_event_trigger", "evtowner")
    OWNER_OF("pg_publication", "pubowner") OWNER_OF("pg_statistic_ext", "stxowner");

/* Rows of (class, oid, column, acl, what it would be by itself, owner) where it is something else. */
#define GRANTED(catalog, acl, kind, owner)                                                                             \
    "SELECT '" catalog "'::regclass::oid AS class, o.oid, NULL::text AS part, o." acl " AS acl,"                       \
    " acldefault(" kind ", o." owner ") AS usual, o." owner " AS owner FROM " catalog " o WHERE o." acl " IS NOT NULL"
/* Rows of (…, given, grantor, grantee, its privileges): what was granted beyond the usual, and what was taken. */
#define EXPLODED                                                                                                       \
    " CROSS JOIN LATERAL (SELECT true AS given, x.* FROM (SELECT * FROM aclexplode(g.acl) EXCEPT"                      \
    "  SELECT * FROM aclexplode(g.usual)) x UNION ALL SELECT false, y.* FROM (SELECT * FROM aclexplode(g.usual) "      \
    "EXCEPT"                                                                                                           \
    "  SELECT * FROM aclexplode(g.acl)) y) p"
#define PRIVILEGES                                                                                                     \
    "string_agg(p.privilege_type || CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '"              \
    " ORDER BY p.privilege_type COLLATE \"C\")"
#define GRANTEE "CASE WHEN p.grantee = g.owner THEN 'OWNER' ELSE " SQL_ROLE("p.grantee") " END"

static const char grants[] =
    "SELECT g.class, g.oid, g.part, p.given, " GRANTEE ","
    " CASE WHEN p.grantor <> g.owner THEN quote_ident(pg_get_userbyid(p.grantor)) END, " PRIVILEGES
    " FROM ("
    GRANTED("pg_class", "relacl", "CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\"", "relowner")
    " UNION ALL SELECT 'pg_class'::regclass, a.attrelid, quote_ident(a.attname), a.attacl, NULL::aclitem[], c.relowner"
    "  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped"
    " UNION ALL " GRANTED("pg_proc", "proacl", "'f'", "proowner") " UNION ALL "
    GRANTED("pg_type", "typacl", "'T'", "typowner") " UNION ALL "
    GRANTED("pg_namespace", "nspacl", "'n'", "nspowner") " UNION ALL "
    GRANTED("pg_language", "lanacl", "'l'", "lanowner") " UNION ALL "
    GRANTED("pg_foreign_data_wrapper", "fdwacl", "'F'", "fdwowner") " UNION ALL "
    GRANTED("pg_foreign_server", "srvacl", "'S'", "srvowner") ") g" EXPLODED
    " GROUP BY g.class, g.oid, g.part, p.given, p.grantor, p.grantee, g.owner";

/* Those of all schemas take the place of the usual ones, those of a schema come on top. */
static const char default_privileges[] =
    "SELECT g.oid, 'default privileges', n.nspname, concat_ws(' ',"
    " 'FOR ROLE ' || quote_ident(pg_get_userbyid(g.owner)),"
    " 'IN SCHEMA ' || quote_ident(n.nspname), CASE WHEN p.given THEN 'GRANT' ELSE 'REVOKE' END, 'ON',"
    " CASE g.type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'"
    "  ELSE 'SCHEMAS' END, CASE WHEN p.given THEN 'TO' ELSE 'FROM' END, " GRANTEE "), 0, " PRIVILEGES
    " FROM (SELECT o.oid, o.defaclrole AS owner, o.defaclnamespace AS space, o.defaclobjtype AS type,"
    " o.defaclacl AS acl,"
    "  CASE WHEN o.defaclnamespace <> 0 THEN NULL::aclitem[]"
    "   ELSE acldefault(CASE o.defaclobjtype WHEN 'S' THEN 's' ELSE o.defaclobjtype END, o.defaclrole) END AS usual"
    "  FROM pg_default_acl o) g LEFT JOIN pg_namespace n ON n.oid = g.space" EXPLODED
    " GROUP BY g.oid, n.nspname, g.owner, g.type, p.given, p.grantee";

/* clang-format on */

const struct schema_query schema_notes[] = {
    { CLASS_NONE, CLASS_NONE, take_comment, comments,
      "pg_description WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass", 0 },
    { CLASS_NONE, CLASS_NONE, take_label, labels, "pg_seclabel WHERE objoid >= 16384", 0 },
    { 0 },
};
const struct schema_query schema_owners[] = {
    { CLASS_NONE, CLASS_NONE, take_owner, owners, NULL, 0 },
    { 0 },
};
const struct schema_query schema_grants[] = {
    { CLASS_NONE, CLASS_NONE, take_grant, grants, NULL, 0 },
    { CLASS_DEFAULT_ACL, CLASS_NONE, schema_take_object, default_privileges, "pg_default_acl WHERE oid >= 16384", 0 },
    { 0 },
};

/* A note on what the row names: "comment" on "table public.users", "column public.users.city". NULL: on nothing that is
 * described. */
static struct known *note(struct schema_reading *s, const char *kind, const PGresult *r, int row)
{
    uint64_t class = 0;
    const struct known *on;
    struct known *k;
    struct schema_object o = { .kind = kind };
    uint64_t whole;

    text_to_u64(text_from(PQgetvalue(r, row, NOTE_CLASS)), &class);
    on = schema_known(s, schema_key((unsigned)class, r, row, NOTE_OID));
    if (!on || !on->object.kind)
        return NULL;
    o.schema = on->object.schema;
    o.of = on->object.of;
    o.name = PQgetisnull(r, row, NOTE_COLUMN)
                 ? arena_printf(s->arena, "%s %s", on->object.kind, on->object.name)
                 : arena_printf(s->arena, "column %s.%s", on->object.name, PQgetvalue(r, row, NOTE_COLUMN));
    whole = on->whole ? on->whole : on->key;
    k = schema_add(s, 0);
    k->object = o;
    k->whole = whole;
    k->listed = true;
    return k;
}

static void take_comment(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct known *k = note(s, "comment", r, row);

    (void)class;
    (void)of;
    if (k)
        k->object.definition = schema_cell(s, r, row, NOTE_MORE);
}

static void take_label(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    enum { PROVIDER = NOTE_MORE, LABEL };
    struct known *k = note(s, "security label", r, row);

    (void)class;
    (void)of;
    if (!k)
        return;
    k->object.name = arena_printf(s->arena, "%s for %s", k->object.name, PQgetvalue(r, row, PROVIDER));
    k->object.definition = schema_cell(s, r, row, LABEL);
}

static void take_owner(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    struct known *k = note(s, "owner", r, row);

    (void)class;
    (void)of;
    if (!k)
        return;
    k->object.definition = schema_cell(s, r, row, NOTE_MORE);
    /* What belongs to a table belongs to its owner. */
    k->listed = !k->object.of || text_ends(text_from(k->object.name), k->object.of);
}

static void take_grant(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row)
{
    enum { GIVEN = NOTE_MORE, TO, BY, WHAT };
    bool given = schema_flag(r, row, GIVEN);
    struct known *k = note(s, given ? "grant" : "revoke", r, row);

    (void)class;
    (void)of;
    if (!k)
        return;
    k->object.name =
        arena_printf(s->arena, "%s %s %s%s%s", k->object.name, given ? "to" : "from", PQgetvalue(r, row, TO),
                     PQgetisnull(r, row, BY) ? "" : " by ", PQgetvalue(r, row, BY));
    k->object.definition = schema_cell(s, r, row, WHAT);
}
