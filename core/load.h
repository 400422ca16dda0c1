/* structure.sql into an empty database, and back to where its versions are applied. */
#ifndef CORE_LOAD_H
#define CORE_LOAD_H

#include "core/workspace.h"

struct load_events {
    void (*waiting)(void *to, const char *holder);
    void *to;
};

struct load {
    const char *shown;     /* the file, for messages */
    const char **versions; /* recorded as applied, n of them */
    size_t n;
    size_t pending; /* files that the dump's versions lack */
};

/* Runs the file and records its versions, in one transaction and under the lock: as applied, and in the history as a
 * baseline. Where the file makes the history's own table that is filled behind it. file NULL: the project's
 * (dump_file_find). ERR_NOT_EMPTY where there is any table but ours; ERR_STRUCTURE_FILE where the file can't run in one
 * transaction, or holds a conflict; ERR_SCRIPT_FAILED with its place, and nothing of it remains. */
bool load_structure(struct load *out, struct workspace *w, const char *file, const struct load_events *events,
                    struct err *e);

#endif
