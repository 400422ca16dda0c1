#include "dialects/postgres/url.h"

#include <libpq-fe.h>

#include "core/base/text.h"

/* Parameters of ORMs, drivers and poolers (ActiveRecord, Prisma, pgx, node-postgres, SQLAlchemy, Ecto) that mean
 * nothing here. "schema" and "pgbouncer" are understood, and are not in the list. */
static const char *const foreign[] = {
    "adapter",
    "advisory_locks",
    "checkout_timeout",
    "connection_limit",
    "default_query_exec_mode",
    "encoding",
    "idle_timeout",
    "max_connections",
    "max_lifetime",
    "min_messages",
    "pool",
    "pool_max_conn_idle_time",
    "pool_max_conn_lifetime",
    "pool_max_conns",
    "pool_min_conns",
    "pool_size",
    "pool_timeout",
    "prepared_statements",
    "reaping_frequency",
    "reconnect",
    "socket_timeout",
    "sslaccept",
    "statement_cache_capacity",
    "statement_cache_mode",
    "statement_cache_size",
    "statement_limit",
    "timeout",
    "uselibpqcompat",
    "variables",
};

struct builder {
    struct pg_target *out;
    struct buf url;
    struct buf removed; /* names, for the note */
    struct arena *arena;
    bool first; /* no parameter was kept so far */
};

static int hex(char c)
{
    c = text_lower(c);
    return text_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False where a % stands before what are not two hexadecimal digits. */
static bool decoded(const char **out, struct text t, struct arena *a)
{
    struct buf b = buf_open(a, t.len);

    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] != '%') {
            buf_char(&b, t.at[i]);
            continue;
        }
        if (i + 2 >= t.len || hex(t.at[i + 1]) < 0 || hex(t.at[i + 2]) < 0)
            return false;
        buf_char(&b, (char)(hex(t.at[i + 1]) * 16 + hex(t.at[i + 2])));
        i += 2;
    }
    *out = buf_cstr(&b);
    return true;
}

/* A password may be written with characters that would end it: here they are known to belong to it. */
static void add_encoded(struct buf *b, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (memchr("/@[]#?: ", t.at[i], 8))
            buf_printf(b, "%%%02X", (unsigned char)t.at[i]);
        else
            buf_char(b, t.at[i]);
    }
}

static size_t find(struct text t, char c)
{
    size_t i = 0;

    while (i < t.len && t.at[i] != c)
        i++;
    return i;
}

/* Where user[:password] ends: at the last @, which may stand behind a slash when there is a password before it. */
static size_t userinfo_end(struct text t)
{
    size_t slash = find(t, '/'), at = t.len;

    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] == '@' && (i < slash || find(text_cut(t, 0, i), ':') < i))
            at = i;
    return at;
}

static bool bad_percent(struct err *e, const char *where)
{
    err_plain(e, ERR_USAGE, "%s in the database's URL has a %% without two hexadecimal digits behind it", where);
    return err_hint(e, "write %% as %%25");
}

static bool add_userinfo(struct builder *b, struct text userinfo, struct err *e)
{
    size_t colon = find(userinfo, ':');
    const char *user;

    if (!decoded(&user, text_cut(userinfo, 0, colon), b->arena))
        return bad_percent(e, "the user");
    add_encoded(&b->url, text_cut(userinfo, 0, colon));
    if (colon < userinfo.len) {
        struct text password = text_cut(userinfo, colon + 1, userinfo.len);

        if (!decoded(&b->out->password, password, b->arena))
            return bad_percent(e, "the password");
        buf_char(&b->url, ':');
        add_encoded(&b->url, password);
    }
    buf_char(&b->url, '@');
    return true;
}

static bool is_foreign(struct text key)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (text_is(key, foreign[i]))
            return true;
    return false;
}

static bool add_parameter(struct builder *b, struct text parameter, struct err *e)
{
    size_t eq = find(parameter, '=');
    struct text key = text_cut(parameter, 0, eq);
    const char *value;

    if (!parameter.len)
        return true;
    if (!decoded(&value, text_cut(parameter, eq + 1, parameter.len), b->arena))
        return bad_percent(e, "a parameter");
    if (text_is(key, "schema")) {
        /* One name, which may need quotes; Prisma means it so. */
        struct buf quoted = buf_open(b->arena, SIZE_MAX / 2);

        buf_char(&quoted, '"');
        for (const char *c = value; *c; c++)
            buf_printf(&quoted, *c == '"' ? "\"\"" : "%c", *c);
        buf_char(&quoted, '"');
        b->out->search_path = buf_cstr(&quoted);
    } else if (text_is(key, "search_path") || text_is(key, "schema_search_path")) {
        b->out->search_path = value;
    } else if (text_is(key, "pgbouncer")) {
        b->out->pooled = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
    } else if (is_foreign(key)) {
        buf_printf(&b->removed, "%s%.*s", b->removed.len ? ", " : "", (int)key.len, key.at);
    } else {
        if (text_is(key, "password"))
            b->out->password = value;
        buf_char(&b->url, b->first ? '?' : '&');
        buf_text(&b->url, parameter);
        b->first = false;
    }
    return true;
}

