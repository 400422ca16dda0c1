#include "core/plan_offline.h"

#include "core/base/text.h"
#include "core/prepare.h"

static bool commit_of(struct object_id *out, struct workspace *w, const struct plan_offline_request *r, struct err *e)
{
    struct vcs_source at;
    struct vcs_commits bases;
    const char *rev = r->since ? r->since : r->base;

    if (!vcs_source_open(&at, w->source.vcs, VCS_COMMIT, rev, w->arena, e))
        return false;
    *out = at.commit;
    if (r->since || !w->source.at.commit.known)
        return true;
    if (!vcs_merge_bases(&bases, w->source.vcs, w->source.at.commit, at.commit, w->arena, e))
        return false;
    if (bases.len)
        *out = bases.at[0];
    return true;
}

/* A commit that has no migrations yet has none of these. */
static bool source_at(struct source *out, struct workspace *w, struct object_id commit,
                      const struct plan_offline_request *r, struct err *e)
{
    struct notices *unheard = arena_make(w->arena, struct notices, 1);
    struct source_request at = *r->source;

    unheard->arena = w->arena;
    at.at = (struct vcs_source) { .kind = VCS_COMMIT, .commit = commit, .ref = object_id_hex(w->arena, commit) };
    if (source_load_tolerant(out, w->source.vcs, &at, w->arena, unheard, e))
        return true;
    if (e->kind != ERR_NO_MIGRATIONS)
        return false;
    *e = (struct err) { 0 };
    *out = source_empty(w->source.vcs, &at, w->arena, unheard);
    return true;
}

/* What that commit has counts as applied. */
static bool rows_of(struct ledger_rows *out, struct workspace *w, const struct plan_offline_request *r, struct err *e)
{
    struct object_id commit;
    struct source before;

    if (!commit_of(&commit, w, r, e) || !source_at(&before, w, commit, r, e))
        return false;
    for (size_t i = 0; i < w->source.migrations.len; i++) {
        const char *version = w->source.migrations.at[i].version;
        bool has = false;

        for (size_t k = 0; k < before.migrations.len && !has; k++)
            has = strcmp(before.migrations.at[k].version, version) == 0;
        if (has)
            *arena_push(w->arena, out) = (struct ledger_row) { .version = version, .in_main = true };
    }
    return true;
}

static int by_version(const void *a, const void *b)
{
    return strcmp(((const struct ledger_row *)a)->version, ((const struct ledger_row *)b)->version);
}

bool plan_offline(struct plan *out, struct workspace *w, const struct plan_offline_request *r, struct err *e)
{
    struct db *unopened = arena_make(w->arena, struct db, 1);
    struct ledger_rows rows = { 0 };
    const struct resolve_input in = {
        .migrations = &w->source.migrations,
        .edits = arena_make(w->arena, enum script_edit, w->source.migrations.len),
        .rows = &rows,
        .records = &(struct history_records) { 0 },
    };

    *unopened = (struct db) { .dialect = r->dialect, .info = { .dialect = r->dialect->name } };
    w->db = unopened;
    w->where = (struct ledger_request) {
        .main = { w->config.ledger.schema.value, w->config.ledger.table.value },
        .history = { w->config.history.schema.value, w->config.history.table.value },
        .source = &w->source,
    };
    ledger_unasked(&w->ledger, r->dialect, &w->where);
    if ((r->since || r->base) && !rows_of(&rows, w, r, e))
        return false;
    if (rows.len)
        qsort(rows.at, rows.len, sizeof *rows.at, by_version);
    resolve(&w->versions, &in, w->arena);
    return resolve_up(out, &w->versions, &r->resolve, w->arena, e) && prepare_plan(out, w, DOWN_FROM_ANY, e);
}
