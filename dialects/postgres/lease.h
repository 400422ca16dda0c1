/* The run's lock as a row, for those who can't have advisory locks, and where a pooler stands between. Who has it
 * writes to the row now and then; who has not been heard of for LEASE_SECONDS, by the server's clock, has lost it to
 * the next who asks. A counter goes up with every taking, and every transaction of ours updates the row with its own
 * count in it: one whose lease was taken meanwhile can't commit. */
#ifndef DIALECTS_POSTGRES_LEASE_H
#define DIALECTS_POSTGRES_LEASE_H

#include "dialects/postgres/session.h"

enum { LEASE_SECONDS = 30, LEASE_BEAT_SECONDS = 5 };

/* True where the run's lock is a lease and no advisory lock of a session. */
bool lease_wanted(const struct pg *pg);
/* As struct dialect's lock and unlock. Makes the table where it is absent. */
bool lease_lock(struct pg *pg, const struct lock_request *r, int64_t *waited_ms, struct err *e);
bool lease_unlock(struct pg *pg, struct err *e);

/* Called again and again while a query is out: says that we are alive, over a connection of its own. Never waits. */
void lease_beat(struct pg *pg);
/* Closes that connection. */
void lease_close(struct pg *pg);

/* The changes with one more, which fails where the lease is not ours any more; the same where there is no lease. The
 * list belongs to the arena. */
const struct row_change *lease_fenced(const struct pg *pg, const struct row_change *changes, size_t *n,
                                      struct arena *a);
/* Behind a transaction that failed a check: *e becomes ERR_LOCK_LOST where that was the lease's. Returns false. */
bool lease_explain(struct pg *pg, struct err *e);

#endif
