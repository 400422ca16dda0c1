#include "core/base/interrupt.h"
#include "vcs/walk.h"

struct waiting {
    struct walk_commit **at;
    size_t len, cap;
};

/* Every commit once, in no order. */
static bool look_at_all(struct object_id *out, struct walk *w, struct walk_commit *tip, struct err *e)
{
    struct waiting waiting = { NULL, 0, 0 };
    const struct walk_commit *root = NULL;

    tip->mine = true;
    *arena_push(walk_arena(w), &waiting) = tip;
    while (waiting.len > 0) {
        struct walk_commit *c = waiting.at[--waiting.len];

        if (!interrupt_check(e) || !walk_read(w, c, e))
            return false;
        if (c->n_parents == 0 &&
            (!root || c->time < root->time || (c->time == root->time && git_oid_cmp(&c->id, &root->id) < 0)))
            root = c;
        for (size_t i = 0; i < c->n_parents; i++) {
            if (c->parents[i]->mine)
                continue;
            c->parents[i]->mine = true;
            *arena_push(walk_arena(w), &waiting) = c->parents[i];
        }
    }
    *out = id_from_oid(&root->id);
    return true;
}

struct object_id vcs_root_commit(struct vcs *v, struct object_id commit)
{
    struct object_id root = { .known = false };
    git_oid tip = id_to_oid(commit);
    struct walk *w = NULL;
    struct err ignored;

    if (!v->repo || !commit.known || v->shallow)
        return root;
    if (walk_open(&w, v, NULL, 0, &ignored) && !look_at_all(&root, w, walk_commit(w, &tip), &ignored))
        root.known = false;
    walk_close(w);
    return root;
}
