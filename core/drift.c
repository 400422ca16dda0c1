#include "core/drift.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/digest.h"

/* ---- what is compared ---- */

static bool is_compared(const void *from, const struct schema_object *o)
{
    const struct drift_options *options = from;

    return (options->owners || strcmp(o->kind, "owner") != 0) && (options->grants || strcmp(o->kind, "grant") != 0);
}

void drift_filter(struct schema *s, const struct workspace *w, const struct drift_options *options, struct arena *a)
{
    static const struct drift_options neither = { 0 };

    schema_ignore(s, w->drift_ignore, a);
    schema_keep(s, is_compared, options ? options : &neither);
}

/* ---- what merganser itself made of it ---- */

static int by_name(const struct schema_object *a, const struct schema_object *b)
{
    int order = strcmp(a->kind, b->kind);

    return order ? order : strcmp(a->name, b->name);
}

/* The objects of one kind and name, from *at on: several where something has more than one definition. */
struct group {
    const struct schema_object *at;
    size_t len;
};

static struct group group_of(const struct schema *s, size_t *at, const struct schema_object *of)
{
    struct group g = { s->at + *at, 0 };

    while (*at < s->len && by_name(&s->at[*at], of) == 0) {
        g.len++;
        ++*at;
    }
    return g;
}

static bool same_group(struct group a, struct group b)
{
    bool same = a.len == b.len;

    for (size_t i = 0; same && i < a.len; i++)
        same = strcmp(a.at[i].definition, b.at[i].definition) == 0;
    return same;
}

/* The first of what is left in any of them. */
static const struct schema_object *first_of(const struct schema *const *from, const size_t *at, size_t n)
{
    const struct schema_object *first = NULL;

    for (size_t i = 0; i < n; i++)
        if (at[i] < from[i]->len && (!first || by_name(&from[i]->at[at[i]], first) < 0))
            first = &from[i]->at[at[i]];
    return first;
}

static struct schema_object copy_of(const struct schema_object *o, struct arena *a)
{
    return (struct schema_object) {
        .kind = arena_string(a, o->kind),
        .schema = o->schema ? arena_string(a, o->schema) : NULL,
        .name = arena_string(a, o->name),
        .of = o->of ? arena_string(a, o->of) : NULL,
        .partition_of = o->partition_of ? arena_string(a, o->partition_of) : NULL,
        .definition = arena_string(a, o->definition),
    };
}

void drift_follow(struct schema *out, const struct schema *to, const struct schema *before, const struct schema *after,
                  struct arena *a)
{
    const struct schema *const all[] = { to, before, after };
    const struct schema_object *next;
    struct schema made = { 0 };
    size_t at[3] = { 0 };

    while ((next = first_of(all, at, 3))) {
        struct group mine = group_of(to, &at[0], next), was = group_of(before, &at[1], next),
                     is = group_of(after, &at[2], next), stands = same_group(was, is) ? mine : is;

        for (size_t i = 0; i < stands.len; i++)
            *(struct schema_object *)arena_push(a, &made) = copy_of(&stands.at[i], a);
    }
    *out = made;
}

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

/* How many of the newest entries are not older than the first drift that nobody accepted; 0: there is none. */
static size_t count_disputed(const struct schema_entries *entries)
{
    size_t n = 0;

    for (size_t i = 0; i < entries->len && !is(entries->at[i].direction, SCHEMA_ACCEPT); i++)
        if (is(entries->at[i].direction, SCHEMA_DRIFT))
            n = i + 1;
    return n;
}

/* What drift left aside, every run since has made of the schema that there was before it. A description that can't be
 * had any more is passed over: the next one shows its changes too. One at a time is held in memory. */
static bool follow_runs(struct schema *expected, const struct drift *d, size_t disputed, struct workspace *w,
                        struct err *e)
{
    struct schema before = { 0 }, after, made = { 0 };
    struct arena *held = NULL;
    const char *why;
    bool ok = true;

    for (size_t i = disputed < d->entries.len ? disputed + 1 : disputed; ok && i-- > 0;) {
        const struct schema_entry *entry = &d->entries.at[i];
        struct arena *a = arena_open();

        ok = interrupt_check(e) && schema_history_load(&after, &why, w->db, &w->ledger.history, entry, a, e);
        if (!ok || why) {
            arena_close(a);
            continue;
        }
        if (!held)
            made = after;
        else
            drift_follow(&made, &made, is(entry->direction, SCHEMA_DRIFT) ? &after : &before, &after, a);
        before = after;
        arena_close(held);
        held = a;
    }
    if (ok)
        drift_follow(expected, &made, &before, &before, w->arena);
    arena_close(held);
    return ok;
}

