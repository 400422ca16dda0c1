#include "core/migrate.h"

#include "core/findings.h"
#include "core/repair.h"

/* Looks again with the lock held, since only now nobody else changes what it sees. */
static bool plan_make(struct plan *plan, struct workspace *w, const struct migrate_request *r, struct err *e)
{
    struct plan up;

    *plan = (struct plan) { 0 };
    if (r->sync)
        return sync_allowed(w, e) && prepare_gone(w, e) &&
               sync_resolve(plan, &w->versions, r->sync, workspace_repository(w), w->places, w->arena, e);
    if (r->go_down && !resolve_down(plan, &w->versions, &r->down, w->arena, e))
        return false;
    if (!r->go_up)
        return true;
    if (!r->go_down)
        return resolve_up(plan, &w->versions, &r->up, w->arena, e);
    /* redo: what goes down comes up again, in the order of the files. */
    up = *plan;
    for (size_t i = up.len; i-- > 0;) {
        struct step *s = arena_push(w->arena, plan);

        s->direction = DIRECTION_UP;
        s->entry = up.at[i].entry;
    }
    return true;
}

static bool recorded_or_fresh(struct workspace *w, const struct migrate_request *r, struct err *e)
{
    return r->fresh || !(r->sync || r->go_up) || r->go_down ||
           ledger_refuse_unrecorded(&w->ledger, w->db, &w->source, w->arena, w->notices, e);
}

/* What can't be a transaction is only run where a crash in the middle would be seen afterwards. */
static bool check_history(const struct plan *plan, const struct workspace *w, struct err *e)
{
    const struct history *h = &w->ledger.history;
    bool kept = h->exists && !(h->first_format && (w->db->dialect->caps & CAP_RESUME));

    for (size_t i = 0; !kept && i < plan->len; i++) {
        const struct script_facts *facts = plan->at[i].facts;

        if (!facts || facts->shape == SCRIPT_ATOMIC)
            continue;
        err_set(e, ERR_NO_HISTORY, IN_FILE(plan->at[i].path),
                "%s can't run in one transaction, and without a history%s nobody could tell how far it came",
                plan->at[i].entry->id, h->exists ? " of this release's format" : "");
        if (h->exists)
            return err_hint(e, "let the owner of %s run merganser once: it adds the columns that are lacking",
                            h->table.table);
        return err_hint(e, "let the role make the schema `merganser`, or name a table it may make as `history:` in "
                           "merganser.yml");
    }
    return true;
}

/* Rolling back what was only marked as applied drops what merganser did not make. */
static bool confirm(const struct plan *plan, const struct workspace *w, const struct migrate_request *r, struct err *e)
{
    size_t baselines = 0;
    const char *question;

    if (!r->go_down || r->confirmed || r->down.version)
        return true;
    for (size_t i = 0; i < plan->len; i++)
        baselines += plan->at[i].direction == DIRECTION_DOWN && (plan->at[i].entry->flags & FLAG_BASELINE);
    if (!baselines)
        return true;
    question =
        arena_printf(w->arena, "%zu of these %s marked as applied by `baseline`, never run by merganser. Roll back?",
                     baselines, baselines == 1 ? "was" : "were");
    if (r->ask && r->ask(r->events ? r->events->to : NULL, question))
        return true;
    err_plain(e, ERR_UNCONFIRMED,
              "%zu of the versions to roll back %s marked as applied by `baseline`, never run by merganser", baselines,
              baselines == 1 ? "was" : "were");
    return err_hint(e, "`merganser down --version V` rolls one of them back, `--yes` all of these");
}

static bool find(struct workspace *w, const struct migrate_request *r, const struct plan *plan, bool name,
                 struct err *e)
{
    const struct findings f = {
        .name = name,
        .shows = r->sync != NULL,
        .redoes = r->sync && r->sync->redo_edited,
        .relinks = r->sync || r->up.renamed == RENAMED_RELINK,
        .plan = plan,
    };

