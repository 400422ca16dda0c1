#include "core/roundtrip.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/digest.h"
#include "core/migrate.h"
#include "core/schema.h"

enum { CHANGES_TOLD = 6 };

struct trip {
    const struct roundtrip_request *r;
    struct scratch scratch;
    struct workspace work;
    struct notices quiet; /* what a run says of files is said by the review */
    struct roundtrip_faults *out;
    struct arena *arena;
};

/* ---- running ---- */

static bool migrate_one(struct trip *t, const char *version, bool up, struct err *e)
{
    const char *only[] = { version, NULL };
    struct migrate_request r = {
        .go_up = up,
        .go_down = !up,
        .up = { .only = only, .renamed = RENAMED_RUN },
        .down = { .version = version },
        .down_from = DOWN_FROM_FILE,
        .fresh = true,
        .confirmed = true,
    };
    struct plan plan;

    /* What the history has of a version and direction is told by the run's id. */
    t->work.run_id = digest_run_id(t->arena);
    return migrate(&plan, &t->work, &r, e);
}

/* What an error of a run says of the state that things are in is about the scratch database. */
static bool failed(const struct trip *t, struct err *e)
{
    *e->state = '\0';
    if (err_is_stop(e->kind))
        return err_hint(e, "nothing but the scratch database was touched");
    err_state(e, "that was in %s; nothing else was touched",
              t->scratch.beside ? "a scratch database, which is dropped"
                                : text_shown(t->arena, text_from(t->scratch.db->info.shown)));
    if (strcmp(e->sqlstate, "42501") == 0 && !t->scratch.beside)
        return err_hint(e,
                        "let the role make what the migrations make: `GRANT ALL ON DATABASE %s TO %s; GRANT ALL ON "
                        "SCHEMA public TO %s`",
                        t->scratch.db->info.name, t->scratch.db->info.user, t->scratch.db->info.user);
    if (e->kind == ERR_SCRIPT_FAILED)
        err_hint(e, "all migrations have to run on an empty database here: fix the script");
    return false;
}

static bool up(struct trip *t, const struct migration *m, struct err *e)
{
    return migrate_one(t, m->version, true, e) || failed(t, e);
}

static bool describe(struct schema *out, struct trip *t, struct err *e)
{
    const struct schema_wanted w = { .ignore = t->r->ignore, .ledger = &t->work.ledger };

    /* The ledger's tables come with the first run. */
    return workspace_survey(&t->work, e) && schema_read(out, t->scratch.db, &w, t->arena, e);
}

/* ---- telling ---- */

static struct roundtrip_fault *fault(struct trip *t, const struct migration *m, const char *message, const char *hint)
{
    struct roundtrip_fault *f = arena_push(t->arena, t->out);

    *f = (struct roundtrip_fault) { m, { m->down.path, 1, 1 }, message, hint };
    return f;
}

static const char *object_words(const struct schema_change *c, struct arena *a)
{
    const struct schema_object *o = c->actual ? c->actual : c->expected;

    return arena_printf(a, "%s %s", o->kind, o->name);
}

/* "left behind: table t, index i; not brought back: column t.a; changed: column t.b" */
static const char *differences(const struct schema_changes *changes, struct arena *a)
{
    static const char *const words[] = {
        [SCHEMA_ADDED] = "left behind", [SCHEMA_REMOVED] = "not brought back", [SCHEMA_CHANGED] = "changed"
    };
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t told = 0;

    for (enum schema_change_kind k = SCHEMA_ADDED; k <= SCHEMA_CHANGED; k++) {
        size_t of_kind = 0;

        for (size_t i = 0; i < changes->len && told < CHANGES_TOLD; i++) {
            if (changes->at[i].change != k)
                continue;
            if (of_kind++)
                buf_string(&out, ", ");
            else
                buf_printf(&out, "%s%s: ", out.len ? "; " : "", words[k]);
            buf_string(&out, object_words(&changes->at[i], a));
            told++;
        }
    }
    if (told < changes->len)
        buf_printf(&out, "; and %zu more", changes->len - told);
    return buf_cstr(&out);
}

/* ---- one migration ---- */

enum trip_end {
    TRIP_FINE,
    TRIP_LOST, /* the scratch database is not what later migrations have to begin with */
    TRIP_ERROR
};

/* An error of a script is the migration's fault, any other one is an error. */
static enum trip_end script_fault(struct trip *t, const struct migration *m, const char *what, struct err *e)
{
    struct roundtrip_fault *f;

    if (e->kind != ERR_SCRIPT_FAILED) {
        failed(t, e);
        return TRIP_ERROR;
    }
    f = fault(t, m,
              arena_printf(t->arena, "%s: %s%s%s%s", what, e->message, *e->sqlstate ? " [" : "", e->sqlstate,
                           *e->sqlstate ? "]" : ""),
              NULL);
    if (e->at.path && strcmp(e->at.path, m->down.path) == 0)
        f->at = (struct pos) { m->down.path, e->at.line, e->at.column };
    *e = (struct err) { 0 };
    return TRIP_LOST;
}

