/* Finds and inspects the scripts of a plan; nothing runs. */
#ifndef CORE_PREPARE_H
#define CORE_PREPARE_H

#include "core/workspace.h"

enum down_from { DOWN_FROM_ANY, DOWN_FROM_FILE, DOWN_FROM_HISTORY };

/* Reads every step's script and inspects it. Refuses what a missing down script (ERR_NO_DOWN_SCRIPT) or a script's own
 * text forbids. */
bool prepare_plan(struct plan *plan, struct workspace *w, enum down_from from, struct err *e);

/* What a dialect has to be told of a step's script; through a pooler more of it is refused, and that is not set. */
struct script_request prepare_request(const struct workspace *w, const struct step *s);

/* The down script that would undo an applied version, and where it is from: the file's, when it belongs to the applied
 * up script or nothing was recorded; the history's copy; what git still has beside that up script. script.read NULL:
 * there is none anywhere. */
struct down_script {
    struct script script;
    enum script_from from;
    const char *path;
    struct object_id blob;
    struct object_id commit; /* that it was read from; unknown: none */
    bool unchecked;          /* nothing was recorded to hold the up script beside it against */
};
bool prepare_down_script(struct down_script *out, struct workspace *w, const struct version_entry *v,
                         enum down_from from, struct err *e);

/* What the history keeps of a migration's down script, which can run when all files are gone, those that it includes
 * too: at NULL where there is none, or it is larger than SCRIPTS_KEPT_MAX (a note). */
bool prepare_kept_down(struct text *out, struct workspace *w, const struct migration *m, struct err *e);

/* Whether the ledger's column takes the version. ERR_MIGRATION_FILE. */
bool prepare_version_fits(struct workspace *w, const struct migration *m, struct err *e);

/* Looks for the down scripts of what is missing or edited, and sets the flags that depend on it. */
bool prepare_gone(struct workspace *w, struct err *e);

/* All that status shows beside the states: the same, and which pending scripts run outside a transaction. */
bool prepare_flags(struct workspace *w, struct err *e);

#endif
