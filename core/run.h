/* Plan → database, step by step, and the history of it. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "core/workspace.h"

/* Told while it runs; any may be NULL. i counts from 0. */
struct run_events {
    void (*waiting)(void *to, const char *holder);
    void (*step_begins)(void *to, const struct plan *plan, size_t i);
    /* What a step that takes its time is doing, about once a second. */
    void (*progress)(void *to, const struct plan *plan, size_t i, const struct db_progress *p);
    void (*step_ended)(void *to, const struct plan *plan, size_t i);
    void *to;
};

/* Asked where the connection was lost and had again, with the lock held and all surveyed anew: whether the plan from
 * the step `from` on is what would be planned now. */
struct run_check {
    bool (*still_right)(void *to, const struct plan *plan, size_t from);
    void *to;
};

/* Runs the steps in order and stops at the first that fails; the rest is STEP_NOT_RUN. *e says what stands. The lock is
 * held by the caller. check NULL: a run whose connection is lost ends with the step that it was lost in. */
bool run_plan(struct plan *plan, struct workspace *w, const struct run_events *events, const struct run_check *check,
              struct err *e);

#endif
