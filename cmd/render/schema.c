/* Schemas and what changed in them. */
#include "cmd/render/schema.h"
#include "core/base/text.h"

enum { CONTEXT = 3 };

/* Without the name of what it is part of, which stands above it. */
static const char *short_name(const struct schema_object *part)
{
    size_t len = strlen(part->of);

    return strncmp(part->name, part->of, len) == 0 && part->name[len] == '.' ? part->name + len + 1 : part->name;
}

/* What describes an object, and where it is a table, a view or a type that came or went, all that is part of it. */
static struct text text_of(const struct schema *s, const struct schema_object *o, bool whole, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_string(&out, o->definition);
    for (size_t i = 0; whole && o->of && strcmp(o->of, o->name) == 0 && i < s->len; i++) {
        const struct schema_object *part = &s->at[i];

        if (part->of && strcmp(part->of, o->name) == 0 && strcmp(part->name, o->name) != 0)
            buf_printf(&out, "%s%s %s%s%s", out.len ? "\n" : "", part->kind, short_name(part),
                       *part->definition ? " " : "", part->definition);
    }
    return buf_content(&out);
}

/* Both texts of a change; what is not there on one side has none. */
static void texts_of(struct text *before, struct text *after, const struct schema_change *c, const struct schema *from,
                     const struct schema *to, struct arena *a)
{
    bool whole = c->change != SCHEMA_CHANGED;

    *before = c->expected ? text_of(from, c->expected, whole, a) : (struct text) { NULL, 0 };
    *after = c->actual ? text_of(to, c->actual, whole, a) : (struct text) { NULL, 0 };
}

static bool is_near_a_change(const struct diff_lines *all, size_t i)
{
    for (size_t k = i < CONTEXT ? 0 : i - CONTEXT; k < all->len && k <= i + CONTEXT; k++)
        if (all->at[k].mark != ' ')
            return true;
    return false;
}

void schema_change_diff(struct diff_lines *out, const struct schema_change *c, const struct schema *from,
                        const struct schema *to, struct arena *a)
{
    struct text before, after;
    struct diff_lines all;
    size_t left_out = 0;

    *out = (struct diff_lines) { 0 };
    texts_of(&before, &after, c, from, to, a);
    line_diff(&all, before, after, a);
    for (size_t i = 0; i < all.len; i++) {
        if (!is_near_a_change(&all, i)) {
            left_out++;
            continue;
        }
        if (left_out)
            *(struct diff_line *)arena_push(a, out) =
                (struct diff_line) { ' ', text_from(arena_printf(a, "\xe2\x80\xa6 %zu lines", left_out)) };
        left_out = 0;
        *(struct diff_line *)arena_push(a, out) = all.at[i];
    }
}

static void print_line(struct session *s, struct diff_line l)
{
    enum style style = l.mark == '-' ? STYLE_BAD : STYLE_GOOD;
    bool color = s->color_out && l.mark != ' ';

    fprintf(s->out, "    %s%c %s%s\n", render_style(color, style), l.mark, text_shown(s->arena, l.line),
            render_style(color, STYLE_END));
}

void render_schema_changes(struct session *s, const struct schema_changes *changes, const struct schema *from,
                           const struct schema *to)
{
    static const enum style styles[] = { STYLE_GOOD, STYLE_BAD, STYLE_WARN };

    for (size_t i = 0; i < changes->len; i++) {
        const struct schema_change *c = &changes->at[i];
        const struct schema_object *o = c->actual ? c->actual : c->expected;
        struct diff_lines diff;

        schema_change_diff(&diff, c, from, to, s->arena);
        fprintf(s->out, "%s%-7s%s  %s %s\n", render_style(s->color_out, styles[c->change]),
                schema_change_word(c->change), render_style(s->color_out, STYLE_END), o->kind,
                text_shown(s->arena, text_from(o->name)));
        for (size_t k = 0; k < diff.len; k++)
            print_line(s, diff.at[k]);
    }
}

const char *render_schema_counts(const struct schema_changes *changes, struct arena *a)
{
    size_t counts[3] = { 0 };
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < changes->len; i++)
        counts[changes->at[i].change]++;
    for (size_t i = 0; i < 3; i++)
        if (counts[i])
            buf_printf(&out, "%s%zu %s", out.len ? ", " : "", counts[i],
                       schema_change_word((enum schema_change_kind)i));
    return buf_cstr(&out);
}

struct json *json_schema_changes(const struct schema_changes *changes, const struct schema *from,
                                 const struct schema *to, struct arena *a)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < changes->len; i++) {
        const struct schema_change *c = &changes->at[i];
        const struct schema_object *object = c->actual ? c->actual : c->expected;
        struct json *o = json_new_object();
        struct text before, after;

        texts_of(&before, &after, c, from, to, a);
        json_set_string(o, "change", schema_change_word(c->change));
        json_set_string(o, "kind", object->kind);
        json_set_string(o, "name", object->name);
        json_set_text(o, "expected", before);
        json_set_text(o, "actual", after);
        json_add(list, o);
    }
    return list;
}

/* ---- what a migration made ---- */

void render_made(struct session *s, const struct schema_made *made)
{
    const struct history_entry *h = made->of;

    fprintf(s->out, "%s%s%s  %s, %s\n", render_style(s->color_out, STYLE_BOLD),
            text_shown(s->arena, text_from(version_id_of_gone(h->version, h->name, s->arena))),
            render_style(s->color_out, STYLE_END), h->outcome, render_time(s, h->finished_at));
    if (made->ntogether > 1)
        fprintf(s->out, "in one run with %zu other%s, and the schema was recorded only before and behind them:\n",
                made->ntogether - 1, made->ntogether == 2 ? "" : "s");
    for (size_t i = 0; made->ntogether > 1 && i < made->ntogether; i++)
        fprintf(s->out, "    %-4s  %s\n", made->together[i]->direction,
                text_shown(s->arena, text_from(version_id_of_gone(made->together[i]->version, made->together[i]->name,
                                                                  s->arena))));
    fputc('\n', s->out);
    render_schema_changes(s, &made->changes, &made->from, &made->to);
    fprintf(s->out, "%s\n",
            made->changes.len ? render_schema_counts(&made->changes, s->arena) : "the schema stayed what it was");
}

void json_made(struct json *object, const struct schema_made *made, struct arena *a)
{
    struct json *o, *together;

    if (!made) {
        json_set_null(object, "schema");
        return;
    }
    o = json_new_object();
    together = json_new_array();
    for (size_t i = 0; i < made->ntogether; i++)
        json_add_string(together, made->together[i]->version);
    json_set_string(o, "version", made->of->version);
    json_set_string(o, "direction", made->of->direction);
    json_set_string(o, "run_id", made->of->run_id);
    json_set(o, "together", together);
    json_set_string(o, "before", made->before->sha256);
    json_set_string(o, "after", made->after->sha256);
    json_set(o, "changes", json_schema_changes(&made->changes, &made->from, &made->to, a));
    json_set(object, "schema", o);
}
