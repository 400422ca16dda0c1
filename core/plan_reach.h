/* What of a schema the scripts of a plan can meet: a change elsewhere does not make the plan stale. */
#ifndef CORE_PLAN_REACH_H
#define CORE_PLAN_REACH_H

#include "core/base/schema.h"
#include "core/statements.h"

/* Reached are the schemas of the search path, and every other one that a script names, anywhere in its text; all of
 * them where a script could not be taken apart, changes the search path or the role, or runs code that is not looked
 * into. What lies in no schema (an extension, an event trigger) always counts. Partitions count as their parent and so
 * not at all; neither do comments, owners and grants. With strict everything counts. */
struct plan_reach {
    bool all, strict;
    const char *const *schemas; /* sorted, NULL-ended; meaningless where all */
};

struct plan_reach_request {
    const struct planned_script *scripts;
    size_t n;
    bool blind; /* there are scripts that could not be taken apart */
    bool strict;
    const char *path; /* the search path's schemas, a line each; NULL: none */
    const struct schema *live;
};

/* Pure. */
void plan_reach(struct plan_reach *out, const struct plan_reach_request *r, struct arena *a);
bool plan_reaches(const struct plan_reach *reach, const struct schema_object *o);

#endif
