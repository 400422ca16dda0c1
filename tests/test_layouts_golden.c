/* Every folder of testdata/layouts is a case: files/ is a migrations folder, want.txt what a layout makes of it. Two
 * more files may be there: `layout` names the layout instead of detecting it, `new` has the name of a migration to
 * make. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <sys/stat.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/layouts/layout.h"
#include "tests/support/golden.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

#define CASES TESTDATA "/layouts"

static const int64_t now_ms = 1710937800000; /* 2024-03-20 12:30 UTC */

struct folder {
    struct arena *arena;
    const char *root; /* on disk */
    struct layout_file *at;
    size_t len, cap;
};

static bool read_file(const void *reader, struct text *out, const void *entry, struct err *e)
{
    const struct folder *f = reader;

    *out = scratch_read(f->arena, entry);
    return out->at || err_plain(e, ERR_SYSTEM, "cannot read %s", (const char *)entry);
}

static void walk(struct folder *f, const char *below)
{
    const char *path = arena_printf(f->arena, "%s/%s", f->root, below);
    DIR *d = opendir(path);

    cr_assert(d, "no folder %s", path);
    for (const struct dirent *entry; (entry = readdir(d));) {
        const char *name = arena_printf(f->arena, "%s%s", below, entry->d_name);
        const char *whole = arena_printf(f->arena, "%s/%s", f->root, name);
        struct layout_file *file;
        struct stat st;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        cr_assert(lstat(whole, &st) == 0);
        if (S_ISDIR(st.st_mode)) {
            walk(f, arena_printf(f->arena, "%s/", name));
            continue;
        }
        file = arena_push(f->arena, f);
        file->path = text_from(arena_printf(f->arena, "db/%s", name));
        file->name = text_from(name);
        file->regular = S_ISREG(st.st_mode);
        file->entry = whole;
    }
    closedir(d);
}

static int by_path(const void *left, const void *right)
{
    return text_compare(((const struct layout_file *)left)->path, ((const struct layout_file *)right)->path);
}

static void print_place(struct buf *b, struct pos at)
{
    if (at.path)
        buf_string(b, text_shown(b->arena, text_from(at.path)));
    if (at.line)
        buf_printf(b, ":%d:%d", at.line, at.column);
    if (at.path)
        buf_string(b, ": ");
}

static void print_error(struct buf *b, const struct err *e)
{
    print_place(b, e->at);
    buf_printf(b, "error: %s [%s]\n", e->message, err_word(e->kind));
    if (e->caret)
        buf_printf(b, "    | %s\n    | %*s\n", e->excerpt, e->caret, "^");
    if (e->hint[0])
        buf_printf(b, "hint: %s\n", e->hint);
}

static void print_notices(struct buf *b, const struct notices *notices)
{
    for (size_t i = 0; i < notices->len; i++) {
        const struct notice *n = &notices->at[i];

        print_place(b, n->at);
        buf_printf(b, "%s: %s [%s]\n", n->level == NOTICE_WARNING ? "warning" : "note", n->message, n->code);
        if (n->hint)
            buf_printf(b, "hint: %s\n", n->hint);
    }
}

static void print_migration(struct buf *b, const struct migration *m)
{
    buf_printf(b, "%s", m->version);
    if (*m->name)
        buf_printf(b, " (%s)", m->name);
    buf_printf(b, " is %s:", m->id);
    if (m->up.path)
        buf_printf(b, " up %s", m->up.path);
    if (m->down.path)
        buf_printf(b, " down %s", m->down.path);
    if (m->also.path)
        buf_printf(b, " also %s", m->also.path);
    if (m->unrendered)
        buf_string(b, " [unrendered]");
    if (m->no_transaction)
        buf_string(b, " [no_transaction]");
    if (m->separator)
        buf_printf(b, " separator '%s' when %llu", m->separator, (unsigned long long)m->when_ms);
    buf_char(b, '\n');
}

