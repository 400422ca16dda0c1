/* Whether a plan from a file still holds, and if not, what has moved. */
#ifndef CORE_PLAN_HOLD_H
#define CORE_PLAN_HOLD_H

#include "core/plan_file.h"

enum plan_move_kind { MOVE_ADDED, MOVE_GONE, MOVE_CHANGED };

struct plan_move {
    enum plan_part part;
    enum plan_move_kind kind;
    const char *name;             /* a version, an object, a word of the target's */
    const char *planned, *actual; /* NULL of what was added; NULL of what is gone */
};

struct plan_moves {
    struct plan_move *at; /* by part, then name */
    size_t len, cap;
    bool moved[PLAN_PARTS]; /* also where nothing more is known of it than that */
};

/* Pure. plan is what would run now: the versions of the file's steps that are pending, of which the first `done` are
 * not. */
void plan_compare(struct plan_moves *out, const struct plan_file *f, size_t done, const struct plan_basis *now,
                  const struct plan *plan, struct arena *a);

/* What apply asks under the lock, as migrate_request.holds: to is a struct plan_hold. ERR_STALE_PLAN. */
struct plan_hold {
    struct workspace *work;
    const struct plan_file *file;
    const char *const *session, *const *ignore; /* as in plan_basis_request */
    struct plan_moves moves;                    /* filled where it does not hold */
};
bool plan_holds(void *to, const struct plan *plan, struct err *e);

/* The versions of its steps, NULL-ended. */
const char *const *plan_file_versions(const struct plan_file *f, struct arena *a);

const char *plan_move_word(enum plan_move_kind k); /* "added", "gone", "changed" */

#endif
