#include "dialects/postgres/timeouts.h"

enum { ORPHAN_LOOK_MS = 1000 }; /* how often the server looks whether we are still there */

void timeouts_orphan(struct buf *sql)
{
    /* A server that can't look (not on Linux) has an error for one who asks it to. */
    buf_printf(sql,
               "SELECT pg_catalog.set_config('tcp_keepalives_idle', '30', false),"
               " pg_catalog.set_config('tcp_keepalives_interval', '10', false),"
               " pg_catalog.set_config('tcp_keepalives_count', '3', false),"
               " CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) = '0'"
               " AND pg_catalog.version() LIKE '%%linux%%' THEN"
               " pg_catalog.set_config('client_connection_check_interval', '%d', false) END;",
               ORPHAN_LOOK_MS);
}

const char *timeouts_columns(const struct pg *pg)
{
    /* pg_settings makes all of some hundred settings to show the one: only where it has to be known. */
    if (pg->options.lock_timeout_ms >= 0 || pg->options.read_only)
        return "pg_catalog.current_setting('lock_timeout'), ''";
    return "pg_catalog.current_setting('lock_timeout'), CASE WHEN pg_catalog.current_setting('lock_timeout') = '0' THEN"
           " (SELECT s.source FROM pg_catalog.pg_settings s WHERE s.name = 'lock_timeout') ELSE '' END";
}

void timeouts_read(struct pg *pg, const PGresult *r, int column)
{
    const char *source = PQgetvalue(r, 0, column + 1);
    bool unset = strcmp(PQgetvalue(r, 0, column), "0") == 0;

    /* A 0 in the server's own files is what everybody has; in a role, a URL or `session` somebody means it. */
    if (pg->options.lock_timeout_ms >= 0)
        pg->lock_timeout_ms = pg->options.lock_timeout_ms;
    else if (unset && (strcmp(source, "default") == 0 || strcmp(source, "configuration file") == 0))
        pg->lock_timeout_ms = TIMEOUTS_LOCK_MS;
    else
        pg->lock_timeout_ms = -1;
}

size_t timeouts_head(struct buf *sql, const struct pg *pg)
{
    if (pg->lock_timeout_ms < 0)
        return 0;
    buf_printf(sql, "SET LOCAL lock_timeout = %lld;", (long long)pg->lock_timeout_ms);
    return 1;
}

/* Where a setting is from, by pg_settings.source (guc.c: GucSource_Names), and how it is changed. */
static const struct {
    const char *source, *where;
} sources[] = {
    { "session", "set by `session` in merganser.yml, or by the script" },
    { "client", "set by PGOPTIONS or the URL's options" },
    { "user", "of the role: ALTER ROLE … SET" },
    { "database", "of the database: ALTER DATABASE … SET" },
    { "database user", "of the role in this database: ALTER ROLE … IN DATABASE … SET" },
    { "configuration file", "of the server: postgresql.conf" },
    { "command line", "of the server: its command line" },
};

static const char *where_from(const char *source)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strcmp(source, sources[i].source) == 0)
            return sources[i].where;
    return source;
}

bool timeouts_hint(struct err *e, struct pg *pg)
{
    static const char ask[] = "SELECT s.setting, s.source, pg_catalog.current_setting(s.name)"
                              " FROM pg_catalog.pg_settings s WHERE s.name = 'statement_timeout'";
    bool before = pg->uninterrupted;
    uint64_t ms = 0;
    struct err ignored;
    PGresult *r;

    pg->uninterrupted = true;
    if (!pg_query(&r, pg, ask, NULL, &ignored) || PQntuples(r) != 1)
        err_hint(e, "its statement_timeout ran out, or somebody cancelled it on the server");
    else if (!text_to_u64(text_from(PQgetvalue(r, 0, 0)), &ms) || !ms)
        err_hint(e, "somebody cancelled it on the server (pg_cancel_backend), or the script's own statement_timeout "
                    "ran out: this session has none");
    else if ((int64_t)ms == pg->options.statement_timeout_ms && strcmp(PQgetvalue(r, 0, 1), "session") == 0)
        err_hint(e,
                 "it took longer than timeouts.statement in merganser.yml allows (%s), or somebody cancelled it on "
                 "the server; raise that, or SET LOCAL statement_timeout in the script",
                 PQgetvalue(r, 0, 2));
    else
        err_hint(e, "it took longer than statement_timeout allows (%s, %s), or somebody cancelled it on the server%s",
                 PQgetvalue(r, 0, 2), where_from(PQgetvalue(r, 0, 1)),
                 strcmp(PQgetvalue(r, 0, 1), "session") == 0 ? ""
                                                             : "; timeouts.statement in merganser.yml wins over it");
    PQclear(r);
    pg->uninterrupted = before;
    return false;
}
