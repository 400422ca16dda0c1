#include "core/base/text.h"
#include "core/digest.h"
#include "core/journals.h"
#include "core/ledger.h"
#include "core/scripts.h"

/* Drizzle hashes the file as it lies on the disk, so the line ends of whoever ran it count: as they are, LF, CR LF. */
bool ledger_hash_is(bool *same, const struct script *script, const char *hash, struct arena *a, struct err *e)
{
    static const enum digest_form forms[] = { DIGEST_RAW, DIGEST_LF, DIGEST_CRLF };
    const char *sha256;

    *same = false;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !*same; i++) {
        if (!(forms[i] == DIGEST_LF ? scripts_sha256(&sha256, script, a, e)
                                    : digest_of(&sha256, script, forms[i], a, e)))
            return false;
        *same = strcmp(sha256, hash) == 0;
    }
    return true;
}

static bool hash_is(bool *same, const struct source *s, const struct migration *m, const char *hash, struct arena *a,
                    struct err *e)
{
    struct script script;

    *same = false;
    return !m->up.path || (scripts_open(&script, s, &m->up, e) && ledger_hash_is(same, &script, hash, a, e));
}

static bool when_is(const struct migration *m, const char *when)
{
    uint64_t ms;

    return text_to_u64(text_from(when), &ms) && ms == m->when_ms;
}

static size_t rows_at(const struct drizzle_row *rows, size_t n, const char *when)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += strcmp(rows[i].when, when) == 0;
    return count;
}

enum { NONE = -1 };

/* The journal's entry of a row: by `when` and hash, else by a `when` that only one entry and one row have. */
static bool entry_by_when(long *out, bool *differs, const struct drizzle_row *row, const bool *taken,
                          const struct source *s, size_t row_count, struct arena *a, struct err *e)
{
    const struct migrations *entries = &s->migrations;
    size_t same_when = 0;

    *out = NONE;
    for (size_t i = 0; i < entries->len; i++) {
        bool same;

        if (!when_is(&entries->at[i], row->when))
            continue;
        same_when++;
        if (taken[i])
            continue;
        if (!hash_is(&same, s, &entries->at[i], row->hash, a, e))
            return false;
        if (same || *out == NONE) {
            *out = (long)i;
            *differs = !same;
        }
        if (same)
            return true;
    }
    if (same_when != 1 || row_count != 1)
        *out = NONE;
    return true;
}

/* Else by a hash that only one entry has: regenerated under another `when`. */
static bool entry_by_hash(long *out, const struct drizzle_row *row, const bool *taken, const struct source *s,
                          struct arena *a, struct err *e)
{
    size_t same_hash = 0;

    *out = NONE;
    for (size_t i = 0; i < s->migrations.len; i++) {
        bool same;

        if (taken[i])
            continue;
        if (!hash_is(&same, s, &s->migrations.at[i], row->hash, a, e))
            return false;
        if (same) {
            same_hash++;
            *out = (long)i;
        }
    }
    if (same_hash != 1)
        *out = NONE;
    return true;
}

/* The rows that no entry of the journal has, named by what other journals call them. */
static bool name_unmatched(struct ledger_rows *rows, const struct source *s, struct arena *a, struct err *e)
{
    const char **tags = arena_make(a, const char *, rows->len), **whens = arena_make(a, const char *, rows->len);
    size_t n = 0;

    for (size_t i = 0; i < rows->len; i++)
        if (!rows->at[i].version)
            whens[n++] = rows->at[i].when;
    if (!journals_find_tags(tags, whens, n, s, a, e))
        return false;
    n = 0;
    for (size_t i = 0; i < rows->len; i++) {
        struct ledger_row *row = &rows->at[i];

        if (row->version)
            continue;
        row->version = tags[n] ? tags[n] : arena_printf(a, "when:%s", row->when);
        n++;
    }
    return true;
}

bool ledger_match_drizzle(struct ledger_rows *out, const struct drizzle_row *rows, size_t n, const struct source *s,
                          struct arena *a, struct err *e)
{
    bool *taken = arena_make(a, bool, s->migrations.len);
    long *entry = arena_make(a, long, n);
    bool *differs = arena_make(a, bool, n);

    for (size_t i = 0; i < n; i++) {
        if (!entry_by_when(&entry[i], &differs[i], &rows[i], taken, s, rows_at(rows, n, rows[i].when), a, e))
            return false;
        if (entry[i] != NONE)
            taken[entry[i]] = true;
    }
    for (size_t i = 0; i < n; i++) {
        struct ledger_row *row;

        if (entry[i] == NONE && !entry_by_hash(&entry[i], &rows[i], taken, s, a, e))
            return false;
        row = arena_push(a, out);
        if (entry[i] != NONE)
            taken[entry[i]] = true;
        row->version = entry[i] != NONE ? s->migrations.at[entry[i]].version : NULL;
        row->in_drizzle = true;
        row->hash = rows[i].hash;
        row->when = rows[i].when;
        row->hash_differs = entry[i] != NONE && differs[i];
    }
    return name_unmatched(out, s, a, e);
}

/* The version that was applied with this script, and is in schema_migrations alone; NULL: none, or several. */
static struct ledger_row *applied_as(const struct ledger *l, const struct source *s, const char *sha256)
{
    struct ledger_row *found = NULL;

    for (size_t i = 0; i < l->rows.len; i++) {
        struct ledger_row *row = &l->rows.at[i];
        const struct history_record *record = history_record_find(&l->history.records, row->version);
        const struct history_entry *applied = record ? record->applied : NULL;

        if (row->in_drizzle || migration_find(&s->migrations, row->version) || !applied || !applied->sha256 ||
            strcmp(applied->sha256, sha256) != 0)
            continue;
        if (found)
            return NULL;
        found = row;
    }
    return found;
}

static bool rejoin_one(bool *joined, struct ledger *l, struct ledger_row *row, const struct source *s, struct arena *a,
                       struct err *e)
{
    const struct migration *m = migration_find(&s->migrations, row->version);
    const struct history_record *record = history_record_find(&l->history.records, row->version);
    struct ledger_row *other;
    struct script script;
    const char *sha256;

    *joined = false;
    if (!m || !m->up.path || (record && record->applied))
        return true;
    if (!scripts_open(&script, s, &m->up, e) || !scripts_sha256(&sha256, &script, a, e))
        return false;
    other = applied_as(l, s, sha256);
    if (!other)
        return true;
    *joined = other->in_drizzle = true;
    other->hash = row->hash;
    other->when = row->when;
    return true;
}

bool ledger_rejoin_drizzle(struct ledger *l, const struct source *s, struct arena *a, struct err *e)
{
    bool *joined = arena_make(a, bool, l->rows.len);
    size_t kept = 0;

    if (l->kind != LEDGER_DRIZZLE)
        return true;
    for (size_t i = 0; i < l->rows.len; i++)
        if (!l->rows.at[i].in_main && !rejoin_one(&joined[i], l, &l->rows.at[i], s, a, e))
            return false;
    for (size_t i = 0; i < l->rows.len; i++)
        if (!joined[i])
            l->rows.at[kept++] = l->rows.at[i];
    l->rows.len = kept;
    return true;
}
