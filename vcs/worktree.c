#include "core/base/interrupt.h"
#include "vcs/internal.h"

/* git's name for no bytes at all. */
static const unsigned char empty_blob[20] = { 0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b,
                                              0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91 };

static bool same_time(const git_index_time *recorded, const struct timespec *now)
{
    return recorded->seconds == (int32_t)now->tv_sec && recorded->nanoseconds == (uint32_t)now->tv_nsec;
}

/* git's racy entries (Documentation/technical/racy-git): a file that was written when the index was, or later, may
 * have been written once more without a change that stat shows. Without nanoseconds a second is the grain. */
static bool is_racy(const git_index_entry *entry, const struct timespec *index)
{
    if (entry->mtime.seconds != (int32_t)index->tv_sec)
        return entry->mtime.seconds > (int32_t)index->tv_sec;
    if (entry->mtime.nanoseconds == 0 || index->tv_nsec == 0)
        return true;
    return entry->mtime.nanoseconds >= (uint32_t)index->tv_nsec;
}

/* A size of 0 is what git writes for an entry that was racy when the index was written. */
static bool is_unchanged(const struct vcs *v, const git_index_entry *entry, const struct stat *st)
{
    return tree_kind(entry->mode) == (S_ISLNK(st->st_mode) ? VCS_SYMLINK : VCS_FILE) &&
           entry->file_size == (uint32_t)st->st_size && same_time(&entry->mtime, &st->st_mtim) &&
           same_time(&entry->ctime, &st->st_ctim) && entry->ino == (uint32_t)st->st_ino &&
           entry->uid == (uint32_t)st->st_uid && entry->gid == (uint32_t)st->st_gid &&
           !is_racy(entry, &v->index_time) &&
           (entry->file_size > 0 || memcmp(entry->id.id, empty_blob, sizeof empty_blob) == 0);
}

/* entry is NULL for an untracked file. *found is false where the file went away. */
static bool identify(struct vcs_file *out, bool *found, struct vcs *v, const struct disk_file *disk,
                     const git_index_entry *entry, struct err *e)
{
    *found = true;
    *out = (struct vcs_file) { .path = disk->path, .kind = directory_entry(disk->kind), .untracked = !entry };
    if (disk->kind == DISK_REPOSITORY) {
        /* Which commit is checked out in there is of no use: a submodule is never read. */
        if (entry && tree_kind(entry->mode) == VCS_SUBMODULE)
            out->blob = id_from_oid(&entry->id);
        return true;
    }
    if (entry && is_unchanged(v, entry, &disk->st)) {
        out->blob = id_from_oid(&entry->id);
        return true;
    }
    return disk->kind != DISK_FILE || clean_identify(&out->blob, found, v, disk->path.at, e);
}

static void from_index(struct vcs_file *out, const git_index_entry *entry, struct arena *a)
{
    *out = (struct vcs_file) { .path = text_from(arena_string(a, entry->path)),
                               .kind = tree_kind(entry->mode),
                               .blob = id_from_oid(&entry->id) };
}

/* Of a sparse checkout, or a submodule that was never initialised: not on disk, and not deleted. */
static bool is_elsewhere(const git_index_entry *entry)
{
    return (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) || tree_kind(entry->mode) == VCS_SUBMODULE;
}

struct listing {
    struct vcs *v;
    struct vcs_files *out;
    struct arena *a; /* out's */
    struct index_entries tracked;
};

/* An ignored folder is not entered, unless something in it is tracked all the same. */
static bool enter(void *to, const char *path)
{
    struct listing *l = to;
    size_t low = 0, high = l->tracked.len;
    char *with_slash = arena_printf(l->a, "%s/", path);
    int ignored = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(l->tracked.at[middle]->path, with_slash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < l->tracked.len && path_below(l->tracked.at[low]->path, path))
        return true;
    if (git_ignore_path_is_ignored(&ignored, l->v->repo, with_slash) < 0 || !ignored)
        return true;
    *arena_push(l->a, &l->out->ignored) = text_from(with_slash);
    return false;
}

static bool add(struct vcs_files *out, struct vcs *v, const struct disk_file *disk, const git_index_entry *entry,
                struct arena *a, struct err *e)
{
    struct vcs_file file;
    int ignored = 0;
    bool found;

    if (!entry && git_ignore_path_is_ignored(&ignored, v->repo, disk->path.at) < 0)
        return failure_other(e, v, "cannot read .gitignore for '%s'", text_shown(a, disk->path));
    if (ignored) {
        *arena_push(a, &out->ignored) = disk->path;
        return true;
    }
    if (!identify(&file, &found, v, disk, entry, e))
        return false;
    if (found)
        *arena_push(a, out) = file;
    return true;
}

