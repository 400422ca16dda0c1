#include "core/resolve.h"

#include "core/base/text.h"
#include "core/partial.h"
#include "core/renamed.h"

const char *version_flag_word(unsigned bit)
{
    static const char *const words[] = { "edited",  "out_of_order", "uncommitted", "unrendered", "no_transaction",
                                         "partial", "irreversible", "baseline",    "cosmetic",   "renamed",
                                         "retired", "elsewhere",    "unknown" };

    return bit < sizeof words / sizeof *words ? words[bit] : NULL;
}

const char *step_outcome_word(enum step_outcome o)
{
    static const char *const words[] = { "planned", "applied", "rolled_back", "relinked",
                                         "failed",  "partial", "unknown",     "not_run" };

    return words[o];
}

const char *script_from_word(enum script_from f)
{
    static const char *const words[] = { "file", "history", "blob", "commit", "ref" };

    return words[f];
}

/* Drizzle's journal: also of a row that has no entry any more; the end of time where nobody knows. */
static uint64_t when_of(const struct version_entry *v)
{
    uint64_t ms;

    if (v->migration)
        return v->migration->when_ms;
    return v->row && v->row->when && text_to_u64(text_from(v->row->when), &ms) ? ms : UINT64_MAX;
}

static void entry_of_migration(struct version_entry *out, const struct resolve_input *in, size_t i)
{
    const struct migration *m = &in->migrations->at[i];

    *out = (struct version_entry) {
        .version = m->version,
        .name = m->name,
        .id = m->id,
        .migration = m,
        .row = ledger_row_find(in->rows, m->version),
        .record = history_record_find(in->records, m->version),
    };
    out->state = out->row ? STATE_APPLIED : STATE_PENDING;
    if (m->up.uncommitted || m->down.uncommitted || m->also.uncommitted)
        out->flags |= FLAG_UNCOMMITTED;
    if (out->record && out->record->open)
        out->flags |= FLAG_PARTIAL;
    if (m->no_transaction)
        out->flags |= FLAG_NO_TRANSACTION;
    if (out->state == STATE_PENDING) {
        if (m->unrendered)
            out->flags |= FLAG_UNRENDERED;
        return;
    }
    if (in->edits[i] != SCRIPT_UNCHANGED)
        out->flags |= FLAG_EDITED;
    if (in->edits[i] == SCRIPT_COSMETIC)
        out->flags |= FLAG_COSMETIC;
    if (!m->down.path)
        out->flags |= FLAG_IRREVERSIBLE;
    if (out->record && out->record->applied && out->record->baseline)
        out->flags |= FLAG_BASELINE;
}

const char *version_id_of_gone(const char *version, const char *name, struct arena *a)
{
    /* The schema as a whole has a name and no version. */
    if (!*version && name)
        return name;
    return name && *name && strcmp(name, version) != 0 ? arena_printf(a, "%s_%s", version, name) : version;
}

static void entry_of_row(struct version_entry *out, const struct resolve_input *in, const struct ledger_row *row,
                         struct arena *a)
{
    const struct history_record *record = history_record_find(in->records, row->version);

    *out = (struct version_entry) {
        .version = row->version,
        .name = record && record->applied && record->applied->name ? record->applied->name : "",
        .state = STATE_MISSING,
        .row = row,
        .record = record,
    };
    out->id = version_id_of_gone(out->version, out->name, a);
    if (!record || !record->applied)
        out->flags |= FLAG_IRREVERSIBLE;
    else if (record->baseline)
        out->flags |= FLAG_BASELINE;
    if (record && record->open)
        out->flags |= FLAG_PARTIAL;
}

/* What stopped midway is seen also where its file is not. */
static void entry_of_record(struct version_entry *out, const struct history_record *record, struct arena *a)
{
    *out = (struct version_entry) {
        .version = record->version,
        .name = record->open->name ? record->open->name : "",
        .state = STATE_PENDING,
        .flags = FLAG_PARTIAL,
        .record = record,
    };
    out->id = version_id_of_gone(out->version, out->name, a);
}

/* Whether what has no file belongs before a migration; equal ones stand behind it. */
static bool is_before(const struct version_entry *gone, const struct version_entry *v, enum version_order order)
{
    return order == ORDER_JOURNAL ? when_of(gone) < when_of(v) : version_compare(order, gone->version, v->version) < 0;
}

