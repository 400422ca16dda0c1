#include "core/plan_basis.h"

#include "core/base/text.h"
#include "core/digest.h"
#include "core/schema.h"

enum { SHORT_DIGITS = 16 };

const char *plan_part_word(enum plan_part p)
{
    static const char *const words[] = { "ledger", "target", "schema", "scripts" };

    return words[p];
}

void plan_mark_add(struct plan_marks *list, const char *name, const char *is, struct arena *a)
{
    *arena_push(a, list) = (struct plan_mark) { name, is ? is : "" };
}

const struct plan_mark *plan_mark_find(const struct plan_marks *list, const char *name)
{
    size_t low = 0, high = list->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(list->at[mid].name, name);

        if (order == 0)
            return &list->at[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct plan_mark *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static void sort(struct plan_marks *list)
{
    if (list->len)
        qsort(list->at, list->len, sizeof *list->at, by_name);
}

/* ---- checksums ---- */

static void add(struct digest *d, const char *text)
{
    char length[24];
    int n = snprintf(length, sizeof length, "%zu:", text ? strlen(text) : 0);

    digest_add(d, (struct text) { length, (size_t)n });
    digest_add(d, text_from(text));
}

static const char *digest_list(const char *const *texts, size_t n, struct arena *a)
{
    struct digest *d = digest_open(a);

    digest_begin(d, DIGEST_RAW);
    for (size_t i = 0; i < n; i++)
        add(d, texts[i]);
    return digest_end(d, a);
}

static const char *shortened(const char *sha256, struct arena *a)
{
    return arena_printf(a, "%.*s", SHORT_DIGITS, sha256);
}

static const char *digest_marks(const struct plan_marks *list, struct arena *a)
{
    struct digest *d = digest_open(a);

    digest_begin(d, DIGEST_RAW);
    for (size_t i = 0; i < list->len; i++) {
        add(d, list->at[i].name);
        add(d, list->at[i].is);
    }
    return digest_end(d, a);
}

/* ---- ledger ---- */

static const char *version_is(const struct ledger_row *row, const struct history_record *record, struct arena *a)
{
    static const struct history_entry none;
    const struct history_entry *applied = record && record->applied ? record->applied : &none;
    const struct history_entry *open = record && record->open ? record->open : &none;
    const char *const all[] = {
        row && row->in_main ? "row" : "",
        row && row->in_drizzle ? "drizzle" : "",
        row ? row->hash : NULL,
        row ? row->when : NULL,
        applied->direction,
        applied->sha256,
        applied->blob,
        open->direction,
        open->sha256,
        open->outcome,
        open->statements_done,
        open->statement_begun,
        open->done_hash,
    };

    return shortened(digest_list(all, sizeof all / sizeof *all, a), a);
}

static void ledger_marks(struct plan_marks *out, const struct workspace *w)
{
    const struct ledger_rows *rows = &w->ledger.rows;
    const struct history_records *records = &w->ledger.history.records;

    for (size_t i = 0; i < rows->len; i++)
        plan_mark_add(out, rows->at[i].version,
                      version_is(&rows->at[i], history_record_find(records, rows->at[i].version), w->arena), w->arena);
    for (size_t i = 0; i < records->len; i++)
        if (records->at[i].open && !ledger_row_find(rows, records->at[i].version))
            plan_mark_add(out, records->at[i].version, version_is(NULL, &records->at[i], w->arena), w->arena);
    sort(out);
}

/* ---- target ---- */

static bool is_made_now(const struct workspace *w, const struct plan_basis_request *r)
{
    static const char absent[] = "absent:";

    return r->planned_cluster && text_starts(text_from(r->planned_cluster), absent) &&
           strcmp(r->planned_cluster + sizeof absent - 1, w->db->info.name) == 0;
}

static void target_marks(struct plan_marks *out, const struct workspace *w, const struct plan_basis_request *r,
                         const struct db_identity *id)
{
    struct arena *a = w->arena;
    size_t statements = 0;

    while (r->session && r->session[statements])
        statements++;
    plan_mark_add(out, "cluster", is_made_now(w, r) ? r->planned_cluster : id->system, a);
    plan_mark_add(out, "database", id->database, a);
    plan_mark_add(out, "dialect", w->db->info.dialect, a);
    plan_mark_add(out, "ledger", w->ledger.name, a);
    plan_mark_add(out, "major version", arena_printf(a, "%d", id->major), a);
    plan_mark_add(out, "name", id->name, a);
    plan_mark_add(out, "role", id->role, a);
    plan_mark_add(out, "schema", id->schema, a);
    plan_mark_add(out, "search path", id->path, a);
    plan_mark_add(out, "session", shortened(digest_list(r->session, statements, a), a), a);
    sort(out);
}

/* ---- schema ---- */

static bool is_reached(const void *from, const struct schema_object *o)
{
    return plan_reaches(from, o);
}

/* Those of one kind and name (overloads, grants of one object) share a mark. */
static void schema_marks(struct plan_basis *out, const struct schema *s, struct arena *a)
{
    struct plan_marks *marks = &out->marks[PART_SCHEMA];
    struct digest *d = digest_open(a);

    out->unnamed = s->len > PLAN_MARKS_MAX;
    for (size_t i = 0; i < s->len && !out->unnamed;) {
        const struct schema_object *o = &s->at[i];
        const char *of = o->of && strcmp(o->of, o->name) != 0 ? o->of : NULL, *is;

        digest_begin(d, DIGEST_RAW);
        for (; i < s->len && strcmp(s->at[i].kind, o->kind) == 0 && strcmp(s->at[i].name, o->name) == 0; i++) {
            add(d, s->at[i].of);
            add(d, s->at[i].definition);
        }
        is = shortened(digest_end(d, a), a);
        plan_mark_add(marks, arena_printf(a, "%s %s", o->kind, o->name), of ? arena_printf(a, "%s of %s", is, of) : is,
                      a);
    }
    sort(marks);
}

static bool schema_take(struct plan_basis *out, struct workspace *w, const struct plan_basis_request *r, struct err *e)
{
    const struct schema_wanted wanted = {
        .owners = r->strict, .grants = r->strict, .ignore = r->ignore, .ledger = &w->ledger
    };
    struct plan_reach_request reach = {
        .scripts = r->scripts, .n = r->nscripts, .blind = r->blind, .strict = r->strict, .path = out->identity.path
    };
    struct schema live;

    if (!schema_read(&live, w->db, &wanted, w->arena, e))
        return false;
    reach.live = &live;
    plan_reach(&out->reach, &reach, w->arena);
    schema_keep(&live, is_reached, &out->reach);
    schema_marks(out, &live, w->arena);
    out->fingerprint[PART_SCHEMA] = schema_fingerprint(&live, w->db->info.dialect, w->arena);
    return true;
}

/* ---- scripts ---- */

static void script_marks(struct plan_marks *out, const struct plan *plan, struct arena *a)
{
    for (size_t i = 0; i < plan->len; i++) {
        const struct step *s = &plan->at[i];

        plan_mark_add(out, s->entry->version,
                      arena_printf(a, "%s %s%s%s",
                                   s->relink         ? "relink"
                                   : step_goes_up(s) ? "up"
                                                     : "down",
                                   s->sha256, s->relink ? " " : "", s->relink ? s->entry->renamed->version : ""),
                      a);
    }
}

bool plan_basis_take(struct plan_basis *out, struct workspace *w, const struct plan_basis_request *r, struct err *e)
{
    *out = (struct plan_basis) { 0 };
    if (!db_identify(&out->identity, w->db, w->arena, e) || !schema_take(out, w, r, e))
        return false;
    ledger_marks(&out->marks[PART_LEDGER], w);
    target_marks(&out->marks[PART_TARGET], w, r, &out->identity);
    script_marks(&out->marks[PART_SCRIPTS], r->plan, w->arena);
    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++)
        if (p != PART_SCHEMA)
            out->fingerprint[p] = digest_marks(&out->marks[p], w->arena);
    return true;
}
