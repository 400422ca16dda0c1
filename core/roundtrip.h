/* Whether down scripts undo what their up scripts did: found by running both in a database that nobody needs. */
#ifndef CORE_ROUNDTRIP_H
#define CORE_ROUNDTRIP_H

#include "core/scratch.h"
#include "core/workspace.h"

struct roundtrip_request {
    struct scratch_request beside;
    const char *scratch; /* an empty database of the user's, which is left as the migrations made it; NULL: one
                            is made beside the target and dropped */
    const struct config_block *config; /* of the target: ledger, timeouts */
    const char *environment;
    const char *const *ignore; /* drift.ignore; NULL-ended or NULL */
};

struct roundtrip_fault {
    const struct migration *migration; /* of the request's list */
    struct pos at;                     /* in its down script */
    const char *message, *hint;
};

struct roundtrip_faults {
    struct roundtrip_fault *at;
    size_t len, cap;
};

/* Applies every migration of the source, oldest first; those of the list are described, applied, rolled back, described
 * and applied again. What has no down script is only applied. A fault ends nothing where the scratch database can be
 * made anew; an up script that fails is ERR_SCRIPT_FAILED. */
bool roundtrip_run(struct roundtrip_faults *out, const struct migration *const *list, size_t n, struct vcs *v,
                   const struct source_request *source, const struct roundtrip_request *r, struct arena *a,
                   struct notices *notices, struct err *e);

#endif
