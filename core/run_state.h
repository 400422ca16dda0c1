/* What a run that stops says of itself: what stands, and what goes on. */
#ifndef CORE_RUN_STATE_H
#define CORE_RUN_STATE_H

#include "core/workspace.h"

/* Whether a step keeps a journal that a later run can go on from. */
bool run_is_journalled(const struct workspace *w, const struct step *s);
/* Adds to an error what is applied and what is not, and where the error has no hint of its own, what goes on. */
void run_state_say(const struct plan *plan, size_t failed, const struct workspace *w, struct err *e);

#endif
