#include "core/scratch.h"

#include "core/base/script.h"
#include "core/base/text.h"

enum { LOCK_MS = 5000 }; /* where nothing else is said: nobody waits long for a trial */

static bool open_at(struct scratch *s, const char *url, const struct scratch_request *r, struct arena *a, struct err *e)
{
    struct db_options o = *r->opened;

    o.url = url;
    o.direct = NULL;
    o.base = ".";
    o.read_only = false;
    o.lease = false;
    o.lock_timeout_ms = o.lock_timeout_ms < 0 ? LOCK_MS : o.lock_timeout_ms;
    return db_open(&s->db, &o, a, e);
}

/* A pooler knows its own list of databases: around it, where there is a way. */
static bool beside_which(struct db **beside, struct scratch *s, const struct scratch_request *r, struct arena *a,
                         struct err *e)
{
    struct db_options o = *r->opened;

    *beside = r->live;
    if (!r->live->info.pooled || !o.direct)
        return true;
    o.read_only = false;
    if (!db_open(&s->direct, &o, a, e))
        return false;
    *beside = s->direct;
    return true;
}

bool scratch_make(struct scratch *out, const struct scratch_request *r, struct arena *a, struct err *e)
{
    struct db *beside;

    *out = (struct scratch) { 0 };
    if (!beside_which(&beside, out, r, a, e))
        return false;
    if (db_scratch_make(&out->url, beside, a, e)) {
        out->beside = beside;
        if (open_at(out, out->url, r, a, e))
            return true;
    }
    return scratch_close(out, false, e);
}

/* A copy of a server's files has its numbers too, but was started at another time. */
static bool is_same(const struct db_identity *x, const struct db_identity *y)
{
    if (strcmp(x->database, y->database) != 0)
        return false;
    if (x->started && y->started)
        return strcmp(x->started, y->started) == 0;
    return strcmp(x->system, y->system) == 0;
}

static bool refuse_live(const struct scratch *s, const struct scratch_request *r, struct arena *a, struct err *e)
{
    struct db_identity live, here;

    if (!r->live)
        return true;
    /* Behind opening the other one: a file that was not there may be there now. */
    if (!db_identify(&live, r->live, a, e) || !db_identify(&here, s->db, a, e))
        return false;
    if (!is_same(&live, &here))
        return true;
    err_plain(e, ERR_SCRATCH, "%s is the target itself: nothing is tried in it",
              text_shown(a, text_from(s->db->info.shown)));
    return err_hint(
        e, "name another database, a copy of it for example, or let one be made: `--trace scratch`, or --roundtrip "
           "without --scratch");
}

static bool refuse_dialect(const struct scratch *s, const struct scratch_request *r, struct err *e)
{
    if (!r->live || r->live->dialect == s->db->dialect)
        return true;
    err_plain(e, ERR_USAGE, "the database to try things in is of %s, the target of %s", s->db->dialect->name,
              r->live->dialect->name);
    return err_hint(e, "name one of %s", r->live->dialect->name);
}

bool scratch_open(struct scratch *out, const char *url, const struct scratch_request *r, struct arena *a, struct err *e)
{
    *out = (struct scratch) { .url = url };
    if (!open_at(out, url, r, a, e))
        return false;
    if (refuse_dialect(out, r, e) && refuse_live(out, r, a, e)) {
        if (!out->db->info.read_only)
            return true;
        err_plain(e, ERR_READ_ONLY, "%s can't be written to", text_shown(a, text_from(out->db->info.shown)));
        err_hint(e, "a standby can't be tried in: name a database on a server of its own");
    }
    return scratch_close(out, false, e);
}

/* A new database has its schema public, with a comment; a template of the site's own may bring extensions. */
static bool is_given(const struct schema_object *o)
{
    static const char *const kinds[] = { "schema", "extension", "comment", "owner", "grant" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(o->kind, kinds[i]) == 0)
            return true;
    return false;
}

bool scratch_empty(const struct scratch *s, struct arena *a, struct err *e)
{
    static const struct schema_request all = { 0 };
    struct schema schema;
    const struct schema_object *first = NULL;

    if (!db_schema(&schema, s->db, &all, a, e))
        return false;
    for (size_t i = 0; i < schema.len; i++) {
        bool table = strcmp(schema.at[i].kind, "table") == 0;

        if (!is_given(&schema.at[i]) && (!first || (table && strcmp(first->kind, "table") != 0)))
            first = &schema.at[i];
    }
    if (!first)
        return true;
    err_plain(e, ERR_SCRATCH, "%s is not empty: it has the %s %s", text_shown(a, text_from(s->db->info.shown)),
              first->kind, text_shown(a, text_from(first->name)));
    return err_hint(e, "name an empty database, or leave it out: one is made beside the target and dropped again");
}

/* The dump is one script. What it could not make here, the trial could not either. */
bool scratch_fill(const struct scratch *s, const struct scratch_request *r, struct arena *a, struct err *e)
{
    static const struct dump_request all = { 0 };
    struct notices quiet = { .arena = a };
    struct unit unit = { 0 };
    struct unit_result result;
    struct script script;
    struct text sql;

    if (!r->live->info.exists)
        return true;
    if (!db_dump(&sql, r->live, &all, a, e))
        return false;
    script = script_in_memory("the live schema", sql, a);
    unit.script = (struct script_request) { .script = &script, .server = s->db->info.version };
    if (db_inspect(&unit.facts, s->db, &unit.script, &quiet, a, e) && db_apply(s->db, &unit, &result, e))
        return true;
    if (err_is_stop(e->kind))
        return false;
    return err_prefix(e, "the live schema can't be made again in the scratch database: ");
}

bool scratch_close(struct scratch *s, bool fine, struct err *e)
{
    struct err dropped = { 0 };
    bool gone;

    db_close(s->db);
    s->db = NULL;
    gone = !s->beside || db_scratch_drop(s->beside, s->url, &dropped);
    db_close(s->direct);
    s->direct = s->beside = NULL;
    if (gone)
        return fine;
    if (fine)
        *e = dropped;
    return false;
}
