#include "core/findings.h"

#include "core/base/text.h"

struct finding {
    unsigned flag;
    enum version_state state;
    enum policy policy;
    bool shown; /* by the run itself */
    const char *code, *words;
};

/* Whether something newer stays applied. */
static bool is_late(const struct workspace *w, const struct version_entry *v, const struct plan *plan)
{
    for (size_t i = (size_t)(v - w->versions.at) + 1; i < w->versions.len; i++) {
        bool goes = w->versions.at[i].state == STATE_PENDING || w->versions.at[i].renamed == v;

        for (size_t k = 0; !goes && k < plan->len; k++)
            goes = step_goes_down(&plan->at[k]) && plan->at[k].entry == &w->versions.at[i];
        if (!goes)
            return true;
    }
    return false;
}

static bool is_one(const struct finding *f, const struct version_entry *v, const struct findings *what)
{
    if (v->state != f->state || (f->flag && !(v->flags & f->flag)))
        return false;
    return !(v->renamed && (what->relinks || v->state == STATE_MISSING));
}

static bool find_one(struct workspace *w, const struct finding *f, const struct findings *what, struct err *e)
{
    for (size_t i = 0; i < w->versions.len && f->policy != POLICY_ALLOW; i++) {
        const struct version_entry *v = &w->versions.at[i];
        const char *path;

        if (!is_one(f, v, what) || (f->flag == FLAG_OUT_OF_ORDER && what->plan && !is_late(w, v, what->plan)))
            continue;
        path = v->migration ? v->migration->up.path : NULL;
        if (f->policy == POLICY_REFUSE) {
            err_set(e, ERR_POLICY, IN_FILE(path), "%s %s, and the policy refuses that", v->id, f->words);
            return err_hint(e, "`merganser status` shows them all; the policy is `%s` in merganser.yml", f->code);
        }
        if (what->name && !f->shown)
            notice_add(w->notices, NOTICE_WARNING, f->code, IN_FILE(path), NULL, "%s %s", v->id, f->words);
    }
    return true;
}

static enum policy or_else(enum policy p, enum policy otherwise)
{
    return p == POLICY_UNSET ? otherwise : p;
}

bool findings_check(struct workspace *w, const struct findings *f, struct err *e)
{
    const struct config_policy *p = &w->config.policy;
    const struct finding findings[] = {
        { FLAG_OUT_OF_ORDER, STATE_PENDING, or_else(p->out_of_order, POLICY_WARN), false, "out_of_order",
          "is older than the newest applied version" },
        { FLAG_EDITED, STATE_APPLIED, f->redoes ? POLICY_ALLOW : or_else(p->edited, POLICY_WARN), f->shows, "edited",
          "was edited after it was applied" },
        { FLAG_UNCOMMITTED, STATE_PENDING, or_else(p->uncommitted, POLICY_ALLOW), false, "uncommitted",
          "is not committed as it stands" },
        { 0, STATE_MISSING, POLICY_WARN, f->shows, "missing", "is applied, and its file is not here" },
    };

    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++)
        if (!find_one(w, &findings[i], f, e))
            return false;
    return true;
}
