#include "vcs/internal.h"

bool index_open(struct vcs *v, struct err *e)
{
    struct stat st;
    char *path = NULL;
    int rc;

    /* The time comes first: an index that is written meanwhile only makes more entries look racy. */
    if (v->index)
        path = arena_string(v->arena, git_index_path(v->index));
    else
        path = arena_printf(v->arena, "%s/index", v->directory);
    v->index_time = stat(path, &st) == 0 ? st.st_mtim : (struct timespec) { 0, 0 };
    if (v->index) {
        rc = git_index_read(v->index, false);
    } else {
        rc = git_repository_index(&v->index, v->repo);
        /* Sorted by bytes, whatever core.ignorecase says. */
        if (rc == 0)
            rc = git_index_set_caps(v->index, 0);
    }
    return rc == 0 || failure_index(e, v);
}

static bool index_is_announced(const git_index_entry *entry)
{
    return entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD;
}

bool index_entries(struct index_entries *out, struct vcs *v, const char *folder, struct arena *a, struct err *e)
{
    size_t pos = 0;

    *out = (struct index_entries) { NULL, 0, 0 };
    if (*folder && git_index_find_prefix(&pos, v->index, arena_printf(a, "%s/", folder)) < 0)
        return true;
    for (const git_index_entry *entry; (entry = git_index_get_byindex(v->index, pos)) != NULL; pos++) {
        if (!path_below(entry->path, folder))
            break;
        if (git_index_entry_is_conflict(entry))
            return failure_conflict(e, v, entry->path);
        *arena_push(a, out) = entry;
    }
    return true;
}

bool index_find(const git_index_entry **out, struct vcs *v, const char *path, struct err *e)
{
    size_t pos;

    *out = NULL;
    if (git_index_find(&pos, v->index, path) < 0)
        return true;
    *out = git_index_get_byindex(v->index, pos);
    return !git_index_entry_is_conflict(*out) || failure_conflict(e, v, path);
}

bool index_check_submodule(struct vcs *v, const char *path, bool itself, struct err *e)
{
    size_t end = 0;

    while (path_next(path, &end)) {
        char *part = arena_cstr(v->arena, (struct text) { path, end });
        const git_index_entry *entry = git_index_get_bypath(v->index, part, 0);

        if (entry && tree_kind(entry->mode) == VCS_SUBMODULE && (itself || path[end]))
            return failure_submodule(e, v, (struct text) { path, end });
    }
    return true;
}

/* git records which tree a folder's entries make. Where that is HEAD's, they are what HEAD has: reading the tree would
 * tell the same, and in a pack a large tree is the sum of long chains of deltas. */
static bool is_as_recorded(const struct index_entries *tracked, const struct vcs *v, const git_oid *tree,
                           const char *folder)
{
    size_t entries;
    git_oid id;

    return cache_tree_find(&id, &entries, v, folder) && git_oid_equal(&id, tree) && entries == tracked->len;
}

static void committed_as_staged(struct vcs_files *out, const struct index_entries *tracked, struct arena *a)
{
    out->at = arena_make(a, struct vcs_file, tracked->len);
    out->len = out->cap = tracked->len;
    for (size_t i = 0; i < tracked->len; i++)
        out->at[i] = (struct vcs_file) { .path = text_from(tracked->at[i]->path),
                                         .kind = tree_kind(tracked->at[i]->mode),
                                         .blob = id_from_oid(&tracked->at[i]->id) };
}

bool index_mark_uncommitted(struct vcs_files *files, struct vcs *v, const struct index_entries *tracked,
                            struct object_id head, const char *folder, struct arena *a, struct err *e)
{
    struct vcs_files committed = { 0 };
    bool found = false;
    git_oid tree;
    size_t j = 0;

    if (head.known && !tree_of_folder(&tree, &found, v, head, folder, e))
        return false;
    if (found && is_as_recorded(tracked, v, &tree, folder))
        committed_as_staged(&committed, tracked, a);
    else if (found && !tree_walk(&committed, v, &tree, folder, a, e))
        return false;
    for (size_t i = 0; i < files->len; i++) {
        struct vcs_file *f = &files->at[i];
        int order = -1;

        while (j < committed.len && (order = text_compare(committed.at[j].path, f->path)) < 0)
            j++;
        f->uncommitted = j == committed.len || order != 0 || committed.at[j].kind != f->kind ||
                         !object_id_equal(committed.at[j].blob, f->blob);
    }
    return true;
}

bool index_list(struct vcs_files *out, bool *found, struct vcs *v, struct object_id head, const char *folder,
                struct arena *a, struct err *e)
{
    struct index_entries entries;

    *found = false;
    if (!index_open(v, e) || !index_check_submodule(v, folder, true, e) || !index_entries(&entries, v, folder, a, e))
        return false;
    for (size_t i = 0; i < entries.len; i++) {
        const git_index_entry *entry = entries.at[i];
        struct vcs_file *f;

        if (index_is_announced(entry))
            continue;
        f = arena_push(a, out);
        f->path = text_from(arena_string(a, entry->path));
        f->kind = tree_kind(entry->mode);
        f->blob = id_from_oid(&entry->id);
        *found = true;
    }
    return index_mark_uncommitted(out, v, &entries, head, folder, a, e);
}

bool index_read_path(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                     struct err *e)
{
    const git_index_entry *entry;

    if (!index_open(v, e) || !index_find(&entry, v, path, e))
        return false;
    *found = entry && tree_is_file(entry->mode) && !index_is_announced(entry);
    return !*found || !out || tree_read_blob(out, v, &entry->id, path, max, a, e);
}
