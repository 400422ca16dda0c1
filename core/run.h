/* Plan → database, step by step, and the history of it. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "core/prepare.h"

/* Told while it runs; any may be NULL. i counts from 0. */
struct run_events {
    void (*waiting)(void *to, const char *holder);
    void (*step_begins)(void *to, const struct plan *plan, size_t i);
    void (*step_ended)(void *to, const struct plan *plan, size_t i);
    void *to;
};

struct run_request {
    struct resolve_options up, down;
    bool go_down, go_up; /* both: redo */
    bool dry_run, fresh;
    enum down_from down_from;
    bool confirmed; /* what has to be asked was */
    /* Asked before a baseline row is rolled back; NULL: nobody can answer. */
    bool (*ask)(void *to, const char *question);
    const struct run_events *events;
};

/* Runs the steps in order and stops at the first that fails; the rest is STEP_NOT_RUN. *e says what stands. The lock is
 * held by the caller. */
bool run_plan(struct plan *plan, struct workspace *w, const struct run_events *events, struct err *e);

/* The way of up, down and redo: look, lock, look again, plan, prepare, run, unlock. Nothing to do takes no lock. plan
 * is filled as far as it came, also on failure. */
bool run_migrate(struct plan *plan, struct workspace *w, const struct run_request *r, struct err *e);

#endif
