#include "vcs/search.h"

struct contents {
    struct vcs *v;
    struct text name; /* in its folder */
    size_t max;
    bool (*take)(void *to, struct text content);
    void *to;
    bool enough;
    struct id_map seen; /* blobs */
    struct arena *arena;
};

static bool blob_show(struct contents *c, const git_oid *id, struct err *e)
{
    AUTO(git_odb_object) object = NULL;
    git_oid *blob;

    if (id_map_find(&c->seen, id))
        return true;
    blob = arena_alloc(c->arena, sizeof *blob);
    *blob = *id;
    id_map_add(&c->seen, blob, c->arena);
    if (!raw_read(&object, c->v, id, GIT_OBJECT_BLOB, c->name, e))
        return false;
    if (git_odb_object_size(object) <= c->max)
        c->enough = c->take(c->to, raw_bytes(object));
    return true;
}

static bool tree_show(void *to, struct walk *w, size_t i, const git_oid *tree, const struct spot *at, struct err *e)
{
    AUTO(git_odb_object) object = NULL;
    struct contents *c = to;
    struct raw_entry entry;
    struct text rest;

    (void)i;
    (void)at;
    if (!trees_read(&object, walk_trees(w), tree, TEXT(""), e))
        return false;
    for (rest = raw_bytes(object); raw_entry(&entry, &rest);)
        if (tree_is_file(entry.mode) && text_equal(entry.name, c->name))
            return blob_show(c, entry.id, e);
    return rest.len == 0 || raw_failure(e, "tree", tree);
}

static bool is_enough(const void *to)
{
    return ((const struct contents *)to)->enough;
}

bool vcs_contents(struct vcs *v, const char *path, size_t max, bool (*take)(void *to, struct text content), void *to,
                  struct arena *a, struct err *e)
{
    struct contents c = { .v = v, .max = max, .take = take, .to = to, .arena = a };
    struct vcs_places places = { .refs = 0 };
    struct lookout l = { .n = 1, .tree = tree_show, .enough = is_enough, .to = &c, .places = &places };
    const char *slash, *folder;

    if (!path_clean(&path, path, a, e))
        return false;
    if (!v->repo || !*path)
        return true;
    slash = strrchr(path, '/');
    c.name = text_from(slash ? slash + 1 : path);
    folder = arena_cstr(a, (struct text) { path, slash ? (size_t)(slash - path) : 0 });
    l.folders = &folder;
    return everywhere_look(&l, v, e);
}
