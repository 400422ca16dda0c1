#include "core/load.h"

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/baseline.h"
#include "core/digest.h"
#include "core/dump.h"
#include "core/schema_record.h"
#include "core/version_list.h"

enum { ROWS_AT_ONCE = 200 };

/* What the file is, and what it makes of what we keep ourselves. */
struct loading {
    struct workspace *w;
    struct dump_file file;
    struct version_list versions;
    struct script script;
    bool makes_ledger, makes_history, makes_metadata;
    struct table_name ledger; /* as the file makes it */
};

/* ---- the file ---- */

static bool file_open(struct loading *l, const char *file, struct err *e)
{
    struct workspace *w = l->w;
    struct table_name ignored;

    if (!dump_file_find(&l->file, w, file, true, e))
        return false;
    if (!l->file.exists) {
        err_set(e, ERR_STRUCTURE_FILE, NOWHERE, "there is no %s", text_shown(w->arena, text_from(l->file.shown)));
        return err_hint(e, "name the file, or write it with `merganser dump` where a database is current");
    }
    if (!structure_refuse_conflicts(l->file.shown, l->file.content, e))
        return false;
    l->versions = version_list_find(l->file.content, w->arena);
    l->script = script_in_memory(l->file.shown, dialect_undump(w->db->dialect, l->file.content, w->arena), w->arena);
    l->makes_ledger = structure_makes(&l->ledger, l->file.content, w->ledger.main, w->arena);
    l->makes_history = structure_makes(&ignored, l->file.content, w->ledger.history.table, w->arena);
    l->makes_metadata =
        structure_makes(&ignored, l->file.content, (struct table_name) { NULL, "ar_internal_metadata" }, w->arena);
    return true;
}

/* ---- the database ---- */

static bool same(struct table_name a, struct table_name b)
{
    return strcmp(a.table, b.table) == 0 && (!a.schema || !b.schema || strcmp(a.schema, b.schema) == 0);
}

/* Ours may be there, without rows, as long as the file does not make it too. */
static bool is_ours(const struct loading *l, struct table_name t)
{
    const struct ledger *ledger = &l->w->ledger;

    return (same(t, ledger->main) && !l->makes_ledger && !ledger->rows.len) ||
           ((same(t, ledger->history.table) || same(t, ledger->history.schemas)) && !l->makes_history) ||
           same(t, history_lease(&ledger->history, l->w->arena)) ||
           (ledger->with_metadata && same(t, ledger->metadata) && !l->makes_metadata) ||
           (ledger->kind == LEDGER_DRIZZLE && same(t, ledger->drizzle) && !ledger->rows.len && !l->makes_ledger);
}

static bool refuse_filled(const struct loading *l, struct err *e)
{
    struct arena *a = l->w->arena;
    struct table_list tables = { 0 };
    const struct table_name *first = NULL;
    size_t n = 0;

    if (!db_tables_list(l->w->db, &tables, a, e))
        return false;
    for (size_t i = 0; i < tables.len; i++) {
        if (is_ours(l, tables.at[i]))
            continue;
        /* Somebody else's tells more than our own history does. */
        if (!first || same(*first, l->w->ledger.history.table))
            first = &tables.at[i];
        n++;
    }
    if (!n)
        return true;
    err_plain(e, ERR_NOT_EMPTY, "the database %s has %zu table%s already, %s%s%s%s", l->w->db->info.name, n,
              n == 1 ? "" : "s", first->schema ? text_shown(a, text_from(first->schema)) : "", first->schema ? "." : "",
              text_shown(a, text_from(first->table)), n > 1 ? " among them" : "");
    return err_hint(e, "load fills an empty database: make a new one, or bring this one up with `merganser up`");
}

/* ---- the rows ---- */

static struct migration *migration_of(const struct workspace *w, const char *version)
{
    for (size_t i = 0; i < w->source.migrations.len; i++)
        if (strcmp(w->source.migrations.at[i].version, version) == 0)
            return &w->source.migrations.at[i];
    return NULL;
}

