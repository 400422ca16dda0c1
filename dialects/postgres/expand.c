/* A script with the files that it includes written in their place, for a time when these are gone. */
#include "core/base/script.h"
#include "core/base/text.h"
#include "dialects/postgres/cutter.h"

static bool read_all(struct cutter *c, struct err *e)
{
    bool more = true;

    while (more && c->in.keeps)
        if (!cutter_next(c, &more, e))
            return false;
    return true;
}

/* A command stays as a comment on a line of its own. */
static struct text written_in(const struct cutter *c, struct arena *a)
{
    struct text src = c->in.lexer.src;
    struct buf out = buf_open(a, SIZE_MAX / 2);
    size_t at = 0;
    bool any = false;

    for (size_t i = 0; i < c->edits.len; i++) {
        const struct cut_edit *cut = &c->edits.at[i];

        if (cut->kind != CUT_INCLUDE && cut->kind != CUT_MARK)
            continue;
        buf_text(&out, text_cut(src, at, cut->from));
        if (cut->kind == CUT_INCLUDE)
            buf_printf(&out, "-- %.*s\n", (int)(cut->to - cut->from), src.at + cut->from);
        at = cut->to;
        any = any || cut->kind == CUT_INCLUDE;
    }
    buf_text(&out, text_cut(src, at, src.len));
    return any ? buf_content(&out) : (struct text) { NULL, 0 };
}

bool postgres_expand(struct text *out, const struct script *s, const char *separator, struct arena *a, struct err *e)
{
    struct cutter c;
    struct text whole;
    size_t at;
    bool ok;

    *out = (struct text) { NULL, 0 };
    if (s->size > INPUT_WHOLE_MAX)
        return true;
    if (!script_whole(&whole, s, a, e))
        return false;
    if (!text_find(whole, "\\i", &at))
        return true;
    cutter_open(&c, s, separator, true, a);
    ok = read_all(&c, e);
    if (ok && c.in.keeps)
        *out = written_in(&c, a);
    else if (ok)
        ok = err_plain(e, ERR_NOT_SUPPORTED, "with the files that it includes it has more than 1 MB");
    cutter_close(&c);
    return ok;
}