/* Both lists are in path order. */
static bool merge(struct vcs_files *out, struct listing *l, const struct disk_files *disk, struct arena *a,
                  struct err *e)
{
    size_t i = 0, j = 0;

    while (i < disk->len || j < l->tracked.len) {
        const git_index_entry *entry = j < l->tracked.len ? l->tracked.at[j] : NULL;
        int order = i == disk->len ? 1 : -1;

        if (i < disk->len && entry)
            order = text_compare(disk->at[i].path, text_from(entry->path));
        if (order <= 0) {
            if (!interrupt_check(e) || !add(out, l->v, &disk->at[i], order == 0 ? entry : NULL, a, e))
                return false;
            i++;
        } else if (is_elsewhere(entry)) {
            from_index(arena_push(a, out), entry, a);
        }
        j += order >= 0;
    }
    return true;
}

bool worktree_list(struct vcs_files *out, bool *found, struct vcs *v, struct object_id head, const char *folder,
                   struct arena *a, struct err *e)
{
    struct listing l = { .v = v, .out = out, .a = a };
    struct disk_files disk = { NULL, 0, 0 };
    enum disk_kind kind;
    struct stat st;
    size_t end;

    if (!index_open(v, e) || !index_check_submodule(v, folder, true, e))
        return false;
    meanwhile(v);
    kind = directory_look(v->root, folder, &end, &st, a);
    if (kind == DISK_REPOSITORY)
        return failure_submodule(e, v, (struct text) { folder, end });
    if (kind == DISK_SYMLINK)
        return failure_symlink(e, v, (struct text) { folder, end });
    if (!index_entries(&l.tracked, v, folder, a, e))
        return false;
    if (kind == DISK_FOLDER && !directory_list(&disk, v->root, folder, enter, &l, a, e))
        return false;
    meanwhile(v);
    if (!merge(out, &l, &disk, a, e))
        return false;
    *found = kind == DISK_FOLDER || out->len > 0;
    return index_mark_uncommitted(out, v, &l.tracked, head, folder, a, e);
}

bool worktree_read(struct text *out, struct vcs *v, const struct vcs_file *file, size_t max, struct arena *a,
                   struct err *e)
{
    const char *path = arena_cstr(a, file->path), *shown;
    const git_index_entry *entry = NULL;
    git_oid id = id_to_oid(file->blob);
    bool found;

    /* A blob's name stands for its bytes: what git has under it is what the list spoke of, cleaned already. */
    if (!file->untracked && file->blob.known && git_odb_exists(v->odb, &id))
        return tree_read_blob(out, v, &id, path, max, a, e);
    if (!clean_read(out, &found, v, path, max, a, e))
        return false;
    if (found && object_id_equal(vcs_hash_blob(*out), file->blob))
        return true;
    if (!found && !index_find(&entry, v, path, e))
        return false;
    if (entry && is_elsewhere(entry))
        return tree_read_blob(out, v, &id, path, max, a, e);
    shown = text_shown(a, file->path);
    err_set(e, ERR_GIT, IN_FILE(shown), "'%s' changed while it was being read", shown);
    return err_hint(e, "run it again once nothing writes to that folder");
}

bool worktree_find(struct vcs_file *out, bool *found, struct vcs *v, const char *path, struct arena *a, struct err *e)
{
    struct disk_file disk = { .path = text_from(arena_string(a, path)) };
    const git_index_entry *entry;
    size_t end;

    disk.kind = directory_look(v->root, path, &end, &disk.st, a);
    *found = disk.kind == DISK_FILE;
    if (!index_open(v, e) || !index_find(&entry, v, path, e))
        return false;
    if (disk.kind == DISK_NONE && entry && is_elsewhere(entry) && tree_is_file(entry->mode)) {
        *found = true;
        from_index(out, entry, a);
    } else if (*found) {
        return identify(out, found, v, &disk, entry, e);
    }
    return true;
}

bool worktree_read_path(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                        struct err *e)
{
    struct vcs_file file;
    struct stat st;
    size_t end;

    if (!out && directory_look(v->root, path, &end, &st, a) == DISK_FILE) {
        *found = true;
        return true;
    }
    return worktree_find(&file, found, v, path, a, e) && (!*found || !out || worktree_read(out, v, &file, max, a, e));
}
