/* What every run names or refuses: late, edited, missing and uncommitted versions. */
#ifndef CORE_FINDINGS_H
#define CORE_FINDINGS_H

#include "core/workspace.h"

struct findings {
    bool name;               /* as warnings; else only what the policy refuses is said */
    bool shows;              /* the run itself shows what it does about missing and edited versions */
    bool redoes;             /* it applies edited versions anew: nothing to refuse */
    bool relinks;            /* it relinks what is renamed: that is not late then */
    const struct plan *plan; /* what it rolls back makes nothing late either; NULL: it goes up only */
};

/* ERR_POLICY where the policy refuses one. */
bool findings_check(struct workspace *w, const struct findings *f, struct err *e);

#endif
