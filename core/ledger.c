#include "core/ledger.h"

#include "core/base/text.h"

static const char *table_label(struct table_name t, struct arena *a)
{
    return t.schema ? arena_printf(a, "%s.%s", t.schema, t.table) : t.table;
}

static const struct column_info *column_of(const struct table_info *t, const char *name)
{
    for (size_t i = 0; i < t->ncolumns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

static bool refuse_shape(const struct table_info *t, const char *tool, const char *why, struct arena *a, struct err *e)
{
    const char *label = table_label(t->name, a);

    err_plain(e, ERR_LEDGER_FOREIGN, "%s is not a ledger that merganser can write: %s", label, why);
    if (tool)
        err_detail(e, "it has the shape of %s's", tool);
    return err_hint(e, "keep merganser's own under another name: `ledger: {table: merganser_migrations}` in "
                       "merganser.yml, then `merganser baseline VERSION`");
}

/* A version table of any tool that writes one text a version; its further columns have to fill themselves. */
static bool versions_check(const struct table_info *t, struct arena *a, struct err *e)
{
    const struct column_info *version = column_of(t, "version");
    bool dirty = column_of(t, "dirty") != NULL;

    if (!version)
        return refuse_shape(t, column_of(t, "installed_rank") ? "Flyway" : NULL, "it has no column `version`", a, e);
    if (version->kind != COLUMN_TEXT)
        return refuse_shape(t,
                            dirty                      ? "golang-migrate"
                            : column_of(t, "checksum") ? "sqlx"
                                                       : NULL,
                            arena_printf(a, "its version is %s, not a text", version->type), a, e);
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column_info *c = &t->columns[i];

        if (c != version && c->not_null && !c->has_default)
            return refuse_shape(
                t, dirty ? "golang-migrate" : NULL,
                arena_printf(a, "its column %s has to be filled and has no default", text_shown(a, text_from(c->name))),
                a, e);
    }
    return true;
}

static bool drizzle_check(const struct table_info *t, struct arena *a, struct err *e)
{
    if (column_of(t, "name"))
        return refuse_shape(t, "drizzle-orm 1.0", "its column `name` is of a newer Drizzle, which is not supported yet",
                            a, e);
    if (!column_of(t, "hash") || !column_of(t, "created_at"))
        return refuse_shape(t, NULL, "it lacks `hash` or `created_at`", a, e);
    return true;
}

enum { AT_MAIN, AT_DIESEL, AT_DRIZZLE, AT_HISTORY, AT_SCHEMAS, AT_METADATA, TABLES };

static void names_fill(struct table_name *names, const struct ledger_request *r, bool schemas, bool drizzle)
{
    const char *drizzle_schema = schemas && drizzle ? "drizzle" : NULL;

    names[AT_MAIN] = r->main;
    if (!names[AT_MAIN].table)
        names[AT_MAIN].table = "schema_migrations";
    if (!names[AT_MAIN].schema)
        names[AT_MAIN].schema = drizzle_schema;
    names[AT_DIESEL] = (struct table_name) { r->main.schema, "__diesel_schema_migrations" };
    names[AT_DRIZZLE] = (struct table_name) { drizzle_schema, "__drizzle_migrations" };
    names[AT_HISTORY] = r->history;
    if (!names[AT_HISTORY].table)
        names[AT_HISTORY].table = schemas ? "history" : "__merganser_history";
    if (!names[AT_HISTORY].schema && schemas)
        names[AT_HISTORY].schema = "merganser";
    names[AT_METADATA] = (struct table_name) { names[AT_MAIN].schema, "ar_internal_metadata" };
}

void ledger_unasked(struct ledger *out, const struct dialect *d, const struct ledger_request *r)
{
    bool drizzle = r->source->layout == &drizzle_layout;
    struct table_name names[TABLES];

    names_fill(names, r, (d->caps & CAP_SCHEMAS) != 0, drizzle);
    *out = (struct ledger) { .kind = drizzle ? LEDGER_DRIZZLE : LEDGER_VERSIONS, .main = names[AT_MAIN] };
    out->history.table = names[AT_HISTORY];
    if (r->source->layout == &diesel_layout && !r->main.table && r->source->diesel_project) {
        out->kind = LEDGER_DIESEL;
        out->main = names[AT_DIESEL];
    }
}

bool ledger_locate(struct ledger *out, struct db *db, const struct ledger_request *r, struct arena *a, struct err *e)
{
    bool drizzle = r->source->layout == &drizzle_layout, diesel = r->source->layout == &diesel_layout;
    struct table_name names[TABLES];
    struct table_info found[TABLES] = { 0 };
    size_t main = AT_MAIN;

    *out = (struct ledger) { .kind = LEDGER_VERSIONS };
    names_fill(names, r, (db->dialect->caps & CAP_SCHEMAS) != 0, drizzle);
    names[AT_SCHEMAS] = history_schemas(&(struct history) { .table = names[AT_HISTORY] }, a);
    if (!db_tables_find(db, names, TABLES, found, a, e))
        return false;
    if (diesel && !r->main.table && (found[AT_DIESEL].exists || r->source->diesel_project)) {
        out->kind = LEDGER_DIESEL;
        main = AT_DIESEL;
    }
    out->main = found[main].exists ? found[main].name : names[main];
    out->exists = found[main].exists;
    if (out->exists && !versions_check(&found[main], a, e))
        return false;
    if (out->exists)
        out->version_length = column_of(&found[main], "version")->max_length;
    else
        out->version_length = out->kind == LEDGER_DIESEL ? 50 : 0; /* as Diesel makes it */
    if (drizzle) {
        out->kind = LEDGER_DRIZZLE;
        out->drizzle = names[AT_DRIZZLE];
        out->drizzle_exists = found[AT_DRIZZLE].exists;
        if (out->drizzle_exists && !drizzle_check(&found[AT_DRIZZLE], a, e))
            return false;
    }
    out->name = table_label(out->main, a);
    out->history.table = found[AT_HISTORY].exists ? found[AT_HISTORY].name : names[AT_HISTORY];
    out->history.exists = found[AT_HISTORY].exists;
    out->history.schemas = names[AT_SCHEMAS];
    out->history.schemas_exist = found[AT_SCHEMAS].exists;
    if (out->history.exists && !column_of(&found[AT_HISTORY], "run_id"))
        return refuse_shape(&found[AT_HISTORY], NULL, "it is not merganser's history", a, e);
    out->history.first_format =
        out->history.exists &&
        !(column_of(&found[AT_HISTORY], HISTORY_BEGUN) && column_of(&found[AT_HISTORY], HISTORY_HASH) &&
          column_of(&found[AT_HISTORY], "waited_ms") && column_of(&found[AT_HISTORY], "attempts"));
    out->with_metadata = r->source->rails_project && out->kind == LEDGER_VERSIONS;
    out->metadata = (struct table_name) { out->main.schema, "ar_internal_metadata" };
    out->metadata_exists = found[AT_METADATA].exists;
    return true;
}

static int by_version(const void *a, const void *b)
{
    return strcmp(((const struct ledger_row *)a)->version, ((const struct ledger_row *)b)->version);
}

static bool read_main(struct ledger_rows *out, const struct ledger *l, struct db *db, struct arena *a, struct err *e)
{
    static const char *const names[] = { "version", "run_on" };
    struct row_query q = { .table = l->main, .columns = names, .n = l->kind == LEDGER_DIESEL ? 2 : 1 };
    struct rows rows;

    if (!l->exists)
        return true;
    if (!db_rows_read(db, &q, &rows, a, e))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        const struct text *row = &rows.cells[i * rows.width];
        struct ledger_row *r = arena_push(a, out);

        r->version = row[0].at ? row[0].at : "";
        r->applied_at = rows.width > 1 ? row[1].at : NULL;
        r->in_main = true;
    }
    return true;
}

