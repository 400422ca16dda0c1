/* What a source would apply to a database that nobody asks. */
#ifndef CORE_PLAN_OFFLINE_H
#define CORE_PLAN_OFFLINE_H

#include "core/workspace.h"

struct plan_offline_request {
    const struct dialect *dialect;
    const struct source_request *source; /* what w->source was loaded from */
    const char *since;                   /* only what this commit does not have; NULL: everything */
    const char *base;                    /* only what the commit where this line left that one does not have; NULL */
    struct resolve_options resolve;
};

/* A prepared plan, and the workspace as it is without a database: never opened, nothing recorded in it. */
bool plan_offline(struct plan *out, struct workspace *w, const struct plan_offline_request *r, struct err *e);

#endif
