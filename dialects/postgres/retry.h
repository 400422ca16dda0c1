/* A transaction that loses against others is rolled back and tried again: lock_not_available (55P03), deadlock_detected
 * (40P01) and serialization_failure (40001), nothing else. Who was in the way is seen while it waits. */
#ifndef DIALECTS_POSTGRES_RETRY_H
#define DIALECTS_POSTGRES_RETRY_H

#include "dialects/postgres/session.h"

enum { RETRY_DEFAULT = 10 }; /* further attempts, where timeouts.retries does not say */

/* How long to wait behind the nth (from 1) failed attempt, in ms: exponential, with full jitter. chance is any number.
 * What had to wait behind our wait for a lock needs longer to get through than a deadlock to come apart. */
int64_t retry_pause_ms(unsigned failed, bool waited_for_lock, uint32_t chance);

struct retry {
    struct pg *pg;
    const struct unit *unit; /* whose progress is told; NULL: nobody's */
    unsigned attempts;       /* begun so far */
    int64_t began;
    int64_t waited_ms; /* for locks, as far as looks tell, and between attempts; of the running one only at its end */
    bool final;        /* set by an attempt that left something, and so can't be repeated */
    /* retry.c's own, of the running attempt */
    int64_t attempt_began, query_sent, looked_at, next_look, blocked_ms;
    struct arena *seen;          /* holds: */
    struct db_sessions blockers; /* the last that were in the way, of any attempt */
};

/* One attempt. False: *e, nothing of it is open, and nothing of it remains unless it sets r->final. */
typedef bool retry_attempt(void *to, struct retry *r, struct err *e);

/* Attempts until one succeeds, fails for another reason, or timeouts.retries is used up: then *e says who was in the
 * way and how often it was tried. Zeroes *r first; attempts and waited_ms hold afterwards. unit may be NULL. */
bool retry_run(struct retry *r, struct pg *pg, const struct unit *unit, retry_attempt *attempt, void *to,
               struct err *e);

/* The same for one string of ours, from BEGIN to COMMIT, whose results don't matter. */
bool retry_sql(struct pg *pg, const char *sql, struct err *e);

#endif