/* Drizzle's own table has a row of each migration too, which no dump lists. */
static bool add_version(struct row_changes *drizzle, struct row_changes *history, struct workspace *w,
                        const char *version, struct err *e)
{
    struct version_entry v = { .version = version, .migration = migration_of(w, version) };
    struct row_changes ledger = { 0 };

    v.name = v.migration ? v.migration->name : NULL;
    if (!baseline_rows(&ledger, history, w, &v, e))
        return false;
    for (size_t i = 1; i < ledger.len; i++)
        *(struct row_change *)arena_push(w->arena, drizzle) = ledger.at[i];
    return true;
}

static bool metadata_add(struct row_changes *rows, struct workspace *w, const char *key, const char *value,
                         struct err *e)
{
    static const char *const columns[] = { "key" };
    struct cell *cells = arena_make(w->arena, struct cell, 4);
    struct row_query q = { .table = w->ledger.metadata, .columns = columns, .n = 1 };
    struct row_change *row;
    struct rows there;

    cells[0] = (struct cell) { .column = "key", .kind = CELL_TEXT, .text = text_from(key), .key = true };
    cells[1] = (struct cell) { .column = "value", .kind = CELL_TEXT, .text = text_from(value) };
    cells[2] = (struct cell) { .column = "created_at", .kind = CELL_NOW };
    cells[3] = (struct cell) { .column = "updated_at", .kind = CELL_NOW };
    q.where = cells[0];
    if (!db_rows_read(w->db, &q, &there, w->arena, e))
        return false;
    row = there.len ? NULL : arena_push(w->arena, rows);
    if (row)
        *row = (struct row_change) { ROW_INSERT, w->ledger.metadata, cells, 4 };
    return true;
}

/* What Rails notes of a load: active_record/tasks/database_tasks.rb. */
static bool metadata_rows(struct row_changes *rows, const struct loading *l, struct err *e)
{
    struct workspace *w = l->w;

    return !w->ledger.metadata_exists ||
           (metadata_add(rows, w, "environment", w->environment, e) &&
            metadata_add(rows, w, "schema_sha1", digest_sha1(l->file.content, w->arena), e));
}

/* A statement of many rows is slow to plan. */
static bool write_rows(struct workspace *w, const struct row_changes *rows, struct err *e)
{
    for (size_t at = 0; at < rows->len; at += ROWS_AT_ONCE) {
        size_t n = rows->len - at < ROWS_AT_ONCE ? rows->len - at : ROWS_AT_ONCE;

        if (!db_rows_write(w->db, rows->at + at, n, e))
            return false;
    }
    return true;
}

/* ---- running ---- */

/* Where the file will have made the ledger: what the history's rows name. False where that is not known before. */
static bool name_ledger(struct loading *l)
{
    struct ledger *ledger = &l->w->ledger;
    struct db_identity id;
    struct err ignored;

    if (ledger->exists || !l->makes_ledger)
        return ledger->exists;
    if (!(l->w->db->dialect->caps & CAP_SCHEMAS))
        return true;
    if (!l->ledger.schema && db_identify(&id, l->w->db, l->w->arena, &ignored))
        l->ledger.schema = id.schema;
    if (!l->ledger.schema)
        return false;
    ledger->name = arena_printf(l->w->arena, "%s.%s", l->ledger.schema, l->ledger.table);
    return true;
}

static bool inspect(struct unit *unit, const struct loading *l, struct err *e)
{
    const struct workspace *w = l->w;
    struct notices quiet = { .arena = w->arena }; /* they say how a migration would run */

    unit->script = (struct script_request) {
        .script = &l->script,
        .direction = DIRECTION_UP,
        .version = "",
        .dump = true, /* the ledger's rows are the file's to write */
        .pooled = w->db->info.pooled,
        .server = w->db->info.version,
    };
    if (!db_inspect(&unit->facts, w->db, &unit->script, &quiet, w->arena, e))
        return false;
    if (unit->facts.shape == SCRIPT_ATOMIC)
        return true;
    err_set(e, ERR_STRUCTURE_FILE, IN_FILE(l->file.shown), "the file can't be run in one transaction");
    return err_hint(e, "a dump holds no COMMIT, and nothing that a transaction can't have: take it out");
}

