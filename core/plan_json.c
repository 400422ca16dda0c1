/* A plan as JSON. What apply reads back of it stands in plan_file.c. */
#include "core/base/text.h"
#include "core/digest.h"
#include "core/plan_document.h"

const char *plan_document_sha256(const struct json *object, struct arena *a)
{
    static const char *const aside[] = { "created_at", "sha256", NULL };

    return digest_sha256(json_canonical(object, aside, a), a);
}

/* ---- statements ---- */

struct writing {
    const struct plan_document *d;
    struct arena *arena;
    size_t sql_left; /* bytes of SQL that may still be written */
};

static struct json *lock_json(const struct effect *f, struct arena *a)
{
    struct json *o = json_new_object();

    json_set_string(o, "relation", f->relation ? plan_relation(f, a) : NULL);
    json_set_string(o, "mode", f->lock);
    json_set_bool(o, "rewrites", f->rewrites);
    json_set_bool(o, "scans", f->scans);
    json_set_bool(o, "may", f->may);
    return o;
}

static bool writes_anew(const struct effect *f)
{
    return f->rewrites && f->relation;
}

static bool reads_all(const struct effect *f)
{
    return f->scans && f->relation;
}

static void set_relations(struct json *o, const char *key, const struct effects *list,
                          bool (*is_one)(const struct effect *f), struct arena *a)
{
    struct json *names = json_new_array();

    for (size_t i = 0; i < list->len; i++)
        if (is_one(&list->at[i]))
            json_add_string(names, plan_relation(&list->at[i], a));
    json_set(o, key, names);
}

static void set_sql(struct json *o, struct writing *w, struct text sql)
{
    size_t most = sql.len < PLAN_SQL_MAX ? sql.len : PLAN_SQL_MAX;

    while (most < sql.len && most && ((unsigned char)sql.at[most] & 0xc0) == 0x80)
        most--; /* never in the middle of a character */
    if (most > w->sql_left || !sql.at) {
        json_set_null(o, "sql");
    } else {
        w->sql_left -= most;
        json_set_text(o, "sql", text_cut(sql, 0, most));
    }
    json_set_integer(o, "sql_bytes", (int64_t)sql.len);
}

static struct json *statement_json(struct writing *w, const struct planned_script *script,
                                   const struct planned_statement *p)
{
    struct json *o = json_new_object(), *locks = json_new_array();
    const struct effects *f = &p->effects;

    json_set_integer(o, "statement", (int64_t)p->nth + 1);
    json_set_integer(o, "line", p->at.line);
    json_set_integer(o, "column", p->at.column);
    if (p->at.path && script->path && strcmp(p->at.path, script->path) != 0)
        json_set_string(o, "path", p->at.path);
    set_sql(o, w, p->sql);
    for (size_t i = 0; i < f->len; i++)
        if (f->at[i].lock || f->at[i].rewrites || f->at[i].scans)
            json_add(locks, lock_json(&f->at[i], w->arena));
    json_set(o, "locks", locks);
    set_relations(o, "rewrites", f, writes_anew, w->arena);
    set_relations(o, "scans", f, reads_all, w->arena);
    json_set_bool(o, "known", f->known);
    json_set_bool(o, "observed", f->observed);
    if (f->observed && f->us >= 0)
        json_set_integer(o, "duration_us", f->us);
    else
        json_set_null(o, "duration_us");
    json_set_string(o, "untraced", f->untraced);
    return o;
}

static struct json *segments_json(struct writing *w, const struct planned_script *script)
{
    struct json *list = json_new_array();
    size_t next = 0;

    for (size_t i = 0; i < script->segments.len; i++) {
        struct json *o = json_new_object(), *statements = json_new_array();

        for (; next < script->len && script->at[next].segment <= i; next++)
            json_add(statements, statement_json(w, script, &script->at[next]));
        json_set_bool(o, "transactional", script->segments.at[i].transactional);
        json_set(o, "statements", statements);
        json_add(list, o);
    }
    return list;
}

/* ---- steps ---- */

static struct json *flags_json(unsigned flags, const struct step *s)
{
    struct json *list = json_new_array();

    if (s->no_transaction)
        flags |= FLAG_NO_TRANSACTION;
    for (unsigned bit = 0; version_flag_word(bit); bit++)
        if (flags & (1u << bit))
            json_add_string(list, version_flag_word(bit));
    return list;
}

static struct json *step_json(struct writing *w, const struct step *s, const struct planned_script *script)
{
    struct json *o = json_new_object();

