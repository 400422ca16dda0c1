/* The way of up, down and redo: look, lock, look again, plan, prepare, run, unlock. */
#ifndef CORE_MIGRATE_H
#define CORE_MIGRATE_H

#include "core/prepare.h"
#include "core/run.h"
#include "core/sync.h"

struct migrate_request {
    struct resolve_options up, down;
    bool go_down, go_up;             /* both: redo */
    const struct sync_options *sync; /* the source decides what goes down and up; NULL: the two above do */
    bool dry_run, fresh;
    enum down_from down_from;
    bool confirmed; /* what has to be asked was */
    /* Shows a plan that relinks or syncs, or any where the policy says `confirm: true`, and asks whether to run it,
     * without the lock; what runs then is that very plan. NULL: nobody can answer. */
    bool (*agree)(void *to, const struct plan *plan);
    /* Asked before a baseline row is rolled back; NULL: nobody can answer. */
    bool (*ask)(void *to, const char *question);
    /* Asked with the lock held, before anything is written, whether the plan that is now prepared is the one that was
     * meant; also of a plan with nothing to do, without the lock. False: *e says why not. NULL: any will do. */
    bool (*holds)(void *to, const struct plan *plan, struct err *e);
    void *holds_to;
    const struct run_events *events;
};

/* Nothing to do takes no lock. ERR_UNCONFIRMED where nobody agreed, ERR_STALE_PLAN where it was to another plan. plan
 * is filled as far as it came, also on failure. */
bool migrate(struct plan *plan, struct workspace *w, const struct migrate_request *r, struct err *e);

#endif
