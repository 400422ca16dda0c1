/* What Drizzle's journal said in other commits. */
#ifndef CORE_JOURNALS_H
#define CORE_JOURNALS_H

#include "core/source.h"

/* The tags of n entries that the source's journal does not have, by their `when` in milliseconds: as the journals at
 * other tips have them, else older ones, the newest that says it. NULL where none does, and where the source's journal
 * gives that tag to another entry. */
bool journals_find_tags(const char **tags, const char *const *whens, size_t n, const struct source *s, struct arena *a,
                        struct err *e);

#endif
