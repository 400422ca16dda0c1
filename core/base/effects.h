/* What a statement does to the tables that it touches while others use them: locks, rewrites, scans. */
#ifndef CORE_BASE_EFFECTS_H
#define CORE_BASE_EFFECTS_H

#include "core/base/types.h"

/* Of one relation. Names as the server folds them; schema NULL where the statement does not say. */
struct effect {
    const char *schema, *relation;
    const char *lock; /* "ACCESS EXCLUSIVE", as PostgreSQL's documentation writes it; NULL: none */
    bool rewrites;    /* all of its rows are written anew */
    bool scans;       /* all of its rows are read while the lock is held */
    bool may;         /* rewrites and scans depend on what only the server knows */
};

struct effects {
    struct effect *at;
    size_t len, cap;
    bool known;           /* false: nobody can tell from the statement's text */
    bool observed;        /* seen in a trace, not read from the statement */
    int64_t us;           /* observed: how long the statement took, in microseconds; -1: not measured */
    const char *untraced; /* observed is false although it was asked for: why; NULL */
};

#endif
