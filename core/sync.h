/* What makes the database match the source: which versions are relinked, rolled back, applied, and which are left. */
#ifndef CORE_SYNC_H
#define CORE_SYNC_H

#include "core/workspace.h"

/* How many versions sync rolls back where nobody allowed more. */
#define SYNC_MAX_ROLLBACK 5

struct sync_options {
    bool include_retired;   /* also what this line of history had and deleted */
    bool include_foreign;   /* also what nothing shows that this repository applied */
    bool skip_irreversible; /* leave what has no down script, instead of refusing */
    bool redo_edited;       /* roll back edited versions too, and apply them again */
    uint64_t max_rollback;  /* 0: SYNC_MAX_ROLLBACK */
};

/* Whether this repository may decide at all. ERR_POLICY where the policy says no; ERR_SYNC_REFUSED without git, with a
 * shallow history, without any migration, and in a work tree that is in the middle of something or on no branch. */
bool sync_allowed(struct workspace *w, struct err *e);

/* Names, before anything is asked, who else may want what would be rolled back. */
void sync_warn(struct workspace *w, const struct plan *plan);

/* Relinks, then roll-backs, newest first, then what is applied, oldest first; plan->left is all else that does not
 * match. Refuses as a whole: ERR_PARTIAL, ERR_NO_DOWN_SCRIPT, ERR_SYNC_REFUSED above the allowed number. Pure: the
 * missing versions are flagged with their kind and, like the edited ones, `irreversible` where nobody has a down
 * script. repository is this one's own name, NULL where it has none. places: where it was looked, for messages. */
bool sync_resolve(struct plan *out, const struct resolution *r, const struct sync_options *o, const char *repository,
                  const char *places, struct arena *a, struct err *e);

#endif