static bool read_drizzle(struct ledger_rows *out, const struct ledger *l, struct db *db, const struct source *s,
                         struct arena *a, struct err *e)
{
    static const char *const names[] = { "hash", "created_at" };
    struct row_query q = { .table = l->drizzle, .columns = names, .n = 2, .order_by = "created_at" };
    struct drizzle_row *drizzle;
    struct rows rows;

    if (!l->drizzle_exists)
        return true;
    if (!db_rows_read(db, &q, &rows, a, e))
        return false;
    drizzle = arena_make(a, struct drizzle_row, rows.len);
    for (size_t i = 0; i < rows.len; i++) {
        drizzle[i].hash = arena_cstr(a, rows.cells[i * 2]);
        drizzle[i].when = arena_cstr(a, rows.cells[i * 2 + 1]);
    }
    return ledger_match_drizzle(out, drizzle, rows.len, s, a, e);
}

/* One row a version: what stands in both tables comes together. */
static void rows_merge(struct ledger_rows *rows)
{
    size_t kept = 0;

    if (rows->len)
        qsort(rows->at, rows->len, sizeof *rows->at, by_version);
    for (size_t i = 0; i < rows->len; i++) {
        struct ledger_row *last = kept ? &rows->at[kept - 1] : NULL;

        if (!last || strcmp(last->version, rows->at[i].version) != 0) {
            rows->at[kept++] = rows->at[i];
            continue;
        }
        last->in_main |= rows->at[i].in_main;
        if (rows->at[i].in_drizzle) {
            last->in_drizzle = true;
            last->hash = rows->at[i].hash;
            last->when = rows->at[i].when;
            last->hash_differs = rows->at[i].hash_differs;
        }
    }
    rows->len = kept;
}