    json_set_string(o, "direction", s->relink ? "relink" : step_goes_up(s) ? "up" : "down");
    json_set_string(o, "version", s->entry->version);
    json_set_string(o, "name", s->entry->name);
    json_set_string(o, "renamed_from", s->relink ? s->entry->renamed->version : NULL);
    json_set_string(o, "path", s->path);
    json_set_string(o, "sha256", s->sha256);
    json_set_string(o, "blob", object_id_hex(w->arena, s->blob));
    json_set_string(o, "script_from", s->relink ? NULL : script_from_word(s->from));
    json_set_string(o, "outcome", step_outcome_word(s->outcome));
    json_set(o, "flags", flags_json(s->entry->flags, s));
    json_set_integer(o, "statements", (int64_t)s->statements);
    json_set_integer(o, "described", (int64_t)script->len);
    if (s->resumed_at)
        json_set_integer(o, "resumed_at", (int64_t)s->resumed_at);
    else
        json_set_null(o, "resumed_at");
    json_set(o, "segments", segments_json(w, script));
    return o;
}

/* ---- what it stands on ---- */

static struct json *marks_json(const struct plan_marks *marks)
{
    struct json *o = json_new_object();

    for (size_t i = 0; i < marks->len; i++)
        json_set_string(o, marks->at[i].name, marks->at[i].is);
    return o;
}

static struct json *basis_json(const struct plan_basis *b)
{
    struct json *o = json_new_object(), *schemas = json_new_array();

    json_set(o, "ledger", marks_json(&b->marks[PART_LEDGER]));
    json_set(o, "target", marks_json(&b->marks[PART_TARGET]));
    for (size_t i = 0; !b->reach.all && b->reach.schemas[i]; i++)
        json_add_string(schemas, b->reach.schemas[i]);
    if (b->reach.all) {
        json_free(schemas);
        json_set_null(o, "schemas");
    } else {
        json_set(o, "schemas", schemas);
    }
    if (b->unnamed)
        json_set_null(o, "objects");
    else
        json_set(o, "objects", marks_json(&b->marks[PART_SCHEMA]));
    return o;
}

static struct json *fingerprint_json(const struct plan_basis *b)
{
    struct json *o = json_new_object();

    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++)
        json_set_string(o, plan_part_word(p), b ? b->fingerprint[p] : NULL);
    return o;
}

static struct json *dangers_json(const struct plan_document *d)
{
    static const char *const words[] = { "loss", "rewrite", "scan", "unknown" };
    struct json *list = json_new_array();

    for (size_t i = 0; i < d->dangers.len; i++) {
        const struct plan_danger *x = &d->dangers.at[i];
        struct json *o = json_new_object();

        json_set_string(o, "danger", words[x->kind]);
        json_set_string(o, "version", d->plan->at[x->step].entry->version);
        json_set_integer(o, "statement", (int64_t)d->scripts[x->step].at[x->statement].nth + 1);
        json_set_string(o, "message", x->why);
        json_add(list, o);
    }
    return list;
}

void plan_document_json(struct json *object, const struct plan_document *d, struct arena *a)
{
    struct writing w = { .d = d, .arena = a, .sql_left = PLAN_SQL_TOTAL_MAX };
    struct json *steps = json_new_array(), *remaining = json_new_array();

    json_set_string(object, "created_at", text_time(a, d->created_at_ms));
    json_set_string(object, "merganser_version", MERGANSER_VERSION);
    json_set_string(object, "repository", d->repository);
    json_set_bool(object, "offline", d->offline);
    json_set_string(object, "traced_in", d->trace ? d->trace->where : NULL);
    json_set_bool(object, "strict", d->strict);
    json_set_bool(object, "fresh", d->fresh);
    json_set_bool(object, "applicable", !d->unusable);
    json_set_string(object, "unusable", d->unusable);
    json_set(object, "fingerprint", fingerprint_json(d->basis));
    if (d->basis)
        json_set(object, "basis", basis_json(d->basis));
    else
        json_set_null(object, "basis");
    for (size_t i = 0; i < d->plan->len; i++)
        json_add(steps, step_json(&w, &d->plan->at[i], &d->scripts[i]));
    json_set(object, "steps", steps);
    for (size_t i = 0; i < d->plan->nremaining; i++)
        json_add_string(remaining, d->plan->remaining[i]);
    json_set(object, "remaining", remaining);
    json_set(object, "dangers", dangers_json(d));
}
