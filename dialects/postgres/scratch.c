/* A database to try things in, on the live one's server. Its name says who made it, so that one that was left behind by
 * a run that was killed is known from one that is in use, and dropped by the next run. */
#include "dialects/postgres/scratch.h"

#define PREFIX "merganser_scratch_"
/* What `left behind` is told by, too. */
#define COMMENT "scratch database of merganser"
#define SHAPE   "^" PREFIX "([0-9]+)_([0-9a-f]+)_[0-9a-f]{8}$"

#define STARTED(of) "pg_catalog.to_hex((extract(epoch FROM " of ".backend_start) * 1000000)::bigint)"

static const char mine_sql[] =
    "SELECT " STARTED("a") ", current_user, pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, "
                           "pg_catalog.to_jsonb(d) ->> 'datlocprovider', "
                           "coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale')"
                           " FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a, "
                           "pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()";

/* Whose maker's session is gone, and in which nobody is. Another's start is not always shown: then its number counts.
 */
static const char left_sql[] =
    "SELECT d.datname FROM pg_catalog.pg_database d"
    " CROSS JOIN LATERAL pg_catalog.regexp_match(d.datname, '" SHAPE "') m"
    " WHERE m IS NOT NULL AND coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), '" COMMENT
    "') LIKE '" COMMENT "%' AND pg_catalog.pg_has_role(d.datdba, 'MEMBER')"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid OR (a.pid::text = m[1]"
    " AND coalesce(" STARTED("a") ", m[2]) = m[2]))";

/* Settings of the live database for everybody in it: a search_path, perhaps. */
static const char settings_sql[] =
    "SELECT pg_catalog.split_part(c, '=', 1), pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)"
    " FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c WHERE s.setrole = 0 AND s.setdatabase ="
    " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";

static void drop(struct pg *pg, const char *name, const char *how, struct err *e)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);

    buf_string(&sql, "DROP DATABASE IF EXISTS ");
    pg_name(&sql, name);
    buf_string(&sql, how);
    pg_run(pg, buf_cstr(&sql), e);
    arena_close(a);
}

/* What can't be cleared away is no reason to stop. */
static void drop_left_behind(struct pg *pg)
{
    struct err ignored = { 0 };
    PGresult *r;

    if (!pg_query(&r, pg, left_sql, NULL, &ignored))
        return;
    for (int i = 0; i < PQntuples(r) && !pg_lost(pg); i++)
        drop(pg, PQgetvalue(r, i, 0), "", &ignored);
    PQclear(r);
}

static void option(struct buf *sql, const struct pg *pg, const char *word, const PGresult *r, int column)
{
    if (PQgetisnull(r, 0, column))
        return;
    buf_string(sql, word);
    pg_literal(sql, pg, text_from(PQgetvalue(r, 0, column)));
}

static const char *create_sql(const struct pg *pg, const PGresult *r, const char *name, struct arena *a)
{
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    char provider = *PQgetvalue(r, 0, 5);

    buf_string(&sql, "CREATE DATABASE ");
    pg_name(&sql, name);
    buf_string(&sql, " TEMPLATE template0");
    option(&sql, pg, " ENCODING ", r, 2);
    option(&sql, pg, " LC_COLLATE ", r, 3);
    option(&sql, pg, " LC_CTYPE ", r, 4);
    if (provider == 'i')
        option(&sql, pg, " LOCALE_PROVIDER icu ICU_LOCALE ", r, 6);
    if (provider == 'b')
        option(&sql, pg, " LOCALE_PROVIDER builtin BUILTIN_LOCALE ", r, 6);
    return buf_cstr(&sql);
}

/* One that can't be copied is one that only a superuser may set, and changes little. */
static void copy_settings(struct pg *pg, const char *name, struct arena *a)
{
    struct err ignored = { 0 };
    PGresult *r;

    if (!pg_query(&r, pg, settings_sql, NULL, &ignored))
        return;
    for (int i = 0; i < PQntuples(r) && !pg_lost(pg); i++) {
        struct buf sql = buf_open(a, SIZE_MAX / 2);

        buf_string(&sql, "BEGIN;SELECT pg_catalog.set_config(");
        pg_literal(&sql, pg, text_from(PQgetvalue(r, i, 0)));
        buf_string(&sql, ", ");
        pg_literal(&sql, pg, text_from(PQgetvalue(r, i, 1)));
        buf_string(&sql, ", true);ALTER DATABASE ");
        pg_name(&sql, name);
        buf_string(&sql, " SET ");
        pg_name(&sql, PQgetvalue(r, i, 0));
        buf_string(&sql, " FROM CURRENT;COMMIT");
        pg_run(pg, buf_cstr(&sql), &ignored);
    }
    PQclear(r);
}

static void comment(struct pg *pg, const char *name, struct arena *a)
{
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct err ignored = { 0 };

    buf_string(&sql, "COMMENT ON DATABASE ");
    pg_name(&sql, name);
    buf_string(&sql, " IS ");
    pg_literal(&sql, pg,
               text_from(arena_printf(a, COMMENT " beside %s, made on %s at %s: dropped when its run ends",
                                      pg->db.info.name, pg->db.info.client, text_time(a, time_now_ms()))));
    pg_run(pg, buf_cstr(&sql), &ignored);
}

