#include "core/dump.h"

#include <unistd.h>

#include "core/base/text.h"
#include "core/files.h"

enum { STRUCTURE_MAX = 1 << 30 };

/* ---- the file ---- */

static const char *beside(const char *folder, const char *name, struct arena *a)
{
    const char *slash = strrchr(folder, '/');

    return slash ? arena_printf(a, "%.*s/%s", (int)(slash - folder), folder, name) : name;
}

/* Rails' other databases: db/pets_migrate and db/pets_structure.sql. */
static const char *usual_path(const struct source *s)
{
    static const char ending[] = "_migrate";
    const char *folder = s->nfolders ? s->folders[0].path : "";
    const char *slash = strrchr(folder, '/');
    struct text name = text_from(slash ? slash + 1 : folder);

    if (s->layout == &rails_layout && name.len > strlen(ending) && text_ends(name, ending))
        return beside(folder, arena_printf(s->arena, "%.*s_structure.sql", (int)(name.len - strlen(ending)), name.at),
                      s->arena);
    return beside(folder, "structure.sql", s->arena);
}

/* From the root, where it lies below that. */
static const char *in_tree(const struct source *s, const char *file)
{
    const char *prefix = vcs_prefix(s->vcs);

    return *prefix && *file != '/' ? arena_printf(s->arena, "%s/%s", prefix, file) : file;
}

static bool read_file(struct dump_file *f, struct workspace *w, struct err *e)
{
    f->exists = access(f->path, F_OK) == 0;
    return !f->exists || files_read(&f->content, f->path, STRUCTURE_MAX, w->arena, e);
}

bool dump_file_find(struct dump_file *out, struct workspace *w, const char *file, bool of_source, struct err *e)
{
    const struct source *s = &w->source;
    bool stream = file && strcmp(file, "-") == 0;
    const char *root = vcs_root(s->vcs);
    const char *usual = usual_path(s);

    *out = (struct dump_file) { .shown = file && !stream ? file : usual };
    if (of_source && s->at.kind != VCS_WORKTREE)
        return vcs_read_path(&out->content, &out->exists, s->vcs, &s->at, file && !stream ? in_tree(s, file) : usual,
                             STRUCTURE_MAX, w->arena, e);
    if (file && !stream) {
        out->path = file;
    } else if (root) {
        out->path = arena_printf(w->arena, "%s/%s", root, usual);
    } else if (stream) {
        return true;
    } else {
        err_plain(e, ERR_USAGE, "there is no work tree that the file would belong to");
        return err_hint(e, "name the file, or `-` for standard output");
    }
    if (!read_file(out, w, e))
        return false;
    out->path = stream ? NULL : out->path;
    return true;
}

/* ---- the form ---- */

static bool lock_file_read(struct text *out, bool *found, const struct source *s, struct err *e)
{
    const char *path =
        s->project && *s->project ? arena_printf(s->arena, "%s/Gemfile.lock", s->project) : "Gemfile.lock";

    *found = false;
    return !s->rails_project || vcs_read_path(out, found, s->vcs, &s->at, path, SOURCE_FILE_MAX, s->arena, e);
}

/* What stands in the file now; in the project's own where a new file was named. */
static bool pattern_find(struct text *out, const struct dump *d, struct workspace *w, struct err *e)
{
    struct dump_file usual;

    *out = d->file.content;
    if (d->file.exists || !dump_file_find(&usual, w, "-", false, e))
        return d->file.exists;
    *out = usual.content;
    return true;
}

static bool form_choose(struct dump *d, struct workspace *w, const char *rails, struct err *e)
{
    struct text lock, pattern;
    bool found;

    if (!pattern_find(&pattern, d, w, e))
        return false;

    if (!rails) {
        if (!lock_file_read(&lock, &found, &w->source, e))
            return false;
        rails = found ? structure_rails_locked(lock, w->arena) : NULL;
    }
    if (!rails) {
        structure_form_of_file(&d->form, pattern, w->arena);
        return true;
    }
    if (!structure_form_of_rails(&d->form, rails, w->arena, e))
        return false;
    /* What was random once has not changed with the schema. */
    if (d->form.keep & DUMP_KEEP_GUARD)
        d->form.guard = structure_guard(pattern, w->arena);
    return true;
}

