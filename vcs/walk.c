#include "vcs/walk.h"

struct walk {
    struct vcs *v;
    struct arena *arena;
    struct trees trees;
    struct levels levels;
    struct id_map commits;
    struct graph *graph; /* NULL: there is none */
    struct graph_commit from_graph;
    struct heap {
        struct walk_commit **at;
        size_t len, cap;
    } heap;
};

struct walk_commit *walk_commit(struct walk *w, const git_oid *id)
{
    struct walk_commit *c = id_map_find(&w->commits, id);

    if (c)
        return c;
    c = arena_alloc(w->arena, sizeof *c);
    c->id = *id;
    id_map_add(&w->commits, c, w->arena);
    return c;
}

/* gitformat-shallow(5): the commits whose parents are not here, an id a line. libgit2 1.5 does not read it. */
static bool boundary_read(struct walk *w, struct err *e)
{
    enum { LARGEST = 64 * 1024 * 1024 };
    struct text rest, line;
    git_oid id;
    bool found;

    if (!w->v->shallow)
        return true;
    if (!directory_read(&rest, &found, w->v->common_directory, "shallow", LARGEST, w->v, w->arena, e))
        return false;
    while (found && text_line(&rest, &line)) {
        if (line.len != GIT_OID_HEXSZ || git_oid_fromstrn(&id, line.at, line.len) < 0) {
            err_plain(e, ERR_GIT, "'%s/shallow' holds a line that is no commit's id",
                      text_shown(w->v->arena, text_from(w->v->common_directory)));
            return err_hint(e, "run `git fetch --unshallow`, or clone again");
        }
        walk_commit(w, &id)->boundary = true;
    }
    return true;
}

bool walk_open(struct walk **out, struct vcs *v, const char *const *folders, size_t n, struct err *e)
{
    struct arena *a = arena_open();
    struct walk *w = arena_alloc(a, sizeof *w);

    *w = (struct walk) { .v = v, .arena = a, .trees = { .v = v }, .levels = levels_open(folders, n, a) };
    w->graph = graph_open(v, a);
    verification_set(false);
    *out = w;
    if (boundary_read(w, e))
        return true;
    walk_close(w);
    *out = NULL;
    return false;
}

void walk_close(struct walk *w)
{
    if (!w)
        return;
    trees_close(&w->trees);
    graph_close(w->graph);
    verification_set(true);
    arena_close(w->arena);
}

struct arena *walk_arena(struct walk *w)
{
    return w->arena;
}

struct trees *walk_trees(struct walk *w)
{
    return &w->trees;
}

static void parents_make(struct walk *w, struct walk_commit *c, size_t n)
{
    c->n_parents = n;
    c->parents = arena_make(w->arena, struct walk_commit *, n);
}

static bool read_graph(struct walk *w, struct walk_commit *c)
{
    struct graph_commit *from = &w->from_graph;
    uint32_t place = c->place - 1;

    if (!w->graph || (!c->place && !graph_find(&place, w->graph, &c->id)) ||
        !graph_commit(from, w->graph, place, w->arena))
        return false;
    c->tree = from->tree;
    c->time = from->time;
    parents_make(w, c, from->parents.len);
    for (size_t i = 0; i < c->n_parents; i++) {
        git_oid parent = graph_id(w->graph, from->parents.at[i]);

        c->parents[i] = walk_commit(w, &parent);
        c->parents[i]->place = from->parents.at[i] + 1;
    }
    return true;
}

static bool read_object(struct walk *w, struct walk_commit *c, struct err *e)
{
    AUTO(git_odb_object) object = NULL;
    struct raw_commit raw;

    if (!raw_read(&object, w->v, &c->id, GIT_OBJECT_COMMIT, TEXT(""), e))
        return false;
    if (!raw_commit(&raw, raw_bytes(object)))
        return raw_failure(e, "commit", &c->id);
    c->tree = raw.tree;
    c->time = raw.time;
    /* git's list names root commits too, where the depth ends at them. */
    c->boundary = c->boundary && raw.n_parents > 0;
    parents_make(w, c, c->boundary ? 0 : raw.n_parents);
    for (size_t i = 0; i < c->n_parents; i++) {
        git_oid parent = raw_parent(&raw, i);

        c->parents[i] = walk_commit(w, &parent);
    }
    return true;
}

bool walk_read(struct walk *w, struct walk_commit *c, struct err *e)
{
    c->read = c->read || read_graph(w, c) || read_object(w, c, e);
    return c->read;
}

bool walk_folders(const git_oid **out, struct walk *w, struct walk_commit *c, struct err *e)
{
    if (!c->folders && (!walk_read(w, c, e) || !levels_find(&c->folders, &w->levels, &w->trees, &c->tree, e)))
        return false;
    *out = c->folders;
    return true;
}

static void heap_put(struct heap *h, size_t at, struct walk_commit *c)
{
    for (; at > 0 && h->at[(at - 1) / 2]->time < c->time; at = (at - 1) / 2)
        h->at[at] = h->at[(at - 1) / 2];
    h->at[at] = c;
}

bool walk_push(struct walk *w, struct walk_commit *c, struct err *e)
{
    if (c->waiting)
        return true;
    if (!walk_read(w, c, e))
        return false;
    c->waiting = true;
    arena_push(w->arena, &w->heap);
    heap_put(&w->heap, w->heap.len - 1, c);
    return true;
}

struct walk_commit *walk_pop(struct walk *w)
{
    struct heap *h = &w->heap;
    struct walk_commit *first, *last;
    size_t at = 0, below;

    if (h->len == 0)
        return NULL;
    first = h->at[0];
    last = h->at[--h->len];
    first->waiting = false;
    if (h->len == 0)
        return first;
    for (; (below = 2 * at + 1) < h->len; at = below) {
        if (below + 1 < h->len && h->at[below + 1]->time > h->at[below]->time)
            below++;
        if (h->at[below]->time <= last->time)
            break;
        h->at[at] = h->at[below];
    }
    h->at[at] = last;
    return first;
}
