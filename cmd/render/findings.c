/* What a review found, for people and as JSON; and its rules. */
#include "cmd/render/render.h"
#include "core/base/text.h"

static enum style style_of(enum severity s)
{
    static const enum style styles[] = { STYLE_DIM, STYLE_DIM, STYLE_WARN, STYLE_BAD };

    return styles[s];
}

const char *render_count(struct arena *a, size_t n, const char *what)
{
    return arena_printf(a, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static void render_excerpt(FILE *to, const struct finding *f, bool color)
{
    const char *end = render_style(color, STYLE_END), *dim = render_style(color, STYLE_DIM);

    for (size_t i = 0; f->excerpt && i < f->excerpt->len; i++) {
        const struct excerpt_line *line = &f->excerpt->at[i];

        fprintf(to, "%s%5d |%s %s\n", dim, line->number, end, line->text);
        /* Of several lines it is clear enough where they end. */
        if (i > 0)
            continue;
        fprintf(to, "%s      |%s %*s%s^", dim, end, line->from - 1, "", render_style(color, style_of(f->severity)));
        for (int column = line->from + 1; column < line->to; column++)
            fputc('~', to);
        fprintf(to, "%s\n", end);
    }
    if (f->excerpt && f->end_line - f->at.line >= EXCERPT_LINES)
        fprintf(to, "%s  ... |%s and on to line %d\n", dim, end, f->end_line);
}

void render_finding(FILE *to, const struct finding *f, bool color)
{
    render_place(to, f->at);
    fprintf(to, "%s%s:%s %s %s[%s]%s\n", render_style(color, style_of(f->severity)), severity_word(f->severity),
            render_style(color, STYLE_END), f->message, render_style(color, STYLE_DIM), f->rule,
            render_style(color, STYLE_END));
    render_excerpt(to, f, color);
    if (f->hint)
        fprintf(to, "    hint: %s\n", f->hint);
}

enum { MANY = 20 };

/* Of many findings: which rules they are of, as the rules are listed. */
static void render_counts(FILE *to, const struct review_findings *list)
{
    for (size_t i = 0; list->len > MANY && review_rule(i); i++) {
        size_t n = 0;

        for (size_t k = 0; k < list->len; k++)
            n += strcmp(list->at[k].rule, review_rule(i)->name) == 0;
        if (n)
            fprintf(to, "%6zu %s\n", n, review_rule(i)->name);
    }
}

static bool is_same_file(const struct finding *a, const struct finding *b)
{
    return text_is(text_from(a->at.path), b->at.path ? b->at.path : "");
}

void render_findings(struct session *s, FILE *to, const struct review_result *r)
{
    const struct review_findings *list = &r->findings;
    bool apart = false;

    for (size_t i = 0; i < list->len; i++) {
        if (i > 0 && !is_same_file(&list->at[i], &list->at[i - 1]))
            apart = fputc('\n', to) == '\n';
        render_finding(to, &list->at[i], to == s->out && s->color_out);
    }
    if (apart)
        fputc('\n', to);
    render_counts(to, list);
    fprintf(to, "%s, %s, %zu info; %s looked at%s%s\n", render_count(s->arena, r->counts[SEVERITY_ERROR], "error"),
            render_count(s->arena, r->counts[SEVERITY_WARNING], "warning"), r->counts[SEVERITY_INFO],
            render_count(s->arena, r->looked_at, "migration"),
            r->base ? ", compared with " : ", compared with nothing: ",
            text_shown(s->arena, text_from(r->base ? r->base : r->reason)));
}

static void set_number(struct json *o, const char *key, int number)
{
    if (number)
        json_set_integer(o, key, number);
    else
        json_set_null(o, key);
}

static struct json *finding_json(const struct finding *f)
{
    struct json *o = json_new_object();

    json_set_string(o, "rule", f->rule);
    json_set_string(o, "severity", severity_word(f->severity));
    json_set_string(o, "version", f->version);
    json_set_string(o, "path", f->at.path);
    set_number(o, "line", f->at.line);
    set_number(o, "column", f->at.column);
    set_number(o, "end_line", f->end_line);
    set_number(o, "end_column", f->end_column);
    json_set_string(o, "message", f->message);
    json_set_string(o, "hint", f->hint);
    json_set_null(o, "url");
    return o;
}

void json_findings(struct json *object, const void *from, struct arena *a)
{
    const struct review_result *r = from;
    struct json *list = json_new_array(), *counts = json_new_object();

    (void)a;
    json_set_string(object, "base", r->base);
    for (size_t i = 0; i < r->findings.len; i++)
        json_add(list, finding_json(&r->findings.at[i]));
    json_set(object, "findings", list);
    for (enum severity s = SEVERITY_ERROR; s > SEVERITY_OFF; s--)
        json_set_integer(counts, severity_word(s), (int64_t)r->counts[s]);
    json_set(object, "counts", counts);
}

static void json_rules(struct json *object, const void *from, struct arena *a)
{
    struct json *list = json_new_array();

    (void)a;
    for (size_t i = 0; review_rule(i); i++) {
        const struct rule_text *rule = review_rule(i);
        struct json *o;

        if (from && from != rule)
            continue;
        o = json_new_object();
        json_set_string(o, "rule", rule->name);
        json_set_string(o, "severity", severity_word(rule->severity));
        json_set_string(o, "summary", rule->summary);
        json_set_string(o, "risk", rule->risk);
        json_set_string(o, "safe", rule->safe);
        json_set_string(o, "except", rule->except);
        json_add(list, o);
    }
    json_set(object, "rules", list);
}

void render_rules(struct session *s)
{
    int width = 0;

    s->add_json = json_rules;
    for (size_t i = 0; review_rule(i); i++)
        width = (int)strlen(review_rule(i)->name) > width ? (int)strlen(review_rule(i)->name) : width;
    for (size_t i = 0; s->format != FORMAT_JSON && review_rule(i); i++)
        fprintf(s->out, "%-*s %-8s %s\n", width, review_rule(i)->name, severity_word(review_rule(i)->severity),
                review_rule(i)->summary);
}

void render_rule(struct session *s, const struct rule_text *rule)
{
    const char *bold = render_style(s->color_out, STYLE_BOLD), *end = render_style(s->color_out, STYLE_END);

    s->add_json = json_rules;
    s->json_from = rule;
    if (s->format == FORMAT_JSON)
        return;
    fprintf(s->out, "%s%s%s (%s): %s\n\n", bold, rule->name, end, severity_word(rule->severity), rule->summary);
    fprintf(s->out, "%sWhat can go wrong%s\n%s\n\n", bold, end, rule->risk);
    fprintf(s->out, "%sThe safe way%s\n%s\n\n", bold, end, rule->safe);
    fprintf(s->out, "%sWhen it does not apply%s\n%s\n", bold, end, rule->except);
}
