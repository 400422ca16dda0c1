#include "vcs/walk.h"

/* A folder that is asked for, or one on the way there: "", "db", "db/migrate". */
struct level {
    struct text path, name; /* from the root, and in the level above */
    size_t above, place;    /* that level, and which of those below it this one is */
    size_t n_below;
    struct id_map trees; /* struct level_tree, by the tree that is here */
};

/* What one tree has at the names of the levels below. Trees on the way hardly ever change, so each is read once. */
struct level_tree {
    git_oid id;
    git_oid below[];
};

static size_t level_at(struct levels *l, struct text path, size_t above, struct text name)
{
    struct level *new;

    for (size_t i = 0; i < l->len; i++)
        if (text_equal(l->at[i].path, path))
            return i;
    new = arena_push(l->arena, l);
    *new = (struct level) { .path = path, .name = name, .above = above };
    if (l->len > 1)
        new->place = l->at[above].n_below++;
    return l->len - 1;
}

struct levels levels_open(const char *const *folders, size_t n, struct arena *a)
{
    struct levels l = { .arena = a, .folders = arena_make(a, size_t, n), .n = n };

    level_at(&l, TEXT(""), 0, TEXT(""));
    for (size_t i = 0; i < n; i++) {
        const char *folder = arena_string(a, folders[i]);
        size_t from = 0, end = 0, level = 0;

        for (; path_next(folder, &end); from = end + 1)
            level = level_at(&l, (struct text) { folder, end }, level, (struct text) { folder + from, end - from });
        l.folders[i] = level;
    }
    l.here = arena_make(a, git_oid, l.len);
    l.root = arena_alloc(a, sizeof *l.root + l.at[0].n_below * sizeof *l.root->below);
    return l;
}

/* How many of the levels below have that entry's name: 1 or 0. */
static size_t entry_take(struct level_tree *to, const struct levels *l, size_t above, const struct raw_entry *entry)
{
    for (size_t i = above + 1; i < l->len; i++) {
        const struct level *at = &l->at[i];

        if (at->above != above || at->name.len != entry->name.len ||
            memcmp(at->name.at, entry->name.at, at->name.len) != 0)
            continue;
        if (raw_is_tree(entry->mode))
            to->below[at->place] = *entry->id;
        return 1;
    }
    return 0;
}

/* Stops where all are found: a name is only once in a tree. */
static bool tree_look(struct level_tree *to, struct levels *l, size_t level, struct trees *t, const git_oid *id,
                      struct err *e)
{
    AUTO(git_odb_object) object = NULL;
    size_t wanted = l->at[level].n_below;
    struct raw_entry entry;
    struct text rest;

    if (!raw_read(&object, t->v, id, GIT_OBJECT_TREE, l->at[level].path, e))
        return false;
    to->id = *id;
    memset(to->below, 0, wanted * sizeof *to->below);
    for (rest = raw_bytes(object); wanted > 0 && raw_entry(&entry, &rest);)
        wanted -= entry_take(to, l, level, &entry);
    return wanted == 0 || rest.len == 0 || raw_failure(e, "tree", id);
}

/* Fills l->here below one level. */
static bool level_step(struct levels *l, size_t level, struct trees *t, struct err *e)
{
    struct level *at = &l->at[level];
    const git_oid *id = &l->here[level];
    struct level_tree *found;

    if (at->n_below == 0 || git_oid_is_zero(id))
        return true;
    found = level ? id_map_find(&at->trees, id) : NULL;
    if (!found) {
        found = level ? arena_alloc(l->arena, sizeof *found + at->n_below * sizeof *found->below) : l->root;
        if (!tree_look(found, l, level, t, id, e))
            return false;
        if (level)
            id_map_add(&at->trees, found, l->arena);
    }
    for (size_t i = level + 1; i < l->len; i++)
        if (l->at[i].above == level)
            l->here[i] = found->below[l->at[i].place];
    return true;
}

bool levels_find(const git_oid **out, struct levels *l, struct trees *t, const git_oid *root, struct err *e)
{
    struct level_tree *answer = id_map_find(&l->answers, root);

    if (!answer) {
        memset(l->here, 0, l->len * sizeof *l->here);
        l->here[0] = *root;
        for (size_t i = 0; i < l->len; i++)
            if (!level_step(l, i, t, e))
                return false;
        answer = arena_alloc(l->arena, sizeof *answer + l->n * sizeof *answer->below);
        answer->id = *root;
        for (size_t i = 0; i < l->n; i++)
            answer->below[i] = l->here[l->folders[i]];
        id_map_add(&l->answers, answer, l->arena);
    }
    *out = answer->below;
    return true;
}
