#include "dialects/postgres/session.h"

enum { MAJOR = 10000 };

/* The cluster's own number, which a standby and a restored base backup share. Everybody may ask for it unless that was
 * taken back; then it is where the connection leads, so that two ways to one server seem to be two. */
static bool system_read(const char **out, struct pg *pg, bool allowed, struct arena *a, struct err *e)
{
    PGresult *r;

    *out = arena_printf(a, "%s:%s", PQhost(pg->conn), PQport(pg->conn));
    if (!allowed)
        return true;
    if (!pg_query(&r, pg, "SELECT s.system_identifier FROM pg_catalog.pg_control_system() s", NULL, e))
        return false;
    *out = arena_string(a, PQgetvalue(r, 0, 0));
    PQclear(r);
    return true;
}

bool postgres_identify(struct db_identity *out, struct db *db, struct arena *a, struct err *e)
{
    enum { ALLOWED, OID, NAME, SCHEMA, PATH, ROLE };
    static const char sql[] =
        "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'), d.oid, d.datname,"
        " pg_catalog.current_schema(),"
        " pg_catalog.array_to_string(pg_catalog.current_schemas(false), pg_catalog.chr(10)), current_user"
        " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()";
    struct pg *pg = (struct pg *)db;
    bool allowed;
    PGresult *r;

    if (!pg_restore(pg, e) || !pg_query(&r, pg, sql, NULL, e))
        return false;
    allowed = *PQgetvalue(r, 0, ALLOWED) == 't';
    *out = (struct db_identity) {
        .database = arena_string(a, PQgetvalue(r, 0, OID)),
        .name = arena_string(a, PQgetvalue(r, 0, NAME)),
        .schema = PQgetisnull(r, 0, SCHEMA) ? NULL : arena_string(a, PQgetvalue(r, 0, SCHEMA)),
        .path = arena_string(a, PQgetvalue(r, 0, PATH)),
        .role = arena_string(a, PQgetvalue(r, 0, ROLE)),
        .major = db->info.version / MAJOR,
        .started = pg->server_started,
    };
    PQclear(r);
    return system_read(&out->system, pg, allowed, a, e);
}
