/* Which database, and the way to it. */
#include "cmd/setup.h"

enum { HURRIED_SECONDS = 2 };

static const char *variable(void *from, const char *name)
{
    (void)from;
    return getenv(name);
}

/* What writes, and a dump, goes around a pooler; the direct URL belongs to the one that it stands beside. */
static bool direct_find(const char **direct, struct session *s, bool read_only, struct err *e)
{
    const struct config_value *configured = &s->work.config.direct;

    return (read_only && !s->session_needed) || !configured->value ||
           config_expand(direct, *configured, variable, NULL, s->arena, e);
}

/* Which database, and the directory that its relative path starts from. */
static bool url_find(const char **url, const char **base, bool *configured_one, struct session *s, struct err *e)
{
    const struct common_options *o = &s->parsed->common;
    const struct config_value *configured = &s->work.config.database;
    const char *expanded = NULL, *root = vcs_root(s->vcs);

    *base = ".";
    if (configured->value && (!o->database || (o->environment && o->database_from_variable))) {
        if (!config_expand(&expanded, *configured, variable, NULL, s->arena, e))
            return false;
        if (o->database && strcmp(o->database, expanded) != 0) {
            err_set(e, ERR_USAGE, configured->at,
                    "MERGANSER_DATABASE names another database than the environment %s does", o->environment);
            return err_hint(e, "unset MERGANSER_DATABASE, or leave out --env");
        }
        *url = expanded;
        *configured_one = true;
        if (root && s->config.path)
            *base = *setup_folder_of(s, configured->at)
                        ? arena_printf(s->arena, "%s/%s", root, setup_folder_of(s, configured->at))
                        : root;
        return true;
    }
    *url = o->database ? o->database : getenv("DATABASE_URL");
    if (*url && **url)
        return true;
    if (getenv("PGDATABASE") || getenv("PGHOST") || getenv("PGSERVICE")) {
        *url = "postgresql://";
        return true;
    }
    err_plain(e, ERR_USAGE, "no database is named");
    return err_hint(e, "give --database URL, set MERGANSER_DATABASE or DATABASE_URL, or write `database:` into "
                       "merganser.yml (`merganser init` makes one)");
}

const struct dialect *setup_dialect(struct session *s)
{
    const struct dialect *found;
    const char *url = NULL, *base = NULL;
    bool configured = false;
    struct err unseen;

    return url_find(&url, &base, &configured, s, &unseen) && dialect_for_url(&found, url, base, &unseen) ? found : NULL;
}

static bool database_start(struct session *s, bool read_only, struct err *e)
{
    const struct config_block *c = &s->work.config;
    const char **statements = arena_make(s->arena, const char *, c->session.len + 1);
    struct db_options *o = &s->database;
    bool configured = false;

    *o = (struct db_options) {
        .session = statements,
        .application = arena_printf(s->arena, "merganser %s", s->parsed->command->name),
        .lock_timeout_ms = c->timeouts.lock,
        .statement_timeout_ms = c->timeouts.statement,
        .retries = c->timeouts.retries,
        .index_timeout_ms = c->timeouts.index,
        .lease = c->lock.value && strcmp(c->lock.value, "lease") == 0,
        .read_only = read_only,
        .session_needed = s->session_needed,
        .connect_seconds = s->hurried ? HURRIED_SECONDS : s->connect_seconds,
        .notices = &s->notices,
    };
    if (s->hurried && read_only && (o->lock_timeout_ms < 0 || o->lock_timeout_ms > HURRIED_SECONDS * 1000))
        o->lock_timeout_ms = HURRIED_SECONDS * 1000;
    for (size_t i = 0; i < c->session.len; i++)
        statements[i] = c->session.at[i].value;
    return url_find(&o->url, &o->base, &configured, s, e) &&
           (!configured || direct_find(&o->direct, s, read_only, e)) && db_start(&s->starting, o, s->arena, e);
}

void setup_database_start(struct session *s, bool read_only)
{
    s->database_begun = true;
    s->database_refused = !database_start(s, read_only, &s->database_err);
}

bool setup_database(struct session *s, bool read_only, struct err *e)
{
    if (!s->database_begun)
        setup_database_start(s, read_only);
    s->database_begun = false;
    s->work.environment = s->parsed->common.environment;
    if (!s->work.environment)
        s->work.environment = getenv("RAILS_ENV") ? getenv("RAILS_ENV") : getenv("RACK_ENV");
    if (!s->work.environment || !*s->work.environment)
        s->work.environment = "development"; /* as Rails itself has it */
    if (s->database_refused) {
        *e = s->database_err;
        return false;
    }
    if (!db_finish(&s->starting, &s->database, s->arena, e))
        return false;
    s->work.db = s->starting;
    s->starting = NULL;
    return true;
}

bool setup_scratch(struct scratch_request *out, struct session *s, const char *url, struct err *e)
{
    if (!s->database_open) {
        setup_database_start(s, true);
        if (!url || !s->database_refused || (s->database_err.kind != ERR_USAGE && s->database_err.kind != ERR_CONFIG)) {
            s->database_open = setup_database(s, true, e);
            if (!s->database_open)
                return false;
        }
    }
    *out = (struct scratch_request) { .live = s->database_open ? s->work.db : NULL, .opened = &s->database };
    return true;
}
