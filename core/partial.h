/* Versions whose script stopped midway: who may go on with them. Pure. */
#ifndef CORE_PARTIAL_H
#define CORE_PARTIAL_H

#include "core/plan.h"
#include "dialects/dialect.h"

/* Whether a version that stopped midway was being rolled back. */
bool partial_goes_down(const struct version_entry *v);

/* True where a version stopped midway and the plan does not begin by going on with it: *e is ERR_PARTIAL then, and says
 * what goes on. */
bool partial_refuses(const struct plan *plan, const struct resolution *r, struct arena *a, struct err *e);

/* "merganser up": the command that goes on with a version by itself; NULL where none does. */
const char *partial_goes_on_with(const struct version_entry *v, struct arena *a);

/* Where a step goes on; false for one that begins at the beginning. chain is not set. */
bool partial_resume(struct resume *out, const struct step *s);

/* "was applied in part: statements 1 to 3 of 7 have run and are kept" */
const char *partial_words(const struct step *s, struct arena *a);

#endif
