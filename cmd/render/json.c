#include "cmd/render/render.h"
#include "core/base/text.h"

/* A place's members; the path is NULL where there is none. */
static void set_place(struct json *o, struct pos at)
{
    json_set_string(o, "path", at.path);
    if (at.line)
        json_set_integer(o, "line", at.line);
    else
        json_set_null(o, "line");
    if (at.column)
        json_set_integer(o, "column", at.column);
    else
        json_set_null(o, "column");
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

/* As the options say it, where nothing was opened. */
static void set_kind(struct json *o, const struct session *s)
{
    static const char *const kinds[] = { "worktree", "index", "commit" };
    const struct common_options *options = &s->parsed->common;
    const char *kind = options->ref ? "commit" : options->staged ? "index" : NULL, *ref = options->ref;

    if (s->source_named || s->source_open) {
        kind = s->vcs && !vcs_is_git(s->vcs) ? "folder" : kinds[s->work.source.at.kind];
        ref = s->work.source.at.ref;
    }
    json_set_string(o, "kind", kind);
    json_set_string(o, "ref", ref);
}

static struct json *source_json(const struct session *s)
{
    const struct source *source = &s->work.source;
    struct json *o = json_new_object(), *folders = json_new_array();

    set_kind(o, s);
    json_set_string(o, "commit", object_id_hex(s->arena, source->at.commit));
    for (size_t i = 0; i < source->nfolders; i++)
        json_add_string(folders, source->folders[i].path);
    json_set(o, "folders", folders);
    json_set_string(o, "layout", source->layout ? source->layout->name : NULL);
    return o;
}

static struct json *database_json(const struct session *s)
{
    const struct db_info *info = s->database_open ? &s->work.db->info : NULL;
    struct json *o = json_new_object();

    json_set_string(o, "dialect", info ? info->dialect : NULL);
    json_set_string(o, "host", info ? info->host : NULL);
    json_set_string(o, "name", info ? info->name : NULL);
    json_set_string(o, "ledger", s->work.ledger.name);
    return o;
}

static struct json *warnings_json(const struct session *s)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < s->notices.len; i++) {
        const struct notice *n = &s->notices.at[i];
        struct json *o;

        if (n->level == NOTICE_VERBOSE && !s->verbose)
            continue;
        o = json_new_object();
        json_set_string(o, "code", n->code);
        json_set_string(o, "message", n->message);
        set_place(o, n->at);
        json_set_string(o, "hint", n->hint);
        json_add(list, o);
    }
    return list;
}

static struct json *error_json(const struct err *e, struct arena *a)
{
    const char *between = *e->server_hint && *e->hint ? "\n" : "";

    struct json *o = json_new_object();

    json_set_string(o, "code", err_word(e->kind));
    json_set_string(o, "message", e->message);
    json_set_string(o, "sqlstate", or_null(e->sqlstate));
    set_place(o, e->at);
    json_set_string(o, "detail", or_null(e->detail));
    json_set_string(o, "state", or_null(e->state));
    json_set_string(o, "hint", or_null(arena_printf(a, "%s%s%s", e->server_hint, between, e->hint)));
    return o;
}

void render_json(struct session *s, FILE *to, const struct err *e)
{
    struct json *o = render_json_object(s, e);

    json_print(o, to);
    json_free(o);
}

struct json *render_json_object(struct session *s, const struct err *e)
{
    struct json *o = json_new_object();

    json_set_integer(o, "format_version", 1);
    json_set_string(o, "verb", s->parsed->command ? s->parsed->command->name : NULL);
    json_set_integer(o, "exit_code", e ? err_exit_code(e->kind) : s->exit_code);
    json_set_string(o, "run_id", s->work.run_id);
    json_set(o, "source", source_json(s));
    json_set(o, "database", database_json(s));
    json_set(o, "warnings", warnings_json(s));
    if (e)
        json_set(o, "error", error_json(e, s->arena));
    else
        json_set_null(o, "error");
    if (s->add_json)
        s->add_json(o, s->json_from, s->arena);
    return o;
}

/* Null where the commit is not known. */
static struct json *commit_json(const struct vcs_commit *c, struct arena *a)
{
    struct json *o = json_new_object();

    json_set_string(o, "commit", object_id_hex(a, c->id));
    json_set_string(o, "author", c->author);
    json_set_string(o, "date", c->author ? text_time(a, c->date_ms) : NULL);
    json_set_string(o, "subject", c->subject);
    return o;
}

static void set_commit(struct json *o, const char *key, const struct vcs_commit *c, struct arena *a)
{
    if (c && c->id.known)
        json_set(o, key, commit_json(c, a));
    else
        json_set_null(o, key);
}

static void set_last_seen(struct json *o, const struct recovered *found, struct arena *a)
{
    struct json *seen;

    if (!found || !found->seen.id.known) {
        json_set_null(o, "last_seen");
        return;
    }
    seen = commit_json(&found->seen, a);
    json_set_string(seen, "ref", found->ref);
    json_set_string(seen, "path", found->path);
    json_set(o, "last_seen", seen);
}

struct json *json_version(const struct workspace *w, const struct version_entry *v, struct arena *a)
{
    const struct origin *origin = workspace_origin(w, v);
    static const char *const states[] = { "applied", "pending", "missing" };
    const struct migration *m = v->migration;
    const struct history_entry *applied = v->row && v->record ? v->record->applied : NULL;
    struct json *o = json_new_object(), *flags = json_new_array();