static int by_place(const void *a, const void *b, void *order)
{
    const struct version_entry *left = a, *right = b;
    const enum version_order *o = order;

    if (is_before(left, right, *o) || is_before(right, left, *o))
        return is_before(left, right, *o) ? -1 : 1;
    return strcmp(left->version, right->version);
}

static void count(struct resolution *r)
{
    size_t newer = 0; /* applied versions behind this one */

    for (size_t i = r->len; i-- > 0;) {
        struct version_entry *v = &r->at[i];

        bool was_newer = v->renamed && v->renamed > v; /* what it was itself is nothing it comes too late for */

        if (v->state == STATE_PENDING && newer > was_newer)
            v->flags |= FLAG_OUT_OF_ORDER;
        newer += v->state != STATE_PENDING;
        r->applied += v->state == STATE_APPLIED;
        r->pending += v->state == STATE_PENDING;
        r->missing += v->state == STATE_MISSING;
        r->edited += (v->flags & FLAG_EDITED) != 0;
        r->out_of_order += (v->flags & FLAG_OUT_OF_ORDER) != 0;
        r->partial += (v->flags & FLAG_PARTIAL) != 0;
        r->uncommitted += (v->flags & FLAG_UNCOMMITTED) != 0;
        r->renamed += (v->flags & FLAG_RENAMED) != 0;
    }
}

/* Versions without a file, each before the first migration that comes after it. A journal's may stand in any order. */
static void merge(struct resolution *out, struct version_entry *gone, size_t n, const struct resolve_input *in)
{
    enum version_order order = in->migrations->order;
    struct version_entry v;
    size_t k = 0;

    if (n)
        qsort_r(gone, n, sizeof *gone, by_place, &order);
    for (size_t i = 0; i < in->migrations->len; i++) {
        entry_of_migration(&v, in, i);
        while (k < n && is_before(&gone[k], &v, order))
            out->at[out->len++] = gone[k++];
        out->at[out->len++] = v;
    }
    while (k < n)
        out->at[out->len++] = gone[k++];
}

void resolve(struct resolution *out, const struct resolve_input *in, struct arena *a)
{
    struct version_entry *gone = arena_make(a, struct version_entry, in->rows->len + in->records->len);
    size_t n = 0;

    *out = (struct resolution) { 0 };
    for (size_t i = 0; i < in->rows->len; i++)
        if (!migration_find(in->migrations, in->rows->at[i].version))
            entry_of_row(&gone[n++], in, &in->rows->at[i], a);
    for (size_t i = 0; i < in->records->len; i++) {
        const struct history_record *record = &in->records->at[i];

        if (record->open && !migration_find(in->migrations, record->version) &&
            !ledger_row_find(in->rows, record->version))
            entry_of_record(&gone[n++], record, a);
    }
    out->at = arena_make(a, struct version_entry, in->migrations->len + n);
    merge(out, gone, n, in);
    renamed_find(out, in, a);
    count(out);
}

static size_t find_as(const struct resolution *r, const char *version)
{
    size_t at = 0;

    while (at < r->len && strcmp(r->at[at].version, version) != 0)
        at++;
    return at;
}

static const char *without_dashes(const char *version, struct arena *a)
{
    struct buf out = buf_open(a, 256);

    for (; *version; version++)
        if (*version != '-')
            buf_char(&out, *version);
    return buf_cstr(&out);
}

bool resolve_version(size_t *at, const struct resolution *r, const char *version, struct arena *a, struct err *e)
{
    const char **names = arena_make(a, const char *, r->len + 1);
    const char *bare = version, *nearest;

    while (bare[0] == '0' && text_is_digit(bare[1]))
        bare++;
    *at = find_as(r, version);
    if (*at == r->len)
        *at = find_as(r, bare);
    if (*at == r->len)
        *at = find_as(r, without_dashes(version, a)); /* Diesel's folders: 2024-03-20-121000 is 20240320121000 */
    for (size_t i = 0; i < r->len; i++) {
        names[i] = r->at[i].version;
        if (*at == r->len && strcmp(r->at[i].id, version) == 0)
            *at = i;
    }
    if (*at < r->len)
        return true;
    nearest = text_nearest(version, names);
    err_plain(e, ERR_UNKNOWN_VERSION, "there is no version %s, neither as a file nor in the ledger",
              text_shown(a, text_from(version)));
    return nearest ? err_hint(e,
                              "did you mean %s? `merganser status --all` lists them all, `merganser history` also what "
                              "was rolled back",
                              text_shown(a, text_from(nearest)))
                   : err_hint(e, "`merganser status --all` lists the versions");
}

