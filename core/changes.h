/* Which migrations differ between two commits. */
#ifndef CORE_CHANGES_H
#define CORE_CHANGES_H

#include "core/source.h"

struct migration_change {
    enum vcs_change_kind kind;
    const char *version, *name, *id;
    enum direction direction;
    const char *path, *old_path; /* old_path NULL but for a renamed one */
};

struct migration_changes {
    struct migration_change *at;
    size_t len, cap;
    const char *base, *head; /* hex; base NULL: the empty tree */
    struct source source;    /* at the head, without a folder where it could not be read */
    const char *note;        /* what was done about an absent commit, or NULL */
};

/* range as vcs_changed takes it; r says which folders and layout. Opens no database. */
bool changes_load(struct migration_changes *out, struct vcs *v, const char *range, const struct source_request *r,
                  struct arena *a, struct notices *notices, struct err *e);

#endif
