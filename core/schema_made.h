/* What a migration made of the schema, from the descriptions around it. */
#ifndef CORE_SCHEMA_MADE_H
#define CORE_SCHEMA_MADE_H

#include "core/schema_reasons.h"

struct schema_made {
    const struct history_entry *of; /* the row that is told of: the newest that ran something */
    const struct schema_entry *before, *after;
    const struct history_entry **together; /* what ran between the two, oldest first: itself, and perhaps others */
    size_t ntogether;
    struct schema from, to;
    struct schema_changes changes;
};

/* Behind a survey. ERR_UNKNOWN_VERSION; ERR_NO_DESCRIPTION with the reason where nobody can tell: another tool applied
 * it, it was never run, or nothing was recorded around it. */
bool schema_made_find(struct schema_made *out, struct workspace *w, const char *version, struct err *e);

#endif