static bool expect(struct drift *d, struct workspace *w, struct err *e)
{
    size_t disputed = count_disputed(&d->entries);

    d->last = &d->entries.at[0];
    if (!schema_history_load(&d->expected, &d->unusable, w->db, &w->ledger.history, d->last, w->arena, e))
        return false;
    if (d->unusable || !disputed)
        return true;
    d->found = &d->entries.at[disputed - 1];
    return follow_runs(&d->expected, d, disputed, w, e);
}

static bool read_live(struct drift *d, struct workspace *w, struct err *e)
{
    struct schema_wanted wanted = { .owners = true, .grants = true, .ledger = &w->ledger };

    if (!schema_read(&d->actual, w->db, &wanted, w->arena, e))
        return false;
    d->live_text = schema_text(&d->actual, w->db->info.dialect, w->arena);
    d->live_sha256 = digest_sha256(d->live_text, w->arena);
    return true;
}

static bool compare(struct drift *d, struct workspace *w, const struct drift_options *options, struct err *e)
{
    const char *dialect = w->db->info.dialect;

    const char *other;

    if (!schema_history_list(&d->entries, w->db, &w->ledger.history, 0, w->arena, e))
        return false;
    schema_history_keep(&d->entries, &other, w->ledger.name);
    if (!read_live(d, w, e) || (d->entries.len && !expect(d, w, e)))
        return false;
    drift_filter(&d->actual, w, options, w->arena);
    d->actual_sha256 = schema_fingerprint(&d->actual, dialect, w->arena);
    if (!d->last || d->unusable)
        return true;
    schema_reasons_find(&d->reasons, w, d->last, other);
    drift_filter(&d->expected, w, options, w->arena);
    d->expected_sha256 = schema_fingerprint(&d->expected, dialect, w->arena);
    schema_compare(&d->changes, &d->expected, &d->actual, w->arena);
    return true;
}

bool drift_look(struct drift *out, struct workspace *w, const struct drift_options *options, struct err *e)
{
    *out = (struct drift) { 0 };
    return workspace_survey(w, e) && compare(out, w, options, e);
}

bool drift_nothing(const struct drift *d, struct err *e)
{
    if (d->last)
        err_plain(e, ERR_NO_DESCRIPTION, "the schema that was recorded last (%s) can't be compared with: %s",
                  d->last->taken_at, d->unusable);
    else
        err_plain(e, ERR_NO_DESCRIPTION, "nothing is recorded of this database's schema yet");
    return err_hint(e, "`merganser drift --accept` records it as it is now, and so does every run that changes it");
}

/* ---- as it should be from now on ---- */

static bool write_accepted(struct workspace *w, const struct drift *now, struct err *e)
{
    struct history *h = &w->ledger.history;
    struct history_note note = workspace_note(w, "", "the schema as it is", SCHEMA_ACCEPT, "applied");
    struct schema_entry entry = schema_entry_now(w, NULL, "", SCHEMA_ACCEPT, now->live_sha256);
    const char *identity = vcs_identity(w->source.vcs, w->arena);
    struct row_change rows[2];

    if (!h->schemas_exist && !db_table_create(w->db, TABLE_HISTORY_SCHEMA, h->schemas, e))
        return false;
    h->schemas_exist = true;
    note.entry.kind = "baseline";
    note.entry.author = identity ? identity : note.entry.author;
    rows[0] = history_append(h, &note, w->arena);
    rows[1] = schema_history_append(h, &entry, now->live_text, w->arena);
    return db_rows_write(w->db, rows, 2, e);
}

static bool accept_locked(struct workspace *w, const struct drift *agreed, struct err *e)
{
    struct drift now = { 0 };

    if (!read_live(&now, w, e))
        return false;
    if (strcmp(now.live_sha256, agreed->live_sha256) != 0) {
        err_plain(e, ERR_STALE_PLAN, "the schema is not any more what was confirmed: somebody changed it meanwhile");
        err_state(e, "nothing was recorded");
        return err_hint(e, "run this again: it looks anew at what is there");
    }
    if (schema_history_is_too_long(now.live_text))
        return err_plain(e, ERR_NOT_SUPPORTED, "the schema's description has %zu MB, which is more than is kept",
                         now.live_text.len / 1024 / 1024);
    if (!workspace_create_history(w, e))
        return false;
    if (w->ledger.history.exists)
        return write_accepted(w, &now, e);
    err_plain(e, ERR_NO_HISTORY, "without a history there is nothing to record the schema in");
    return err_hint(e, "let the role make the schema `merganser`, or name a table it may make as `history:` in "
                       "merganser.yml");
}

bool drift_accept(struct workspace *w, const struct drift *agreed, struct err *e)
{
    if (!workspace_check_writable(w, e))
        return false;
    return workspace_unlock(w, workspace_lock(w, NULL, NULL, e) && accept_locked(w, agreed, e), e);
}
