#include "core/plan_document.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/prepare.h"
#include "core/review/excerpt.h"
#include "core/review/sql.h"

bool plan_scripts_read(struct planned_script **out, size_t *undescribed, struct workspace *w, const struct plan *plan,
                       struct err *e)
{
    struct planned_script *scripts = arena_make(w->arena, struct planned_script, plan->len);
    size_t bytes = 0, statements = 0;

    *undescribed = 0;
    for (size_t i = 0; i < plan->len; i++) {
        const struct step *s = &plan->at[i];
        struct script_request r;

        scripts[i] = (struct planned_script) {
            .migration = s->entry->migration, .direction = s->direction, .path = s->path, .total = s->statements
        };
        if (s->relink)
            continue;
        bytes += s->script.size;
        if (bytes > PLAN_TEXT_MAX || statements >= PLAN_STATEMENTS_MAX) {
            (*undescribed)++;
            continue;
        }
        r = prepare_request(w, s);
        if (!interrupt_check(e) ||
            !statements_read(&scripts[i], w->db->dialect, &r, s->facts, s->entry->migration, w->arena, e))
            return false;
        statements += scripts[i].len;
        *undescribed += scripts[i].len < scripts[i].total;
    }
    *out = scripts;
    return true;
}

/* Puts what was seen in place of what the documentation says. */
static bool trace(struct plan_document *d, struct workspace *w, const struct plan_document_request *r, struct err *e)
{
    struct trace_script *scripts = arena_make(w->arena, struct trace_script, d->plan->len);
    struct trace_result *result = arena_make(w->arena, struct trace_result, 1);
    const struct scratch_request scratch = { .live = r->offline ? NULL : w->db, .opened = r->opened };
    size_t n = 0;

    for (size_t i = 0; i < d->plan->len; i++)
        if (!d->plan->at[i].relink)
            scripts[n++] = (struct trace_script) { &d->scripts[i], prepare_request(w, &d->plan->at[i]) };
    d->trace = result;
    return trace_plan(result, scripts, n, r->trace, &scratch, w->arena, e);
}

/* Rules see what was taken apart, as one list without holes. */
static bool review(struct plan_document *d, struct workspace *w, const struct plan_document_request *r, struct err *e)
{
    struct planned_script *scripts = arena_make(w->arena, struct planned_script, d->plan->len);
    struct sql_review_request q = {
        .scripts = scripts,
        .dialect = w->db->dialect,
        .server = w->db->info.version,
        .lock_timeout_ms = r->lock_timeout_ms,
        .rules = r->rules,
        .nrules = r->nrules,
        .ignore = r->check_ignore,
    };

    for (size_t i = 0; i < d->plan->len; i++)
        if (d->scripts[i].len)
            scripts[q.nscripts++] = d->scripts[i];
    if (!review_sql(&d->findings.findings, &q, w->arena, w->notices, e) ||
        !review_excerpts(&d->findings.findings, &w->source, w->arena, e))
        return false;
    d->findings.looked_at = d->plan->len;
    for (size_t i = 0; i < d->findings.findings.len; i++)
        d->findings.counts[d->findings.findings.at[i].severity]++;
    return true;
}

static bool basis(struct plan_document *d, struct workspace *w, const struct plan_document_request *r, struct err *e)
{
    struct plan_basis *taken = arena_make(w->arena, struct plan_basis, 1);
    const struct plan_basis_request q = {
        .plan = d->plan,
        .scripts = d->scripts,
        .nscripts = d->plan->len,
        .blind = d->undescribed > 0,
        .strict = d->strict,
        .session = r->session,
        .ignore = r->ignore,
    };

    d->basis = taken;
    return plan_basis_take(taken, w, &q, e);
}

/* What `apply` will read is the commit, and only that. */
static const char *why_unusable(const struct plan_document *d, struct workspace *w)
{
    if (d->offline)
        return "it was made with --offline: nothing is known of the database";
    if (!w->source.at.commit.known)
        return "its scripts lie in no commit, and apply reads nothing else";
    if (!d->repository)
        return "the repository's first commit is not here (a shallow clone), and apply could not tell that it is the "
               "same one";
    for (size_t i = 0; i < d->plan->len; i++)
        if (d->plan->at[i].entry->flags & FLAG_UNCOMMITTED)
            return arena_printf(w->arena, "%s is not committed as it stands", d->plan->at[i].entry->id);
    return NULL;
}

bool plan_document_make(struct plan_document *out, struct workspace *w, const struct plan_document_request *r,
                        struct err *e)
{
    *out = (struct plan_document) {
        .work = w,
        .plan = r->plan,
        .offline = r->offline,
        .strict = r->strict,
        .fresh = r->fresh,
        .repository = workspace_repository(w),
        .created_at_ms = time_now_ms(),
    };
    if (!plan_scripts_read(&out->scripts, &out->undescribed, w, r->plan, e) || !review(out, w, r, e) ||
        (!r->offline && !basis(out, w, r, e)) || (r->trace && r->plan->len && !trace(out, w, r, e)))
        return false;
    plan_dangers_find(&out->dangers, out->scripts, r->plan->len, w->arena);
    out->unusable = why_unusable(out, w);
    return true;
}
