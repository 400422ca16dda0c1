#include "core/layouts/drizzle_new.h"

#include <inttypes.h>

#include "core/base/text.h"
#include "core/layouts/files.h"
#include "core/layouts/naming.h"

enum { UNIX_DIGITS = 10, STAMP_DIGITS = 14, SECOND_MS = 1000 };

const char *drizzle_tag(const char *like, const struct journal_entry *e, const char *name, struct arena *a)
{
    size_t digits = strspn(like, "0123456789");

    if (digits == STAMP_DIGITS)
        return arena_printf(a, "%s_%s", naming_stamp(false, (int64_t)e->when, a), name);
    if (digits == UNIX_DIGITS)
        return arena_printf(a, "%" PRIu64 "_%s", e->when / SECOND_MS, name);
    if (!digits)
        return name;
    return arena_printf(a, "%0*" PRIu64 "_%s", (int)digits, e->idx, name);
}

static bool next_entry(struct journal_entry *out, const struct journal *j, const struct new_request *r,
                       const char *name, struct err *e)
{
    *out = (struct journal_entry) { .when = (uint64_t)r->now_ms, .version = j->version };
    for (size_t i = 0; i < j->len; i++) {
        if (j->at[i].idx >= out->idx)
            out->idx = j->at[i].idx + 1;
        if (j->at[i].when >= out->when)
            out->when = j->at[i].when + 1;
        if (j->at[i].version)
            out->version = j->at[i].version;
    }
    out->tag = drizzle_tag(j->len ? j->at[j->len - 1].tag : "0000_", out, name, r->arena);
    for (size_t i = 0; i < j->len; i++) {
        if (strcmp(j->at[i].tag, out->tag) != 0)
            continue;
        err_plain(e, ERR_USAGE, "the journal has an entry %s already", out->tag);
        err_hint(e, "choose another name");
        return err_place(e, j->path, j->bytes, j->at[i].from);
    }
    return true;
}

static void add(struct new_files *out, const struct new_request *r, const char *name, struct text content)
{
    struct new_file *f = arena_push(r->arena, out);

    f->path = file_path(r->folder, name, r->arena);
    f->content = content;
}

bool drizzle_new(struct new_files *out, const struct new_request *r, struct err *e)
{
    struct journal_entry entry;
    struct journal j;
    const char *name;

    if (!naming_clean(&name, r->name, r->arena, e) || !drizzle_journal(&j, r->input, r->arena, e) ||
        !next_entry(&entry, &j, r, name, e))
        return false;
    add(out, r, arena_printf(r->arena, "%s.sql", entry.tag),
        TEXT("-- Here goes the SQL that makes the change, with `--> statement-breakpoint` between two statements.\n"
             "-- It has no snapshot in meta/: `drizzle-kit generate` compares with the one before it.\n"));
    add(out, r, arena_printf(r->arena, "%s.down.sql", entry.tag),
        TEXT("-- Here goes the SQL that takes the change back. Delete this file where nothing can.\n"));
    add(out, r, DRIZZLE_JOURNAL, journal_with(&j, &entry, r->arena));
    return true;
}
