#include "core/workspace.h"

#include "core/base/text.h"
#include "core/edits.h"

enum { DEFAULT_WAIT_MS = 60000 };

/* The oldest version that Drizzle itself would run next lies behind the largest `when` it has. */
static void warn_what_drizzle_skips(struct workspace *w)
{
    uint64_t newest = 0, when;

    if (w->ledger.kind != LEDGER_DRIZZLE || !w->ledger.drizzle_exists)
        return;
    for (size_t i = 0; i < w->ledger.rows.len; i++)
        if (w->ledger.rows.at[i].when && text_to_u64(text_from(w->ledger.rows.at[i].when), &when) && when > newest)
            newest = when;
    for (size_t i = 0; i < w->versions.len; i++) {
        const struct version_entry *v = &w->versions.at[i];

        if (v->state == STATE_PENDING && v->migration && v->migration->when_ms <= newest)
            notice_add(w->notices, NOTICE_WARNING, "drizzle-would-skip", IN_FILE(v->migration->up.path), NULL,
                       "Drizzle itself would pass over this migration: a later one is applied");
    }
}

bool workspace_survey(struct workspace *w, struct err *e)
{
    struct migrations *m = &w->source.migrations;
    enum script_edit *edits = arena_make(w->arena, enum script_edit, m->len);
    const char **checksums;
    struct resolve_input in = {
        .migrations = m,
        .edits = edits,
        .rows = &w->ledger.rows,
        .records = &w->ledger.history.records,
    };

    w->where = (struct ledger_request) {
        .main = { w->config.ledger.schema.value, w->config.ledger.table.value },
        .history = { w->config.history.schema.value, w->config.history.table.value },
        .source = &w->source,
    };
    if (!ledger_locate(&w->ledger, w->db, &w->where, w->arena, e) ||
        !ledger_read(&w->ledger, w->db, &w->source, w->arena, w->notices, e))
        return false;
    for (size_t i = 0; i < m->len; i++)
        if (!edits_find(&edits[i], w, &m->at[i], e))
            return false;
    if (!edits_pending_sha256(&checksums, w, e))
        return false;
    in.sha256 = checksums;
    resolve(&w->versions, &in, w->arena);
    w->recovered = NULL;
    warn_what_drizzle_skips(w);
    return true;
}

static bool is_gone(const struct version_entry *v)
{
    return v->state == STATE_MISSING || (v->state == STATE_APPLIED && (v->flags & FLAG_EDITED));
}

static unsigned flag_of(enum missing_kind kind)
{
    return kind == MISSING_RETIRED ? FLAG_RETIRED : kind == MISSING_ELSEWHERE ? FLAG_ELSEWHERE : FLAG_UNKNOWN;
}

/* Once: what can't be known then is unknown, and never guessed. */
static void say_shallow(struct workspace *w)
{
    if (!w->shallow_said)
        notice_add(w->notices, NOTICE_WARNING, "shallow", NOWHERE,
                   "`git fetch --unshallow` gets the rest of it (in CI: fetch-depth: 0)",
                   "unknown: the history is shallow, and not all of what is asked of it is there");
    w->shallow_said = true;
}

static struct recover_wanted wanted_of(const struct version_entry *v)
{
    return (struct recover_wanted) { .version = v->version,
                                     .applied = v->record ? v->record->applied : NULL,
                                     .hash = v->row ? v->row->hash : NULL };
}

bool workspace_recover(struct workspace *w, struct err *e)
{
    size_t len = w->versions.len, n = 0;
    struct recover_wanted *wanted = arena_make(w->arena, struct recover_wanted, len);
    struct recovered *found = arena_make(w->arena, struct recovered, len);

    if (w->recovered)
        return true;
    for (size_t i = 0; i < len; i++) {
        const struct version_entry *v = &w->versions.at[i];

        if (is_gone(v))
            wanted[n++] = wanted_of(v);
    }
    if (n && (!history_look_for_downs(&w->ledger.history, w->db, w->arena, e) ||
              !recover(found, &w->places, &w->source, wanted, n, w->arena, e)))
        return false;
    w->recovered = arena_make(w->arena, const struct recovered *, len);
    for (size_t i = 0, k = 0; i < len; i++) {
        struct version_entry *v = &w->versions.at[i];

        if (!is_gone(v))
            continue;
        if (v->state == STATE_MISSING)
            v->flags |= flag_of(found[k].kind);
        if ((v->flags & FLAG_UNKNOWN) && vcs_is_shallow(w->source.vcs))
            say_shallow(w);
        w->recovered[i] = &found[k++];
    }
    return true;
}

bool workspace_recover_one(const struct recovered **out, struct workspace *w, const struct version_entry *v,
                           struct err *e)
{
    struct recover_wanted wanted = wanted_of(v);
    struct recovered *found = arena_make(w->arena, struct recovered, 1);

    *out = found;
    return recover(found, &w->places, &w->source, &wanted, 1, w->arena, e);
}

const struct recovered *workspace_recovered(const struct workspace *w, const struct version_entry *v)
{
    bool here = v >= w->versions.at && v < w->versions.at + w->versions.len;

    return w->recovered && here ? w->recovered[v - w->versions.at] : NULL;
}

