#include "dialects/dialect.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/postgres/postgres.h"
#include "dialects/sqlite/sqlite.h"

static const struct dialect *const dialects[] = { &postgres_dialect, &sqlite_dialect, NULL };

/* Schemes of databases that a later release will speak. */
static const char *const later[] = { "mysql", "mysql2", "mariadb", NULL };

static bool scheme_is(const char *url, const char *scheme)
{
    size_t len = strlen(scheme);

    return text_starts(text_from(url), scheme) && url[len] == ':';
}

const struct dialect *dialect_named(const char *name)
{
    for (size_t i = 0; dialects[i]; i++)
        if (strcmp(dialects[i]->name, name) == 0)
            return dialects[i];
    return NULL;
}

bool dialect_for_url(const struct dialect **out, const char *url, const char *base, struct err *e)
{
    size_t scheme;

    for (size_t i = 0; dialects[i]; i++)
        for (size_t k = 0; dialects[i]->schemes[k]; k++)
            if (scheme_is(url, dialects[i]->schemes[k])) {
                *out = dialects[i];
                return true;
            }
    for (size_t i = 0; later[i]; i++)
        if (scheme_is(url, later[i])) {
            err_plain(e, ERR_NOT_SUPPORTED, "%s databases are not supported yet", later[i]);
            return err_hint(e, "this release speaks PostgreSQL and SQLite");
        }
    for (size_t i = 0; dialects[i]; i++)
        if (dialects[i]->claims(url, base)) {
            *out = dialects[i];
            return true;
        }
    if (text_find(text_from(url), ":", &scheme) && scheme > 0 && scheme < 32)
        err_plain(e, ERR_USAGE, "the database's URL has the unknown scheme \"%.*s\"", (int)scheme, url);
    else
        err_plain(e, ERR_USAGE, "the database is neither a URL, nor a conninfo string, nor an existing file");
    return err_hint(e, "use postgres://USER@HOST/DATABASE, or sqlite:PATH");
}

bool db_open_as(struct db **out, const struct dialect *d, const struct db_options *o, struct arena *a, struct err *e)
{
    *out = NULL;
    return interrupt_check(e) && d->open(out, o, a, e);
}

bool db_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e)
{
    const struct dialect *d;

    *out = NULL;
    return dialect_for_url(&d, o->url, o->base, e) && db_open_as(out, d, o, a, e);
}

bool db_start(struct db **out, const struct db_options *o, struct arena *a, struct err *e)
{
    const struct dialect *d;

    *out = NULL;
    return dialect_for_url(&d, o->url, o->base, e) && interrupt_check(e) && (!d->start || d->start(out, o, a, e));
}

void db_advance(struct db *db)
{
    if (db)
        db->dialect->advance(db);
}

bool db_finish(struct db **db, const struct db_options *o, struct arena *a, struct err *e)
{
    struct db *started = *db;

    if (!started)
        return db_open(db, o, a, e);
    *db = NULL;
    if (!started->dialect->finish(started, e))
        return false;
    *db = started;
    return true;
}

void db_close(struct db *db)
{
    if (db)
        db->dialect->close(db);
}

bool db_reopen(struct db *db, struct reopen *how, struct err *e)
{
    return db->dialect->reopen(db, how, e);
}

bool db_inspect(struct script_facts *out, const struct db *db, const struct script_request *r, struct notices *notices,
                struct arena *a, struct err *e)
{
    return dialect_inspect(out, db->dialect, r, notices, a, e);
}

bool dialect_inspect(struct script_facts *out, const struct dialect *d, const struct script_request *r,
                     struct notices *notices, struct arena *a, struct err *e)
{
    return interrupt_check(e) && d->inspect(out, r, notices, a, e);
}

bool db_expand(struct text *out, const struct db *db, const struct script *s, const char *separator, struct arena *a,
               struct err *e)
{
    *out = (struct text) { NULL, 0 };
    return interrupt_check(e) && (!db->dialect->expand || db->dialect->expand(out, s, separator, a, e));
}

bool db_tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out, struct arena *a,
                    struct err *e)
{
    return interrupt_check(e) && db->dialect->tables_find(db, names, n, out, a, e);
}

bool db_tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e)
{
    return interrupt_check(e) && db->dialect->tables_list(db, out, a, e);
}

bool db_table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e)
{
    return interrupt_check(e) && db->dialect->table_create(db, kind, name, e);
}

bool db_rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e)
{
    return interrupt_check(e) && db->dialect->rows_read(db, q, out, a, e);
}

