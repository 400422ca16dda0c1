#include "core/base/script.h"

#include "core/base/text.h"

static bool memory_read(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    const struct text *all = s->from;

    (void)e;
    *piece = text_cut(*all, offset, all->len);
    return true;
}

struct script script_in_memory(const char *path, struct text text, struct arena *a)
{
    struct text *kept = arena_make(a, struct text, 1);

    *kept = text;
    return (struct script) { .path = path, .size = text.len, .read = memory_read, .from = kept };
}

bool script_is_in_memory(const struct script *s)
{
    return s->read == memory_read;
}

bool script_whole(struct text *out, const struct script *s, struct arena *a, struct err *e)
{
    struct text piece;
    struct buf all;

    if (!s->read(s, 0, &piece, e))
        return false;
    if (piece.len == s->size) {
        *out = piece;
        return true;
    }
    all = buf_open(a, s->size);
    while (piece.len) {
        buf_text(&all, piece);
        if (!s->read(s, all.len, &piece, e))
            return false;
    }
    *out = buf_content(&all);
    return true;
}
