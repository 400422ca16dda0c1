#include "core/layouts/renumber.h"

#include "core/base/text.h"

bool renumber_walk(struct renumbering *out, const struct renumber_request *r, enum version_order order,
                   bool (*move)(struct migration *to, struct renumbering *out, const struct renumber_request *r,
                                const struct migration *m, const struct migration *after, struct err *e),
                   struct err *e)
{
    const struct migration *last = r->after;

    out->ids = arena_make(r->arena, const char *, r->n);
    for (size_t i = 0; i < r->n; i++) {
        const struct migration *m = r->own[i];
        struct migration *to;

        out->ids[i] = m->id;
        if (!r->needed[i] && (!last || version_compare(order, m->version, last->version) > 0)) {
            last = m;
            continue;
        }
        to = arena_make(r->arena, struct migration, 1);
        *to = *m;
        if (!move(to, out, r, m, last, e))
            return false;
        out->ids[i] = to->id;
        last = to;
    }
    return true;
}

void renumber_move(struct renumbering *out, const char *from, const char *to, struct arena *a)
{
    *arena_push(a, &out->moves) = (struct file_move) { from, to };
}

struct text renumber_replaced(struct text t, const char *old, const char *replaced, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t at;

    while (text_find(t, old, &at)) {
        buf_text(&b, text_cut(t, 0, at));
        buf_string(&b, replaced);
        t = text_cut(t, at + strlen(old), t.len);
    }
    buf_text(&b, t);
    return buf_content(&b);
}
