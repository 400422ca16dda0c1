/* Rails: VERSION_name.sql beside VERSION_name.rb, and its kin without Rails (golang-migrate's VERSION_name.up.sql and
 * VERSION_name.down.sql). */
#include "core/base/text.h"
#include "core/layouts/files.h"
#include "core/layouts/layout.h"
#include "core/layouts/marks.h"
#include "core/layouts/patterns.h"
#include "core/layouts/rails_new.h"
#include "core/layouts/renumber.h"
#include "core/layouts/ruby.h"

/* In the order in which the files of one migration are looked at. */
enum { UP = 1, PLAIN, DOWN, RUBY, NO_RULE };

/* The rows before NO_RULE's tell what is a migration. */
enum { SURE_ROWS = 4 };

/* For names without their folder. Rails' own rule for a .rb is narrower: it stops at a name with capitals. */
static const struct rule rules[] = {
    { DOWN, "(\\d+)_(.*)", ".down.sql" },
    { UP, "(\\d+)_(.*)", ".up.sql" },
    { PLAIN, "(\\d+)_(.*)", ".sql" },
    { RUBY, "(\\d+)_(.*)", ".rb" },
    { NO_RULE, ".*\\.(?i:sql)|\\d.*\\.rb", "" },
};

enum { STAMP_DIGITS = 8, LENGTHS = 256 }; /* fewer digits are a count, whose numbers may grow longer */

struct part {
    const struct layout_file *file;
    int kind;
    struct text digits, name, directory;
};

struct parts {
    struct part *at;
    size_t len, cap;
};

/* Drizzle's folder that has lost its journal: its numbered files are no Rails versions. */
static bool has_snapshots(const struct layout_input *in)
{
    for (size_t i = 0; i < in->len; i++)
        if (text_starts(in->files[i].name, "meta/") && text_ends(in->files[i].name, "_snapshot.json"))
            return true;
    return text_is(text_from(in->folder), "drizzle") || text_ends(text_from(in->folder), "/drizzle");
}

static int rails_detect(const struct layout_input *in)
{
    struct patterns *p = NULL;
    struct err e;
    int kind, sure = 0;

    if (has_snapshots(in) || !patterns_open(&p, rules, SURE_ROWS, &e))
        return 0;
    for (size_t i = 0; i < in->len && !sure; i++)
        if (!file_is_aside(in->files[i].name) && patterns_match(&kind, NULL, p, file_base(in->files[i].name), &e))
            sure = kind == UP || kind == PLAIN || kind == RUBY ? 50 : 0;
    patterns_close(p);
    return sure;
}

static struct text without_zeros(struct text digits)
{
    while (digits.len > 1 && digits.at[0] == '0')
        digits = text_cut(digits, 1, digits.len);
    return digits;
}

static bool check_version(const struct part *p, const struct layout_input *in, struct err *e)
{
    uint64_t version;

    if (text_to_u64(p->digits, &version) && version <= INT64_MAX)
        return true;
    err_set(e, ERR_MIGRATION_FILE, file_place(p->file->path, in->arena),
            "the version %.*s is larger than 9223372036854775807", (int)p->digits.len, p->digits.at);
    return err_hint(e, "rename the file: a version is a time as in 20240320123000");
}

static bool collect(struct parts *out, const struct layout_input *in, const struct patterns *patterns, struct err *e)
{
    for (size_t i = 0; i < in->len; i++) {
        const struct layout_file *f = &in->files[i];
        struct text groups[PATTERN_GROUPS];
        struct part *p;
        int kind;

        if (file_is_aside(f->name))
            continue;
        if (!patterns_match(&kind, groups, patterns, file_base(f->name), e))
            return false;
        if (kind == NO_RULE)
            file_pass_over(f, in, "a migration is called VERSION_name.sql, with digits before the first `_`");
        if (kind == NO_RULE || !kind)
            continue;
        p = arena_push(in->arena, out);
        *p = (struct part) { f, kind, groups[0], groups[1], file_directory(f->name) };
        if (!file_check_regular(f, in, e) || !check_version(p, in, e))
            return false;
    }
    return true;
}