/* A script that is one transaction leaves nothing behind where it fails. */
static bool still_applied(struct trip *t, const struct migration *m)
{
    struct err ignored;

    if (!workspace_survey(&t->work, &ignored))
        return false;
    for (size_t i = 0; i < t->work.versions.len; i++) {
        const struct version_entry *v = &t->work.versions.at[i];

        if (strcmp(v->version, m->version) == 0)
            return v->state == STATE_APPLIED && !(v->flags & FLAG_PARTIAL);
    }
    return false;
}

static enum trip_end go_down_and_up(struct trip *t, const struct schema *before, const struct migration *m,
                                    struct err *e)
{
    struct schema after;
    struct schema_changes changes;
    bool undone;

    if (!migrate_one(t, m->version, false, e)) {
        enum trip_end end = script_fault(t, m, "it fails behind its own up script", e);

        return end == TRIP_LOST && still_applied(t, m) ? TRIP_FINE : end;
    }
    if (!describe(&after, t, e))
        return TRIP_ERROR;
    schema_compare(&changes, before, &after, t->arena);
    undone = !changes.len;
    if (!undone)
        fault(t, m, arena_printf(t->arena, "it does not undo its up script; %s", differences(&changes, t->arena)),
              "make it leave the schema as it was; where data can't be brought back, the tables still can");
    if (migrate_one(t, m->version, true, e))
        return TRIP_FINE;
    if (undone)
        return script_fault(t, m, "behind it the up script fails", e);
    if (e->kind != ERR_SCRIPT_FAILED)
        return TRIP_ERROR;
    *e = (struct err) { 0 };
    return TRIP_LOST;
}

static enum trip_end look(struct trip *t, const struct migration *m, struct err *e)
{
    struct schema before;

    return describe(&before, t, e) && up(t, m, e) ? go_down_and_up(t, &before, m, e) : TRIP_ERROR;
}

/* ---- all of them ---- */

static bool begin(struct trip *t, struct err *e)
{
    bool ok = t->r->scratch ? scratch_open(&t->scratch, t->r->scratch, &t->r->beside, t->arena, e)
                            : scratch_make(&t->scratch, &t->r->beside, t->arena, e);

    t->work.db = t->scratch.db;
    return ok && (!t->r->scratch || scratch_empty(&t->scratch, t->arena, e));
}

/* A new one, as far as the migration before. */
static bool begin_again(struct trip *t, size_t through, struct err *e)
{
    const struct migrations *list = &t->work.source.migrations;

    if (!scratch_close(&t->scratch, true, e) || !begin(t, e))
        return false;
    for (size_t i = 0; i < through; i++)
        if (!up(t, &list->at[i], e))
            return false;
    return true;
}

static const struct migration *listed(const struct migration *const *list, size_t n, const struct migration *m)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i]->version, m->version) == 0 && list[i]->down.path && m->down.path)
            return list[i];
    return NULL;
}

static bool run_all(struct trip *t, const struct migration *const *list, size_t n, struct notices *notices,
                    struct err *e)
{
    const struct migrations *all = &t->work.source.migrations;
    size_t left = n;

    for (size_t i = 0; i < all->len; i++) {
        const struct migration *m = listed(list, n, &all->at[i]);
        enum trip_end end = m ? look(t, m, e) : up(t, &all->at[i], e) ? TRIP_FINE : TRIP_ERROR;

        left -= m != NULL;
        if (end == TRIP_ERROR)
            return false;
        if (end == TRIP_FINE || i + 1 == all->len)
            continue;
        if (t->scratch.beside && !begin_again(t, i + 1, e))
            return false;
        if (!t->scratch.beside) {
            notice_add(notices, NOTICE_WARNING, "roundtrip-cut", IN_FILE(m->down.path),
                       "fix its down script, and give an empty database again",
                       "%zu migration%s behind this one %s not tried: the scratch database is not as it was", left,
                       left == 1 ? "" : "s", left == 1 ? "was" : "were");
            return true;
        }
    }
    return true;
}

bool roundtrip_run(struct roundtrip_faults *out, const struct migration *const *list, size_t n, struct vcs *v,
                   const struct source_request *source, const struct roundtrip_request *r, struct arena *a,
                   struct notices *notices, struct err *e)
{
    struct trip t = { .r = r, .quiet = { .arena = a }, .out = out, .arena = a };
    bool ok;

    *out = (struct roundtrip_faults) { 0 };
    t.work =
        (struct workspace) { .arena = a, .notices = &t.quiet, .config = *r->config, .environment = r->environment };
    t.work.config.policy = (struct config_policy) { .confirm = -1 };
    if (!source_load(&t.work.source, v, source, a, &t.quiet, e))
        return false;
    ok = begin(&t, e) && run_all(&t, list, n, notices, e);
    return t.scratch.db || t.scratch.beside ? scratch_close(&t.scratch, ok, e) : ok;
}
