#include "cmd/render/render.h"
#include "core/base/text.h"

static const char *const kinds[] = { "added", "edited", "renamed", "deleted" };

void render_changes(struct session *s, const struct migration_changes *changes)
{
    static const enum style styles[] = { STYLE_GOOD, STYLE_WARN, STYLE_WARN, STYLE_BAD };

    for (size_t i = 0; i < changes->len; i++) {
        const struct migration_change *c = &changes->at[i];

        fprintf(s->out, "%s%-7s%s  %-4s  %s", render_style(s->color_out, styles[c->kind]), kinds[c->kind],
                render_style(s->color_out, STYLE_END), c->direction == DIRECTION_UP ? "up" : "down",
                text_shown(s->arena, text_from(c->path)));
        if (c->old_path)
            fprintf(s->out, "  (was %s)", text_shown(s->arena, text_from(c->old_path)));
        fputc('\n', s->out);
    }
    if (!changes->len)
        fputs("no migration changed\n", s->out);
}

void json_changes(struct json *object, const void *from, struct arena *a)
{
    const struct migration_changes *changes = from;
    struct json *list = json_new_array();

    (void)a;
    json_set_string(object, "base", changes->base);
    json_set_string(object, "head", changes->head);
    for (size_t i = 0; i < changes->len; i++) {
        const struct migration_change *c = &changes->at[i];
        struct json *o = json_new_object();

        json_set_string(o, "change", kinds[c->kind]);
        json_set_string(o, "version", c->version);
        json_set_string(o, "name", c->name);
        json_set_string(o, "direction", c->direction == DIRECTION_UP ? "up" : "down");
        json_set_string(o, "path", c->path);
        json_set_string(o, "old_path", c->old_path);
        json_add(list, o);
    }
    json_set(object, "changes", list);
}
