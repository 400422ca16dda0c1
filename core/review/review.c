#include "core/review/review.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/review/rule.h"

const char *severity_word(enum severity s)
{
    static const char *const words[] = { "off", "info", "warning", "error" };

    return words[s];
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
        .severity = rules_severity(rule, r->request->rules, r->request->nrules),
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

static bool rules_run(struct review *r, struct err *e)
{
    for (const struct rule *const *rule = rules_list(); *rule; rule++) {
        const struct rule *one = *rule;

        if (!one->run || rules_severity(one, r->request->rules, r->request->nrules) == SEVERITY_OFF ||
            (one->needs_base && !r->has_base) || (one->layout && one->layout != r->head.source->layout))
            continue;
        if (!interrupt_check(e) || !one->run(r, one, e))
            return false;
    }
    return true;
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
    if (!rules_check_configured(q->rules, q->nrules, a, e) || !sides_open(&r, head, &out->reason, e))
        return false;
    review_compare(&r);
    if (!rules_run(&r, e) || !review_scripts(&r, &out->unread, e) || !findings_ignore(&r, e))
        return false;
    findings_sort(&r.findings);
    for (size_t i = 0; i < r.findings.len; i++)
        out->counts[r.findings.at[i].severity]++;
    looked_at(out, &r);
    out->findings = r.findings;
    out->base = r.has_base ? r.base.name : NULL;
    return true;
}
