/* One entry of Drizzle's journal as the bytes that say it. */
#ifndef CORE_LAYOUTS_JOURNAL_ENTRY_H
#define CORE_LAYOUTS_JOURNAL_ENTRY_H

#include "core/layouts/journal.h"

struct text journal_entry_bytes(const struct journal *j, size_t i);
/* The entry's bytes with another idx and `when`, all else as it is. False where a key is spelled with escapes. */
bool journal_entry_renumbered(struct text *out, struct text entry, uint64_t idx, uint64_t when, struct arena *a);

#endif