    return (r->go_down && !r->sync) || findings_check(w, &f, e);
}

/* What is late for a sync depends on what it rolls back. */
static bool decide(struct plan *plan, struct workspace *w, const struct migrate_request *r, bool name, struct err *e)
{
    if (r->sync)
        return plan_make(plan, w, r, e) && find(w, r, plan, name, e);
    return find(w, r, NULL, name, e) && plan_make(plan, w, r, e);
}

/* Moving rows without running anything, rolling back what the source lacks, and whatever is done where the policy says
 * `confirm: true`, is only done as it was shown. */
static bool needs_agreement(const struct plan *plan, const struct workspace *w, const struct migrate_request *r)
{
    bool asks = r->sync || (w->config.policy.confirm == 1 && !r->confirmed);

    for (size_t i = 0; i < plan->len; i++)
        asks |= plan->at[i].relink;
    return plan->len && asks;
}

static bool same_step(const struct step *a, const struct step *b)
{
    return a->direction == b->direction && a->relink == b->relink &&
           strcmp(a->entry->version, b->entry->version) == 0 && strcmp(a->sha256, b->sha256) == 0 &&
           (!a->relink || strcmp(a->entry->renamed->version, b->entry->renamed->version) == 0);
}

static bool same_plan(const struct plan *a, const struct plan *b)
{
    bool same = a->len == b->len;

    for (size_t i = 0; same && i < a->len; i++)
        same = same_step(&a->at[i], &b->at[i]);
    return same;
}

static bool prepare(struct plan *plan, struct workspace *w, const struct migrate_request *r, struct err *e)
{
    return recorded_or_fresh(w, r, e) && prepare_plan(plan, w, r->down_from, e);
}

/* What there is to say of it is, or was, said elsewhere. */
static bool prepare_quietly(struct plan *plan, struct workspace *w, const struct migrate_request *r, struct err *e)
{
    struct notices *loud = w->notices, quiet = { .arena = w->arena };
    bool ok;

    w->notices = &quiet;
    ok = prepare(plan, w, r, e);
    w->notices = loud;
    return ok;
}

static bool agree(struct plan *plan, struct workspace *w, const struct migrate_request *r, struct err *e)
{
    if (!workspace_check_writable(w, e) || !prepare(plan, w, r, e))
        return false;
    if (r->agree && r->agree(r->events ? r->events->to : NULL, plan))
        return true;
    err_set(e, ERR_UNCONFIRMED, r->sync ? NOWHERE : w->config.policy.confirm_at, "%s asks first, and nobody confirmed",
            r->sync                         ? "sync"
            : w->config.policy.confirm == 1 ? "the policy `confirm: true`"
                                            : "relinking");
    err_state(e, "nothing was run");
    return err_hint(e, "answer at a terminal, or give --yes");
}

/* With the lock held: what was agreed to is still what would run. Its scripts were named before, so that only an error
 * is news. */
static bool prepare_again(struct plan *plan, const struct plan *agreed, struct workspace *w,
                          const struct migrate_request *r, struct err *e)
{
    bool same = needs_agreement(plan, w, r) || agreed->len;
    bool ok = agreed->len ? prepare_quietly(plan, w, r, e) : prepare(plan, w, r, e);

    if (!ok || !same || same_plan(plan, agreed))
        return ok;
    err_plain(e, ERR_STALE_PLAN,
              "what was confirmed is not what would run now: somebody changed the database or the "
              "files meanwhile");
    err_state(e, "nothing was run");
    return err_hint(e, "run this again: it looks anew at what is to do");
}

struct running {
    struct workspace *w;
    const struct migrate_request *r;
};

