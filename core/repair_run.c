/* Running what goes on with a version that stopped midway, or undoes it. */
#include "core/base/text.h"
#include "core/partial.h"
#include "core/repair.h"

bool repair_run_alone(struct plan *plan, struct workspace *w, const struct version_entry *v, enum direction direction,
                      const struct run_events *events, struct err *e)
{
    struct step *s = arena_push(w->arena, plan);

    s->direction = direction;
    s->entry = v;
    return prepare_plan(plan, w, DOWN_FROM_ANY, e) && run_plan(plan, w, events, NULL, e);
}

static bool undo_locked(struct plan *plan, struct workspace *w, const char *version, const struct run_events *events,
                        struct err *e)
{
    const struct version_entry *v;

    if (!repair_find(&v, w, version, e))
        return false;
    /* Where it was this that stopped, it goes on. */
    if (partial_goes_down(v) && !(repair_is_undone(v) && partial_goes_on_with(v, w->arena))) {
        err_plain(e, ERR_USAGE, "%s stopped midway while it was being rolled back: no script undoes that", v->id);
        return err_hint(e, "`merganser repair %s` shows what goes on with it", v->version);
    }
    plan->verb = arena_printf(w->arena, "repair %s --undo", v->version);
    if (repair_run_alone(plan, w, v, DIRECTION_DOWN, events, e))
        return true;
    if (plan->len && plan->at[0].outcome == STEP_FAILED)
        err_state(e, "%s is as it was: nothing of its down script remains", v->id);
    return false;
}

bool repair_undo(struct plan *plan, struct workspace *w, const char *version, const struct run_events *events,
                 struct err *e)
{
    *plan = (struct plan) { 0 };
    if (!workspace_check_writable(w, e))
        return false;
    return workspace_unlock(w, workspace_lock(w, NULL, NULL, e) && undo_locked(plan, w, version, events, e), e);
}
