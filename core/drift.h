/* What changed in the schema behind merganser's back. */
#ifndef CORE_DRIFT_H
#define CORE_DRIFT_H

#include "core/schema_reasons.h"

/* Recorded always, compared only where it is asked for: roles are the business of others as often as not. */
struct drift_options {
    bool owners, grants;
};

struct drift {
    struct schema_entries entries;    /* of this ledger, newest first */
    const struct schema_entry *last;  /* the newest; NULL: nothing was ever recorded */
    const char *unusable;             /* why nothing can be compared with it; NULL: it can be */
    const struct schema_entry *found; /* the first drift that a run found and nobody accepted; NULL: none did */
    struct schema_reasons reasons;
    /* What merganser itself made of it, and what is there: without what is not compared. */
    struct schema expected, actual;
    const char *expected_sha256, *actual_sha256; /* expected's is NULL where there is none */
    struct schema_changes changes;
    const char *live_sha256; /* of all that is there: what is accepted */
    struct text live_text;
    bool accepted; /* it was recorded as the expected one */
};

/* Takes out what is not compared: drift.ignore's patterns, owners and grants. options NULL: neither of these two. */
void drift_filter(struct schema *s, const struct workspace *w, const struct drift_options *options, struct arena *a);

/* Pure: the changes from one schema to another, made to a third. Where that differs from the first, what the other has
 * stands. All three sorted; so is what comes out, a copy. */
void drift_follow(struct schema *out, const struct schema *to, const struct schema *before, const struct schema *after,
                  struct arena *a);

/* Surveys, and compares. Nothing recorded, or nothing usable, is no error: last and unusable tell. */
bool drift_look(struct drift *out, struct workspace *w, const struct drift_options *options, struct err *e);
/* The error for that: ERR_NO_DESCRIPTION. Returns false. */
bool drift_nothing(const struct drift *d, struct err *e);

/* Records the schema as it should be from now on, if it is still what agreed says that it is. */
bool drift_accept(struct workspace *w, const struct drift *agreed, struct err *e);

#endif