/* ---- its address ---- */

static void pair(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "%s%s='", out->len ? " " : "", key);
    for (; *value; value++)
        buf_printf(out, *value == '\'' || *value == '\\' ? "\\%c" : "%c", *value);
    buf_char(out, '\'');
}

/* The settings that the URL's `schema` asks of every session, beside those of its `options`. */
static const char *session_options(const struct pg *pg, const char *given, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_printf(&out, "%s%s-c search_path=", given, *given ? " " : "");
    for (const char *c = pg->target.search_path; *c; c++)
        buf_printf(&out, *c == ' ' || *c == '\\' ? "\\%c" : "%c", *c);
    return buf_cstr(&out);
}

/* As we are connected, to the host that answered, with another database. */
static const char *address(const struct pg *pg, const char *name, struct arena *a)
{
    static const char *const own[] = { "dbname",      "host",
                                       "hostaddr",    "port",
                                       "password",    "service",
                                       "options",     "fallback_application_name",
                                       "replication", "client_encoding",
                                       NULL };
    PQconninfoOption *options = PQconninfo(pg->conn);
    struct buf out = buf_open(a, SIZE_MAX / 2);
    const char *given = "";

    for (PQconninfoOption *o = options; o && o->keyword; o++) {
        bool ours = false;

        for (size_t i = 0; own[i]; i++)
            ours = ours || strcmp(o->keyword, own[i]) == 0;
        if (strcmp(o->keyword, "options") == 0 && o->val)
            given = arena_string(a, o->val);
        if (!ours && o->val && *o->val)
            pair(&out, o->keyword, o->val);
    }
    PQconninfoFree(options);
    if (PQhost(pg->conn) && *PQhost(pg->conn))
        pair(&out, "host", PQhost(pg->conn));
    if (PQhostaddr(pg->conn) && *PQhostaddr(pg->conn))
        pair(&out, "hostaddr", PQhostaddr(pg->conn));
    pair(&out, "port", PQport(pg->conn));
    if (PQpass(pg->conn) && *PQpass(pg->conn))
        pair(&out, "password", PQpass(pg->conn));
    if (pg->target.search_path || *given)
        pair(&out, "options", pg->target.search_path ? session_options(pg, given, a) : given);
    pair(&out, "dbname", name);
    return buf_cstr(&out);
}

/* ---- struct dialect's ---- */

static bool refuse_pooler(struct err *e)
{
    err_plain(e, ERR_POOLER,
              "no scratch database can be made through a connection pooler, which knows its own list of "
              "databases");
    return err_hint(e, "write `database: {url: …, direct: …}` into merganser.yml, or name a database to try things in");
}

bool postgres_scratch_make(const char **url, struct db *beside, struct arena *a, struct err *e)
{
    struct pg *pg = (struct pg *)beside;
    const char *name, *role;
    PGresult *r;
    bool ok;

    if (pg->db.info.pooled)
        return refuse_pooler(e);
    drop_left_behind(pg);
    if (!pg_query(&r, pg, mine_sql, NULL, e))
        return false;
    name = arena_printf(a, PREFIX "%d_%s_%08x", PQbackendPID(pg->conn), PQgetvalue(r, 0, 0), arc4random());
    role = arena_string(a, PQgetvalue(r, 0, 1));
    ok = pg_run(pg, create_sql(pg, r, name, a), e);
    PQclear(r);
    if (ok) {
        comment(pg, name, a);
        copy_settings(pg, name, a);
        *url = address(pg, name, a);
        return true;
    }
    if (strcmp(e->sqlstate, "42501") == 0) {
        err_prefix(e, "no scratch database can be made: ");
        err_hint(
            e,
            "let the role make databases (`ALTER ROLE %s CREATEDB`), or name one to try things in: --scratch URL of "
            "`check --roundtrip`, --trace URL of `plan`",
            role);
    } else if (err_is_stop(e->kind)) {
        struct err ignored = { 0 };

        /* It may have been made before the cancel came. */
        postgres_scratch_drop(beside, arena_printf(a, "dbname='%s'", name), &ignored);
    }
    return false;
}

static const char *name_of(const char *url, struct arena *a)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    const char *name = NULL;

    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, "dbname") == 0 && o->val)
            name = arena_string(a, o->val);
    PQconninfoFree(options);
    return name;
}

bool postgres_scratch_drop(struct db *beside, const char *url, struct err *e)
{
    struct pg *pg = (struct pg *)beside;
    struct arena *a = arena_open();
    const char *name = name_of(url, a);
    bool before = pg->uninterrupted;

    *e = (struct err) { 0 };
    if (!name || !text_starts(text_from(name), PREFIX)) {
        err_plain(e, ERR_INTERNAL, "what is to be dropped is no scratch database");
    } else {
        pg->uninterrupted = true;
        drop(pg, name, " WITH (FORCE)", e);
        pg->uninterrupted = before;
        if (e->kind != ERR_NONE) {
            err_prefix(e, "the scratch database %s was left behind: ", name);
            err_hint(e, "the next run that makes one drops it; or run `dropdb %s`", name);
        }
    }
    arena_close(a);
    return e->kind == ERR_NONE;
}
