#include "cmd/render/render.h"
#include "core/base/text.h"

/* SQL as it is, but with nothing in it that a terminal would obey. */
static void print_script(struct session *s, const char *title, const char *path, struct text script)
{
    struct text line;

    fprintf(s->out, "\n%s%s%s  %s\n", render_style(s->color_out, STYLE_BOLD), title,
            render_style(s->color_out, STYLE_END), path ? text_shown(s->arena, text_from(path)) : "");
    while (text_line(&script, &line)) {
        struct text part = line;
        size_t tab;

        fputs("    ", s->out);
        while (text_find(part, "\t", &tab)) {
            fprintf(s->out, "%s    ", text_shown(s->arena, text_cut(part, 0, tab)));
            part = text_cut(part, tab + 1, part.len);
        }
        fprintf(s->out, "%s\n", text_shown(s->arena, part));
    }
}

/* What the state means here, in a sentence. */
static const char *explained(struct session *s, const struct shown *shown)
{
    const struct version_entry *v = shown->version;

    if (shown->gone)
        return "not applied, and no file here: only the history knows it";
    if (v->state == STATE_PENDING)
        return v->flags & FLAG_RENAMED
                   ? arena_printf(
                         s->arena,
                         "pending: its script is that of %s, which is applied and has no file here; `merganser "
                         "up --relink` makes them one",
                         text_shown(s->arena, text_from(v->renamed->version)))
                   : "pending";
    if (v->state == STATE_APPLIED)
        return v->flags & FLAG_COSMETIC ? "applied; its comments or white space were edited since"
               : v->flags & FLAG_EDITED ? "applied; its up script was edited since"
                                        : "applied";
    if (v->flags & FLAG_RETIRED)
        return "missing: applied, and its file was deleted on this line of history";
    if (v->flags & FLAG_ELSEWHERE)
        return "missing: applied, and its file belongs to another line of history";
    return "missing: applied, and neither git nor the history knows its file";
}

static void print_commit(struct session *s, const char *title, const struct vcs_commit *c, const char *ref)
{
    if (!c->id.known)
        return;
    fprintf(s->out, "%-10s  %s", title, render_commit(c, ref, s->arena));
    if (c->subject)
        fprintf(s->out, ": %s", text_shown(s->arena, text_from(c->subject)));
    fputc('\n', s->out);
}

static void print_provenance(struct session *s, const struct version_entry *v)
{
    const struct origin *origin = workspace_origin(&s->work, v);
    const struct recovered *found = workspace_recovered(&s->work, v);

    if (origin && origin->shallow)
        fputs("introduced  unknown: the history is shallow\n", s->out);
    if (origin) {
        print_commit(s, "introduced", &origin->introduced, NULL);
        print_commit(s, "edited", &origin->edited, NULL);
    }
    if (found && v->state == STATE_MISSING && found->seen.id.known)
        print_commit(s, "last seen", &found->seen, found->ref);
    else if (found && v->state == STATE_MISSING)
        fprintf(s->out, "its file was not found in %s\n", s->work.places);
}

void render_shown(struct session *s, const struct shown *shown)
{
    const struct version_entry *v = shown->version;
    const char *flags = render_flags(v, s->arena), *down = "down";

    fprintf(s->out, "%s%s%s\n%s%s%s%s\n", render_style(s->color_out, STYLE_BOLD), render_id(v, s->arena),
            render_style(s->color_out, STYLE_END), explained(s, shown), *flags ? "  [" : "", flags, *flags ? "]" : "");
    print_provenance(s, v);
    if (shown->history.len) {
        fputc('\n', s->out);
        render_history(s, &shown->history);
    }
    if (shown->up.at)
        print_script(s, "up", shown->up_path, shown->up);
    if (shown->down.from != FROM_FILE)
        down = arena_printf(s->arena, "down (from %s)", script_from_word(shown->down.from));
    if (shown->down_text.at)
        print_script(s, down, shown->down.path, shown->down_text);
    else if (!shown->down.script.read)
        fputs("\nno down script\n", s->out);
}