/* ---- the ledger ---- */

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the database's own order, as Rails asks for them. */
static bool versions_read(const char ***out, size_t *n, struct workspace *w, struct err *e)
{
    static const char *const columns[] = { "version" };
    const struct row_query q = { .table = w->ledger.main, .columns = columns, .n = 1, .order_by = "version" };
    const struct ledger_rows *all = &w->ledger.rows;
    struct rows rows = { 0 };

    if (w->ledger.kind != LEDGER_DRIZZLE) {
        if (!db_rows_read(w->db, &q, &rows, w->arena, e))
            return false;
        *out = arena_make(w->arena, const char *, rows.len);
        for (*n = 0; *n < rows.len; (*n)++)
            (*out)[*n] = rows.cells[*n].at ? rows.cells[*n].at : "";
        return true;
    }
    /* Drizzle itself writes into the other table. */
    *out = arena_make(w->arena, const char *, all->len);
    for (*n = 0; *n < all->len; (*n)++)
        (*out)[*n] = all->at[*n].version;
    if (*n)
        qsort(*out, *n, sizeof **out, by_bytes);
    return true;
}

static bool add_ledger(struct buf *out, struct dump *d, struct workspace *w, struct err *e)
{
    bool qualified = w->where.main.schema || w->ledger.kind == LEDGER_DRIZZLE;
    struct table_name table = { qualified ? w->ledger.main.schema : NULL, w->ledger.main.table };
    const char **versions;

    if (!w->ledger.exists)
        return true;
    if (!versions_read(&versions, &d->versions, w, e))
        return false;
    structure_add_versions(out, table, versions, d->versions, &d->form);
    return true;
}

/* What is ours: the schema, where all of it is; else the tables. */
static void leave_out(struct dump_request *r, const struct workspace *w, const char *history)
{
    const struct history *h = &w->ledger.history;
    struct table_name *names = arena_make(w->arena, struct table_name, 3);
    bool keep = history ? strcmp(history, "with") == 0 : w->source.rails_project;

    if (keep)
        return;
    r->without = names;
    if (h->table.schema && !w->where.history.schema) {
        names[r->nwithout++].schema = h->table.schema;
        return;
    }
    names[r->nwithout++] = h->table;
    names[r->nwithout++] = h->schemas;
    names[r->nwithout++] = history_lease(h, w->arena);
}

bool dump_make(struct dump *out, struct workspace *w, const struct dump_options *o, struct err *e)
{
    struct dump_request r = { .schemas = o->schemas, .search_path = true, .program = o->program };
    struct buf content = buf_open(w->arena, SIZE_MAX / 2);
    struct text dumped;

    *out = (struct dump) { 0 };
    if (!w->db->info.exists) {
        err_plain(e, ERR_CONNECTION, "there is no database %s", text_shown(w->arena, text_from(w->db->info.name)));
        return err_hint(e, "`merganser up` makes it from the migrations, `merganser load` from the dump");
    }
    if (!dump_file_find(&out->file, w, o->file, o->of_source, e) || !form_choose(out, w, o->rails, e) ||
        !workspace_survey(w, e))
        return false;
    r.keep = out->form.keep;
    r.guard = out->form.guard;
    leave_out(&r, w, o->history);
    if (!db_dump(&dumped, w->db, &r, w->arena, e))
        return false;
    buf_text(&content, dumped);
    if (!add_ledger(&content, out, w, e))
        return false;
    out->content = content.len ? buf_content(&content) : TEXT("");
    out->current = out->file.exists && text_equal(text_normalised(w->arena, out->file.content), out->content);
    return true;
}

bool dump_write(struct dump *d, struct workspace *w, struct err *e)
{
    if (d->current)
        return true;
    d->written = files_replace(d->file.path, d->content, w->arena, e);
    return d->written;
}

bool dump_difference(struct text *out, const struct dump *d, size_t lines, struct arena *a, struct err *e)
{
    struct text rest, all;
    size_t n = 0, kept;

    *out = TEXT("");
    if (d->current)
        return true;
    if (!vcs_difference(&all, d->file.content, d->content, a, e))
        return false;
    for (rest = all, kept = 0; n < lines; n++) {
        struct text line;

        if (!text_line(&rest, &line))
            break;
        kept = (size_t)(rest.at - all.at);
    }
    *out = text_cut(all, 0, kept);
    for (n = 0; rest.len; n++) {
        struct text line;

        text_line(&rest, &line);
    }
    if (n)
        *out = text_from(arena_printf(a, "%.*s… and %zu more lines\n", (int)out->len, out->at, n));
    return true;
}
