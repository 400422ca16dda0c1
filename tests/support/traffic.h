/* An application beside us: one session, in a process of its own, that does its transaction again and again, and how
 * long the longest took. */
#ifndef TESTS_SUPPORT_TRAFFIC_H
#define TESTS_SUPPORT_TRAFFIC_H

#include "core/base/arena.h"

struct traffic;

/* statements are sent one by one, NULL-ended: BEGIN and COMMIT are theirs. */
struct traffic *traffic_open(const char *conninfo, const char *const *statements, struct arena *a);
unsigned traffic_transactions(const struct traffic *t); /* so far */
/* Returns when it has done n more. */
void traffic_await(const struct traffic *t, unsigned n);
int64_t traffic_longest_ms(const struct traffic *t); /* of a transaction, failed ones and the open one too */
unsigned traffic_errors(const struct traffic *t);
unsigned traffic_deadlocks(const struct traffic *t); /* of these: 40P01 */
/* Ends it behind its transaction. */
void traffic_close(struct traffic *t);

#endif
