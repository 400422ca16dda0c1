/* Schemas and what changed in them, as Markdown. */
#include "cmd/render/markdown.h"
#include "cmd/render/schema.h"
#include "core/base/text.h"

enum { RESERVE = 300 };

static void put_change(struct buf *out, const struct schema_change *c, const struct schema *from,
                       const struct schema *to, struct arena *a)
{
    const struct schema_object *o = c->actual ? c->actual : c->expected;
    struct buf lines = buf_open(a, MARKDOWN_MAX);
    struct diff_lines diff;

    schema_change_diff(&diff, c, from, to, a);
    for (size_t i = 0; i < diff.len; i++)
        buf_printf(&lines, "%c %s\n", diff.at[i].mark, text_shown(a, diff.at[i].line));
    buf_printf(out, "**%s** %s ", schema_change_word(c->change), o->kind);
    markdown_code(out, text_shown(a, text_from(o->name)));
    buf_string(out, "\n\n");
    if (lines.len)
        markdown_block(out, "diff", buf_cstr(&lines));
    buf_char(out, '\n');
}

static void put_changes(struct buf *out, const struct schema_changes *changes, const struct schema *from,
                        const struct schema *to, const char *rest, struct arena *a)
{
    size_t i;

    for (i = 0; i < changes->len; i++) {
        struct buf one = buf_open(a, MARKDOWN_MAX);

        put_change(&one, &changes->at[i], from, to, a);
        if (one.overflowed || out->len + one.len + RESERVE > MARKDOWN_MAX)
            break;
        buf_text(out, buf_content(&one));
    }
    if (i < changes->len)
        buf_printf(out, "%zu more: `%s` shows them all.\n", changes->len - i, rest);
}

void render_drift_markdown(struct session *s, const struct drift *d)
{
    struct buf out = buf_open(s->arena, MARKDOWN_MAX);

    if (!d->last || d->unusable)
        return;
    buf_string(&out, "<!-- merganser drift -->\n");
    buf_printf(&out, "### %s Drift: %s\n\n", d->changes.len ? "\xe2\x9a\xa0\xef\xb8\x8f" : "\xe2\x9c\x85",
               d->changes.len ? render_schema_counts(&d->changes, s->arena) : "none");
    buf_string(&out, "Database ");
    markdown_code(&out, text_shown(s->arena, text_from(s->work.db->info.name)));
    buf_string(&out, ", since ");
    markdown_text(&out, render_drift_since(s, d->last));
    buf_string(&out, ".\n\n");
    put_changes(&out, &d->changes, &d->expected, &d->actual, "merganser drift", s->arena);
    fputs(buf_cstr(&out), s->out);
}

void render_made_markdown(struct session *s, const struct schema_made *made)
{
    const struct history_entry *h = made->of;
    struct buf out = buf_open(s->arena, MARKDOWN_MAX);

    buf_string(&out, "### ");
    markdown_code(&out, text_summary(s->arena, text_from(version_id_of_gone(h->version, h->name, s->arena)), 200));
    buf_printf(&out, ": %s\n\n",
               made->changes.len ? render_schema_counts(&made->changes, s->arena) : "the schema stayed what it was");
    if (made->ntogether > 1)
        buf_printf(&out, "Together with %zu more of the same run.\n\n", made->ntogether - 1);
    put_changes(&out, &made->changes, &made->from, &made->to, "merganser history --show", s->arena);
    fputs(buf_cstr(&out), s->out);
}