bool workspace_origins(struct workspace *w, struct err *e)
{
    struct origin *found;

    if (w->origins)
        return true;
    if (!origins_find(&found, &w->source, w->arena, e)) {
        if (e->kind != ERR_GIT)
            return false;
        /* Without the old objects all else is known; a wrong commit is never guessed. */
        notice_add(w->notices, NOTICE_WARNING, "provenance-unknown", NOWHERE, arena_string(w->arena, e->hint),
                   "who introduced the migrations is unknown: %s", e->message);
        *e = (struct err) { 0 };
        return true;
    }
    for (size_t i = 0; i < w->source.migrations.len; i++)
        if (found[i].shallow)
            say_shallow(w);
    w->origins = found;
    return true;
}

const struct origin *workspace_origin(const struct workspace *w, const struct version_entry *v)
{
    return w->origins && v->migration ? &w->origins[v->migration - w->source.migrations.at] : NULL;
}

bool workspace_lock(struct workspace *w, void (*waiting)(void *to, const char *holder), void *to, struct err *e)
{
    struct lock_request r = {
        .wait_ms = w->config.timeouts.wait >= 0 ? w->config.timeouts.wait : DEFAULT_WAIT_MS,
        .ledger = w->ledger.name,
        .waiting = waiting,
        .to = to,
    };

    r.tools = ledger_tools(&r.ntools);
    r.lease = history_lease(&w->ledger.history, w->arena);
    if (!db_lock(w->db, &r, &w->lock_wait_ms, e))
        return false;
    w->locked = true;
    return workspace_survey(w, e);
}

bool workspace_unlock(struct workspace *w, bool fine, struct err *e)
{
    struct err lost = { 0 };

    if (!w->locked)
        return fine;
    w->locked = false;
    if (db_unlock(w->db, &lost))
        return fine;
    /* All that was done stands, and was done under the lock; with its session that has ended too. */
    if (lost.kind == ERR_CONNECTION) {
        notice_add(w->notices, NOTICE_WARNING, "connection-lost", NOWHERE, NULL,
                   "the connection was lost before the lock was given back: %s", lost.message);
        return fine;
    }
    if (fine)
        *e = lost;
    return false;
}

/* Rails refuses db:drop and db:schema:load where it finds no environment: active_record/internal_metadata.rb. */
static bool write_environment(struct workspace *w, struct err *e)
{
    const struct cell cells[] = {
        { .column = "key", .kind = CELL_TEXT, .text = TEXT("environment"), .key = true },
        { .column = "value", .kind = CELL_TEXT, .text = text_from(w->environment) },
        { .column = "created_at", .kind = CELL_NOW },
        { .column = "updated_at", .kind = CELL_NOW },
    };
    const struct row_change row = { ROW_APPEND, w->ledger.metadata, cells, sizeof cells / sizeof *cells };

    return db_rows_write(w->db, &row, 1, e);
}

static bool metadata_is_filled(bool *filled, struct workspace *w, struct err *e)
{
    static const char *const columns[] = { "key" };
    struct row_query q = { .table = w->ledger.metadata, .columns = columns, .n = 1 };
    struct rows rows;

    q.where = (struct cell) { .column = "key", .kind = CELL_TEXT, .text = TEXT("environment") };
    if (!db_rows_read(w->db, &q, &rows, w->arena, e))
        return false;
    *filled = rows.len > 0;
    return true;
}

bool workspace_create_history(struct workspace *w, struct err *e)
{
    return ledger_create_history(&w->ledger, w->db, w->notices, e);
}

bool workspace_create_ledger(struct workspace *w, struct err *e)
{
    struct ledger *l = &w->ledger, found;
    bool filled = true;

    if (!l->exists || (l->with_metadata && !l->metadata_exists) || (l->kind == LEDGER_DRIZZLE && !l->drizzle_exists)) {
        if (!ledger_create(l, w->db, e) || !ledger_locate(&found, w->db, &w->where, w->arena, e))
            return false;
        found.rows = l->rows;
        found.history = l->history;
        *l = found;
    }
    if (l->with_metadata && !metadata_is_filled(&filled, w, e))
        return false;
    return filled || write_environment(w, e);
}

bool workspace_check_writable(const struct workspace *w, struct err *e)
{
    const struct db_info *info = &w->db->info;

    if (info->read_only) {
        err_plain(e, ERR_READ_ONLY, "the database %s can only be read: it is a standby, or read-only by its settings",
                  info->name);
        return err_hint(e, "give the primary server's address with --database");
    }
    return true;
}

static void origin_find(struct workspace *w)
{
    struct object_id commit = w->source.at.commit, root;

    w->origin_known = true;
    w->commit = object_id_hex(w->arena, commit);
    w->author = commit.known ? vcs_author(w->source.vcs, commit, w->arena) : NULL;
    root = vcs_root_commit(w->source.vcs, commit);
    w->repository = object_id_hex(w->arena, root);
}

const char *workspace_repository(struct workspace *w)
{
    if (!w->origin_known)
        origin_find(w);
    return w->repository;
}

struct history_note workspace_note(struct workspace *w, const char *version, const char *name, const char *direction,
                                   const char *outcome)
{
    if (!w->origin_known)
        origin_find(w);
    return (struct history_note) {
        .entry = { .run_id = w->run_id,
                   .ledger = w->ledger.name,
                   .version = version,
                   .name = text_as_utf8(w->arena, text_from(name)),
                   .direction = direction,
                   .outcome = outcome,
                   .layout = w->source.layout ? w->source.layout->name : NULL,
                   .commit = w->commit,
                   .repository = w->repository,
                   .author = w->author,
                   .database_user = w->db->info.user,
                   .client_host = w->db->info.client,
                   .merganser = MERGANSER_VERSION },
        .finished = strcmp(outcome, "started") != 0,
    };
}
