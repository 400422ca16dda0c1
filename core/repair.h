/* Puts right what a run could not finish, and what two tables say differently. Each takes and releases the lock. */
#ifndef CORE_REPAIR_H
#define CORE_REPAIR_H

#include "core/workspace.h"

enum repair_kind {
    REPAIR_FINISHED,   /* somebody finished by hand what stopped midway: it is as if the run had */
    REPAIR_UNDONE,     /* somebody undid it by hand: it is as if the run had not begun */
    REPAIR_ACCEPT_EDIT /* today's up script is recorded as the applied one */
};

/* The version that a repair would be about, without the lock. ERR_UNKNOWN_VERSION; ERR_USAGE where there is nothing of
 * that kind to repair. */
bool repair_check(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                  struct err *e);
/* Looks again with the lock held, and repairs it. The same errors. */
bool repair_version(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                    struct err *e);

/* Under the lock: rows that only Drizzle's own table has are added to schema_migrations, which is always safe. */
bool repair_adopt(struct workspace *w, struct err *e);

struct reconcile_result {
    const char **added_versions; /* only Drizzle's table had them: now schema_migrations has them too */
    size_t nadded;
    const char **removed_versions; /* only schema_migrations had them: their row is gone, they are pending again */
    size_t nremoved;
};

/* What would be settled; with write it is, in one transaction. forget says that rows which only schema_migrations has
 * go (else Drizzle's table gets them back). */
bool repair_reconcile(struct reconcile_result *out, struct workspace *w, bool forget, bool write, struct err *e);

#endif