bool ledger_read(struct ledger *l, struct db *db, const struct source *s, struct arena *a, struct notices *notices,
                 struct err *e)
{
    l->rows = (struct ledger_rows) { 0 };
    if (!read_main(&l->rows, l, db, a, e) || !read_drizzle(&l->rows, l, db, s, a, e))
        return false;
    rows_merge(&l->rows);
    if (!history_read(&l->history, db, l->name, a, e) || !ledger_rejoin_drizzle(l, s, a, e))
        return false;
    for (size_t i = 0; l->drizzle_exists && i < l->rows.len; i++)
        if (!l->rows.at[i].in_drizzle)
            notice_add(notices, NOTICE_WARNING, "drizzle-row-missing", NOWHERE,
                       "`merganser repair --reconcile` settles the two tables",
                       "%s is recorded as applied, but not in Drizzle's own table: Drizzle would run it again",
                       text_shown(a, text_from(l->rows.at[i].version)));
    return true;
}

bool ledger_create_history(struct ledger *l, struct db *db, struct notices *notices, struct err *e)
{
    struct history *h = &l->history;
    struct err why = { 0 };

    if (h->exists && !h->first_format)
        return true;
    if (!h->denied && db_table_create(db, TABLE_HISTORY, h->table, &why)) {
        h->exists = true;
        h->first_format = false;
        return true;
    }
    if (why.kind == ERR_CONNECTION || err_is_stop(why.kind)) {
        *e = why;
        return false;
    }
    if (h->exists) {
        notice_add(notices, NOTICE_WARNING, "history-format", NOWHERE,
                   "let the owner of the table run merganser once, or add the columns: the README names them",
                   "the history lacks the columns of this release: %s", why.message);
        return true;
    }
    h->denied = true;
    notice_add(notices, NOTICE_WARNING, "no-history", NOWHERE,
               "let the role make the schema `merganser`, or name a table it may make as `history:`",
               "the history can't be kept: %s", *why.message ? why.message : "this role may not read it");
    return true;
}

bool ledger_create(struct ledger *l, struct db *db, struct err *e)
{
    bool diesel = l->kind == LEDGER_DIESEL;

    if (!l->exists && !db_table_create(db, diesel ? TABLE_DIESEL : TABLE_SCHEMA_MIGRATIONS, l->main, e))
        return false;
    if (l->kind == LEDGER_DRIZZLE && !l->drizzle_exists && !db_table_create(db, TABLE_DRIZZLE, l->drizzle, e))
        return false;
    return !l->with_metadata || l->metadata_exists || db_table_create(db, TABLE_AR_INTERNAL_METADATA, l->metadata, e);
}

void ledger_change_add(struct row_changes *out, struct row_change change, struct arena *a)
{
    *arena_push(a, out) = change;
}

static struct cell cell_text(const char *column, const char *value, bool key)
{
    return (struct cell) { .column = column, .kind = CELL_TEXT, .text = text_from(value), .key = key };
}

void ledger_changes(struct row_changes *out, const struct ledger *l, const struct migration *m, const char *version,
                    enum direction direction, const struct ledger_row *row, const char *sha256_raw,
                    bool script_writes_own_row, struct arena *a)
{
    bool up = direction == DIRECTION_UP;
    struct cell *cells = arena_make(a, struct cell, 1);

    cells[0] = cell_text("version", version, true);
    if (up || (row && row->in_main))
        ledger_change_add(out,
                          (struct row_change) { .kind = up ? script_writes_own_row ? ROW_EXPECT : ROW_INSERT
                                                        : script_writes_own_row ? ROW_EXPECT_GONE
                                                                                : ROW_DELETE,
                                                .table = l->main,
                                                .cells = cells,
                                                .len = 1 },
                          a);
    if (l->kind != LEDGER_DRIZZLE || (up ? !m : !row || !row->in_drizzle))
        return;
    cells = arena_make(a, struct cell, 2);
    cells[0] = cell_text("hash", up ? sha256_raw : row->hash, true);
    cells[1] = (struct cell) { .column = "created_at", .kind = CELL_INTEGER, .key = true };
    cells[1].text = text_from(up ? arena_printf(a, "%llu", (unsigned long long)m->when_ms) : row->when);
    ledger_change_add(
        out,
        (struct row_change) { .kind = up ? ROW_INSERT : ROW_DELETE, .table = l->drizzle, .cells = cells, .len = 2 }, a);
}
