#include "core/layouts/diesel_new.h"

#include "core/base/text.h"
#include "core/layouts/files.h"
#include "core/layouts/naming.h"

enum { STAMP_LEN = 14, SECOND_MS = 1000 };

/* How a directory's name spells its version. */
enum style { NUMBERED, DASHED, PLAIN, COUNT };

const char *diesel_version(const char *stamp, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    for (; *stamp; stamp++)
        if (*stamp != '-')
            buf_char(&b, *stamp);
    return buf_cstr(&b);
}

static enum style style_of(const struct migration *m)
{
    size_t len = strlen(m->version);

    if (strspn(m->version, "0123456789") != len || len < STAMP_LEN)
        return COUNT;
    if (len > STAMP_LEN)
        return NUMBERED;
    return memchr(m->id, '-', strcspn(m->id, "_")) ? DASHED : PLAIN;
}

static const char *stamp(enum style style, int64_t unix_ms, struct arena *a)
{
    const char *time = naming_stamp(style != PLAIN, unix_ms, a);

    return style == NUMBERED ? arena_printf(a, "%s-0000", time) : time;
}

static bool is_later(const char *prefix, const struct migration *newest, struct arena *a)
{
    return !newest || strcmp(newest->version, diesel_version(prefix, a)) < 0;
}

bool diesel_next_prefix(const char **out, const struct migration *newest, const struct migration *like, int64_t now_ms,
                        struct arena *a, struct err *e)
{
    enum style style = like ? style_of(like) : NUMBERED;
    int64_t last;

    if (newest && style_of(newest) == COUNT)
        style = COUNT;
    if (style == COUNT && newest) {
        if (naming_successor(out, newest->version, (int)strlen(newest->version), a) && is_later(*out, newest, a))
            return true;
    } else {
        *out = stamp(style == COUNT ? NUMBERED : style, now_ms, a);
        if (is_later(*out, newest, a))
            return true;
        if (naming_stamp_read(&last, newest->version)) {
            *out = stamp(style, last + SECOND_MS, a);
            if (is_later(*out, newest, a))
                return true;
        }
    }
    err_set(e, ERR_MIGRATION_FILE, file_place(text_from(newest->up.path), a),
            "its version %s is the newest, and merganser does not know what comes after it", newest->version);
    return err_hint(e, "make the directory yourself: VERSION_name/up.sql and down.sql");
}

static void add(struct new_files *out, const struct new_request *r, const char *directory, const char *file,
                struct text content)
{
    struct new_file *f = arena_push(r->arena, out);

    f->path = file_path(r->folder, arena_printf(r->arena, "%s/%s", directory, file), r->arena);
    f->content = content;
}

bool diesel_new(struct new_files *out, const struct new_request *r, struct err *e)
{
    const struct migration *newest = r->existing->len ? &r->existing->at[r->existing->len - 1] : NULL;
    const char *name, *prefix, *directory;

    if (!naming_clean(&name, r->name, r->arena, e) ||
        !diesel_next_prefix(&prefix, newest, newest, r->now_ms, r->arena, e))
        return false;
    directory = arena_printf(r->arena, "%s_%s", prefix, name);
    add(out, r, directory, "up.sql",
        TEXT("-- Here goes the SQL that makes the change. It runs in a transaction of its own.\n"));
    add(out, r, directory, "down.sql",
        TEXT("-- Here goes the SQL that takes the change back. Delete this file where nothing can.\n"));
    return true;
}
