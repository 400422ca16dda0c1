#include "core/load.h"

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/baseline.h"
#include "core/digest.h"
#include "core/dump.h"
#include "core/version_list.h"

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

    if (!dump_file_find(&l->file, w, file, e))
        return false;
    if (!l->file.exists) {
        err_set(e, ERR_STRUCTURE_FILE, NOWHERE, "there is no %s", text_shown(w->arena, text_from(l->file.shown)));
        return err_hint(e, "name the file, or write it with `merganser dump` where a database is current");
    }
    if (!structure_refuse_conflicts(l->file.shown, l->file.content, e))
        return false;
    l->versions = version_list_find(l->file.content, w->arena);
    l->script = script_in_memory(
        l->file.shown,
        dialect_undump(w->db->dialect, structure_without_versions(l->file.content, l->versions.bytes, w->arena),
                       w->arena),
        w->arena);
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
           (same(t, ledger->history.table) && !l->makes_history) ||
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
        first = first ? first : &tables.at[i];
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

static bool version_rows(struct row_changes *ledger, struct row_changes *history, const struct loading *l,
                         const char *version, struct err *e)
{
    struct version_entry v = { .version = version, .migration = migration_of(l->w, version) };

    v.name = v.migration ? v.migration->name : NULL;
    if (!baseline_rows(ledger, history, l->w, &v, e))
        return false;
    /* Before the file has run there may be no table to look for a row in; that it is empty was looked at. */
    for (size_t i = 0; i < ledger->len; i++)
        ledger->at[i].kind = ROW_APPEND;
    return true;
}

static void metadata_row(struct row_changes *rows, const struct loading *l, const char *key, const char *value)
{
    struct cell *cells = arena_make(l->w->arena, struct cell, 4);
    struct row_change *row = arena_push(l->w->arena, rows);

    cells[0] = (struct cell) { .column = "key", .kind = CELL_TEXT, .text = text_from(key), .key = true };
    cells[1] = (struct cell) { .column = "value", .kind = CELL_TEXT, .text = text_from(value) };
    cells[2] = (struct cell) { .column = "created_at", .kind = CELL_NOW };
    cells[3] = (struct cell) { .column = "updated_at", .kind = CELL_NOW };
    *row = (struct row_change) { ROW_APPEND, l->w->ledger.metadata, cells, 4 };
}

/* What Rails notes of a load: active_record/tasks/database_tasks.rb. */
static void metadata_rows(struct row_changes *rows, const struct loading *l)
{
    const struct workspace *w = l->w;

    if (!l->makes_metadata && !w->ledger.metadata_exists)
        return;
    if (l->makes_metadata)
        metadata_row(rows, l, "environment", w->environment);
    metadata_row(rows, l, "schema_sha1", digest_sha1(l->file.content, w->arena));
}

/* ---- running ---- */

/* Where the file will have made them. */
static void name_tables(struct loading *l)
{
    struct ledger *ledger = &l->w->ledger;
    struct db_identity id;
    struct err ignored;

    if (!l->makes_ledger || ledger->exists)
        return;
    if (!l->ledger.schema && (l->w->db->dialect->caps & CAP_SCHEMAS) &&
        db_identify(&id, l->w->db, l->w->arena, &ignored))
        l->ledger.schema = id.schema;
    ledger->main = l->ledger;
    ledger->metadata.schema = l->ledger.schema;
    ledger->name =
        l->ledger.schema ? arena_printf(l->w->arena, "%s.%s", l->ledger.schema, l->ledger.table) : l->ledger.table;
}

static bool inspect(struct unit *unit, const struct loading *l, struct err *e)
{
    const struct workspace *w = l->w;

    unit->script = (struct script_request) {
        .script = &l->script,
        .direction = DIRECTION_UP,
        .version = "",
        .ledger = w->ledger.main,
        .pooled = w->db->info.pooled,
        .server = w->db->info.version,
    };
    if (!db_inspect(&unit->facts, w->db, &unit->script, w->notices, w->arena, e))
        return false;
    if (unit->facts.shape == SCRIPT_ATOMIC)
        return true;
    err_set(e, ERR_STRUCTURE_FILE, IN_FILE(l->file.shown), "the file can't be run in one transaction");
    return err_hint(e, "a dump holds no COMMIT, and nothing that a transaction can't have: take it out");
}

