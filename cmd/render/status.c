#include "cmd/render/render.h"
#include "core/base/text.h"

enum { SHORT_LIST = 20, LAST_APPLIED = 5, WIDE = 100 /* columns */ };

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

bool render_has_room(const struct session *s)
{
    return s->verbose || s->width >= WIDE;
}

/* What a version's line ends with: the last commit that touched a file, or where one that is gone was seen. */
static const char *provenance(struct session *s, const struct version_entry *v)
{
    const struct recovered *found = workspace_recovered(&s->work, v);
    const struct origin *o = workspace_origin(&s->work, v);

    if (v->state == STATE_MISSING && found && found->seen.id.known)
        return arena_printf(s->arena, "last seen in %s", render_commit(&found->seen, found->ref, s->arena));
    return o && o->introduced.id.known ? render_commit(&o->introduced, NULL, s->arena) : "";
}

struct widths {
    int version, name, flags;
};

static void line(struct session *s, const struct version_entry *v, const struct widths *w)
{
    static const enum style styles[] = { STYLE_GOOD, STYLE_WARN, STYLE_BAD };
    const char *flags = render_flags(v, s->arena), *from = provenance(s, v);
    const char *version = text_shown(s->arena, text_from(v->version)), *name = text_shown(s->arena, text_from(v->name));
    int pad = w->name - render_width(name), gap = w->flags - (*flags ? render_width(flags) + 4 : 0);
    int used = 7 + 2 + w->version + 2 + w->name + w->flags;

    if (v->state != STATE_MISSING && !s->verbose && used + 2 + render_width(from) > s->width)
        from = "";
    fprintf(s->out, "%s%-7s%s  %s%*s", render_style(s->color_out, styles[v->state]), state_word(v->state),
            render_style(s->color_out, STYLE_END), version, w->version - render_width(version), "");
    if (*name || *flags || *from)
        fprintf(s->out, "  %s", name);
    if (*flags || *from)
        fprintf(s->out, "%*s", pad > 0 ? pad : 0, "");
    if (*flags)
        fprintf(s->out, "  %s[%s]%s",
                render_style(s->color_out, v->flags & (FLAG_EDITED | FLAG_PARTIAL) ? STYLE_BAD : STYLE_DIM), flags,
                render_style(s->color_out, STYLE_END));
    if (*from)
        fprintf(s->out, "%*s  %s%s%s", gap > 0 ? gap : 0, "", render_style(s->color_out, STYLE_DIM), from,
                render_style(s->color_out, STYLE_END));
    fputc('\n', s->out);
}

static struct widths widths_of(struct session *s, const struct resolution *r)
{
    struct widths w = { 0 };

    for (size_t i = 0; i < r->len; i++) {
        const char *flags = render_flags(&r->at[i], s->arena);
        int version = render_width(r->at[i].version), name = render_width(r->at[i].name), flag = render_width(flags);

        w.version = version > w.version ? version : w.version;
        w.name = name > w.name && name <= 48 ? name : w.name;
        if (flag && flag + 4 > w.flags && flag <= 48)
            w.flags = flag + 4; /* two blanks and the brackets */
    }
    return w;
}

void render_status(struct session *s, bool all)
{
    const struct resolution *r = &s->work.versions;
    const struct widths widths = widths_of(s, r);
    size_t plain = 0, left_out = 0;

    for (size_t i = 0; i < r->len; i++)
        plain += is_plain(&r->at[i]);
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
        line(s, &r->at[i], &widths);
    }
    if (left_out)
        fprintf(s->out, "   …     %zu more applied\n", left_out);
    fprintf(s->out, "%zu applied, %zu pending, %zu missing\n", r->applied, r->pending, r->missing);
}
