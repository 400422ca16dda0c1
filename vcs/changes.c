#include "core/base/interrupt.h"
#include "vcs/internal.h"

/* Two trees of the same path, or one of them: all zero where that side has none. */
struct pair {
    git_oid base, head;
    const char *prefix;
};

struct pairs {
    struct pair *at;
    size_t len, cap;
};

struct comparison {
    struct vcs *v;
    struct vcs_changes *out;
    struct pairs waiting;
    struct arena *arena;
};

/* git's order in trees: a folder's name counts as ended by a slash. Equal only where both are of one kind. */
static int by_tree_order(const git_tree_entry *a, const git_tree_entry *b)
{
    struct text x = text_from(git_tree_entry_name(a)), y = text_from(git_tree_entry_name(b));
    int x_end = git_tree_entry_type(a) == GIT_OBJECT_TREE ? '/' : '\0';
    int y_end = git_tree_entry_type(b) == GIT_OBJECT_TREE ? '/' : '\0';
    size_t shorter = x.len < y.len ? x.len : y.len;
    int order = memcmp(x.at, y.at, shorter);

    if (order)
        return order;
    if (x.len > shorter)
        x_end = (unsigned char)x.at[shorter];
    if (y.len > shorter)
        y_end = (unsigned char)y.at[shorter];
    if (x_end != y_end)
        return x_end - y_end;
    return x.len < y.len ? -1 : x.len > y.len;
}

/* One entry, or the same one on both sides; base or head may be NULL. */
static void entries_compare(struct comparison *c, const git_tree_entry *base, const git_tree_entry *head,
                            const char *prefix)
{
    const git_tree_entry *any = base ? base : head;
    const char *path;
    struct vcs_change *change;
    bool base_file = base && tree_is_file(git_tree_entry_filemode_raw(base));
    bool head_file = head && tree_is_file(git_tree_entry_filemode_raw(head));

    if (base && head && git_oid_equal(git_tree_entry_id(base), git_tree_entry_id(head)) && base_file == head_file)
        return;
    path = path_join(c->arena, prefix, git_tree_entry_name(any));
    if (git_tree_entry_type(any) == GIT_OBJECT_TREE) {
        struct pair below = { .prefix = path };

        if (base)
            below.base = *git_tree_entry_id(base);
        if (head)
            below.head = *git_tree_entry_id(head);
        *arena_push(c->arena, &c->waiting) = below;
        return;
    }
    /* Symlinks and submodules are no files: one that became a file was added. */
    if (!base_file && !head_file)
        return;
    change = arena_push(c->arena, c->out);
    change->path = text_from(path);
    change->kind = !base_file ? VCS_ADDED : !head_file ? VCS_DELETED : VCS_EDITED;
    if (head_file)
        change->blob = id_from_oid(git_tree_entry_id(head));
    if (base_file)
        change->old_blob = id_from_oid(git_tree_entry_id(base));
}

static void trees_compare(struct comparison *c, const git_tree *base, const git_tree *head, const char *prefix)
{
    size_t i = 0, j = 0;

    for (;;) {
        const git_tree_entry *left = base ? git_tree_entry_byindex(base, i) : NULL;
        const git_tree_entry *right = head ? git_tree_entry_byindex(head, j) : NULL;
        int order;

        if (!left && !right)
            return;
        order = !left ? 1 : !right ? -1 : by_tree_order(left, right);
        entries_compare(c, order <= 0 ? left : NULL, order >= 0 ? right : NULL, prefix);
        i += order <= 0;
        j += order >= 0;
    }
}

static bool pair_compare(struct comparison *c, const struct pair *p, struct err *e)
{
    AUTO(git_tree) base = NULL;
    AUTO(git_tree) head = NULL;

    if (!interrupt_check(e))
        return false;
    if (git_oid_equal(&p->base, &p->head))
        return true;
    if (!git_oid_is_zero(&p->base) && !tree_lookup(&base, c->v, &p->base, p->prefix, e))
        return false;
    if (!git_oid_is_zero(&p->head) && !tree_lookup(&head, c->v, &p->head, p->prefix, e))
        return false;
    trees_compare(c, base, head, p->prefix);
    return true;
}

/* A folder at both ends. */
static bool folder_pair(struct pair *out, struct vcs *v, struct object_id base, struct object_id head,
                        const char *folder, struct err *e)
{
    bool found;

    *out = (struct pair) { .prefix = folder };
    return (!base.known || tree_of_folder(&out->base, &found, v, base, folder, e)) &&
           tree_of_folder(&out->head, &found, v, head, folder, e);
}

bool vcs_folders_equal(bool *equal, struct vcs *v, struct object_id base, struct object_id head,
                       const char *const *folders, size_t n, struct arena *a, struct err *e)
{
    *equal = true;
    for (size_t i = 0; i < n && *equal; i++) {
        const char *folder;
        struct pair pair;

        if (!path_clean(&folder, folders[i], a, e) || !folder_pair(&pair, v, base, head, folder, e))
            return false;
        *equal = git_oid_equal(&pair.base, &pair.head);
    }
    return true;
}

static bool folder_compare(struct comparison *c, const char *folder, struct err *e)
{
    struct pair top;

    if (!folder_pair(&top, c->v, c->out->base, c->out->head, folder, e))
        return false;
    *arena_push(c->arena, &c->waiting) = top;
    while (c->waiting.len > 0) {
        struct pair next = c->waiting.at[--c->waiting.len];

        if (!pair_compare(c, &next, e))
            return false;
    }
    return true;
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
    struct comparison c = { .v = v, .out = out, .arena = a };
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
    for (size_t i = 0; i < n; i++) {
        const char *folder;

        if (!path_clean(&folder, folders[i], a, e) || !folder_compare(&c, folder, e))
            return false;
    }
    sort_once(out);
    find_renames(out, a);
    return true;
}
