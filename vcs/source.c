#include "vcs/internal.h"

/* Which of the files of this room answers for a source. */

#define LFS_START "version https://git-lfs.github.com/spec/"

/* https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: what git holds in place of the file. */
static bool check_content(struct text content, const char *path, struct vcs *v, struct err *e)
{
    const char *shown;

    if (!text_starts(content, LFS_START))
        return true;
    shown = path ? text_shown(v->arena, text_from(path)) : NULL;
    err_set(e, ERR_MIGRATION_FILE, IN_FILE(shown), "'%s' is a Git LFS pointer, not SQL", shown ? shown : "the blob");
    return err_hint(e, "keep migrations out of LFS: `git lfs untrack` their pattern, then "
                       "`git add --renormalize .` and commit");
}

bool vcs_list(struct vcs_files *out, bool *found, struct vcs *v, const struct vcs_source *source, const char *folder,
              struct arena *a, struct err *e)
{
    *out = (struct vcs_files) { 0 };
    *found = false;
    meanwhile(v);
    if (!path_clean(&folder, folder, a, e))
        return false;
    if (!v->repo)
        return folder_list(out, found, v, folder, a, e);
    switch (source->kind) {
    case VCS_COMMIT:
        return tree_list(out, found, v, source->commit, folder, a, e);
    case VCS_INDEX:
        return index_list(out, found, v, source->commit, folder, a, e);
    case VCS_WORKTREE:
        break;
    }
    return worktree_list(out, found, v, source->commit, folder, a, e);
}

static bool folder_read(struct text *out, struct vcs *v, const char *path, size_t max, struct arena *a, struct err *e)
{
    const char *shown;
    bool found;

    if (!folder_read_path(out, &found, v, path, max, a, e))
        return false;
    if (found)
        return true;
    shown = text_shown(v->arena, text_from(path));
    err_set(e, ERR_SYSTEM, IN_FILE(shown), "'%s' went away while it was being read", shown);
    return err_hint(e, "run it again once nothing writes to that folder");
}

bool vcs_read(struct text *out, struct vcs *v, const struct vcs_source *source, const struct vcs_file *file, size_t max,
              struct arena *a, struct err *e)
{
    const char *path = arena_cstr(a, file->path);
    git_oid id = id_to_oid(file->blob);
    bool ok;

    if (file->kind == VCS_SYMLINK)
        return failure_symlink(e, v, file->path);
    if (file->kind == VCS_SUBMODULE)
        return failure_submodule(e, v, file->path);
    if (!v->repo)
        ok = folder_read(out, v, path, max, a, e);
    else if (source->kind == VCS_WORKTREE)
        ok = worktree_read(out, v, file, max, a, e);
    else
        ok = tree_read_blob(out, v, &id, path, max, a, e);
    return ok && check_content(*out, path, v, e);
}

static bool commit_read(struct text *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
                        size_t max, struct arena *a, struct err *e)
{
    git_oid id;

    if (!tree_find_file(&id, found, v, commit, path, e))
        return false;
    return !*found || !out || tree_read_blob(out, v, &id, path, max, a, e);
}

bool vcs_read_path(struct text *out, bool *found, struct vcs *v, const struct vcs_source *source, const char *path,
                   size_t max, struct arena *a, struct err *e)
{
    bool ok;

    *found = false;
    if (!path_clean(&path, path, a, e))
        return false;
    if (!*path)
        return true;
    if (!v->repo)
        ok = folder_read_path(out, found, v, path, max, a, e);
    else if (source->kind == VCS_COMMIT)
        ok = commit_read(out, found, v, source->commit, path, max, a, e);
    else if (source->kind == VCS_INDEX)
        ok = index_read_path(out, found, v, path, max, a, e);
    else
        ok = worktree_read_path(out, found, v, path, max, a, e);
    return ok && (!*found || !out || check_content(*out, path, v, e));
}

bool vcs_read_blob(struct text *out, bool *found, struct vcs *v, struct object_id blob, size_t max, struct arena *a,
                   struct err *e)
{
    git_oid id = id_to_oid(blob);

    *found = v->repo && blob.known && git_odb_exists(v->odb, &id);
    return !*found || (tree_read_blob(out, v, &id, NULL, max, a, e) && check_content(*out, NULL, v, e));
}

bool vcs_read_commit_path(struct text *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
                          size_t max, struct arena *a, struct err *e)
{
    git_oid id = id_to_oid(commit);

    *found = false;
    if (!path_clean(&path, path, a, e))
        return false;
    if (!*path || !v->repo || !commit.known || !git_odb_exists(v->odb, &id))
        return true;
    if (!tree_find_file(&id, found, v, commit, path, e))
        return false;
    /* In a partial clone it may be known and not here. */
    *found = *found && git_odb_exists(v->odb, &id);
    return !*found || (tree_read_blob(out, v, &id, path, max, a, e) && check_content(*out, path, v, e));
}