    (void)a;
    json_set_string(o, "version", v->version);
    json_set_string(o, "name", v->name);
    json_set_string(o, "state", states[v->state]);
    for (unsigned bit = 0; version_flag_word(bit); bit++)
        if (v->flags & (1u << bit))
            json_add_string(flags, version_flag_word(bit));
    json_set(o, "flags", flags);
    json_set_string(o, "path", m && m->up.path ? m->up.path : NULL);
    json_set_bool(o, "reversible", v->state == STATE_PENDING ? m && m->down.path : !(v->flags & FLAG_IRREVERSIBLE));
    if (v->state == STATE_PENDING)
        json_set_bool(o, "transactional", !(v->flags & FLAG_NO_TRANSACTION));
    else
        json_set_null(o, "transactional");
    json_set_string(o, "applied_at", applied ? applied->finished_at : v->row ? v->row->applied_at : NULL);
    json_set_string(o, "applied_with", applied ? applied->merganser : NULL);
    set_commit(o, "introduced", origin ? &origin->introduced : NULL, a);
    set_commit(o, "edited_by", origin ? &origin->edited : NULL, a);
    json_set_string(o, "renamed_from", v->flags & FLAG_RENAMED ? v->renamed->version : NULL);
    set_last_seen(o, v->state == STATE_MISSING ? workspace_recovered(w, v) : NULL, a);
    return o;
}

void json_status(struct json *object, const void *from, struct arena *a)
{
    const struct workspace *w = from;
    const struct resolution *r = &w->versions;
    struct json *counts = json_new_object(), *list = json_new_array();

    json_set_integer(counts, "applied", (int64_t)r->applied);
    json_set_integer(counts, "pending", (int64_t)r->pending);
    json_set_integer(counts, "missing", (int64_t)r->missing);
    json_set_integer(counts, "edited", (int64_t)r->edited);
    json_set_integer(counts, "out_of_order", (int64_t)r->out_of_order);
    json_set_integer(counts, "partial", (int64_t)r->partial);
    json_set_integer(counts, "renamed", (int64_t)r->renamed);
    json_set_integer(counts, "uncommitted", (int64_t)r->uncommitted);
    json_set(object, "counts", counts);
    for (size_t i = 0; i < r->len; i++)
        json_add(list, json_version(w, &r->at[i], a));
    json_set(object, "migrations", list);
}

static void set_of_a_run(struct json *o, const char *key, int64_t value, bool ran)
{
    if (ran)
        json_set_integer(o, key, value);
    else
        json_set_null(o, key);
}

static struct json *step_json(const struct step *s, struct arena *a)
{
    struct json *o = json_new_object();
    bool ran = s->started_at_ms != 0;

    json_set_string(o, "direction", s->relink ? "relink" : step_goes_up(s) ? "up" : "down");
    json_set_string(o, "version", s->entry->version);
    json_set_string(o, "name", s->entry->name);
    json_set_string(o, "renamed_from", s->relink ? s->entry->renamed->version : NULL);
    json_set_string(o, "path", s->path);
    json_set_string(o, "sha256", s->sha256);
    json_set_string(o, "script_from", s->path && !s->relink ? script_from_word(s->from) : NULL);
    json_set_string(o, "outcome", step_outcome_word(s->outcome));
    json_set_integer(o, "statements", (int64_t)s->statements);
    if (s->resumed_at)
        json_set_integer(o, "resumed_at", (int64_t)s->resumed_at);
    else
        json_set_null(o, "resumed_at");
    json_set_string(o, "started_at", ran ? text_time(a, s->started_at_ms) : NULL);
    set_of_a_run(o, "duration_ms", s->duration_ms, ran);
    set_of_a_run(o, "lock_wait_ms", s->lock_wait_ms, ran);
    set_of_a_run(o, "attempts", s->attempts ? s->attempts : 1, ran);
    return o;
}

void json_steps(struct json *object, const void *from, struct arena *a)
{
    const struct plan *plan = from;
    struct json *steps = json_new_array(), *remaining = json_new_array();

    for (size_t i = 0; i < plan->len; i++)
        json_add(steps, step_json(&plan->at[i], a));
    /* What was meant to be applied and was not is still to do as well. */
    for (size_t i = 0; i < plan->len; i++)
        if (!step_goes_down(&plan->at[i]) && plan->at[i].outcome != STEP_APPLIED &&
            plan->at[i].outcome != STEP_RELINKED)
            json_add_string(remaining, plan->at[i].entry->version);
    for (size_t i = 0; i < plan->nremaining; i++)
        json_add_string(remaining, plan->remaining[i]);
    json_set(object, "steps", steps);
    json_set_integer(object, "lock_wait_ms", plan->lock_wait_ms);
    json_set(object, "remaining", remaining);
}

void json_sync(struct json *object, const void *from, struct arena *a)
{
    const struct plan *plan = from;
    struct json *left = json_new_array();

    json_steps(object, plan, a);
    for (size_t i = 0; i < plan->left.len; i++) {
        struct json *o = json_new_object();

        json_set_string(o, "version", plan->left.at[i].entry->version);
        json_set_string(o, "why", plan->left.at[i].why);
        json_add(left, o);
    }
    json_set(object, "left", left);
}
