/* Drizzle's journal, meta/_journal.json as drizzle-kit 0.x writes it: version, dialect, and the entries in the order in
 * which they are applied. */
#ifndef CORE_LAYOUTS_JOURNAL_H
#define CORE_LAYOUTS_JOURNAL_H

#include "core/base/err.h"

struct journal_entry {
    uint64_t idx, when; /* when: milliseconds since 1970 */
    const char *version, *tag;
    size_t from, to; /* the bytes of the journal that say it */
};

struct journal {
    const char *path; /* as shown */
    struct text bytes;
    const char *version, *dialect; /* "" where it has none */
    struct journal_entry *at;
    size_t len;
};

/* ERR_JOURNAL with the place: not JSON, conflict markers, entries of another shape, an idx or a tag twice. path and
 * bytes are borrowed. */
bool journal_parse(struct journal *out, const char *path, struct text bytes, struct arena *a, struct err *e);
/* The same, but an idx or a tag may be there twice: for who names that, or mends it. */
bool journal_parse_repeated(struct journal *out, const char *path, struct text bytes, struct arena *a, struct err *e);

/* The journal's bytes with an entry behind its last one, written as that one is. */
struct text journal_with(const struct journal *j, const struct journal_entry *added, struct arena *a);

/* Behind the string that begins at a byte of what is known to be JSON. */
size_t journal_string_end(struct text t, size_t at);

#endif
