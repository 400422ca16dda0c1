/* What `wait` asks of a database again and again: whether anything is pending. Writes nothing and takes no lock. */
#ifndef CORE_WAIT_H
#define CORE_WAIT_H

#include "core/workspace.h"

struct wait_look {
    const char *ledger;          /* for messages */
    const char **pending, **ids; /* the versions that are waited for, oldest first, and what they are called */
    size_t npending;
    const char *partial; /* the first of these whose script was begun and did not finish, or is running now; or NULL */
};

/* One look, with all it needs in the arena, which may go before the next. `to` is the last version that matters, NULL
 * for all: ERR_UNKNOWN_VERSION where there is none. */
bool wait_look(struct wait_look *out, const struct workspace *w, const char *to, struct arena *a, struct err *e);

/* Whether the same look may succeed later: a server that is not up yet, not one that knows another password. */
bool wait_may_cure(const struct err *e);

/* How long until the next look: about interval_ms, but not the same for all who wait. */
int64_t wait_pause_ms(int64_t interval_ms);

#endif