/* Not stopped by a signal: it writes down what has happened already. */
bool db_rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e)
{
    return db->dialect->rows_write(db, changes, n, e);
}

bool db_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e)
{
    *waited_ms = 0;
    return interrupt_check(e) && db->dialect->lock(db, r, waited_ms, e);
}

bool db_unlock(struct db *db, struct err *e)
{
    return db->dialect->unlock(db, e);
}

bool db_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e)
{
    int64_t began = time_monotonic_ms();
    bool ok;

    *result = (struct unit_result) { .outcome = UNIT_ROLLED_BACK, .started_at_ms = time_now_ms() };
    if (!interrupt_check(e))
        return false;
    ok = db->dialect->apply(db, unit, result, e);
    result->duration_ms = time_monotonic_ms() - began;
    return ok;
}

bool db_examine(struct evidences *out, struct db *db, const struct script_request *r, struct arena *a, struct err *e)
{
    *out = (struct evidences) { 0 };
    if (!interrupt_check(e))
        return false;
    if (!db->dialect->examine)
        return err_plain(e, ERR_NOT_SUPPORTED, "what a script has left can't be told on %s", db->dialect->name);
    return db->dialect->examine(out, db, r, a, e);
}

bool db_chained(const char **hash, const struct db *db, const struct script_request *r, uint64_t n,
                void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e)
{
    *hash = NULL;
    if (!interrupt_check(e))
        return false;
    if (!db->dialect->chained)
        return err_plain(e, ERR_NOT_SUPPORTED, "no script that stopped midway is gone on with on %s",
                         db->dialect->name);
    return db->dialect->chained(hash, r, n, chain, a, e);
}

void dialect_describe(struct actions *out, const struct dialect *d, struct text statement, struct arena *a)
{
    *out = (struct actions) { 0 };
    if (d->describe)
        d->describe(out, statement, a);
}

static bool lacks(const struct dialect *d, const char *what, struct err *e)
{
    err_plain(e, ERR_NOT_SUPPORTED, "%s is not known for %s", what, d->name);
    return false;
}

bool dialect_statements(struct script_statements *out, const struct dialect *d, const struct script_request *r,
                        size_t max, struct arena *a, struct err *e)
{
    *out = (struct script_statements) { 0 };
    return interrupt_check(e) &&
           (d->statements ? d->statements(out, r, max, a, e) : lacks(d, "how a script is taken apart", e));
}

void dialect_effects(struct effects *out, const struct dialect *d, const struct actions *actions, int server,
                     struct arena *a)
{
    *out = (struct effects) { .us = -1 };
    if (d->effects)
        d->effects(out, actions, server, a);
}

bool db_identify(struct db_identity *out, struct db *db, struct arena *a, struct err *e)
{
    *out = (struct db_identity) { 0 };
    return interrupt_check(e) &&
           (db->dialect->identify ? db->dialect->identify(out, db, a, e) : lacks(db->dialect, "a name that lasts", e));
}

bool db_schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e)
{
    *out = (struct schema) { 0 };
    return interrupt_check(e) && (db->dialect->schema ? db->dialect->schema(out, db, r, a, e)
                                                      : lacks(db->dialect, "a description of the schema", e));
}

bool db_dump(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e)
{
    *out = (struct text) { NULL, 0 };
    return interrupt_check(e) &&
           (db->dialect->dump ? db->dialect->dump(out, db, r, a, e) : lacks(db->dialect, "a dump", e));
}

struct text dialect_undump(const struct dialect *d, struct text dump, struct arena *a)
{
    return d->undump ? d->undump(dump, a) : dump;
}

bool db_scratch_make(const char **url, struct db *beside, struct arena *a, struct err *e)
{
    *url = NULL;
    return interrupt_check(e) && (beside->dialect->scratch_make ? beside->dialect->scratch_make(url, beside, a, e)
                                                                : lacks(beside->dialect, "a scratch database", e));
}

/* Not stopped by a signal: it clears away. */
bool db_scratch_drop(struct db *beside, const char *url, struct err *e)
{
    return beside->dialect->scratch_drop(beside, url, e);
}

bool db_trace(struct db *db, struct traced_script *scripts, size_t n, bool ours, struct arena *a, struct err *e)
{
    return interrupt_check(e) &&
           (db->dialect->trace ? db->dialect->trace(db, scripts, n, ours, a, e) : lacks(db->dialect, "a trace", e));
}