static bool run(struct loading *l, struct err *e)
{
    struct workspace *w = l->w;
    struct row_changes history = { 0 }, drizzle = { 0 };
    struct unit unit = { 0 };
    struct unit_result result;
    bool with_history;

    if (!inspect(&unit, l, e) || (!l->makes_history && !workspace_create_history(w, e)) ||
        (!l->makes_ledger && !workspace_create_ledger(w, e)))
        return false;
    with_history = !l->makes_history && w->ledger.history.exists && l->versions.len <= ROWS_AT_ONCE && name_ledger(l);
    for (size_t i = 0; with_history && i < l->versions.len; i++)
        if (!add_version(&drizzle, &history, w, arena_cstr(w->arena, l->versions.at[i]), e))
            return false;
    unit.rows = history.at;
    unit.nrows = history.len;
    if (db_apply(w->db, &unit, &result, e))
        return true;
    return result.outcome == UNIT_UNKNOWN ? false : err_state(e, "nothing of it was kept");
}

/* What is to be written of the versions that the ledger has now: where the file itself makes the tables that hold it,
 * or filled the ledger in another way than by a list. */
static bool complete(struct load *out, struct loading *l, struct err *e)
{
    struct workspace *w = l->w;
    struct row_changes rows = { 0 }, history = { 0 }, known = { 0 };
    struct notices *loud = w->notices, quiet = { .arena = w->arena };
    bool surveyed;

    /* What is lacking yet is no news. */
    w->notices = &quiet;
    surveyed = workspace_survey(w, e);
    w->notices = loud;
    if (!surveyed || !workspace_create_history(w, e) || !workspace_create_ledger(w, e))
        return false;
    out->versions = arena_make(w->arena, const char *, w->versions.len);
    for (size_t i = 0; i < w->versions.len; i++) {
        const struct version_entry *v = &w->versions.at[i];
        bool kept = !w->ledger.history.exists || (v->record && v->record->applied);

        out->pending += v->state == STATE_PENDING;
        if (!v->row)
            continue;
        out->versions[out->n++] = v->version;
        if (!add_version(v->row->in_drizzle ? &known : &rows, kept ? &known : &history, w, v->version, e))
            return false;
    }
    return metadata_rows(&rows, l, e) && write_rows(w, &rows, e) && write_rows(w, &history, e);
}

static void warn_unrecorded(const struct load *out, const struct loading *l)
{
    const struct workspace *w = l->w;

    if (!out->n && l->versions.len)
        notice_add(w->notices, NOTICE_WARNING, "no-versions", IN_FILE(l->file.shown),
                   "`ledger: {schema: …, table: …}` in merganser.yml names the table",
                   "the file's versions are in another table than %s: nothing is recorded as applied", w->ledger.name);
    else if (!out->n)
        notice_add(w->notices, NOTICE_WARNING, "no-versions", IN_FILE(l->file.shown),
                   "`merganser baseline VERSION` records what the file has already",
                   "the file lists no versions: nothing is recorded as applied");
}

static bool load_locked(struct load *out, struct loading *l, const char *file, struct err *e)
{
    if (!file_open(l, file, e) || !refuse_filled(l, e))
        return false;
    out->shown = l->file.shown;
    if (!run(l, e))
        return false;
    if (!complete(out, l, e)) {
        err_state(e, "the file is loaded, and its versions are applied; the history may lack their rows");
        return false;
    }
    warn_unrecorded(out, l);
    schema_record_after(NULL, l->w, out->n ? out->versions[out->n - 1] : "", "load");
    return true;
}

bool load_structure(struct load *out, struct workspace *w, const char *file, const struct load_events *events,
                    struct err *e)
{
    struct loading l = { .w = w };

    *out = (struct load) { 0 };
    if (!workspace_check_writable(w, e) || !workspace_survey(w, e) || !file_open(&l, file, e) || !refuse_filled(&l, e))
        return false;
    if (!workspace_lock(w, events->waiting, events->to, e))
        return workspace_unlock(w, false, e);
    l = (struct loading) { .w = w };
    return workspace_unlock(w, load_locked(out, &l, file, e), e);
}
