/* (migrations, what is recorded, options) → states and plan. Pure: no clock, no I/O. */
#ifndef CORE_RESOLVE_H
#define CORE_RESOLVE_H

#include "core/plan.h"

/* How today's up script stands to the applied one. */
enum script_edit { SCRIPT_UNCHANGED, SCRIPT_COSMETIC, SCRIPT_EDITED };

struct resolve_input {
    const struct migrations *migrations; /* sorted */
    const enum script_edit *edits;       /* one a migration */
    const struct ledger_rows *rows;
    const struct history_records *records;
    /* One a migration: the checksum of a pending one's up script where it says anything; NULL elsewhere. NULL itself
     * where no missing version has one recorded. */
    const char *const *sha256;
};

void resolve(struct resolution *out, const struct resolve_input *in, struct arena *a);

/* The index of a version, as it is written, without the leading zeros that a file's name may have, or by its file's
 * name. ERR_UNKNOWN_VERSION with the nearest. */
bool resolve_version(size_t *at, const struct resolution *r, const char *version, struct arena *a, struct err *e);

/* What to do with a pending version that is `renamed`. */
enum renamed_handling { RENAMED_REFUSE, RENAMED_RELINK, RENAMED_RUN };

struct resolve_options {
    const char *to;                /* NULL: all */
    const char *version;           /* down only: this one alone */
    uint64_t steps;                /* 0: no limit up, 1 down */
    const char *const *only;       /* up: no others than these, NULL-ended; NULL: any */
    enum renamed_handling renamed; /* up only */
};

/* What would be relinked, which `steps` does not count, then what would be applied, oldest first. ERR_PARTIAL where a
 * version stopped midway that is not gone on with, ERR_RENAMED, ERR_UNKNOWN_VERSION. */
bool resolve_up(struct plan *out, const struct resolution *r, const struct resolve_options *o, struct arena *a,
                struct err *e);
/* What would be rolled back, newest first. */
bool resolve_down(struct plan *out, const struct resolution *r, const struct resolve_options *o, struct arena *a,
                  struct err *e);

#endif
