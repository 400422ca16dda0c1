#include "core/base/interrupt.h"
#include "vcs/internal.h"

bool tree_is_file(uint32_t mode)
{
    return (mode & S_IFMT) == S_IFREG;
}

enum vcs_entry tree_kind(uint32_t mode)
{
    if (mode == GIT_FILEMODE_COMMIT)
        return VCS_SUBMODULE;
    return mode == GIT_FILEMODE_LINK ? VCS_SYMLINK : VCS_FILE;
}

enum { LARGE_TREES = sizeof((struct vcs *)0)->large_trees.at / sizeof(git_tree *) };

void large_trees_free(struct vcs *v)
{
    for (size_t i = 0; i < LARGE_TREES; i++)
        git_tree_free(v->large_trees.at[i]);
    memset(&v->large_trees, 0, sizeof v->large_trees);
}

/* A folder of thousands of migrations is asked for each of them. libgit2 keeps trees of at most 4 KiB by itself, which
 * is about a hundred entries. */
static void large_tree_keep(struct vcs *v, git_tree *tree)
{
    enum { LARGE = 64 };
    git_object *again;

    if (git_tree_entrycount(tree) < LARGE || git_object_dup(&again, (git_object *)tree) < 0)
        return;
    git_tree_free(v->large_trees.at[v->large_trees.next]);
    v->large_trees.at[v->large_trees.next] = (git_tree *)again;
    v->large_trees.next = (v->large_trees.next + 1) % LARGE_TREES;
}

static bool tree_lookup(git_tree **out, struct vcs *v, const git_oid *id, const char *path, struct err *e)
{
    int rc;

    for (size_t i = 0; i < LARGE_TREES; i++) {
        git_tree *kept = v->large_trees.at[i];

        if (kept && git_oid_equal(git_tree_id(kept), id) && git_object_dup((git_object **)out, (git_object *)kept) == 0)
            return true;
    }
    rc = git_tree_lookup(out, v->repo, id);
    if (rc < 0)
        return failure_object(e, rc, v, "tree", id, path && *path ? path : NULL);
    large_tree_keep(v, *out);
    return true;
}

static bool tree_of_commit(git_tree **out, struct vcs *v, struct object_id commit, struct err *e)
{
    AUTO(git_commit) found = NULL;
    git_oid id = id_to_oid(commit);
    int rc = git_commit_lookup(&found, v->repo, &id);

    if (rc < 0)
        return failure_object(e, rc, v, "commit", &id, NULL);
    return tree_lookup(out, v, git_commit_tree_id(found), NULL, e);
}

/* Goes down path until it ends or something is no tree. *out is that entry, NULL where nothing is there, and *end its
 * length in path. path is not "". */
static bool tree_entry(git_tree_entry **out, size_t *end, struct vcs *v, struct object_id commit, const char *path,
                       struct err *e)
{
    git_tree *tree = NULL;

    *out = NULL;
    *end = 0;
    if (!tree_of_commit(&tree, v, commit, e))
        return false;
    for (size_t from = 0; path_next(path, end); from = *end + 1) {
        const char *name = arena_cstr(v->arena, (struct text) { path + from, *end - from });
        const git_tree_entry *entry = git_tree_entry_byname(tree, name);
        git_tree *below = NULL;

        git_tree_entry_free(*out);
        *out = NULL;
        if (entry && git_tree_entry_dup(out, entry) < 0) {
            git_tree_free(tree);
            return failure_other(e, v, "cannot read a tree");
        }
        if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE || !path[*end])
            break;
        if (!tree_lookup(&below, v, git_tree_entry_id(entry), path, e)) {
            git_tree_free(tree);
            return false;
        }
        git_tree_free(tree);
        tree = below;
    }
    git_tree_free(tree);
    return true;
}

bool tree_of_folder(git_oid *out, bool *found, struct vcs *v, struct object_id commit, const char *folder,
                    struct err *e)
{
    AUTO(git_tree_entry) entry = NULL;
    AUTO(git_tree) root = NULL;
    size_t end;

    if (!*folder) {
        if (!tree_of_commit(&root, v, commit, e))
            return false;
        *found = true;
        git_oid_cpy(out, git_tree_id(root));
        return true;
    }
    if (!tree_entry(&entry, &end, v, commit, folder, e))
        return false;
    *found = entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
    if (*found)
        git_oid_cpy(out, git_tree_entry_id(entry));
    return true;
}

/* The trees from the folder down to where the walk is. */
struct level {
    git_tree *tree;
    size_t next;
    const char *prefix;
};
struct levels {
    struct level *at;
    size_t len, cap;
};

static bool level_add(struct levels *levels, struct vcs *v, const git_oid *id, const char *prefix, struct arena *a,
                      struct err *e)
{
    git_tree *tree;