static bool prepare(const struct layout *l, struct migrations *list, const struct layout_input *in, struct buf *b)
{
    bool all = true;

    for (size_t i = 0; i < list->len; i++) {
        struct migration *m = &list->at[i];
        struct text up = m->up.path ? scratch_read(in->arena, m->up.entry) : TEXT("");
        struct script script = script_in_memory(m->up.path, up, in->arena);
        struct err e = { 0 };

        if (l->prepare(m, in, &script, &e))
            continue;
        all = false;
        print_error(b, &e);
    }
    return all;
}

static void print_new(struct buf *b, const struct layout *l, const struct migrations *list,
                      const struct layout_input *in, struct text name)
{
    struct new_request r = { .name = arena_cstr(in->arena, text_trim(name)),
                             .folder = "db",
                             .now_ms = now_ms,
                             .existing = list,
                             .input = in,
                             .arena = in->arena };
    struct new_files files = { 0 };
    struct err e = { 0 };

    if (!l->create(&files, &r, &e)) {
        print_error(b, &e);
        return;
    }
    for (size_t i = 0; i < files.len; i++)
        buf_printf(b, "=== %s\n%.*s%s", files.at[i].path, (int)files.at[i].content.len, files.at[i].content.at,
                   text_ends(files.at[i].content, "\n") ? "" : "(no line end)\n");
}

static const char *listing(const char *root, struct arena *a)
{
    struct folder folder = { .arena = a, .root = arena_printf(a, "%s/files", root) };
    struct notices notices = { .arena = a };
    struct layout_input in = { .folder = "db", .read = read_file, .reader = &folder, .arena = a, .notices = &notices };
    struct text forced = scratch_read(a, arena_printf(a, "%s/layout", root));
    struct text new_name = scratch_read(a, arena_printf(a, "%s/new", root));
    struct buf b = buf_open(a, SIZE_MAX / 2);
    struct migrations list = { 0 };
    const struct layout *l;
    const char *tool = NULL;
    struct buf failures = buf_open(a, SIZE_MAX / 2);
    struct err e = { 0 };

    walk(&folder, "");
    qsort(folder.at, folder.len, sizeof *folder.at, by_path);
    in.files = folder.at;
    in.len = folder.len;
    l = forced.at ? layout_named(arena_cstr(a, text_trim(forced))) : layout_detect(&in, &tool);
    if (!l)
        return arena_printf(a, "no layout%s%s\n", tool ? ", it is a folder of " : "", tool ? tool : "");
    buf_printf(&b, "layout %s\n", l->name);
    if (!l->list(&list, &in, &e)) {
        print_notices(&b, &notices);
        print_error(&b, &e);
        return buf_cstr(&b);
    }
    migrations_sort(&list);
    if (!migrations_check_versions(&list, a, &e))
        print_error(&b, &e);
    prepare(l, &list, &in, &failures);
    for (size_t i = 0; i < list.len; i++)
        print_migration(&b, &list.at[i]);
    print_notices(&b, &notices);
    buf_string(&b, buf_cstr(&failures));
    if (new_name.at)
        print_new(&b, l, &list, &in, new_name);
    return buf_cstr(&b);
}

static int is_case(const struct dirent *d)
{
    return d->d_name[0] != '.' && d->d_type == DT_DIR;
}

ParameterizedTestParameters(layouts, golden)
{
    struct dirent **names;
    int n = scandir(CASES, &names, is_case, alphasort);

    cr_assert(n > 0, "%d cases in %s", n, CASES);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return rows_numbered((size_t)n);
}

static const char *case_name(size_t row, struct arena *a)
{
    struct dirent **names;
    int n = scandir(CASES, &names, is_case, alphasort);
    const char *name;

    cr_assert((int)row < n);
    name = arena_string(a, names[row]->d_name);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return name;
}

ParameterizedTest(size_t *row, layouts, golden)
{
    struct arena *a = arena_open();
    const char *name = case_name(*row, a), *root = arena_printf(a, "%s/%s", CASES, name);
    const char *got = listing(root, a);

    golden_compare(arena_printf(a, "%s/want.txt", root), text_from(got));
    arena_close(a);
}
