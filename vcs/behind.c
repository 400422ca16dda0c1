/* Which commits lie behind another one: by the graph, whatever their dates say. */
#include "core/base/interrupt.h"
#include "vcs/walk.h"

/* mine is 1 for one that was pushed, 2 for one that is looked for, 3 for both. */
enum { SEEN = 1, WANTED = 2 };

static bool push(struct walk *w, struct walk_commit *c, size_t *left, struct err *e)
{
    if (c->mine & SEEN)
        return true;
    *left -= (c->mine & WANTED) != 0;
    c->mine |= SEEN;
    return walk_push(w, c, e);
}

static bool walk_all(struct walk *w, struct walk_commit *c, size_t left, struct err *e)
{
    if (!push(w, c, &left, e))
        return false;
    while (left && (c = walk_pop(w))) {
        if (!interrupt_check(e))
            return false;
        for (size_t i = 0; i < c->n_parents; i++)
            if (!push(w, c->parents[i], &left, e))
                return false;
    }
    return true;
}

bool vcs_behind(bool *behind, struct vcs *v, struct object_id tip, const struct object_id *commits, size_t n,
                struct err *e)
{
    struct walk *w = NULL;
    size_t left = 0;
    git_oid id;
    bool ok;

    for (size_t i = 0; i < n; i++)
        behind[i] = false;
    if (!v->repo || !tip.known)
        return true;
    if (!walk_open(&w, v, NULL, 0, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct walk_commit *c;

        id = id_to_oid(commits[i]);
        if (!commits[i].known || !git_odb_exists(v->odb, &id))
            continue;
        c = walk_commit(w, &id);
        left += !(c->mine & WANTED);
        c->mine |= WANTED;
    }
    id = id_to_oid(tip);
    ok = walk_all(w, walk_commit(w, &id), left, e);
    for (size_t i = 0; ok && i < n; i++) {
        id = id_to_oid(commits[i]);
        behind[i] = commits[i].known && (walk_commit(w, &id)->mine & SEEN);
    }
    walk_close(w);
    return ok;
}
