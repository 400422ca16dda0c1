#include "core/schema_record.h"

#include "core/base/text.h"
#include "core/digest.h"
#include "core/drift.h"
#include "core/schema_reasons.h"

/* So many of the newest are looked through for a text that is kept already: what goes up comes down again soon. */
enum { KNOWN = 200, NAMED = 3 };

struct taken {
    struct schema schema;
    struct text text;
    const char *sha256;
};

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

/* Says why nothing is recorded any more in this run. */
static void give_up(struct schema_recorder *r, const struct err *why)
{
    struct notices *to = r->w->notices;

    r->on = false;
    r->lost = why->kind == ERR_CONNECTION || why->kind == ERR_UNKNOWN_OUTCOME;
    r->broken = arena_string(r->w->arena, why->sqlstate);
    /* insufficient_privilege: the run itself needs no such right. */
    if (err_is_stop(why->kind) || why->kind == ERR_NOT_SUPPORTED || strcmp(why->sqlstate, "42501") == 0)
        notice_add(to, NOTICE_VERBOSE, "schema-not-recorded", NOWHERE, NULL, "the schema is not recorded: %s",
                   why->message);
    else
        notice_add(to, NOTICE_WARNING, "schema-not-recorded", NOWHERE,
                   "what ran stands; `merganser drift --accept` records the schema as it is",
                   "the schema could not be recorded: %s", why->message);
}

static bool take(struct taken *out, struct schema_recorder *r, struct arena *a)
{
    struct workspace *w = r->w;
    struct schema_wanted wanted = { .owners = true, .grants = true, .ledger = &w->ledger };
    struct err why = { 0 };

    if (!schema_read(&out->schema, w->db, &wanted, a, &why)) {
        give_up(r, &why);
        return false;
    }
    out->text = schema_text(&out->schema, w->db->info.dialect, a);
    out->sha256 = digest_sha256(out->text, a);
    if (!schema_history_is_too_long(out->text))
        return true;
    err_plain(&why, ERR_DATABASE, "its description has %zu MB", out->text.len / 1024 / 1024);
    give_up(r, &why);
    return false;
}

static bool table_is_there(struct schema_recorder *r)
{
    struct history *h = &r->w->ledger.history;
    struct err why = { 0 };

    if (!h->schemas_exist && !db_table_create(r->w->db, TABLE_HISTORY_SCHEMA, h->schemas, &why)) {
        give_up(r, &why);
        return false;
    }
    h->schemas_exist = true;
    return true;
}

static bool is_known(const struct schema_recorder *r, const char *sha256)
{
    for (size_t i = 0; i < r->known.len; i++)
        if (strcmp(or_empty(r->known.at[i].sha256), sha256) == 0)
            return true;
    return false;
}

/* The newest comes first. */
static void know(struct schema_recorder *r, struct schema_entry entry)
{
    arena_push(r->w->arena, &r->known);
    memmove(r->known.at + 1, r->known.at, (r->known.len - 1) * sizeof *r->known.at);
    r->known.at[0] = entry;
}

static bool write(struct schema_recorder *r, const struct taken *t, const struct plan *plan, const char *version,
                  const char *direction, struct arena *a)
{
    struct workspace *w = r->w;
    struct schema_entry entry = schema_entry_now(w, plan, version, direction, t->sha256);
    struct text text = is_known(r, t->sha256) && !r->unusable ? (struct text) { NULL, 0 } : t->text;
    struct row_change row;
    struct err why = { 0 };

    if (!table_is_there(r))
        return false;
    row = schema_history_append(&w->ledger.history, &entry, text, a);
    if (!db_rows_write(w->db, &row, 1, &why)) {
        give_up(r, &why);
        return false;
    }
    r->unusable = false;
    know(r, entry);
    return true;
}

/* Takes it, and writes it down. */
static void record(struct schema_recorder *r, const struct plan *plan, const char *version, const char *direction)
{
    struct arena *a = arena_open();
    struct taken taken;

    if (take(&taken, r, a))
        write(r, &taken, plan, version, direction, a);
    arena_close(a);
}

/* ---- before a run ---- */

static const char *names_of(const struct schema_changes *changes, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < changes->len && i < NAMED; i++) {
        const struct schema_change *c = &changes->at[i];
        const struct schema_object *o = c->actual ? c->actual : c->expected;

        buf_printf(&out, "%s%s %s %s", i ? ", " : "", o->kind, text_summary(a, text_from(o->name), 80),
                   c->change == SCHEMA_ADDED     ? "is new"
                   : c->change == SCHEMA_REMOVED ? "is gone"
                                                 : "is changed");
    }
    if (changes->len > NAMED)
        buf_printf(&out, " and %zu more", changes->len - NAMED);
    return buf_cstr(&out);
}

