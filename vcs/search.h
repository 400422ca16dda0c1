/* Looking for what is gone: what leads into the history, in the order in which it is asked, and the walk over all. */
#ifndef VCS_SEARCH_H
#define VCS_SEARCH_H

#include "vcs/walk.h"

/* ---- tips.c ---- */

/* In the order in which they are asked. */
enum tip_kind {
    TIP_BRANCH,
    TIP_REMOTE, /* remote-tracking branches */
    TIP_TAG,
    TIP_HEAD,  /* HEAD, ORIG_HEAD, FETCH_HEAD and their like, of every work tree */
    TIP_OTHER, /* all other refs */
    TIP_REFLOG,
    TIP_STASH,
    TIP_KINDS
};

struct tip {
    git_oid id; /* perhaps a tag's, or of something that is not here any more */
    enum tip_kind kind;
    bool current;    /* the branch that HEAD is on */
    const char *ref; /* as git stores it: "refs/heads/x", "HEAD"; of a reflog's entry the log's; NULL: no name leads */
    long entry;      /* in that reflog, the newest one 0; -1 where it is none */
};

struct tips {
    struct tip *at;
    size_t len, cap;
};

/* All of them, sorted by kind. A reflog that is absent or broken is passed over. */
bool tips_collect(struct tips *out, struct vcs *v, struct arena *a, struct err *e);
/* As a user would type it: "feature", "origin/feature", "v1", "stash@{0}", "HEAD@{3}". NULL where git has no name. */
const char *tip_name(const struct tip *t, struct vcs *v, struct arena *a);

/* ---- everywhere.c ---- */

/* Where a tree was met first. */
struct spot {
    const git_oid *commit;
    const struct tip *tip; /* that led there; NULL for the source's ancestors */
};

struct lookout {
    struct object_id source;    /* whose ancestors are looked at before anything else; unknown: none */
    const char *const *folders; /* n of them, clean */
    size_t n;
    /* A tree of folder i, each distinct one once. */
    bool (*tree)(void *to, struct walk *w, size_t i, const git_oid *tree, const struct spot *at, struct err *e);
    /* Whether nothing is looked for any more. */
    bool (*enough)(const void *to);
    void *to;
    struct vcs_places *places;
};

/* Shows the lookout every folder there is: at the source's ancestors, the newest first; at the tips, kind by kind, the
 * newest first; then at all that leads to the tips. What can't be read is counted and passed over. */
bool everywhere_look(const struct lookout *l, struct vcs *v, struct err *e);

#endif
