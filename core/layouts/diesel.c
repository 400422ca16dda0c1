/* Diesel: a directory for every migration, VERSION_name/up.sql, with down.sql and metadata.toml beside it. */
#include "core/base/text.h"
#include "core/layouts/diesel_new.h"
#include "core/layouts/files.h"
#include "core/layouts/layout.h"
#include "core/layouts/marks.h"
#include "core/layouts/patterns.h"
#include "core/layouts/renumber.h"
#include "core/layouts/toml.h"

enum { UP = 1, DOWN, METADATA, INSIDE, FLAT_SQL, FLAT_VERSION };

/* The first row is enough to know the layout by. */
enum { UP_ROWS = 1 };

static const struct rule rules[] = {
    { UP, "([^/]+)", "/up.sql" }, { DOWN, "([^/]+)", "/down.sql" },  { METADATA, "([^/]+)", "/metadata.toml" },
    { INSIDE, "([^/]+)/.*", "" }, { FLAT_SQL, ".*\\.(?i:sql)", "" }, { FLAT_VERSION, "\\d.*", "" },
};

/* The directory's files that count, NULL where there is none. */
struct directory {
    struct text name;
    const struct layout_file *first, *up, *down, *metadata;
    bool nested; /* it holds directories with an up.sql of their own */
};

static int diesel_detect(const struct layout_input *in)
{
    struct patterns *p = NULL;
    struct err e;
    int kind, sure = 0;

    if (!patterns_open(&p, rules, UP_ROWS, &e))
        return 0;
    for (size_t i = 0; i < in->len && !sure; i++)
        if (!text_starts(in->files[i].name, ".") && patterns_match(&kind, NULL, p, in->files[i].name, &e))
            sure = kind == UP ? 80 : 0;
    patterns_close(p);
    return sure;
}

/* The version is a directory's name up to its first `_`, less the dashes. How long that first part is. */
static size_t version_add(struct buf *to, struct text directory)
{
    size_t i = 0;

    for (; i < directory.len && directory.at[i] != '_'; i++)
        if (directory.at[i] != '-')
            buf_char(to, directory.at[i]);
    return i;
}

static bool version_of(const char **version, struct text *name, const struct directory *d,
                       const struct layout_input *in, struct err *e)
{
    struct buf digits = buf_open(in->arena, SIZE_MAX / 2);
    size_t prefix = version_add(&digits, d->name);

    *version = buf_cstr(&digits);
    *name = text_cut(d->name, prefix + 1, d->name.len);
    if (digits.len && strcmp(file_shown(buf_content(&digits), in->arena), *version) == 0)
        return true;
    err_set(e, ERR_MIGRATION_FILE, file_place(d->up->path, in->arena),
            digits.len ? "its directory's version holds a control character or bytes that are not UTF-8"
                       : "its directory has no version before the first `_`");
    return err_hint(e, "rename the directory, as in 2024-03-20-123000_add_city");
}

/* Diesel itself refuses such a folder. What begins with no digit was hardly meant to be a migration. */
static bool without_up(const struct directory *d, const struct layout_input *in, struct err *e)
{
    struct text whole = text_cut(d->first->path, 0, d->first->path.len - d->first->name.len + d->name.len);

    if (text_is(d->name, "data"))
        return true;
    if (text_is_digit(d->name.at[0])) {
        if (!files_check_tool(in, e))
            return false;
        err_set(e, ERR_MIGRATION_FILE, file_place(whole, in->arena), "the directory has no up.sql");
        return err_hint(e, "write its up.sql, which may be empty, or take the directory away");
    }
    notice_add(in->notices, NOTICE_WARNING, "passed-over", file_place(whole, in->arena),
               d->nested ? arena_printf(in->arena, "name it where its migrations are meant: `--migrations %s`",
                                        text_shown(in->arena, whole))
                         : NULL,
               "passed over: a migration is a directory VERSION_name with an up.sql in it");
    return true;
}

static bool add_migration(struct migrations *out, const struct directory *d, const struct layout_input *in,
                          struct err *e)
{
    struct text name;
    struct migration *m;
    const char *version;

    if (text_starts(d->name, "."))
        return true;
    if (!d->up)
        return without_up(d, in, e);
    if (!file_check_regular(d->up, in, e) || (d->down && !file_check_regular(d->down, in, e)) ||
        (d->metadata && !file_check_regular(d->metadata, in, e)) || !version_of(&version, &name, d, in, e))
        return false;
    m = arena_push(in->arena, out);
    m->version = version;
    m->id = file_shown(d->name, in->arena);
    m->name = arena_cstr(in->arena, name);
    m->up = file_taken(d->up, in);
    if (d->down)
        m->down = file_taken(d->down, in);
    if (d->metadata)
        m->also = file_taken(d->metadata, in);
    return true;
}

