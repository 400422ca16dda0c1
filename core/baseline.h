/* Marks versions as applied without running them. */
#ifndef CORE_BASELINE_H
#define CORE_BASELINE_H

#include "core/workspace.h"

struct baseline_result {
    const struct version_entry **marked;
    size_t len;
};

/* Every pending version up to and with `to`, in one transaction, under the lock that this takes and releases.
 * ERR_UNKNOWN_VERSION where there is no such file. */
bool baseline_mark(struct baseline_result *out, struct workspace *w, const char *to, struct err *e);

/* Appends what a version's ledger and history rows will be, as applied by nobody known. v->migration NULL: it has no
 * file. ledger and history may be one list. */
bool baseline_rows(struct row_changes *ledger, struct row_changes *history, struct workspace *w,
                   const struct version_entry *v, struct err *e);

#endif