static int by_migration(const struct part *a, const struct part *b)
{
    int found = text_compare(a->directory, b->directory);

    if (!found)
        found = text_compare(a->digits, b->digits);
    return found ? found : text_compare(a->name, b->name);
}

static int by_migration_and_kind(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    int found = by_migration(a, b);

    return found ? found : a->kind - b->kind;
}

static bool add_migration(struct migrations *out, const struct part *parts, size_t n, const struct layout_input *in,
                          struct err *e)
{
    const struct part *first = parts;
    struct arena *a = in->arena;
    struct migration m = { 0 };
    struct text name = first->name;
    size_t dot;

    for (size_t i = 0; i < n; i++) {
        struct migration_file file = file_taken(parts[i].file, in);

        if (parts[i].kind == DOWN) {
            m.down = file;
        } else if (parts[i].kind == RUBY) {
            m.also = file;
        } else if (!m.up.path) {
            m.up = file;
        } else {
            err_set(e, ERR_MIGRATION_FILE, file_place(parts[i].file->path, a),
                    "%s is an up script of this migration too", text_shown(a, text_from(m.up.path)));
            return err_hint(e, "keep one of the two");
        }
    }
    if (!m.up.path && !m.also.path) {
        notice_add(in->notices, NOTICE_WARNING, "down-without-up", file_place(first->file->path, a), NULL,
                   "passed over: a down script without an up script beside it");
        return true;
    }
    /* Rails' `name.scope.rb`. */
    if (m.also.path && text_find(name, ".", &dot))
        name = text_cut(name, 0, dot);
    m.version = arena_cstr(a, without_zeros(first->digits));
    m.id = file_shown((struct text) { first->digits.at, first->digits.len + 1 + first->name.len }, a);
    m.name = arena_cstr(a, name);
    m.unrendered = !m.up.path;
    *arena_push(a, out) = m;
    return true;
}

static bool add_migrations(struct migrations *out, const struct parts *parts, const struct layout_input *in,
                           struct err *e)
{
    for (size_t i = 0, next; i < parts->len; i = next) {
        for (next = i + 1; next < parts->len && by_migration(&parts->at[i], &parts->at[next]) == 0; next++)
            ;
        if (!add_migration(out, &parts->at[i], next - i, in, e))
            return false;
    }
    return true;
}

/* Tools that write the .sql by the class's name spell it otherwise than the file: api_v2 and apiv2 are both ApiV2. */
static bool names_agree(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !text_is_letter(*a) && !text_is_digit(*a))
            a++;
        while (*b && !text_is_letter(*b) && !text_is_digit(*b))
            b++;
        if (text_lower(*a) != text_lower(*b))
            return false;
        if (!*a)
            return true;
    }
}

static bool are_one(const struct migration *a, const struct migration *b)
{
    const struct migration *sql = a->unrendered ? b : a;

    return a->unrendered != b->unrendered && !sql->also.path && strcmp(a->version, b->version) == 0 &&
           names_agree(a->name, b->name);
}

/* Joins a .rb to the .sql of its version that is spelled otherwise or lies in another folder. */
static void join_spellings(struct migrations *list)
{
    size_t kept = 0;

    migrations_sort(list);
    for (size_t i = 0; i < list->len; i++) {
        struct migration *last = kept ? &list->at[kept - 1] : NULL, *m = &list->at[i];

        if (last && are_one(last, m)) {
            const struct migration ruby = last->unrendered ? *last : *m;

            if (last->unrendered)
                *last = *m;
            last->also = ruby.also;
            if (!last->down.path)
                last->down = ruby.down;
        } else {
            list->at[kept++] = *m;
        }
    }
    list->len = kept;
}

/* As written, with leading zeros; what is longer than any file name may be counts as one length. */
static size_t digits_of(const struct migration *m)
{
    size_t digits = strspn(m->id, "0123456789");

    return digits < LENGTHS ? digits : LENGTHS - 1;
}

