#include "cmd/render/render.h"
#include "core/base/text.h"

static const char *versions(const struct dump *d, struct arena *a)
{
    return arena_printf(a, "%zu version%s", d->versions, d->versions == 1 ? "" : "s");
}

void render_dump(struct session *s, const struct dump *d)
{
    const char *file = text_shown(s->arena, text_from(d->file.shown));

    if (d->written)
        fprintf(s->out, "%s written %s: %s\n", file, d->form.reason, versions(d, s->arena));
    else
        fprintf(s->out, "%s is current: %s\n", file, versions(d, s->arena));
}

void render_dump_check(struct session *s, const struct dump *d, struct text difference)
{
    const char *file = text_shown(s->arena, text_from(d->file.shown));
    struct text line;

    if (d->current && !s->quiet)
        fprintf(s->out, "%s is current: %s\n", file, versions(d, s->arena));
    if (d->current)
        return;
    fprintf(s->out,
            d->file.exists ? "%s is not current; `merganser dump` writes it anew\n"
                           : "there is no %s; `merganser dump` writes it\n",
            file);
    if (d->file.exists)
        fprintf(s->out, "--- %s\n+++ the database\n", file);
    while (d->file.exists && text_line(&difference, &line))
        fprintf(s->out, "%s\n", text_shown(s->arena, line));
}

static void add_members(struct json *object, const struct dump *d, struct arena *a)
{
    json_set_string(object, "path", text_as_utf8(a, text_from(d->file.shown)));
    json_set_integer(object, "versions", (int64_t)d->versions);
    json_set_bool(object, "current", d->current);
}

void json_dump(struct json *object, const void *from, struct arena *a)
{
    const struct dump *d = from;

    add_members(object, d, a);
    json_set_bool(object, "written", d->written);
}

void json_dump_content(struct json *object, const void *from, struct arena *a)
{
    const struct dump *d = from;

    add_members(object, d, a);
    json_set_string(object, "content", text_as_utf8(a, d->content));
}

void json_dump_check(struct json *object, const void *from, struct arena *a)
{
    const struct dump *d = from;
    struct text difference;
    struct err ignored;

    add_members(object, d, a);
    if (dump_difference(&difference, d, SIZE_MAX, a, &ignored))
        json_set_string(object, "difference", text_as_utf8(a, difference));
}
