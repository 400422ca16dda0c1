#include "vcs/walk.h"

struct comparison {
    struct vcs_changes *out;
    struct arena *arena;
};

static void change_add(void *to, struct text path, const git_oid *base, const git_oid *head)
{
    struct comparison *c = to;
    struct vcs_change *change = arena_push(c->arena, c->out);

    change->path = arena_text(c->arena, path.at, path.len);
    change->kind = !base ? VCS_ADDED : !head ? VCS_DELETED : VCS_EDITED;
    if (head)
        change->blob = id_from_oid(head);
    if (base)
        change->old_blob = id_from_oid(base);
}

/* The ids of a folder's tree at both ends, zero where there is none. */
static bool folder_ends(git_oid *base, git_oid *head, struct vcs *v, struct object_id from, struct object_id to,
                        const char *folder, struct err *e)
{
    bool found;

    *base = *head = (git_oid) { { 0 } };
    return (!from.known || tree_of_folder(base, &found, v, from, folder, e)) &&
           tree_of_folder(head, &found, v, to, folder, e);
}

static bool folder_compare(struct comparison *c, struct join *j, const char *folder, struct err *e)
{
    git_oid base, head;

    return folder_ends(&base, &head, j->trees->v, c->out->base, c->out->head, folder, e) &&
           join_trees(j, &base, &head, folder, e);
}

bool vcs_folders_equal(bool *equal, struct vcs *v, struct object_id base, struct object_id head,
                       const char *const *folders, size_t n, struct arena *a, struct err *e)
{
    *equal = true;
    for (size_t i = 0; i < n && *equal; i++) {
        git_oid before, after;
        const char *folder;

        if (!path_clean(&folder, folders[i], a, e) || !folder_ends(&before, &after, v, base, head, folder, e))
            return false;
        *equal = git_oid_equal(&before, &after);
    }
    return true;
}

static bool folders_compare(struct vcs_changes *out, struct vcs *v, const char *const *folders, size_t n,
                            struct arena *a, struct err *e)
{
    struct trees trees = { .v = v };
    struct comparison c = { out, a };
    struct join j = join_open(&trees, a);
    const char *folder;
    bool ok = true;

    j.file = change_add;
    j.to = &c;
    verification_set(false);
    for (size_t i = 0; ok && i < n; i++)
        ok = path_clean(&folder, folders[i], a, e) && folder_compare(&c, &j, folder, e);
    verification_set(true);
    large_trees_free(v); /* they were not verified */
    trees_close(&trees);
    return ok;
}

static int by_path(const void *a, const void *b)
{
    return text_compare(((const struct vcs_change *)a)->path, ((const struct vcs_change *)b)->path);
}

/* Folders that overlap name a file twice. */
static void sort_once(struct vcs_changes *list)
{
    size_t kept = 0;

    if (list->len == 0)
        return;
    qsort(list->at, list->len, sizeof *list->at, by_path);
    for (size_t i = 0; i < list->len; i++)
        if (kept == 0 || !text_equal(list->at[i].path, list->at[kept - 1].path))
            list->at[kept++] = list->at[i];
    list->len = kept;
}

static struct text file_name(struct text path)
{
    const char *slash = memrchr(path.at, '/', path.len);

    return slash ? text_cut(path, (size_t)(slash - path.at) + 1, path.len) : path;
}

/* A deleted file, to be found by its blob and then its name, in path order. */
struct gone {
    struct vcs_change *change;
    bool taken;
};

static int by_blob(const void *a, const void *b)
{
    const struct vcs_change *x = ((const struct gone *)a)->change, *y = ((const struct gone *)b)->change;
    int order = memcmp(x->old_blob.raw, y->old_blob.raw, sizeof x->old_blob.raw);

    return order ? order : text_compare(x->path, y->path);
}

static size_t first_of_blob(const struct gone *gone, size_t len, struct object_id blob)
{
    size_t low = 0, high = len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(gone[middle].change->old_blob.raw, blob.raw, sizeof blob.raw) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void pair_up(struct vcs_changes *list, struct gone *gone, size_t len, bool same_name)
{
    for (size_t i = 0; i < list->len; i++) {
        struct vcs_change *c = &list->at[i];

        if (c->kind != VCS_ADDED)
            continue;
        for (size_t j = first_of_blob(gone, len, c->blob); j < len; j++) {
            const struct vcs_change *old = gone[j].change;

            if (!object_id_equal(old->old_blob, c->blob))
                break;
            if (gone[j].taken || (same_name && !text_equal(file_name(old->path), file_name(c->path))))
                continue;
            gone[j].taken = true;
            c->kind = VCS_RENAMED;
            c->old_path = old->path;
            c->old_blob = old->old_blob;
            break;
        }
    }
}

/* Only files that are the same byte for byte; of several, one with the same name first (Diesel's down.sql often
 * have one content). */
static void find_renames(struct vcs_changes *list, struct arena *a)
{
    struct gone *gone = arena_make(a, struct gone, list->len);
    size_t len = 0, kept = 0;

    for (size_t i = 0; i < list->len; i++)
        if (list->at[i].kind == VCS_DELETED)
            gone[len++].change = &list->at[i];
    if (len == 0)
        return;
    qsort(gone, len, sizeof *gone, by_blob);
    pair_up(list, gone, len, true);
    pair_up(list, gone, len, false);
    for (size_t i = 0; i < len; i++)
        if (gone[i].taken)
            gone[i].change->path.at = NULL;
    for (size_t i = 0; i < list->len; i++)
        if (list->at[i].path.at)
            list->at[kept++] = list->at[i];
    list->len = kept;
}

bool vcs_changed(struct vcs_changes *out, struct vcs *v, const char *range, const char *const *folders, size_t n,
                 struct arena *a, struct err *e)
{
    bool nothing;

    *out = (struct vcs_changes) { .at = NULL };
    if (!v->repo) {
        err_plain(e, ERR_GIT, "comparing commits needs git, and '%s' is in no git repository",
                  text_shown(a, text_from(v->root)));
        return err_hint(e, "name the repository with -C DIR");
    }
    if (!range_resolve(out, &nothing, v, range, a, e))
        return false;
    if (nothing)
        return true;
    if (!folders_compare(out, v, folders, n, a, e))
        return false;
    sort_once(out);
    find_renames(out, a);
    range_note_rewritten(out, v, a);
    return true;
}
