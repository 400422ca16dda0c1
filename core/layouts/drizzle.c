/* Drizzle 0.x: TAG.sql for every entry of meta/_journal.json, in the journal's order. */
#include "core/base/text.h"
#include "core/layouts/drizzle_new.h"
#include "core/layouts/files.h"
#include "core/layouts/journal.h"
#include "core/layouts/layout.h"
#include "core/layouts/marks.h"
#include "core/layouts/patterns.h"
#include "core/layouts/renumber.h"

const char drizzle_separator[] = "--> statement-breakpoint";

enum { DOWN = 1, UP };

/* For what lies in the folder itself. */
static const struct rule rules[] = {
    { DOWN, "([^./][^/]*)", ".down.sql" },
    { UP, "([^./][^/]*)\\.(?i:sql)", "" },
};

static int drizzle_detect(const struct layout_input *in)
{
    return files_named(in, TEXT(DRIZZLE_JOURNAL)) ? 100 : 0;
}

bool drizzle_journal(struct journal *out, const struct layout_input *in, struct arena *a, struct err *e)
{
    const struct layout_file *f = files_named(in, TEXT(DRIZZLE_JOURNAL));
    struct text bytes;

    if (!f) {
        if (!files_check_tool(in, e))
            return false;
        err_set(e, ERR_JOURNAL, file_place(text_from(file_path(in->folder, DRIZZLE_JOURNAL, a)), a),
                "there is no journal");
        return err_hint(e, "`npx drizzle-kit generate` makes it; for a folder of another tool give `--layout`");
    }
    return file_check_regular(f, in, e) && in->read(in->reader, &bytes, f->entry, e) &&
           (in->tolerant ? journal_parse_repeated : journal_parse)(out, text_shown(a, f->path), bytes, a, e);
}

static const struct layout_file *script(const struct layout_input *in, const char *tag, const char *ending)
{
    return files_named(in, text_from(arena_printf(in->arena, "%s%s", tag, ending)));
}

static bool refuse_absent(const struct journal *j, const struct journal_entry *entry, const struct layout_input *in,
                          struct err *e)
{
    const char *path = file_path(in->folder, arena_printf(in->arena, "%s.sql", entry->tag), in->arena);

    err_plain(e, ERR_JOURNAL, "the entry %s has no file: there is no %s", entry->tag, path);
    err_hint(e, "add the file to the commit, or take the entry out of the journal");
    return err_place(e, j->path, j->bytes, entry->from);
}

static bool add_migration(struct migrations *out, const struct journal *j, size_t i, const struct layout_input *in,
                          struct err *e)
{
    const struct journal_entry *entry = &j->at[i];
    const struct layout_file *up = script(in, entry->tag, ".sql"), *down = script(in, entry->tag, ".down.sql");
    size_t digits = strspn(entry->tag, "0123456789");
    struct migration *m;

    if (!up)
        return in->tolerant || refuse_absent(j, entry, in, e);
    if (!file_check_regular(up, in, e) || (down && !file_check_regular(down, in, e)))
        return false;
    m = arena_push(in->arena, out);
    m->version = m->id = entry->tag;
    m->name = digits && entry->tag[digits] == '_' ? entry->tag + digits + 1 : entry->tag;
    m->up = file_taken(up, in);
    if (down)
        m->down = file_taken(down, in);
    m->separator = drizzle_separator;
    m->when_ms = entry->when;
    m->position = i;
    return true;
}

/* Drizzle applies what is later than the latest row of its table, by `when`. */
static void warn_backwards(const struct journal *j, const struct layout_input *in)
{
    const struct journal_entry *latest = NULL;

    for (size_t i = 0; i < j->len; i++) {
        const struct journal_entry *entry = &j->at[i];

        if (latest && entry->when <= latest->when)
            notice_add(
                in->notices, NOTICE_WARNING, "journal-when", pos_from_byte(j->path, j->bytes, entry->from, 1), NULL,
                "the `when` of %s is not later than that of %s: Drizzle passes over it where that one is applied",
                entry->tag, latest->tag);
        else
            latest = entry;
    }
}

static int by_tag(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char **sorted_tags(const struct journal *j, struct arena *a)
{
    const char **tags = arena_make(a, const char *, j->len);

    for (size_t i = 0; i < j->len; i++)
        tags[i] = j->at[i].tag;
    if (j->len)
        qsort(tags, j->len, sizeof *tags, by_tag);
    return tags;
}

static bool warn_unnamed(const struct journal *j, const struct layout_input *in, const struct patterns *p,
                         struct err *e)
{
    const char **tags = sorted_tags(j, in->arena);

    for (size_t i = 0; i < in->len; i++) {
        struct text groups[PATTERN_GROUPS];
        const char *tag;
        int kind;

        if (!patterns_match(&kind, groups, p, in->files[i].name, e))
            return false;
        if (!kind)
            continue;
        tag = arena_cstr(in->arena, groups[0]);
        if (!j->len || !bsearch(&tag, tags, j->len, sizeof *tags, by_tag))
            file_pass_over(&in->files[i], in,
                           "no entry of meta/_journal.json names it; Drizzle runs what the journal names");
    }
    return true;
}

static bool drizzle_list(struct migrations *out, const struct layout_input *in, struct err *e)
{
    struct patterns *p;
    struct journal j;
    bool ok;

    out->order = ORDER_JOURNAL;
    if (!drizzle_journal(&j, in, in->arena, e))
        return false;
    for (size_t i = 0; i < j.len; i++)
        if (!add_migration(out, &j, i, in, e))
            return false;
    if (in->tolerant)
        return true;
    warn_backwards(&j, in);
    if (!patterns_open(&p, rules, sizeof rules / sizeof *rules, e))
        return false;
    ok = warn_unnamed(&j, in, p, e);
    patterns_close(p);
    return ok;
}

static bool drizzle_version_of_up(struct buf *version, struct text name)
{
    if (!text_ends(name, ".sql"))
        return false;
    buf_text(version, text_cut(name, 0, name.len - strlen(".sql")));
    return true;
}

static const char *drizzle_down_path(const char *up, struct arena *a)
{
    struct text path = text_from(up);

    return text_ends(path, ".sql") ? arena_printf(a, "%.*s.down.sql", (int)(path.len - strlen(".sql")), up) : NULL;
}

const struct layout drizzle_layout = {
    .name = "drizzle",
    .order = ORDER_JOURNAL,
    .merges_folders = false,
    .detect = drizzle_detect,
    .list = drizzle_list,
    .prepare = marks_prepare,
    .version_of_up = drizzle_version_of_up,
    .down_path = drizzle_down_path,
    .create = drizzle_new,
    .renumber = drizzle_renumber,
};
