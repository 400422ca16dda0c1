/* What a review found as a comment of a pull request: the worst first, short enough for GitHub, and with a mark that
 * nobody sees on its first line, by which the comment is found again. */
#include "cmd/render/markdown.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

enum {
    RESERVE = 400, /* for what is said last, that some were left out */
    ONE = 2000     /* of one finding */
};

static const char *const marks[] = { "", "\xe2\x84\xb9\xef\xb8\x8f", "\xe2\x9a\xa0\xef\xb8\x8f", "\xe2\x9d\x8c" };

static const char *counted(struct arena *a, size_t n, const char *what)
{
    return arena_printf(a, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static const char *place_of(const struct finding *f, struct arena *a)
{
    const char *path = text_summary(a, text_from(f->at.path ? f->at.path : ""), 300);

    return f->at.line > 0 && f->excerpt ? arena_printf(a, "%s:%d", path, f->at.line) : path;
}

static const char *excerpt_of(const struct finding *f, struct arena *a)
{
    struct buf out = buf_open(a, ONE);

    for (size_t i = 0; i < f->excerpt->len; i++)
        buf_printf(&out, "%s\n", text_summary(a, text_from(f->excerpt->at[i].text), 150));
    if (!f->excerpt->whole)
        buf_string(&out, "...\n");
    return buf_cstr(&out);
}

static void put_finding(struct buf *out, const struct finding *f, struct arena *a)
{
    buf_printf(out, "%s ", marks[f->severity]);
    markdown_code(out, place_of(f, a));
    buf_string(out, " ");
    markdown_text(out, text_summary(a, text_from(f->message), 400));
    buf_printf(out, " (`%s`)\n\n", f->rule);
    if (f->excerpt && f->excerpt->len) {
        markdown_block(out, "sql", excerpt_of(f, a));
        buf_char(out, '\n');
    }
    if (f->hint) {
        markdown_text(out, text_summary(a, text_from(f->hint), 600));
        buf_string(out, "\n\n");
    }
}

/* Whole or not at all. */
static bool add(struct buf *out, const struct buf *piece)
{
    if (out->len + piece->len + RESERVE > MARKDOWN_MAX)
        return false;
    buf_text(out, buf_content(piece));
    return true;
}

static size_t put_findings(struct buf *out, const struct review_findings *list, struct arena *a)
{
    size_t left = 0;

    for (enum severity severity = SEVERITY_ERROR; severity > SEVERITY_OFF; severity--)
        for (size_t i = 0; i < list->len; i++) {
            struct buf one = buf_open(a, (size_t)4 * ONE);

            if (list->at[i].severity != severity)
                continue;
            put_finding(&one, &list->at[i], a);
            left += left || !add(out, &one);
        }
    return left;
}

static bool is_found(const struct review_findings *list, const char *rule)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->at[i].rule, rule) == 0)
            return true;
    return false;
}

/* What the rules are about, for who has never met them. */
static void put_rules(struct buf *out, const struct review_findings *list, struct arena *a)
{
    for (size_t i = 0; review_rule(i); i++) {
        const struct rule_text *rule = review_rule(i);
        struct buf one = buf_open(a, MARKDOWN_MAX);

        if (!is_found(list, rule->name))
            continue;
        buf_printf(&one,
                   "<details><summary><code>%s</code>: %s</summary>\n\n%s\n\n**The safe way.** %s\n\n</details>\n\n",
                   rule->name, rule->summary, rule->risk, rule->safe);
        add(out, &one);
    }
}

static void put_review(struct buf *out, const struct session *s)
{
    const struct review_result *r = s->review;
    size_t errors = r->counts[SEVERITY_ERROR], warnings = r->counts[SEVERITY_WARNING], left;
    struct arena *a = s->arena;

    if (!r->findings.len)
        buf_printf(out, "### \xe2\x9c\x85 merganser check: nothing found\n\n");
    else
        buf_printf(out, "### %s merganser check: %s, %s%s\n\n",
                   marks[errors     ? SEVERITY_ERROR
                         : warnings ? SEVERITY_WARNING
                                    : SEVERITY_INFO],
                   counted(a, errors, "error"), counted(a, warnings, "warning"),
                   r->counts[SEVERITY_INFO] ? arena_printf(a, ", %zu info", r->counts[SEVERITY_INFO]) : "");
    buf_printf(out, "%s looked at, compared with ", counted(a, r->looked_at, "migration"));
    if (r->base)
        markdown_code(out, text_shown(a, text_from(r->base)));
    else
        markdown_text(out, arena_printf(a, "nothing: %s", r->reason));
    buf_string(out, ".\n\n");
    left = put_findings(out, &r->findings, a);
    if (left)
        buf_printf(out, "%s more: `merganser check` shows them all.\n\n", counted(a, left, "finding"));
    put_rules(out, &r->findings, a);
}

static void put_error(struct buf *out, const struct session *s, const struct err *e)
{
    const char *verb = s->parsed->command ? s->parsed->command->name : "";
    struct buf words = buf_open(s->arena, (size_t)4 * ONE);

    buf_printf(out, "### %s merganser %s: error\n\n", marks[SEVERITY_ERROR], verb);
    if (e->at.path)
        buf_printf(&words, "%s%s: ", text_summary(s->arena, text_from(e->at.path), 300),
                   e->at.line ? arena_printf(s->arena, ":%d:%d", e->at.line, e->at.column) : "");
    buf_printf(&words, "%s\n", e->message);
    if (*e->excerpt)
        buf_printf(&words, "%5d | %s\n", e->at.line, e->excerpt);
    if (*e->state)
        buf_printf(&words, "%s\n", e->state);
    if (*e->hint)
        buf_printf(&words, "hint: %s\n", e->hint);
    markdown_block(out, "", buf_cstr(&words));
}

void render_markdown(struct session *s, FILE *to, const struct err *e)
{
    struct buf out = buf_open(s->arena, MARKDOWN_MAX);

    buf_printf(&out, "<!-- merganser %s -->\n", s->parsed->command ? s->parsed->command->name : "");
    if (s->document)
        markdown_plan(&out, s, s->document);
    else if (s->review)
        put_review(&out, s);
    if (e)
        put_error(&out, s, e);
    fputs(buf_cstr(&out), to);
}