static bool rewrite_url(struct builder *b, struct text url, struct err *e)
{
    size_t at = 0, end, query;
    struct text rest;

    text_find(url, "://", &at);
    rest = text_cut(url, at + 3, url.len);
    query = find(rest, '?');
    end = userinfo_end(text_cut(rest, 0, query));
    buf_string(&b->url, "postgresql://");
    if (end < query) {
        if (!add_userinfo(b, text_cut(rest, 0, end), e))
            return false;
        end++;
    } else {
        end = 0;
    }
    buf_text(&b->url, text_cut(rest, end, query));
    for (at = query + 1; at < rest.len;) {
        size_t len = find(text_cut(rest, at, rest.len), '&');

        if (!add_parameter(b, text_cut(rest, at, at + len), e))
            return false;
        at += len + 1;
    }
    return true;
}

/* libpq quotes what it does not understand, and that may be a piece of a password; so what it would stumble over is
 * looked for first. */
static bool conninfo_check(struct text t, struct err *e)
{
    size_t i = 0;

    for (;;) {
        size_t name;

        while (i < t.len && text_is_space(t.at[i]))
            i++;
        if (i == t.len)
            return true;
        for (name = i; i < t.len && text_is_word(t.at[i]); i++)
            ;
        name = i - name;
        while (i < t.len && text_is_space(t.at[i]))
            i++;
        if (!name || i == t.len || t.at[i] != '=')
            break;
        for (i++; i < t.len && text_is_space(t.at[i]); i++)
            ;
        if (i < t.len && t.at[i] == '\'') {
            for (i++; i < t.len && t.at[i] != '\''; i++)
                i += t.at[i] == '\\';
            if (i >= t.len)
                break;
            i++;
        } else {
            for (; i < t.len && !text_is_space(t.at[i]); i++)
                i += t.at[i] == '\\';
            if (i > t.len)
                i = t.len;
        }
    }
    err_plain(e, ERR_USAGE, "the database's conninfo string is malformed at its character %zu", i + 1);
    return err_hint(e, "write it as name=value pairs, values with blanks in single quotes");
}

/* One a host, of which each may be left out. What stands there may be a password that lacks its @. */
static bool ports_check(const char *ports, struct err *e)
{
    for (struct text rest = text_from(ports);;) {
        size_t end = find(rest, ',');
        struct text port = text_trim(text_cut(rest, 0, end));
        uint64_t number = 1;

        if (port.len && (!text_to_u64(port, &number) || number < 1 || number > 65535)) {
            err_plain(e, ERR_USAGE, "the port in the database's address is not a number from 1 to 65535");
            return err_hint(e, "write it as postgres://USER@HOST:PORT/DATABASE");
        }
        if (end == rest.len)
            return true;
        rest = text_cut(rest, end + 1, rest.len);
    }
}

/* Finds the password and lets libpq judge the names. */
static bool judged(struct pg_target *out, struct arena *a, struct err *e)
{
    char *message = NULL;
    bool ok = true;
    PQconninfoOption *options = PQconninfoParse(out->conninfo, &message);

    if (!options) {
        struct text said = text_trim(text_from(message));

        err_plain(e, ERR_USAGE, "the database's address can't be used: %s",
                  text_without_secrets(a, said, out->password));
        PQfreemem(message);
        return err_hint(e, "use postgres://USER@HOST/DATABASE with libpq's parameters");
    }
    for (PQconninfoOption *o = options; o->keyword; o++)
        if (strcmp(o->keyword, "password") == 0 && o->val)
            out->password = arena_string(a, o->val);
        else if (strcmp(o->keyword, "port") == 0 && o->val)
            ok = ports_check(o->val, e);
    PQconninfoFree(options);
    return ok;
}

bool url_is_conninfo(const char *url)
{
    size_t i = 0;

    while (text_is_space(url[i]))
        i++;
    if (!text_is_letter(url[i]))
        return false;
    while (text_is_word(url[i]))
        i++;
    while (text_is_space(url[i]))
        i++;
    return url[i] == '=';
}

bool url_read(struct pg_target *out, const char *url, struct notices *notices, struct arena *a, struct err *e)
{
    struct builder b = { out, buf_open(a, SIZE_MAX / 2), buf_open(a, SIZE_MAX / 2), a, true };

    *out = (struct pg_target) { 0 };
    if (url_is_conninfo(url)) {
        out->conninfo = url;
        return conninfo_check(text_from(url), e) && judged(out, a, e);
    }
    if (!rewrite_url(&b, text_from(url), e))
        return false;
    out->conninfo = buf_cstr(&b.url);
    if (!judged(out, a, e))
        return false;
    if (b.removed.len && notices)
        notice_add(notices, NOTICE_NOTE, "url-parameters", NOWHERE, NULL,
                   "these parameters of the database's URL are another tool's and are passed over: %s",
                   buf_cstr(&b.removed));
    return true;
}
