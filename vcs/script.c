#include "core/base/script.h"

#include "vcs/stream.h"

/* What is read in pieces, and what at once. */

static bool is_large_object(struct vcs *v, struct object_id blob)
{
    git_oid id = id_to_oid(blob);
    git_object_t type;
    size_t size;

    return blob.known && git_odb_read_header(&size, &type, v->odb, &id) == 0 && size > STREAM_FROM;
}

static bool large_file(struct script *out, bool *large, struct vcs *v, const struct vcs_file *file, struct arena *a,
                       struct err *e)
{
    const char *path = arena_cstr(a, file->path);
    bool raw = false, has_crlf = false;
    struct stat st;
    size_t end;

    if (directory_look(v->root, path, &end, &st, a) != DISK_FILE || st.st_size <= STREAM_FROM)
        return true;
    if (v->repo ? !clean_is_raw(&raw, v, path, e) : !directory_has_crlf(&has_crlf, v->root, path, a, e))
        return false;
    *large = v->repo ? raw : !has_crlf;
    if (*large)
        *out = stream_of_file(v, path, &st, file->blob, a);
    return true;
}

/* The small ones first: most are. What the work tree holds is faster to read than what git has packed. */
static bool large_find(struct script *out, bool *large, struct vcs *v, const struct vcs_source *source,
                       const struct vcs_file *file, struct arena *a, struct err *e)
{
    bool on_disk = !v->repo || source->kind == VCS_WORKTREE, large_object;
    git_oid id = id_to_oid(file->blob);

    *large = false;
    if (file->kind != VCS_FILE)
        return true;
    large_object = v->repo && is_large_object(v, file->blob);
    if (!large_object && (!on_disk || (v->repo && file->blob.known && git_odb_exists(v->odb, &id))))
        return true;
    if (on_disk && !large_file(out, large, v, file, a, e))
        return false;
    if (!*large && large_object)
        *large = stream_of_object(out, v, file->blob, arena_cstr(a, file->path), a);
    return true;
}

bool vcs_script(struct script *out, struct vcs *v, const struct vcs_source *source, const struct vcs_file *file,
                size_t max, struct arena *a, struct err *e)
{
    struct text text;
    bool large;

    if (!large_find(out, &large, v, source, file, a, e))
        return false;
    if (!large) {
        if (!vcs_read(&text, v, source, file, max, a, e))
            return false;
        *out = script_in_memory(NULL, text, a);
    }
    out->path = arena_cstr(a, file->path);
    return true;
}

bool vcs_script_blob(struct script *out, bool *found, struct vcs *v, struct object_id blob, size_t max, struct arena *a,
                     struct err *e)
{
    struct text text;

    *found = v->repo && is_large_object(v, blob) && stream_of_object(out, v, blob, NULL, a);
    if (*found)
        return true;
    if (!vcs_read_blob(&text, found, v, blob, max, a, e))
        return false;
    if (*found)
        *out = script_in_memory(NULL, text, a);
    return true;
}

bool vcs_script_commit_path(struct script *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
                            size_t max, struct arena *a, struct err *e)
{
    git_oid id = id_to_oid(commit);
    struct text text;

    *found = false;
    if (!path_clean(&path, path, a, e))
        return false;
    if (v->repo && commit.known && *path && git_odb_exists(v->odb, &id)) {
        if (!tree_find_file(&id, found, v, commit, path, e))
            return false;
        *found = *found && is_large_object(v, id_from_oid(&id)) && stream_of_object(out, v, id_from_oid(&id), path, a);
    }
    if (!*found) {
        if (!vcs_read_commit_path(&text, found, v, commit, path, max, a, e))
            return false;
        if (*found)
            *out = script_in_memory(NULL, text, a);
    }
    out->path = path;
    return true;
}

static bool worktree_look(struct vcs *v, const char *path, struct arena *a, struct err *e)
{
    const git_index_entry *entry;
    const char *shown;
    struct stat st;
    size_t end;
    int ignored = 0;

    switch (directory_look(v->root, path, &end, &st, a)) {
    case DISK_SYMLINK:
        return failure_symlink(e, v, (struct text) { path, end });
    case DISK_REPOSITORY:
        return failure_submodule(e, v, (struct text) { path, end });
    case DISK_FILE:
        break;
    default:
        return true;
    }
    if (!v->repo)
        return true;
    if (!index_open(v, e) || !index_check_submodule(v, path, true, e) || !index_find(&entry, v, path, e))
        return false;
    if (entry || git_ignore_path_is_ignored(&ignored, v->repo, path) < 0 || !ignored)
        return true;
    shown = text_shown(v->arena, text_from(path));
    err_set(e, ERR_MIGRATION_FILE, IN_FILE(shown), "'%s' is ignored by git: nobody else would have it", shown);
    return err_hint(e, "take it out of .gitignore, or `git add --force` it");
}

static bool index_look(struct vcs_file *out, bool *found, struct vcs *v, const char *path, struct arena *a,
                       struct err *e)
{
    const git_index_entry *entry;

    if (!index_open(v, e) || !index_check_submodule(v, path, true, e) || !index_find(&entry, v, path, e))
        return false;
    *found = entry && !(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD);
    if (!*found)
        return true;
    if (tree_kind(entry->mode) == VCS_SYMLINK)
        return failure_symlink(e, v, text_from(path));
    *out = (struct vcs_file) { .path = text_from(arena_string(a, path)), .blob = id_from_oid(&entry->id) };
    return true;
}

bool vcs_find(struct vcs_file *out, bool *found, struct vcs *v, const struct vcs_source *source, const char *path,
              struct arena *a, struct err *e)
{
    struct stat st;
    size_t end;

    *found = false;
    if (!path_clean(&path, path, a, e))
        return false;
    if (!*path)
        return true;
    if (v->repo && source->kind == VCS_COMMIT)
        return tree_find(out, found, v, source->commit, path, a, e);
    if (v->repo && source->kind == VCS_INDEX)
        return index_look(out, found, v, path, a, e);
    if (!worktree_look(v, path, a, e))
        return false;
    if (v->repo)
        return worktree_find(out, found, v, path, a, e);
    *found = directory_look(v->root, path, &end, &st, a) == DISK_FILE;
    *out = (struct vcs_file) { .path = text_from(arena_string(a, path)) };
    return true;
}
