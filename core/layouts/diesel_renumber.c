#include "core/base/text.h"
#include "core/layouts/diesel_new.h"
#include "core/layouts/files.h"
#include "core/layouts/renumber.h"

static bool move(struct migration *to, struct renumbering *out, const struct renumber_request *r,
                 const struct migration *m, const struct migration *after, struct err *e)
{
    struct text directory = text_cut(text_from(m->up.path), 0, strlen(m->up.path) - strlen("/up.sql"));
    struct text parent = file_directory(directory), name = file_base(directory);
    size_t rest = strcspn(m->id, "_");
    const char *prefix;

    if (!diesel_next_prefix(&prefix, after, m, r->now_ms, r->arena, e))
        return false;
    to->version = diesel_version(prefix, r->arena);
    to->id = arena_printf(r->arena, "%s%s", prefix, m->id + rest);
    rest = 0;
    while (rest < name.len && name.at[rest] != '_')
        rest++;
    renumber_move(out, arena_cstr(r->arena, directory),
                  arena_printf(r->arena, "%.*s%s%.*s", (int)parent.len, parent.at, prefix, (int)(name.len - rest),
                               name.at + rest),
                  r->arena);
    return true;
}

bool diesel_renumber(struct renumbering *out, const struct renumber_request *r, struct err *e)
{
    return renumber_walk(out, r, ORDER_TEXT, move, e);
}