static void add_file(struct directory *d, const struct layout_file *f, int kind)
{
    if (kind == UP)
        d->up = f;
    else if (kind == DOWN)
        d->down = f;
    else if (kind == METADATA)
        d->metadata = f;
    else if (text_is(file_base(f->name), "up.sql"))
        d->nested = true;
}

/* What lies in the folder itself: Diesel looks at no file there. A link with a version may be a link to a directory. */
static bool flat_file(const struct layout_file *f, int kind, const struct layout_input *in, struct err *e)
{
    if (kind && !f->regular && text_is_digit(f->name.at[0]))
        return file_check_regular(f, in, e);
    if (kind == FLAT_SQL && !text_starts(f->name, "."))
        file_pass_over(f, in, "a migration is a directory VERSION_name with an up.sql in it");
    return true;
}

/* A directory's files follow one another in the input. */
static bool walk(struct migrations *out, const struct layout_input *in, const struct patterns *p, struct err *e)
{
    struct directory d = { 0 };

    for (size_t i = 0; i < in->len; i++) {
        const struct layout_file *f = &in->files[i];
        struct text groups[PATTERN_GROUPS];
        int kind;

        if (!patterns_match(&kind, groups, p, f->name, e))
            return false;
        if (kind == 0 || kind >= FLAT_SQL) {
            if (!flat_file(f, kind, in, e))
                return false;
            continue;
        }
        if (d.first && !text_equal(d.name, groups[0])) {
            if (!add_migration(out, &d, in, e))
                return false;
            d = (struct directory) { 0 };
        }
        if (!d.first)
            d = (struct directory) { .name = groups[0], .first = f };
        add_file(&d, f, kind);
    }
    return !d.first || add_migration(out, &d, in, e);
}

static bool diesel_list(struct migrations *out, const struct layout_input *in, struct err *e)
{
    struct patterns *p;
    bool ok;

    out->order = ORDER_TEXT;
    if (!patterns_open(&p, rules, sizeof rules / sizeof *rules, e))
        return false;
    ok = walk(out, in, p, e);
    patterns_close(p);
    return ok && (out->len || files_check_tool(in, e));
}

/* Diesel's rule: without the file, or with one that it can't read, there is a transaction; with a file that does not
 * have the key there is none. */
static bool read_metadata(struct migration *m, const struct layout_input *in, struct err *e)
{
    struct pos place = file_place(text_from(m->also.path), in->arena);
    struct text document;

    if (!in->read(in->reader, &document, m->also.entry, e))
        return false;
    switch (toml_flag(document, "run_in_transaction")) {
    case TOML_BROKEN:
        notice_add(in->notices, NOTICE_WARNING, "metadata", place, "write `run_in_transaction = true` or `= false`",
                   "it is no TOML with a boolean run_in_transaction: as in Diesel the script runs in a transaction");
        break;
    case TOML_ABSENT:
        notice_add(in->notices, NOTICE_NOTE, "metadata", place, "write `run_in_transaction = true` or `= false`",
                   "it has no run_in_transaction: as in Diesel the script runs outside a transaction");
        m->no_transaction = true;
        break;
    case TOML_FALSE:
        m->no_transaction = true;
        break;
    case TOML_TRUE:
        break;
    }
    return true;
}

static bool diesel_prepare(struct migration *m, const struct layout_input *in, const struct script *up, struct err *e)
{
    return marks_prepare(m, in, up, e) && (!m->also.path || read_metadata(m, in, e));
}

static bool diesel_version_of_up(struct buf *version, struct text name)
{
    const char *slash = memchr(name.at, '/', name.len);
    struct text directory = text_cut(name, 0, slash ? (size_t)(slash - name.at) : 0);

    if (!slash || !text_is(text_cut(name, directory.len, name.len), "/up.sql") || text_starts(directory, "."))
        return false;
    version_add(version, directory);
    return true;
}

static const char *diesel_down_path(const char *up, struct arena *a)
{
    struct text path = text_from(up);

    return text_ends(path, "/up.sql") ? arena_printf(a, "%.*s/down.sql", (int)(path.len - strlen("/up.sql")), up)
                                      : NULL;
}

const struct layout diesel_layout = {
    .name = "diesel",
    .order = ORDER_TEXT,
    .merges_folders = true,
    .detect = diesel_detect,
    .list = diesel_list,
    .prepare = diesel_prepare,
    .version_of_up = diesel_version_of_up,
    .down_path = diesel_down_path,
    .create = diesel_new,
    .renumber = diesel_renumber,
};
