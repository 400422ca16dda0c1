/* A connection that was lost in the middle of a run: looking what stands, and whether to go on. */
#ifndef CORE_RECONNECT_H
#define CORE_RECONNECT_H

#include "core/run.h"

/* Connects again, for up to half a minute where the server is away, takes the lock (which waits for the orphan) and
 * surveys. *why is how the connection was lost. False: not in time, *e as it was before and its detail says more. */
bool reconnect(enum db_loss *why, struct workspace *w, struct err *e);

/* *e, of a step that may have been committed, as ERR_UNKNOWN_OUTCOME. Returns false. */
bool reconnect_unknown(const struct step *s, struct err *e);

/* Behind a step whose connection was lost and had again: s is done, or nothing of it stands and it can be run again.
 * True: that and what is left of the plan, from there on, is still what would be planned. Else *e says what stands. */
bool reconnect_goes_on(struct workspace *w, const struct plan *plan, size_t i, enum db_loss why,
                       const struct run_check *check, struct err *e);

/* A connection that was lost with this SQLSTATE while no step was under way: the same for what is left, from `next` on.
 */
bool reconnect_between(struct workspace *w, const struct plan *plan, size_t next, const char *sqlstate,
                       const struct run_check *check, struct err *e);

/* Behind a connection that was lost and had again: how far a script came, by its journal. False: nothing of it is
 * kept. */
bool reconnect_count(struct step *s, const struct workspace *w);

#endif
