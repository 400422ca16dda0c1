#include "vcs/internal.h"

bool revision_head(struct object_id *out, struct vcs *v, struct err *e)
{
    git_oid id;
    int unborn = git_repository_head_unborn(v->repo), rc;

    *out = (struct object_id) { .known = false };
    if (unborn == 1)
        return true;
    rc = unborn < 0 ? unborn : git_reference_name_to_id(&id, v->repo, "HEAD");
    if (rc < 0)
        return failure_other(e, v, "cannot read HEAD");
    *out = id_from_oid(&id);
    return true;
}

/* What libgit2 would read otherwise than was meant, or answer by reading the whole history. */
static bool check_form(const char *rev, struct vcs *v, struct err *e)
{
    const char *shown = text_shown(v->arena, text_from(rev));

    if (*rev == '-')
        err_plain(e, ERR_REVISION, "'%s' looks like an option, not like a revision", shown);
    else if (*rev == ':' || strstr(rev, "^{/"))
        err_plain(e, ERR_REVISION, "'%s' searches instead of naming a commit", shown);
    else if (!*rev)
        err_plain(e, ERR_REVISION, "the revision is empty");
    else
        return true;
    return err_hint(e, "give a branch, a tag or a commit's id, as in main, v1.2 or HEAD~1");
}

static bool starts_at_head(const char *rev)
{
    struct text t = text_from(rev);

    return strcmp(rev, "@") == 0 || text_starts(t, "@~") || text_starts(t, "@^") || text_starts(t, "@{") ||
           (text_starts(t, "HEAD") && !text_is_word(rev[4]) && rev[4] != '-' && rev[4] != '/');
}

static bool failure_unborn(struct err *e, struct vcs *v)
{
    err_plain(e, ERR_GIT, "there is no commit yet in '%s'",
              text_shown(v->arena, text_from(v->root ? v->root : v->directory)));
    if (v->bare)
        return err_hint(e, "push a commit to it first");
    return err_hint(e, "commit something first, or leave --ref out to read the work tree");
}

static bool failure_kind(struct err *e, struct vcs *v, git_object *object, const char *rev)
{
    AUTO(git_object) target = NULL;
    const char *shown = text_shown(v->arena, text_from(rev));

    if (git_object_peel(&target, object, GIT_OBJECT_ANY) < 0)
        git_object_dup(&target, object);
    err_plain(e, ERR_REVISION, "'%s' is a %s, not a commit", shown, git_object_type2string(git_object_type(target)));
    return err_hint(e, "give a branch, a tag of a commit or a commit's id");
}

bool revision_commit(struct object_id *out, struct vcs *v, const char *rev, struct err *e)
{
    AUTO(git_object) object = NULL;
    AUTO(git_object) commit = NULL;
    int rc;

    if (!check_form(rev, v, e))
        return false;
    if (starts_at_head(rev) && git_repository_head_unborn(v->repo) == 1)
        return failure_unborn(e, v);
    rc = git_revparse_single(&object, v->repo, rev);
    if (rc < 0)
        return failure_revision(e, rc, v, rev);
    rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    if (rc == GIT_EPEEL || rc == GIT_EINVALIDSPEC)
        return failure_kind(e, v, object, rev);
    if (rc < 0)
        return failure_object(e, rc, v, "commit", git_object_id(object), NULL);
    *out = id_from_oid(git_object_id(commit));
    return true;
}

static bool has_reference(struct vcs *v, const char *folder, const char *name, struct arena *a)
{
    git_oid id;

    return git_reference_name_to_id(&id, v->repo, arena_printf(a, "refs/%s/%s", folder, name)) == 0;
}

const char *vcs_tag_and_branch(struct vcs *v, const char *rev, struct arena *a)
{
    const char *name = arena_cstr(a, (struct text) { rev, strcspn(rev, "~^@:") });
    bool both = v->repo && *name && has_reference(v, "tags", name, a) && has_reference(v, "heads", name, a);

    return both ? name : NULL;
}

static bool failure_no_git(struct err *e, struct vcs *v, const char *what)
{
    err_plain(e, ERR_GIT, "%s needs git, and '%s' is in no git repository", what,
              text_shown(v->arena, text_from(v->root)));
    return err_hint(e, "leave it out to read the files as they are, or name the repository with -C DIR");
}

bool vcs_source_open(struct vcs_source *out, struct vcs *v, enum vcs_kind kind, const char *rev, struct arena *a,
                     struct err *e)
{
    *out = (struct vcs_source) { .kind = kind };
    if (!v->repo && kind == VCS_WORKTREE)
        return true;
    if (!v->repo)
        return failure_no_git(e, v, kind == VCS_INDEX ? "the index (--staged)" : "a commit (--ref)");
    if (kind == VCS_COMMIT) {
        out->ref = arena_string(a, rev);
        return revision_commit(&out->commit, v, rev, e);
    }
    if (!v->bare)
        return revision_head(&out->commit, v, e);
    if (kind == VCS_INDEX) {
        err_plain(e, ERR_GIT, "'%s' has no index: it has no work tree", text_shown(v->arena, text_from(v->directory)));
        return err_hint(e, "read a commit instead, as in --ref HEAD");
    }
    out->kind = VCS_COMMIT;
    return revision_commit(&out->commit, v, "HEAD", e);
}
