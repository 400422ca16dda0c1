#include "vcs/internal.h"

const char *vcs_default_branch(struct object_id *commit, struct vcs *v)
{
    const char *name;
    git_oid id;

    if (!v->repo || !range_default_branch(&id, &name, v))
        return NULL;
    *commit = id_from_oid(&id);
    return name;
}

/* A parent is the answer by itself: the merge commit that a CI service checks out may have no more history than its
 * two parents. */
static bool is_parent(struct vcs *v, const git_oid *parent, const git_oid *child)
{
    AUTO(git_commit) commit = NULL;

    if (git_oid_equal(parent, child))
        return true;
    if (git_commit_lookup(&commit, v->repo, child) < 0)
        return false;
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++)
        if (git_oid_equal(parent, git_commit_parent_id(commit, i)))
            return true;
    return false;
}

static bool find_bases(struct vcs_commits *out, struct vcs *v, const git_oid *one, const git_oid *other,
                       struct arena *a, struct err *e)
{
    git_oidarray found = { 0 };
    int rc = git_merge_bases(&found, v->repo, one, other);

    if (rc == 0) {
        for (size_t i = 0; i < found.count; i++)
            *arena_push(a, out) = id_from_oid(&found.ids[i]);
        git_oidarray_dispose(&found);
        return true;
    }
    if (v->shallow)
        return range_failure_shallow(e, "where the two lines part is not here");
    /* libgit2 says the same of a commit that is missing; only that has an error of the object database. */
    if (rc == GIT_ENOTFOUND && git_error_last() && git_error_last()->klass != GIT_ERROR_ODB)
        return true;
    return failure_other(e, v, "cannot find where %.12s and %.12s part", object_id_hex(a, id_from_oid(one)),
                         object_id_hex(a, id_from_oid(other)));
}

bool vcs_merge_bases(struct vcs_commits *out, struct vcs *v, struct object_id one, struct object_id other,
                     struct arena *a, struct err *e)
{
    git_oid left = id_to_oid(one), right = id_to_oid(other);
    bool ok;

    *out = (struct vcs_commits) { 0 };
    if (is_parent(v, &left, &right)) {
        *arena_push(a, out) = one;
        return true;
    }
    if (is_parent(v, &right, &left)) {
        *arena_push(a, out) = other;
        return true;
    }
    verification_set(false);
    ok = find_bases(out, v, &left, &right, a, e);
    verification_set(true);
    return ok;
}
