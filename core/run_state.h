/* What an error of a run says beside itself: what is applied and what is not, and the command that goes on. */
#ifndef CORE_RUN_STATE_H
#define CORE_RUN_STATE_H

#include "core/workspace.h"

/* Of the error that a plan ended with at step `failed`. */
void run_state_say(const struct plan *plan, size_t failed, const struct workspace *w, struct err *e);

/* Whether the step's script keeps a journal that a later run can go on from. */
bool run_is_journalled(const struct workspace *w, const struct step *s);
const char *run_direction_word(const struct step *s); /* as the history has it */

#endif
