#ifndef DIALECTS_SQLITE_SCRATCH_H
#define DIALECTS_SQLITE_SCRATCH_H

#include "dialects/dialect.h"

/* struct dialect's: an empty file in TMPDIR. Files of processes that are gone are removed by the next one. */
bool sqlite_scratch_make(const char **url, struct db *beside, struct arena *a, struct err *e);
bool sqlite_scratch_drop(struct db *beside, const char *url, struct err *e);

#endif
