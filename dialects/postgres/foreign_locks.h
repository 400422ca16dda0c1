/* The advisory locks that other migration tools take while they run. Held by merganser too, they keep each other out.
 * Pure: every formula is the tool's own. */
#ifndef DIALECTS_POSTGRES_FOREIGN_LOCKS_H
#define DIALECTS_POSTGRES_FOREIGN_LOCKS_H

#include "core/base/arena.h"
#include "dialects/dialect.h"

struct foreign_lock {
    const char *tool;        /* "goose" */
    struct table_name table; /* that tells of it: its ledger */
    int64_t key;
    bool held;
};

struct foreign_locks {
    struct foreign_lock *at;
    size_t len, cap;
};

/* Rails' lock, which merganser takes as its own (activerecord/lib/active_record/migration.rb). */
int64_t foreign_lock_rails(const char *database);

/* Whether the tool takes an advisory lock at all. */
bool foreign_lock_known(const char *tool);
/* Appends the locks that a tool takes whose ledger is this table: of some tools more than one, since how they were
 * started decides. `table` has its schema; `dirty` says that it has a column of that name. */
void foreign_locks_add(struct foreign_locks *out, const char *tool, struct table_name table, bool dirty,
                       const char *database, struct arena *a);

#endif
