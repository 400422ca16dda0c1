#ifndef DIALECTS_POSTGRES_SCRATCH_H
#define DIALECTS_POSTGRES_SCRATCH_H

#include "dialects/postgres/session.h"

/* struct dialect's. The URL is a conninfo; dropping is not stopped by a signal. */
bool postgres_scratch_make(const char **url, struct db *beside, struct arena *a, struct err *e);
bool postgres_scratch_drop(struct db *beside, const char *url, struct err *e);

#endif
