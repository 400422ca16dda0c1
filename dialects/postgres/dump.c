#include "dialects/postgres/dump.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/dump_access.h"
#include "dialects/postgres/dump_clean.h"
#include "dialects/postgres/program.h"

struct words {
    const char **at;
    size_t len, cap;
};

/* The first release of each major version that has --restrict-key. */
static bool knows_guard(const struct program *p)
{
    static const struct {
        int major, minor;
    } since[] = { { 13, 22 }, { 14, 19 }, { 15, 14 }, { 16, 10 }, { 17, 6 } };

    for (size_t i = 0; i < sizeof since / sizeof *since; i++)
        if (p->major == since[i].major)
            return p->minor >= since[i].minor;
    return p->major > 17;
}

/* In quotes a pattern of pg_dump has no wildcards, and keeps its case. */
static const char *pattern(struct table_name name, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    if (name.schema)
        pg_name(&out, name.schema);
    if (name.schema && name.table)
        buf_char(&out, '.');
    if (name.table)
        pg_name(&out, name.table);
    return buf_cstr(&out);
}

static void add_schemas(struct words *w, const char *search_path, struct arena *a)
{
    for (struct text rest = text_from(search_path); rest.len;) {
        size_t end = rest.len;
        struct text part;

        text_find(rest, ",", &end);
        part = text_trim(text_cut(rest, 0, end));
        *arena_push(a, w) = arena_printf(a, "--schema=%.*s", (int)part.len, part.at);
        rest = text_cut(rest, end + 1, rest.len);
    }
}

static const char *const *arguments(const struct pg *pg, const struct dump_request *r, const struct program *p,
                                    const char *role, struct arena *a)
{
    struct words w = { 0 };

    *arena_push(a, &w) = "pg_dump";
    *arena_push(a, &w) = "--schema-only";
    *arena_push(a, &w) = "--no-privileges";
    *arena_push(a, &w) = "--no-owner";
    *arena_push(a, &w) = "--no-password";
    if (role)
        *arena_push(a, &w) = arena_printf(a, "--role=%s", role);
    if (pg->options.lock_timeout_ms > 0)
        *arena_push(a, &w) = arena_printf(a, "--lock-wait-timeout=%lld", (long long)pg->options.lock_timeout_ms);
    if (r->guard && (r->keep & DUMP_KEEP_GUARD) && knows_guard(p))
        *arena_push(a, &w) = arena_printf(a, "--restrict-key=%s", r->guard);
    for (size_t i = 0; r->schemas && r->schemas[i]; i++)
        *arena_push(a, &w) = arena_printf(a, "--schema=%s", r->schemas[i]);
    if (!r->schemas && r->search_path && pg->target.search_path)
        add_schemas(&w, pg->target.search_path, a);
    for (size_t i = 0; i < r->nwithout; i++)
        *arena_push(a, &w) =
            arena_printf(a, "--exclude-%s=%s", r->without[i].table ? "table" : "schema", pattern(r->without[i], a));
    arena_push(a, &w);
    return w.at;
}

/* pg_dump reads as the role that the session's own statements took, and leaves these out else. */
static bool look(const char **search_path, const char **role, struct pg *pg, struct arena *a, struct err *e)
{
    PGresult *r = NULL;
    bool ok =
        pg_query(&r, pg, "SELECT pg_catalog.current_setting('search_path'), current_user, current_user <> session_user",
                 NULL, e);

    if (ok) {
        *search_path = pg->target.search_path ? pg->target.search_path : arena_string(a, PQgetvalue(r, 0, 0));
        *role = *PQgetvalue(r, 0, 2) == 't' ? arena_string(a, PQgetvalue(r, 0, 1)) : NULL;
    }
    PQclear(r);
    return ok;
}

static void warn(const struct pg *pg, struct text said, struct arena *a)
{
    struct text line;

    while (pg->options.notices && text_line(&said, &line))
        if (text_trim(line).len)
            notice_add(pg->options.notices, NOTICE_NOTE, "pg-dump", NOWHERE, NULL, "%s",
                       pg_shown(pg, arena_cstr(a, line), a));
}

static bool refuse_pooler(struct err *e)
{
    err_plain(e, ERR_POOLER, "a connection pooler stands between, and pg_dump needs a session of the server's own");
    return err_hint(e, "give the server's own address with --database, or as `database: {url: …, direct: …}` in "
                       "merganser.yml");
}

bool postgres_dump(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e)
{
    struct pg *pg = (struct pg *)db;
    struct program program;
    struct program_output said;
    struct dump_access access;
    struct buf written = buf_open(a, SIZE_MAX / 2);
    const char *search_path, *role;
    bool ok;

    if (pg->db.info.pooled)
        return refuse_pooler(e);
    if (!look(&search_path, &role, pg, a, e) ||
        !program_find_dump(&program, r->program, PQserverVersion(pg->conn) / 10000, a, e) ||
        !dump_access_open(&access, pg, a, e))
        return false;
    ok = program_run(
        &said, &program,
        &(struct program_run) { arguments(pg, r, &program, role, a), access.environment, access.descriptor }, a, e);
    dump_access_close(&access);
    if (!ok) {
        snprintf(e->detail, sizeof e->detail, "%s", pg_shown(pg, arena_string(a, e->detail), a));
        return false;
    }
    warn(pg, said.err, a);
    dump_clean(&written, said.out, (r->keep & DUMP_KEEP_GUARD) != 0);
    buf_printf(&written, "SET search_path TO %s;\n\n", search_path);
    *out = buf_content(&written);
    return true;
}

/* pg_dump writes it where schemas were named; every database has it. */
struct text postgres_undump(struct text dump, struct arena *a)
{
    static const char make[] = "CREATE SCHEMA public;";
    struct buf out = buf_open(a, SIZE_MAX / 2);
    struct text rest = dump, line;

    while (text_line(&rest, &line)) {
        if (!text_is(line, make))
            continue;
        buf_text(&out, text_cut(dump, 0, (size_t)(line.at - dump.at)));
        buf_string(&out, "CREATE SCHEMA IF NOT EXISTS public;");
        buf_text(&out, text_cut(dump, (size_t)(line.at - dump.at) + line.len, dump.len));
        return buf_content(&out);
    }
    return dump;
}
