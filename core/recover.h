/* Versions whose files are gone: whose they are, where they were last seen, and their down scripts from there. */
#ifndef CORE_RECOVER_H
#define CORE_RECOVER_H

#include "core/plan.h"
#include "core/source.h"

/* The kinds of a missing version. */
enum missing_kind {
    MISSING_UNKNOWN,   /* neither git nor the history knows it, or not all of this line's commits are here */
    MISSING_RETIRED,   /* an ancestor of the source commit had its file */
    MISSING_ELSEWHERE, /* none had; another commit, or our own history row, shows that this repository had it */
};

struct recover_wanted {
    const char *version;
    const struct history_entry *applied; /* what was recorded when it was applied; NULL: nothing. Of one that has its
                                          * down script none is looked for in git */
    const char *hash;                    /* Drizzle's, of its own table's row; NULL: none */
};

struct recovered {
    enum missing_kind kind;
    bool own; /* the history's row names this very repository; not looked at for what is retired */

    /* Where any file of the version was last seen; seen.id is unknown where it never was. */
    struct vcs_commit seen;
    const char *ref;  /* what leads to that commit: "feature", "stash@{0}"; NULL: nothing that has a name */
    const char *path; /* the up script's, from the root */

    /* The down script that belongs to what was applied; script.read NULL: none was found, or looked for. */
    struct script script;
    enum script_from from;   /* FROM_COMMIT: the recorded one, FROM_REF: where the search found it */
    const char *script_path; /* from the root */
    struct object_id commit; /* that it was read from */
    bool unchecked;          /* nothing was recorded to hold the up script beside it against */
};

/* Looks for n versions in one pass: at what was recorded, then by vcs_search. The versions' files may be there too: of
 * one that was edited since, the script that was applied is found. *places says where it was looked, to stand in a
 * message behind "looked at the history's copy, and ": "2 recorded commits, 12 refs, 40 reflog entries, 1 stash entry
 * and 5,829 commits". Errors: a damaged repository, a stop signal. Not finding is none. */
bool recover(struct recovered *out, const char **places, struct source *s, const struct recover_wanted *wanted,
             size_t n, struct arena *a, struct err *e);

#endif
