/* Who else is at work on a server, and what a long unit tells of itself. */
#ifndef DIALECTS_SESSIONS_H
#define DIALECTS_SESSIONS_H

#include "core/base/arena.h"

/* A session of the server, as far as it lets us see it. */
struct db_session {
    int64_t pid;
    const char *user, *application, *client, *query, *state; /* "" where it is not shown; query without secrets */
    int64_t age_ms; /* of its transaction, or of its state where it has none; -1: not shown */
};

struct db_sessions {
    struct db_session *at;
    size_t len, cap;
};

/* "pid 123 (app, psql from 10.0.0.5), in a transaction for 12 s: UPDATE …", as messages, details and progress have it.
 */
const char *db_session_words(const struct db_session *s, struct arena *a);

enum db_progress_kind {
    PROGRESS_SCRIPT,  /* statements and bytes of a long script */
    PROGRESS_BUILD,   /* a concurrent build: phase, percent, blockers */
    PROGRESS_AWAITED, /* before a concurrent build: the transactions that it will wait for are the blockers */
    PROGRESS_BLOCKED, /* a statement waits for a lock that the blockers hold */
    PROGRESS_RETRY    /* a transaction lost against others and is tried again in wait_ms */
};

/* What a long unit is doing; borrowed for the call. */
struct db_progress {
    enum db_progress_kind kind;
    uint64_t statements, bytes, bytes_total; /* PROGRESS_SCRIPT */
    const char *object;                      /* PROGRESS_BUILD and _AWAITED: schema.index */
    const char *phase;                       /* as the server calls it */
    double percent;                          /* below 0: not known */
    struct db_sessions blockers;
    unsigned attempt; /* PROGRESS_RETRY: the one that failed, from 1 */
    int64_t wait_ms;  /* PROGRESS_BLOCKED: so far; PROGRESS_RETRY: until the next */
    const char *sqlstate;
};

#endif
