/* What every run names or refuses: late, edited, missing and uncommitted versions. */
#ifndef CORE_FINDINGS_H
#define CORE_FINDINGS_H

#include "core/workspace.h"

struct findings {
    bool name;           /* as warnings; else only what the policy refuses is said */
    bool sees_missing;   /* the run deals with missing versions, and says so itself */
    bool sees_edited;    /* … with edited ones */
    bool relinks;        /* … with renamed ones: they are not late then */
};

/* ERR_POLICY where the policy refuses one. */
bool findings_check(struct workspace *w, const struct findings *f, struct err *e);

#endif
