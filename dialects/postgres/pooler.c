#include "dialects/postgres/pooler.h"

#include "dialects/postgres/script.h"

static bool refused(const struct pg *pg, const char *statement, struct err *e)
{
    struct arena *a = arena_open();

    err_plain(e, ERR_POOLER, "the session statement \"%s\" can't go through a connection pooler",
              pg_shown(pg, statement, a));
    arena_close(a);
    err_detail(e, "it would stay in a session of the server's that others use; only SET name = value ends with a "
                  "transaction");
    return err_hint(e, POOLER_REMEDY);
}

bool pooler_as_local(const char **out, const char *statement, struct arena *a)
{
    struct text src = text_from(statement);
    struct lexer l = { .src = src };
    struct token first = lexer_next(&l), second = lexer_next(&l), rest = second, last, t;
    bool session = token_is(src, second, "session");

    if (!token_is(src, first, "set") || token_is(src, second, "transaction") || token_is(src, second, "constraints"))
        return false;
    t = lexer_next(&l);
    if (session && token_is(src, t, "characteristics"))
        return false;
    /* SET SESSION AUTHORIZATION names what is set. */
    if (token_is(src, second, "local") || (session && !token_is(src, t, "authorization")))
        rest = t;
    last = rest;
    for (; t.kind != TOKEN_END && t.kind != TOKEN_SEMICOLON; t = lexer_next(&l)) {
        if (t.kind == TOKEN_OPEN || t.kind == TOKEN_BACKSLASH)
            return false;
        last = t;
    }
    if (rest.kind == TOKEN_END || lexer_next(&l).kind != TOKEN_END)
        return false;
    *out = arena_printf(a, "SET LOCAL %s", arena_cstr(a, text_cut(src, rest.from, last.to)));
    return true;
}

bool pooler_settings(struct pg *pg, struct err *e)
{
    struct buf local = buf_open(pg->arena, SIZE_MAX / 2);
    size_t n = pg_settings(&local, pg, true);

    for (const char *const *s = pg->options.session; s && *s; s++, n++) {
        const char *statement;

        if (!pooler_as_local(&statement, *s, pg->arena))
            return refused(pg, *s, e);
        buf_printf(&local, "%s;", statement);
    }
    pg->local = buf_cstr(&local);
    pg->nlocal = n;
    return true;
}

/* ---- one database by two ways ---- */

struct identity {
    const char *database, *oid, *started, *system; /* system NULL: we may not ask for it */
};

/* A system's identifier is a number that initdb makes; a standby has its primary's. */
static bool identify(struct identity *out, struct pg *pg, struct arena *a, struct err *e)
{
    static const char who[] = "SELECT d.datname, d.oid, pg_catalog.pg_postmaster_start_time(),"
                              " pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')"
                              " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()";
    PGresult *r;
    bool allowed;

    *out = (struct identity) { 0 };
    if (!pg_query(&r, pg, who, NULL, e))
        return false;
    out->database = arena_string(a, PQgetvalue(r, 0, 0));
    out->oid = arena_string(a, PQgetvalue(r, 0, 1));
    out->started = arena_string(a, PQgetvalue(r, 0, 2));
    allowed = *PQgetvalue(r, 0, 3) == 't';
    PQclear(r);
    if (!allowed)
        return true;
    if (!pg_query(&r, pg, "SELECT system_identifier FROM pg_catalog.pg_control_system()", NULL, e))
        return false;
    out->system = arena_string(a, PQgetvalue(r, 0, 0));
    PQclear(r);
    return true;
}

/* Where neither may ask for the system's identifier, when the server was started is as good. */
static bool same(const struct identity *a, const struct identity *b)
{
    if (strcmp(a->database, b->database) != 0 || strcmp(a->oid, b->oid) != 0)
        return false;
    return a->system && b->system ? strcmp(a->system, b->system) == 0 : strcmp(a->started, b->started) == 0;
}

static bool look_through(struct identity *out, struct pg *other, struct arena *a, struct err *e)
{
    bool ok = pg_connect_start(other, e) && pg_connect_finish(other, e) && identify(out, other, a, e);

    PQfinish(other->conn);
    if (!ok && e->kind == ERR_CONNECTION) {
        err_prefix(e, "whether `database` and `database.direct` are one database can't be told: ");
        err_hint(e, "what writes goes to `database.direct`, once the pooler at `database` answers too");
    }
    return ok;
}

bool pooler_same_database(struct pg *pg, struct err *e)
{
    struct arena *a = arena_open();
    struct pg other = { .db = pg->db, .arena = a, .options = pg->options };
    struct identity direct, through;
    bool ok;

    other.options.session = NULL;
    ok = identify(&direct, pg, a, e) && url_read(&other.target, arena_string(a, pg->options.url), NULL, a, e) &&
         look_through(&through, &other, a, e);
    if (ok && !same(&direct, &through)) {
        ok = err_plain(e, ERR_POOLER, "`database` and `database.direct` lead to two databases: %s and %s%s",
                       text_shown(a, text_from(through.database)), text_shown(a, text_from(direct.database)),
                       strcmp(through.database, direct.database) == 0 ? " of another server" : "");
        err_hint(e, "let both name the same database: one through the pooler, one around it");
    }
    arena_close(a);
    return ok;
}
