#include "core/schema_reasons.h"

#include "core/base/text.h"
#include "core/digest.h"

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

static bool stands_before(const struct schema_entry *of)
{
    return is(of->direction, SCHEMA_FOUND) || is(of->direction, SCHEMA_DRIFT);
}

/* A redo has two rows of one version. */
static bool is_of(const struct history_entry *h, const struct schema_entry *of)
{
    bool runs = is(of->direction, "up") || is(of->direction, "down");

    return is(h->version, of->version) && (!runs || is(h->direction, of->direction));
}

bool schema_reasons_place(size_t *at, const struct history_entries *entries, const struct schema_entry *of)
{
    bool before = stands_before(of), found = false;

    for (size_t i = 0; i < entries->len && !(found && before); i++) {
        const struct history_entry *h = &entries->at[i];

        if (!is(h->run_id, of->run_id) || (!before && !is_of(h, of)))
            continue;
        *at = i;
        found = true;
    }
    return found;
}

bool schema_reasons_changes(const struct history_entry *h)
{
    return (is(h->direction, "up") || is(h->direction, "down")) && !is(h->outcome, "failed");
}

/* What ran behind the description; nothing where its own row is gone, since then nobody can tell. */
static void find_late(struct schema_reasons *out, const struct history_entries *entries,
                      const struct schema_entry *last, struct arena *a)
{
    size_t from;

    if (!schema_reasons_place(&from, entries, last))
        return;
    out->late = arena_make(a, const struct history_entry *, entries->len - from);
    for (size_t i = from + !stands_before(last); i < entries->len; i++)
        if (schema_reasons_changes(&entries->at[i]))
            out->late[out->nlate++] = &entries->at[i];
}

struct versions {
    const char **at;
    size_t len, cap;
};

static void take_out(struct versions *v, const char *version)
{
    size_t kept = 0;

    for (size_t i = 0; i < v->len; i++)
        if (strcmp(v->at[i], version) != 0)
            v->at[kept++] = v->at[i];
    v->len = kept;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void follow(struct versions *v, const struct step *s, struct arena *a)
{
    if (s->outcome != STEP_APPLIED && s->outcome != STEP_ROLLED_BACK && s->outcome != STEP_RELINKED)
        return;
    if (s->relink)
        take_out(v, s->entry->renamed->version);
    take_out(v, s->entry->version);
    if (s->relink || step_goes_up(s))
        *(const char **)arena_push(a, v) = s->entry->version;
}

static const char *ledger_sha256_of(uint64_t *versions, const struct ledger_rows *rows, const struct plan *plan,
                                    struct arena *a)
{
    struct digest *d = digest_open(a);
    struct versions v = { 0 };

    for (size_t i = 0; i < rows->len; i++)
        *(const char **)arena_push(a, &v) = rows->at[i].version;
    for (size_t i = 0; plan && i < plan->len; i++)
        follow(&v, &plan->at[i], a);
    if (v.len)
        qsort(v.at, v.len, sizeof *v.at, by_bytes);
    digest_begin(d, DIGEST_RAW);
    for (size_t i = 0; i < v.len; i++) {
        digest_add(d, text_from(v.at[i]));
        digest_add(d, TEXT("\n"));
    }
    *versions = v.len;
    return digest_end(d, a);
}

static uint64_t number(const char *digits)
{
    uint64_t n;

    return digits && text_to_u64(text_from(digits), &n) ? n : 0;
}

/* 150020 → 15: as struct db_info has it; SQLite has none. */
static uint64_t major_of(uint64_t server)
{
    return server / 10000;
}

void schema_reasons_find(struct schema_reasons *out, const struct workspace *w, const struct schema_entry *last,
                         const char *other)
{
    const struct history_entries *entries = &w->ledger.history.entries;
    uint64_t versions, server = number(last->server);
    const char *sha256 = ledger_sha256_of(&versions, &w->ledger.rows, NULL, w->arena);

    *out = (struct schema_reasons) { .versions = number(last->versions), .other = other };
    find_late(out, entries, last, w->arena);
    for (size_t i = 0; i < w->ledger.history.records.len && !out->partial; i++)
        out->partial = w->ledger.history.records.at[i].open != NULL;
    out->ledger_moved = !out->nlate && last->ledger_sha256 && strcmp(last->ledger_sha256, sha256) != 0;
    if (server && w->db->info.version && major_of(server) != major_of((uint64_t)w->db->info.version))
        out->server_was = arena_printf(w->arena, "%llu", (unsigned long long)major_of(server));
}

bool schema_reasons_any(const struct schema_reasons *r)
{
    return r->nlate || r->partial || r->ledger_moved || r->other || r->server_was;
}

struct schema_entry schema_entry_now(const struct workspace *w, const struct plan *plan, const char *version,
                                     const char *direction, const char *sha256)
{
    uint64_t versions;
    const char *ledger_sha256 = ledger_sha256_of(&versions, &w->ledger.rows, plan, w->arena);
    int server = w->db->info.version;

    return (struct schema_entry) {
        .format = SCHEMA_HISTORY_FORMAT,
        .ledger = w->ledger.name,
        .run_id = w->run_id,
        .version = version,
        .direction = direction,
        .server = server ? arena_printf(w->arena, "%d", server) : NULL,
        .versions = arena_printf(w->arena, "%llu", (unsigned long long)versions),
        .ledger_sha256 = ledger_sha256,
        .sha256 = arena_string(w->arena, sha256),
    };
}
