/* Finds and inspects the scripts of a plan; nothing runs. */
#ifndef CORE_PREPARE_H
#define CORE_PREPARE_H

#include "core/workspace.h"

enum down_from { DOWN_FROM_ANY, DOWN_FROM_FILE, DOWN_FROM_HISTORY };

/* Reads every step's script and inspects it. Refuses what a missing down script (ERR_NO_DOWN_SCRIPT) or a script's own
 * text forbids. */
bool prepare_plan(struct plan *plan, struct workspace *w, enum down_from from, struct err *e);

/* The down script that would undo an applied version, and where it is from: the file's, when it belongs to the applied
 * up script or nothing was recorded; the history's copy; the recorded commit's file. out->at NULL: there is none. */
struct down_script {
    struct text script;
    enum script_from from;
    const char *path;
    struct object_id blob;
    bool unchecked; /* the file's, and nothing was recorded to hold it against */
};
bool prepare_down_script(struct down_script *out, struct workspace *w, const struct version_entry *v,
                         enum down_from from, struct err *e);

/* Whether the ledger's column takes the version. ERR_MIGRATION_FILE. */
bool prepare_version_fits(struct workspace *w, const struct migration *m, struct err *e);

/* Reads what status shows beside the states: which pending scripts run outside a transaction, and which missing
 * versions have no down script anywhere. */
bool prepare_flags(struct workspace *w, struct err *e);

#endif
