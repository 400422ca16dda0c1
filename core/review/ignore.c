/* What the configuration's `check.ignore` and a script's `-- merganser: ignore RULE REASON` take out. */
#include <fnmatch.h>

#include "core/base/text.h"
#include "core/layouts/marks.h"
#include "core/review/rule.h"

static bool is_ignored_path(const struct review *r, const char *path)
{
    for (const char *const *pattern = r->request->ignore; pattern && *pattern; pattern++)
        if (fnmatch(*pattern, path, FNM_PATHNAME | FNM_LEADING_DIR) == 0)
            return true;
    return false;
}

static bool is_file_of(const struct migration *m, const char *path)
{
    return text_is(text_from(m->up.path), path) || text_is(text_from(m->also.path), path);
}

/* The migration whose script's marks count for a finding: of several with its version the one whose file it names. */
static const struct migration *marked_for(const struct review *r, const struct finding *f)
{
    const struct migration *found = NULL;

    if (!f->version)
        return NULL;
    for (const struct migration *m = NULL; (m = side_next(&r->head, f->version, m));) {
        if (is_file_of(m, f->at.path))
            return m->up.path ? m : NULL;
        found = found || !m->up.path ? found : m;
    }
    return found;
}

/* Whether the script's marks name the rule. Marks that do nothing are said. */
static bool has_mark(bool *out, struct review *r, const struct migration *m, const char *rule, struct err *e)
{
    struct text script, rest, line;

    *out = false;
    if (!source_read(&script, r->head.source, &m->up, e))
        return false;
    rest = script;
    while (!*out && text_line(&rest, &line)) {
        struct text name, reason;

        if (!marks_ignore(&name, &reason, line) || !text_is(name, rule))
            continue;
        *out = reason.len > 0;
        if (!reason.len)
            notice_add(
                r->notices, NOTICE_WARNING, "ignore-without-reason",
                pos_from_byte(text_shown(r->arena, text_from(m->up.path)), script, (size_t)(line.at - script.at), 1),
                NULL, "a rule is ignored with a reason: `-- merganser: ignore %s REASON`", rule);
    }
    return true;
}

/* A mark of a rule that is not there protects nothing. */
static bool check_marks(struct review *r, const struct migration *m, struct err *e)
{
    struct text script, rest, line;

    if (!source_read(&script, r->head.source, &m->up, e))
        return false;
    rest = script;
    while (text_line(&rest, &line)) {
        struct text name, reason;
        const char *nearest, *rule;

        if (!marks_ignore(&name, &reason, line))
            continue;
        rule = text_shown(r->arena, name);
        if (rules_find(rule))
            continue;
        nearest = rules_nearest(rule, r->arena);
        notice_add(r->notices, NOTICE_WARNING, "unknown-rule",
                   pos_from_byte(text_shown(r->arena, text_from(m->up.path)), script, (size_t)(line.at - script.at), 1),
                   nearest ? arena_printf(r->arena, "did you mean `%s`?", nearest) : NULL, "there is no rule '%s'",
                   rule);
    }
    return true;
}

bool findings_ignore(struct review *r, struct err *e)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->nsubjects; i++)
        if (r->subjects[i].looked_at && r->subjects[i].m->up.path && !check_marks(r, r->subjects[i].m, e))
            return false;
    for (size_t i = 0; i < r->findings.len; i++) {
        const struct finding *f = &r->findings.at[i];
        const struct rule *rule = rules_find(f->rule);
        const struct migration *m = marked_for(r, f);
        bool ignored = is_ignored_path(r, f->at.path);

        /* Of rules about statements, which have their own marks, nothing that is ignored is here. */
        if (!ignored && !rule->statement && !rule->action && m && !has_mark(&ignored, r, m, f->rule, e))
            return false;
        if (!ignored)
            r->findings.at[kept++] = *f;
    }
    r->findings.len = kept;
    return true;
}
