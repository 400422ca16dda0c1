#include "core/review/review.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/review/rule.h"

const char *severity_word(enum severity s)
{
    static const char *const words[] = { "off", "info", "warning", "error" };

    return words[s];
}

static enum severity severity_of(const struct review *r, const struct rule *rule)
{
    const struct review_request *q = r->request;

    for (size_t i = 0; i < q->nrules; i++)
        if (strcmp(q->rules[i].name.value, rule->text.name) == 0)
            for (enum severity s = SEVERITY_OFF; s <= SEVERITY_ERROR; s++)
                if (strcmp(q->rules[i].severity.value, severity_word(s)) == 0)
                    return s;
    return rule->text.severity;
}

/* Names of files, branches and versions stand in it: safe on a terminal whatever they hold. */
__attribute__((format(printf, 2, 0))) static const char *shown(struct arena *a, const char *fmt, va_list ap)
{
    return text_shown(a, text_from(arena_vprintf(a, fmt, ap)));
}

struct finding *finding_add(struct review *r, const struct rule *rule, const struct migration *m, const char *path,
                            const char *fmt, ...)
{
    struct finding *f = arena_push(r->arena, &r->findings);
    va_list ap;

    va_start(ap, fmt);
    *f = (struct finding) {
        .rule = rule->text.name,
        .severity = severity_of(r, rule),
        .version = m ? m->version : NULL,
        .at = { path, 1, 1 },
        .message = shown(r->arena, fmt, ap),
    };
    va_end(ap);
    return f;
}

void finding_place(struct finding *f, struct text source, size_t from, size_t to)
{
    struct pos end = pos_from_byte(f->at.path, source, to, 1);

    f->at = pos_from_byte(f->at.path, source, from, 1);
    f->end_line = end.line;
    f->end_column = end.column;
}

void finding_hint(struct review *r, struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    f->hint = shown(r->arena, fmt, ap);
    va_end(ap);
}

/* Named in a configuration by the rules' usual names elsewhere, and not there yet. */
static bool is_announced(const char *name)
{
    static const char *const names[] = { "require-concurrent-index", "prefer-text-field" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool check_names(const struct review *r, struct err *e)
{
    for (size_t i = 0; i < r->request->nrules; i++) {
        const struct config_value *name = &r->request->rules[i].name;
        const char *nearest;

        if (rules_find(name->value))
            continue;
        if (is_announced(name->value)) {
            notice_add(r->notices, NOTICE_WARNING, "rule-not-enforced", name->at, NULL,
                       "the rule %s is not enforced by this release", name->value);
            continue;
        }
        nearest = rules_nearest(name->value, r->arena);
        err_set(e, ERR_CONFIG, name->at, "there is no rule \"%s\"", text_shown(r->arena, text_from(name->value)));
        if (nearest)
            return err_hint(e, "did you mean `%s`? `merganser check --rules` lists them", nearest);
        return err_hint(e, "`merganser check --rules` lists them");
    }
    return true;
}

static bool rules_run(struct review *r, struct err *e)
{
    for (const struct rule *const *rule = rules_list(); *rule; rule++) {
        const struct rule *one = *rule;

        if (severity_of(r, one) == SEVERITY_OFF || (one->needs_base && !r->has_base) ||
            (one->layout && one->layout != r->head.source->layout))
            continue;
        if (!interrupt_check(e) || !one->run(r, one, e))
            return false;
    }
    return true;
}

static size_t rank_of(const struct finding *f)
{
    size_t rank = 0;

    while (rules_list()[rank] && strcmp(rules_list()[rank]->text.name, f->rule) != 0)
        rank++;
    return rank;
}

static int by_place(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    size_t x = rank_of(a), y = rank_of(b);
    int found = strcmp(a->at.path, b->at.path);

    if (!found)
        found = (a->at.line > b->at.line) - (a->at.line < b->at.line);
    if (!found)
        found = (a->at.column > b->at.column) - (a->at.column < b->at.column);
    return found ? found : (x > y) - (x < y);
}

static void looked_at(struct review_result *out, const struct review *r)
{
    const struct migration **list = arena_make(r->arena, const struct migration *, r->nsubjects + 1);

    for (size_t i = 0; i < r->nsubjects; i++)
        if (r->subjects[i].looked_at)
            list[out->looked_at++] = r->subjects[i].m;
    out->migrations = list;
}

bool review_run(struct review_result *out, struct source *head, struct vcs *v, const struct review_request *q,
                struct arena *a, struct notices *notices, struct err *e)
{
    struct review r = { .request = q, .vcs = v, .arena = a, .notices = notices, .all = q->all };

    *out = (struct review_result) { 0 };
    if (!check_names(&r, e) || !sides_open(&r, head, &out->reason, e))
        return false;
    review_compare(&r);
    if (!rules_run(&r, e) || !findings_ignore(&r, e))
        return false;
    if (r.findings.len)
        qsort(r.findings.at, r.findings.len, sizeof *r.findings.at, by_place);
    for (size_t i = 0; i < r.findings.len; i++)
        out->counts[r.findings.at[i].severity]++;
    looked_at(out, &r);
    out->findings = r.findings;
    out->base = r.has_base ? r.base.name : NULL;
    return true;
}