static bool run(struct load *out, struct loading *l, struct err *e)
{
    struct workspace *w = l->w;
    struct row_changes rows = { 0 }, history = { 0 };
    struct unit unit = { 0 };
    struct unit_result result;

    name_tables(l);
    if (!inspect(&unit, l, e) || (!l->makes_history && !workspace_create_history(w, e)) ||
        (!l->makes_ledger && !workspace_create_ledger(w, e)))
        return false;
    for (size_t i = 0; i < out->n; i++)
        if (!version_rows(&rows, &history, l, out->versions[i], e))
            return false;
    metadata_rows(&rows, l);
    for (size_t i = 0; !l->makes_history && i < history.len; i++)
        *(struct row_change *)arena_push(w->arena, &rows) = history.at[i];
    unit.rows = rows.at;
    unit.nrows = rows.len;
    if (!db_apply(w->db, &unit, &result, e))
        return result.outcome == UNIT_UNKNOWN ? false : err_state(e, "nothing of it was kept");
    return true;
}

/* The file made the table: what belongs into it can be written only now. */
static bool fill_history(const struct load *out, struct loading *l, struct err *e)
{
    struct workspace *w = l->w;
    struct row_changes ledger = { 0 }, history = { 0 };

    if (!workspace_survey(w, e) || !workspace_create_history(w, e))
        return false;
    for (size_t i = 0; i < out->n; i++)
        if (!version_rows(&ledger, &history, l, out->versions[i], e))
            return false;
    return !history.len || db_rows_write(w->db, history.at, history.len, e);
}

/* As the migrations are ordered: versions of digits are of one length, or as good as that. */
static int rising(const void *a, const void *b)
{
    const char *one = *(const char *const *)a, *other = *(const char *const *)b;
    size_t la = strlen(one), lb = strlen(other);
    bool digits = strspn(one, "0123456789") == la && strspn(other, "0123456789") == lb;

    return digits && la != lb ? (la > lb) - (la < lb) : strcmp(one, other);
}

static void take_versions(struct load *out, const struct loading *l)
{
    struct arena *a = l->w->arena;

    out->versions = arena_make(a, const char *, l->versions.len);
    for (size_t i = 0; i < l->versions.len; i++)
        out->versions[i] = arena_cstr(a, l->versions.at[i]);
    if (l->versions.len)
        qsort(out->versions, l->versions.len, sizeof *out->versions, rising);
    for (size_t i = 0; i < l->versions.len; i++)
        if (!out->n || strcmp(out->versions[out->n - 1], out->versions[i]) != 0)
            out->versions[out->n++] = out->versions[i];
    if (!out->n)
        notice_add(l->w->notices, NOTICE_WARNING, "no-versions", IN_FILE(l->file.shown),
                   "`merganser baseline VERSION` records what the file has already",
                   "the file lists no versions: nothing is recorded as applied");
}

static bool load_locked(struct load *out, struct loading *l, const char *file, struct err *e)
{
    struct workspace *w = l->w;

    if (!file_open(l, file, e) || !refuse_filled(l, e))
        return false;
    out->shown = l->file.shown;
    take_versions(out, l);
    if (!run(out, l, e) || (l->makes_history && !fill_history(out, l, e)) || !workspace_survey(w, e))
        return false;
    for (size_t i = 0; i < w->versions.len; i++)
        out->pending += w->versions.at[i].state == STATE_PENDING;
    return true;
}

bool load_structure(struct load *out, struct workspace *w, const char *file, const struct load_events *events,
                    struct err *e)
{
    struct loading l = { .w = w };

    *out = (struct load) { 0 };
    if (!workspace_check_writable(w, e) || !workspace_survey(w, e) || !file_open(&l, file, e) ||
        !refuse_filled(&l, e))
        return false;
    if (!workspace_lock(w, events->waiting, events->to, e))
        return workspace_unlock(w, false, e);
    l = (struct loading) { .w = w };
    return workspace_unlock(w, load_locked(out, &l, file, e), e);
}
