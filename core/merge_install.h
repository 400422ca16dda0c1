/* Telling git of the merge drivers: the clone's own configuration names the commands, .gitattributes the files. */
#ifndef CORE_MERGE_INSTALL_H
#define CORE_MERGE_INSTALL_H

#include "vcs/vcs.h"

struct merge_drivers {
    bool installed; /* the configuration names both, as this merganser writes them */
    bool changed;   /* by this run */
    /* The lines that .gitattributes lacks, NULL-ended: it is tracked, so a person writes them. */
    const char *const *add;
};

/* program: where merganser is when it is not in PATH. ERR_GIT outside git. */
bool merge_drivers_install(struct merge_drivers *out, struct vcs *v, const char *program, struct arena *a,
                           struct err *e);
/* Takes the drivers out; lines in .gitattributes may stay, git then merges those files as lines again. */
bool merge_drivers_uninstall(struct merge_drivers *out, struct vcs *v, struct arena *a, struct err *e);
bool merge_drivers_look(struct merge_drivers *out, struct vcs *v, const char *program, struct arena *a, struct err *e);

#endif