    if (!interrupt_check(e) || !tree_lookup(&tree, v, id, prefix, e))
        return false;
    *arena_push(a, levels) = (struct level) { tree, 0, prefix };
    return true;
}

static bool level_step(struct vcs_files *out, struct levels *levels, struct vcs *v, struct arena *a, struct err *e)
{
    struct level *top = &levels->at[levels->len - 1];
    const git_tree_entry *entry = git_tree_entry_byindex(top->tree, top->next++);
    uint32_t mode = git_tree_entry_filemode_raw(entry);
    const char *path = path_join(a, top->prefix, git_tree_entry_name(entry));
    struct vcs_file *f;

    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
        return level_add(levels, v, git_tree_entry_id(entry), path, a, e);
    f = arena_push(a, out);
    f->path = text_from(path);
    f->kind = tree_kind(mode);
    f->blob = id_from_oid(git_tree_entry_id(entry));
    return true;
}

bool tree_walk(struct vcs_files *out, struct vcs *v, const git_oid *tree, const char *prefix, struct arena *a,
               struct err *e)
{
    struct levels levels = { NULL, 0, 0 };
    bool ok = level_add(&levels, v, tree, prefix, a, e);

    while (levels.len > 0) {
        struct level *top = &levels.at[levels.len - 1];

        if (ok && top->next < git_tree_entrycount(top->tree)) {
            ok = level_step(out, &levels, v, a, e);
        } else {
            git_tree_free(top->tree);
            levels.len--;
        }
    }
    return ok;
}

bool tree_list(struct vcs_files *out, bool *found, struct vcs *v, struct object_id commit, const char *folder,
               struct arena *a, struct err *e)
{
    AUTO(git_tree_entry) entry = NULL;
    AUTO(git_tree) root = NULL;
    size_t end;

    *found = true;
    if (!*folder)
        return tree_of_commit(&root, v, commit, e) && tree_walk(out, v, git_tree_id(root), "", a, e);
    if (!tree_entry(&entry, &end, v, commit, folder, e))
        return false;
    *found = entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
    if (*found)
        return tree_walk(out, v, git_tree_entry_id(entry), folder, a, e);
    if (entry && tree_kind(git_tree_entry_filemode_raw(entry)) == VCS_SUBMODULE)
        return failure_submodule(e, v, (struct text) { folder, end });
    if (entry && tree_kind(git_tree_entry_filemode_raw(entry)) == VCS_SYMLINK)
        return failure_symlink(e, v, (struct text) { folder, end });
    return true;
}

bool tree_find(struct vcs_file *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
               struct arena *a, struct err *e)
{
    AUTO(git_tree_entry) entry = NULL;
    enum vcs_entry kind;
    size_t end;

    if (!tree_entry(&entry, &end, v, commit, path, e))
        return false;
    kind = entry ? tree_kind(git_tree_entry_filemode_raw(entry)) : VCS_FILE;
    if (kind == VCS_SYMLINK)
        return failure_symlink(e, v, (struct text) { path, end });
    if (kind == VCS_SUBMODULE)
        return failure_submodule(e, v, (struct text) { path, end });
    *found = entry && !path[end] && tree_is_file(git_tree_entry_filemode_raw(entry));
    if (*found)
        *out = (struct vcs_file) { .path = text_from(arena_string(a, path)),
                                   .blob = id_from_oid(git_tree_entry_id(entry)) };
    return true;
}

bool tree_find_file(git_oid *out, bool *found, struct vcs *v, struct object_id commit, const char *path, struct err *e)
{
    AUTO(git_tree_entry) entry = NULL;
    size_t end;

    if (!tree_entry(&entry, &end, v, commit, path, e))
        return false;
    *found = entry && !path[end] && tree_is_file(git_tree_entry_filemode_raw(entry));
    if (*found)
        git_oid_cpy(out, git_tree_entry_id(entry));
    return true;
}

bool tree_read_blob(struct text *out, struct vcs *v, const git_oid *id, const char *path, size_t max, struct arena *a,
                    struct err *e)
{
    AUTO(git_odb_object) object = NULL;
    int rc = git_odb_read(&object, v->odb, id);
    size_t size;

    if (rc < 0)
        return failure_object(e, rc, v, "blob", id, path);
    if (git_odb_object_type(object) != GIT_OBJECT_BLOB)
        return err_plain(e, ERR_GIT, "object %s is no blob", git_oid_tostr_s(id)) ||
               err_hint(e, "the repository is damaged: run `git fsck`");
    size = git_odb_object_size(object);
    if (size > max)
        return failure_too_large(e, v, path, size, max);
    *out = arena_text(a, git_odb_object_data(object), size);
    return true;
}