bool step_goes_up(const struct step *s)
{
    return s->direction == DIRECTION_UP && !s->relink;
}

bool step_goes_down(const struct step *s)
{
    return s->direction == DIRECTION_DOWN;
}

const char *step_word(const struct step *s)
{
    return s->relink ? "relink" : step_goes_up(s) ? "up" : "down";
}

static void step_add(struct plan *out, enum direction direction, const struct version_entry *v, struct arena *a)
{
    struct step *s = arena_push(a, out);

    s->direction = direction;
    s->entry = v;
}

static bool refuse_renamed(const struct version_entry *v, struct err *e)
{
    err_set(e, ERR_RENAMED, IN_FILE(v->migration->up.path),
            "%s has the script of %s, which is applied and whose file is not here: it looks renamed", v->id,
            v->renamed->id);
    err_state(e, "nothing was run");
    return err_hint(e,
                    "`merganser up --relink` makes the row of %s that of %s and runs nothing of it; `merganser up "
                    "--no-relink` runs it as a new migration",
                    v->renamed->version, v->version);
}

static bool is_asked_for(const struct resolve_options *o, const char *version)
{
    for (size_t i = 0; o->only && o->only[i]; i++)
        if (strcmp(o->only[i], version) == 0)
            return true;
    return !o->only;
}

/* What the request covers of what is pending; the rest remains. */
static bool take_pending(struct plan *out, const struct resolution *r, const struct resolve_options *o, size_t last,
                         struct arena *a, struct err *e)
{
    struct plan relinks = { 0 };

    for (size_t i = 0; i < r->len; i++) {
        const struct version_entry *v = &r->at[i];
        bool renamed = (v->flags & FLAG_RENAMED) && o->renamed != RENAMED_RUN;

        if (v->state != STATE_PENDING)
            continue;
        if (i > last || (o->steps && out->len >= o->steps) || !is_asked_for(o, v->version)) {
            out->remaining[out->nremaining++] = v->version;
            continue;
        }
        if (renamed && o->renamed == RENAMED_REFUSE)
            return refuse_renamed(v, e);
        step_add(renamed ? &relinks : out, DIRECTION_UP, v, a);
    }
    /* Rows move first: what is applied then is known by its right name. */
    for (size_t i = 0; i < out->len; i++)
        step_add(&relinks, DIRECTION_UP, out->at[i].entry, a);
    for (size_t i = 0; i + out->len < relinks.len; i++)
        relinks.at[i].relink = true;
    out->at = relinks.at;
    out->len = relinks.len;
    out->cap = relinks.cap;
    return true;
}

bool resolve_up(struct plan *out, const struct resolution *r, const struct resolve_options *o, struct arena *a,
                struct err *e)
{
    size_t last = r->len;

    *out = (struct plan) { 0 };
    if (o->to && !resolve_version(&last, r, o->to, a, e))
        return false;
    out->remaining = arena_make(a, const char *, r->len);
    return take_pending(out, r, o, last, a, e) && !partial_refuses(out, r, a, e);
}

bool resolve_down(struct plan *out, const struct resolution *r, const struct resolve_options *o, struct arena *a,
                  struct err *e)
{
    uint64_t steps = o->steps ? o->steps : o->to ? UINT64_MAX : 1;
    size_t only = 0, keep = 0;

    *out = (struct plan) { 0 };
    if (o->version && !resolve_version(&only, r, o->version, a, e))
        return false;
    if (o->version && r->at[only].state == STATE_PENDING) {
        err_plain(e, ERR_UNKNOWN_VERSION, "%s is not applied", r->at[only].id);
        return err_hint(e, "`merganser status` shows what is");
    }
    if (o->to && !resolve_version(&keep, r, o->to, a, e))
        return false;
    for (size_t i = r->len; i-- > 0;) {
        const struct version_entry *v = &r->at[i];

        if (v->state == STATE_PENDING || (o->version && i != only))
            continue;
        if (o->to && i <= keep)
            break;
        if (out->len >= steps)
            break;
        step_add(out, DIRECTION_DOWN, v, a);
    }
    return !partial_refuses(out, r, a, e);
}