/* One warning for every length that is not the one of the most: 2024_create.sql among fourteen digits. */
static void warn_lengths(const struct migrations *list, const struct layout_input *in)
{
    size_t usual = 0, counts[LENGTHS] = { 0 };

    for (size_t i = 0; i < list->len; i++)
        counts[digits_of(&list->at[i])]++;
    for (size_t i = STAMP_DIGITS; i < LENGTHS; i++)
        if (counts[i] * 2 > list->len)
            usual = i;
    for (size_t i = 0; usual && i < list->len; i++) {
        const struct migration *m = &list->at[i];
        size_t digits = digits_of(m), *count = &counts[digits];
        const char *path = m->up.path ? m->up.path : m->also.path;

        if (digits == usual || !*count)
            continue;
        notice_add(
            in->notices, NOTICE_WARNING, "unusual-version", file_place(text_from(path), in->arena), NULL,
            "the version %s has %zu digit%s where most have %zu%s", m->version, digits, digits == 1 ? "" : "s", usual,
            *count > 1 ? arena_printf(in->arena, "; %zu more %s like it", *count - 1, *count == 2 ? "is" : "are") : "");
        *count = 0;
    }
}

static bool rails_list(struct migrations *out, const struct layout_input *in, struct err *e)
{
    struct parts parts = { 0 };
    struct patterns *p;
    bool ok;

    out->order = ORDER_NUMBER;
    if (!patterns_open(&p, rules, sizeof rules / sizeof *rules, e))
        return false;
    ok = collect(&parts, in, p, e);
    patterns_close(p);
    if (!ok)
        return false;
    if (parts.len)
        qsort(parts.at, parts.len, sizeof *parts.at, by_migration_and_kind);
    if (!add_migrations(out, &parts, in, e))
        return false;
    join_spellings(out);
    warn_lengths(out, in);
    return out->len || files_check_tool(in, e);
}

static bool rails_prepare(struct migration *m, const struct layout_input *in, const struct script *up, struct err *e)
{
    struct text ruby;

    if (m->unrendered) {
        err_set(e, ERR_UNRENDERED, file_place(text_from(m->also.path), in->arena),
                "it has no .sql beside it, and merganser runs no Ruby");
        return err_hint(e, "write %s.sql beside it, or let Rails run it: `bin/rails db:migrate`", m->id);
    }
    if (!marks_prepare(m, in, up, e))
        return false;
    if (!m->also.path)
        return true;
    if (!in->read(in->reader, &ruby, m->also.entry, e))
        return false;
    if (ruby_calls(ruby, "disable_ddl_transaction!"))
        m->no_transaction = true;
    return true;
}

/* A .rb counts too: it shows that the version was there. */
static bool rails_version_of_up(struct buf *version, struct text name)
{
    struct text base = file_base(name), digits = base;

    for (digits.len = 0; digits.len < base.len && text_is_digit(base.at[digits.len]);)
        digits.len++;
    if (!digits.len || digits.len == base.len || base.at[digits.len] != '_' || file_is_aside(name) ||
        !((text_ends(base, ".sql") && !text_ends(base, ".down.sql")) || text_ends(base, ".rb")))
        return false;
    buf_text(version, without_zeros(digits));
    return true;
}

static const char *rails_down_path(const char *up, struct arena *a)
{
    static const char *const endings[] = { ".up.sql", ".sql", ".rb" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (text_ends(text_from(up), endings[i]))
            return arena_printf(a, "%.*s.down.sql", (int)(strlen(up) - strlen(endings[i])), up);
    return NULL;
}

const struct layout rails_layout = {
    .name = "rails",
    .order = ORDER_NUMBER,
    .merges_folders = true,
    .detect = rails_detect,
    .list = rails_list,
    .prepare = rails_prepare,
    .version_of_up = rails_version_of_up,
    .down_path = rails_down_path,
    .create = rails_new,
    .renumber = rails_renumber,
};
