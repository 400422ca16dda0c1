#include "cmd/render/render.h"
#include "core/base/text.h"

enum { SHORT_LIST = 20, LAST_APPLIED = 5 };

/* Columns a text takes on a terminal, near enough: one a character. */
static int width_of(const char *text)
{
    struct text t = text_from(text);
    int width = 0;

    while (t.len) {
        size_t len = text_char_len(t);

        t = text_cut(t, len ? len : 1, t.len);
        width++;
    }
    return width;
}

static const char *state_word(enum version_state state)
{
    static const char *const words[] = { "up", "down", "NO FILE" };

    return words[state];
}

/* What a list of many leaves out: applied versions that nobody has to look at. */
static bool is_plain(const struct version_entry *v)
{
    return v->state == STATE_APPLIED &&
           !(v->flags & ~(unsigned)(FLAG_IRREVERSIBLE | FLAG_BASELINE | FLAG_NO_TRANSACTION));
}

static void line(struct session *s, const struct version_entry *v, int version_width, int name_width)
{
    static const enum style styles[] = { STYLE_GOOD, STYLE_WARN, STYLE_BAD };
    const char *flags = render_flags(v, s->arena);
    const char *version = text_shown(s->arena, text_from(v->version)), *name = text_shown(s->arena, text_from(v->name));
    int pad = name_width - width_of(name);

    fprintf(s->out, "%s%-7s%s  %s%*s", render_style(s->color_out, styles[v->state]), state_word(v->state),
            render_style(s->color_out, STYLE_END), version, version_width - width_of(version), "");
    if (*name || *flags)
        fprintf(s->out, "  %s", name);
    if (*flags)
        fprintf(s->out, "%*s  %s[%s]%s", pad > 0 ? pad : 0, "",
                render_style(s->color_out, v->flags & (FLAG_EDITED | FLAG_PARTIAL) ? STYLE_BAD : STYLE_DIM), flags,
                render_style(s->color_out, STYLE_END));
    fputc('\n', s->out);
}

void render_status(struct session *s, bool all)
{
    const struct resolution *r = &s->work.versions;
    int version_width = 0, name_width = 0;
    size_t plain = 0, left_out = 0;

    for (size_t i = 0; i < r->len; i++) {
        int version = width_of(r->at[i].version), name = width_of(r->at[i].name);

        version_width = version > version_width ? version : version_width;
        name_width = name > name_width && name <= 48 ? name : name_width;
        plain += is_plain(&r->at[i]);
    }
    all |= r->len <= SHORT_LIST || plain <= LAST_APPLIED;
    for (size_t i = 0, seen = 0; i < r->len; i++) {
        seen += is_plain(&r->at[i]);
        if (!all && is_plain(&r->at[i]) && seen + LAST_APPLIED <= plain) {
            left_out++;
            continue;
        }
        if (left_out)
            fprintf(s->out, "%s   …     %zu applied before it; `merganser status --all` lists them%s\n",
                    render_style(s->color_out, STYLE_DIM), left_out, render_style(s->color_out, STYLE_END));
        left_out = 0;
        line(s, &r->at[i], version_width, name_width);
    }
    if (left_out)
        fprintf(s->out, "   …     %zu more applied\n", left_out);
    fprintf(s->out, "%zu applied, %zu pending, %zu missing\n", r->applied, r->pending, r->missing);
}
