#include "core/source.h"

#include "core/base/text.h"
#include "core/scripts.h"
#include "core/source_seen.h"

static const char *const candidates[] = {
    "db/migrate",     "migrations",         "drizzle", "db/migrations", "src/db/migrations",
    "src/db/drizzle", "src/lib/db/drizzle", NULL
};

const char *const *source_candidates(void)
{
    return candidates;
}

static bool read_entry(const void *reader, struct text *out, const void *entry, struct err *e)
{
    const struct source *s = reader;

    return vcs_read(out, s->vcs, &s->at, entry, SOURCE_FILE_MAX, s->arena, e);
}

struct source_folder source_folder_of(struct source *s, const char *path, const struct vcs_file *listed, size_t n)
{
    struct layout_file *files = arena_make(s->arena, struct layout_file, n);
    size_t skip = *path ? strlen(path) + 1 : 0;

    for (size_t i = 0; i < n; i++) {
        const struct vcs_file *f = &listed[i];

        files[i] = (struct layout_file) {
            .path = f->path,
            .name = text_cut(f->path, skip, f->path.len),
            .blob = f->blob,
            .uncommitted = f->uncommitted,
            .regular = f->kind == VCS_FILE,
            .entry = f,
        };
    }
    return (struct source_folder) {
        .path = path,
        .input = { .folder = path,
                   .files = files,
                   .len = n,
                   .tolerant = s->tolerant,
                   .read = read_entry,
                   .reader = s,
                   .arena = s->arena,
                   .notices = s->notices },
    };
}

/* Lists a folder as a layout wants it. */
static bool folder_open(struct source_folder *out, bool *found, struct source *s, const char *path, struct err *e)
{
    struct vcs_files listed = { 0 };

    if (!vcs_list(&listed, found, s->vcs, &s->at, path, s->arena, e))
        return false;
    *out = source_folder_of(s, path, listed.at, listed.len);
    out->ignored = listed.ignored;
    return true;
}

static const char *source_words(const struct source *s)
{
    if (s->at.kind == VCS_COMMIT)
        return arena_printf(s->arena, " at %s", s->at.ref ? s->at.ref : "HEAD");
    return s->at.kind == VCS_INDEX ? " in the index" : "";
}

static bool is_other_tool(const char *folder, const char *tool, struct err *e)
{
    err_set(e, ERR_OTHER_TOOL, IN_FILE(folder), "the folder is %s's: each migration is a folder with a migration.sql",
            tool);
    return err_hint(e, "merganser can't run %s's migrations yet; name another folder with --migrations", tool);
}