/* How what is there differs from the newest that was recorded; false where that can't be told. */
static bool differs(struct schema_changes *out, struct schema_recorder *r, const struct taken *now, struct arena *a)
{
    struct workspace *w = r->w;
    struct schema *last = arena_make(a, struct schema, 1), *here = arena_make(a, struct schema, 1);
    struct err why = { 0 };
    const char *unusable;

    if (!schema_history_load(last, &unusable, w->db, &w->ledger.history, &r->known.at[0], a, &why)) {
        give_up(r, &why);
        return false;
    }
    if (unusable) {
        notice_add(w->notices, NOTICE_VERBOSE, "schema-unusable", NOWHERE, NULL,
                   "the schema that was recorded last can't be compared with: %s", unusable);
        r->unusable = true;
        return false;
    }
    *here = now->schema;
    drift_filter(last, w, NULL, a);
    drift_filter(here, w, NULL, a);
    schema_compare(out, last, here, a);
    return true;
}

/* What a description before the run is called; the warning where it is drift. */
static const char *judge(struct schema_recorder *r, const struct taken *now, struct arena *a)
{
    struct schema_changes changes = { 0 };
    struct schema_reasons reasons;

    if (!r->known.len)
        return SCHEMA_FOUND;
    schema_reasons_find(&reasons, r->w, &r->known.at[0], r->other);
    if (schema_reasons_any(&reasons) || !differs(&changes, r, now, a) || !changes.len)
        return SCHEMA_FOUND;
    notice_add(r->w->notices, NOTICE_WARNING, "drift", NOWHERE,
               "`merganser drift` shows it all; `merganser drift --accept` takes the schema as it is",
               "the schema is not as it was recorded last: %s", names_of(&changes, a));
    return SCHEMA_DRIFT;
}

static void look(struct schema_recorder *r, const char *version, struct arena *a)
{
    struct workspace *w = r->w;
    struct err why = { 0 };
    struct taken taken;
    const char *called;

    if (!schema_history_list(&r->known, w->db, &w->ledger.history, KNOWN, w->arena, &why)) {
        give_up(r, &why);
        return;
    }
    schema_history_keep(&r->known, &r->other, w->ledger.name);
    if (!take(&taken, r, a) || (r->known.len && strcmp(or_empty(r->known.at[0].sha256), taken.sha256) == 0))
        return;
    called = judge(r, &taken, a);
    if (r->on)
        write(r, &taken, NULL, version, called, a);
}

static bool is_possible(const struct workspace *w)
{
    const struct history *h = &w->ledger.history;

    if (w->db->info.pooled)
        notice_add(w->notices, NOTICE_VERBOSE, "schema-not-recorded", NOWHERE, NULL,
                   "the schema is not recorded: a connection pooler stands between");
    return w->db->dialect->schema && !w->db->info.pooled && h->exists && !h->denied;
}

void schema_record_begin(struct schema_recorder *r, struct workspace *w, const char *version, size_t steps)
{
    struct arena *a = arena_open();

    *r = (struct schema_recorder) { .w = w, .on = is_possible(w), .each = steps <= SCHEMA_RECORD_EACH };
    if (r->on)
        look(r, version, a);
    arena_close(a);
}

/* ---- behind what ran ---- */

void schema_record_step(struct schema_recorder *r, const struct plan *plan, size_t i)
{
    const struct step *s = &plan->at[i];

    /* Relinking changes nothing; what stands at the end is recorded then, so that the ledger is known. */
    if (!r->on || !r->each || s->relink)
        return;
    record(r, plan, s->entry->version, step_word(s));
    r->recorded = i + 1;
}

/* The last step that left something. */
static bool find_last(size_t *last, const struct plan *plan)
{
    for (size_t i = plan->len; i-- > 0;) {
        enum step_outcome o = plan->at[i].outcome;

        *last = i;
        if (o == STEP_APPLIED || o == STEP_ROLLED_BACK || o == STEP_RELINKED || o == STEP_PARTIAL)
            return true;
        if (o == STEP_UNKNOWN)
            return false;
    }
    return false;
}

void schema_record_end(struct schema_recorder *r, const struct plan *plan)
{
    size_t last;

    if (!r->on || !r->w->locked || !find_last(&last, plan) || last < r->recorded)
        return;
    record(r, plan, plan->at[last].entry->version, step_word(&plan->at[last]));
    r->recorded = last + 1;
}

void schema_record_after(struct schema_recorder *begun, struct workspace *w, const char *version, const char *direction)
{
    struct schema_recorder own = { .w = w, .on = is_possible(w) }, *r = begun ? begun : &own;
    struct notices *loud = w->notices, quiet = { .arena = w->arena };
    struct err why = { 0 };
    bool ok;

    if (!r->on)
        return;
    /* What was just written counts. */
    w->notices = &quiet;
    ok = workspace_survey(w, &why);
    w->notices = loud;
    if (ok)
        record(r, NULL, version, direction);
    else
        give_up(r, &why);
}