/* What was asked for less what is done of it: `--steps` counts. */
static bool plan_rest(struct plan *out, const struct running *run, const struct plan *plan, size_t from, struct err *e)
{
    struct migrate_request r = *run->r;
    struct workspace *w = run->w;
    size_t done = 0;

    for (size_t i = 0; i < from; i++)
        done += !plan->at[i].relink;
    r.up.steps -= r.up.steps ? done : 0;
    r.down.steps -= r.down.steps ? done : 0;
    /* What a redo has rolled back is not known as such any more. */
    return (r.sync || !r.go_down || !r.go_up || !from) && decide(out, w, &r, false, e) && prepare(out, w, &r, e);
}

/* struct run_check's. Everything was said of these files before. */
static bool still_right(void *to, const struct plan *plan, size_t from)
{
    const struct running *run = to;
    struct notices *loud = run->w->notices, quiet = { .arena = run->w->arena };
    struct plan now = { 0 }, rest = { .at = plan->at + from, .len = plan->len - from };
    struct err ignored;
    bool ok;

    run->w->notices = &quiet;
    ok = plan_rest(&now, run, plan, from, &ignored);
    run->w->notices = loud;
    return ok && same_plan(&now, &rest);
}

static bool is_meant(const struct plan *plan, const struct migrate_request *r, struct err *e)
{
    return !r->holds || r->holds(r->holds_to, plan, e);
}

/* Everything that is decided, with the lock held. */
static bool migrate_locked(struct plan *plan, const struct plan *agreed, struct workspace *w,
                           const struct migrate_request *r, struct err *e)
{
    const struct run_check check = { still_right, &(struct running) { w, r } };

    if (!decide(plan, w, r, false, e))
        return false;
    if (plan->len == 0)
        return is_meant(plan, r, e);
    return prepare_again(plan, agreed, w, r, e) && is_meant(plan, r, e) && confirm(plan, w, r, e) &&
           workspace_create_history(w, e) && check_history(plan, w, e) && workspace_create_ledger(w, e) &&
           repair_adopt(w, e) && run_plan(plan, w, r->events, &check, e);
}

/* Of a refusal or a stop before the first step; else the runner has said what stands. Returns false. */
static bool nothing_ran(struct plan *plan, struct err *e)
{
    for (size_t i = 0; i < plan->len; i++) {
        if (plan->at[i].outcome != STEP_PLANNED)
            return false;
    }
    for (size_t i = 0; i < plan->len; i++)
        plan->at[i].outcome = STEP_NOT_RUN;
    return err_is_stop(e->kind) && err_state(e, "nothing was run");
}

bool migrate(struct plan *plan, struct workspace *w, const struct migrate_request *r, struct err *e)
{
    struct plan agreed = { 0 };
    bool looked, ok;

    *plan = (struct plan) { 0 };
    if (!workspace_survey(w, e))
        return false;
    looked = decide(plan, w, r, true, e);
    if (looked && plan->len == 0)
        return is_meant(plan, r, e);
    if (looked && r->sync)
        sync_warn(w, plan);
    if (looked && r->dry_run) {
        ok = prepare(plan, w, r, e);
        return ok || nothing_ran(plan, e);
    }
    /* A version that looks as if it had stopped midway may be running: the lock tells. */
    if (!looked && (r->dry_run || e->kind != ERR_PARTIAL))
        return false;
    if (looked && needs_agreement(plan, w, r)) {
        if (!agree(plan, w, r, e))
            return nothing_ran(plan, e);
        agreed = *plan;
    }
    *e = (struct err) { 0 };
    /* Where the lock is a row, what will be refused is refused before that is written. */
    if (!workspace_check_writable(w, e) || (looked && w->db->info.leased && !prepare_quietly(plan, w, r, e)))
        return nothing_ran(plan, e);
    if (!workspace_lock(w, r->events ? r->events->waiting : NULL, r->events ? r->events->to : NULL, e)) {
        nothing_ran(plan, e);
        return workspace_unlock(w, false, e);
    }
    ok = migrate_locked(plan, &agreed, w, r, e) || nothing_ran(plan, e);
    plan->lock_wait_ms = w->lock_wait_ms;
    return workspace_unlock(w, ok, e);
}