/* Looks at the usual folders; exactly one that a layout recognises is taken. */
static bool folders_find(struct source *s, const char *layout, struct err *e)
{
    struct source_folder seen[sizeof candidates / sizeof *candidates];
    struct buf names = buf_open(s->arena, 512);
    size_t n = 0;

    for (size_t i = 0; candidates[i]; i++) {
        struct source_folder folder;
        const struct layout *recognised;
        const char *tool = NULL;
        bool found;

        if (!folder_open(&folder, &found, s, candidates[i], e))
            return false;
        if (!found)
            continue;
        recognised = layout_detect(&folder.input, &tool);
        if (tool && !recognised)
            return is_other_tool(candidates[i], tool, e);
        if (!recognised)
            source_warn_ignored(s, &folder);
        if (!recognised || (layout && strcmp(recognised->name, layout) != 0))
            continue;
        buf_printf(&names, "%s%s (%s)", n ? ", " : "", candidates[i], recognised->name);
        s->layout = recognised;
        seen[n++] = folder;
    }
    if (n == 1) {
        s->folders = arena_make(s->arena, struct source_folder, 1);
        s->folders[0] = seen[0];
        s->nfolders = 1;
        source_warn_ignored(s, &seen[0]);
        return true;
    }
    if (n > 1) {
        err_plain(e, ERR_NO_MIGRATIONS, "several folders hold migrations%s: %s", source_words(s), buf_cstr(&names));
        return err_hint(e, "name one with --migrations DIR, or as `migrations:` in merganser.yml");
    }
    for (size_t i = 0; candidates[i]; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", candidates[i]);
    err_plain(e, ERR_NO_MIGRATIONS, "no migrations found%s", source_words(s));
    err_detail(e, "looked at %s", buf_cstr(&names));
    if (source_hint_nested(s, e))
        return false;
    return err_hint(e, "name the folder with --migrations DIR, or make the first migration with `merganser new NAME "
                       "--migrations db/migrate --layout rails`");
}

/* Opens the folders that were named; they have to be of one layout. */
static bool folders_named(struct source *s, const struct source_request *r, struct err *e)
{
    const struct layout *named = r->layout ? layout_named(r->layout) : NULL;
    size_t n = 0;

    while (r->folders[n])
        n++;
    s->folders = arena_make(s->arena, struct source_folder, n);
    s->nfolders = n;
    for (size_t i = 0; i < n; i++) {
        const struct layout *recognised;
        const char *tool = NULL, *shown = text_shown(s->arena, text_from(r->folders[i]));
        bool found;

        if (!folder_open(&s->folders[i], &found, s, r->folders[i], e))
            return false;
        if (!found) {
            err_set(e, ERR_NO_MIGRATIONS, r->asked_at, "there is no folder %s%s", *shown ? shown : ".",
                    source_words(s));
            return err_hint(e, "`--migrations` counts from the root of the tree, `migrations:` from merganser.yml's "
                               "folder");
        }
        source_warn_ignored(s, &s->folders[i]);
        recognised = layout_detect(&s->folders[i].input, &tool);
        if (tool && !recognised)
            return is_other_tool(r->folders[i], tool, e);
        if (!recognised)
            recognised = named;
        if (!recognised) {
            err_set(e, ERR_NO_MIGRATIONS, r->asked_at, "%s holds no migration that any layout recognises%s",
                    *shown ? shown : ".", source_words(s));
            return err_hint(e, "say which layout it has with --layout rails, diesel or drizzle");
        }
        if (named)
            recognised = named;
        if (s->layout && (s->layout != recognised || !recognised->merges_folders)) {
            err_set(e, ERR_NO_MIGRATIONS, r->asked_at, "%s can't be merged with %s: %s", shown,
                    text_shown(s->arena, text_from(r->folders[0])),
                    s->layout == recognised ? "this layout takes one folder" : "the layouts differ");
            return err_hint(e, "name one folder, or one merganser.yml each");
        }
        s->layout = recognised;
    }
    return true;
}

/* Whether a file stands in a folder above (or beside) the migrations, as a project's root has it. */
static bool stands_above(bool *out, struct source *s, const char *name, struct err *e)
{
    *out = false;
    for (size_t i = 0; i < s->nfolders && !*out; i++) {
        struct text folder = text_from(s->folders[i].path);

        for (;;) {
            const char *slash = folder.len ? memrchr(folder.at, '/', folder.len) : NULL;

            if (!folder.len)
                break;
            folder = text_cut(folder, 0, slash ? (size_t)(slash - folder.at) : 0);
            if (!vcs_read_path(NULL, out, s->vcs, &s->at,
                               folder.len ? arena_printf(s->arena, "%.*s/%s", (int)folder.len, folder.at, name) : name,
                               SOURCE_FILE_MAX, s->arena, e))
                return false;
            if (!*out)
                continue;
            s->project = arena_cstr(s->arena, folder);
            break;
        }
    }
    return true;
}

/* Finds folders and layout and lists the migrations, sorted. */
static bool migrations_list(struct source *out, const struct source_request *r, struct err *e)
{
    if (r->layout && !layout_named(r->layout)) {
        err_plain(e, ERR_USAGE, "there is no layout \"%s\"", text_shown(out->arena, text_from(r->layout)));
        return err_hint(e, "the layouts are rails, diesel and drizzle");
    }
    if (!(r->folders ? folders_named(out, r, e) : folders_find(out, r->layout, e)))
        return false;
    out->migrations.order = out->layout->order;
    for (size_t i = 0; i < out->nfolders; i++)
        if (!out->layout->list(&out->migrations, &out->folders[i].input, e))
            return false;
    migrations_sort(&out->migrations);
    return true;
}

struct source source_empty(struct vcs *v, const struct source_request *r, struct arena *a, struct notices *notices)
{
    return (struct source) {
        .vcs = v, .at = r->at, .included = arena_make(a, struct source_included, 1), .arena = a, .notices = notices
    };
}

bool source_load_tolerant(struct source *out, struct vcs *v, const struct source_request *r, struct arena *a,
                          struct notices *notices, struct err *e)
{
    *out = source_empty(v, r, a, notices);
    out->tolerant = true;
    return migrations_list(out, r, e);
}

bool source_load(struct source *out, struct vcs *v, const struct source_request *r, struct arena *a,
                 struct notices *notices, struct err *e)
{
    *out = source_empty(v, r, a, notices);
    if (!migrations_list(out, r, e))
        return false;
    if (!migrations_check_versions(&out->migrations, a, e))
        return false;
    if (out->layout == &rails_layout)
        return stands_above(&out->rails_project, out, "config/application.rb", e);
    if (out->layout == &diesel_layout)
        return stands_above(&out->diesel_project, out, "diesel.toml", e);
    return true;
}

bool source_read(struct text *out, const struct source *s, const struct migration_file *f, struct err *e)
{
    return vcs_read(out, s->vcs, &s->at, f->entry, SOURCE_FILE_MAX, s->arena, e);
}

const struct layout_input *source_input_of(const struct source *s, const struct migration *m)
{
    const char *path = m->up.path ? m->up.path : m->also.path;

    for (size_t i = 0; i < s->nfolders; i++) {
        const char *folder = s->folders[i].path;

        if (!*folder || (text_starts(text_from(path), folder) && path[strlen(folder)] == '/'))
            return &s->folders[i].input;
    }
    return &s->folders[0].input;
}

bool source_prepare(struct script *up, struct source *s, struct migration *m, struct err *e)
{
    if (m->unrendered) {
        err_set(e, ERR_UNRENDERED, IN_FILE(m->also.path), "this migration is Ruby and has no .sql beside it");
        return err_hint(e,
                        "render it to %s.sql next to the .rb (the Bytebase example's `rake db:to_sql` does), or "
                        "run it with Rails",
                        m->id);
    }
    return scripts_open(up, s, &m->up, e) && s->layout->prepare(m, source_input_of(s, m), up, e);
}

bool source_prepare_down(struct script *down, struct migration *m, const struct source *s, const struct migration *of,
                         struct err *e)
{
    *m = *of;
    m->up = of->down; /* what is wrong in it is wrong there */
    return scripts_open(down, s, &of->down, e) && s->layout->prepare(m, source_input_of(s, of), down, e);
}
