#include "vcs/search.h"

struct search {
    struct vcs *v;
    const struct vcs_wanted *wanted;
    const char *const *folders; /* clean */
    struct vcs_found *out;
    bool *possible;     /* the recorded content is here, somewhere */
    git_oid *last_tree; /* of each folder, the one shown last */
    struct join join;
    const struct spot *at;
    size_t missing; /* sightings */
    struct arena *arena;
};

static void sighting_set(struct vcs_sighting *out, const struct search *s, struct text path, const git_oid *blob)
{
    const struct tip *tip = s->at->tip;

    *out = (struct vcs_sighting) {
        .found = true,
        .ancestor = !tip,
        .path = arena_cstr(s->arena, path),
        .blob = id_from_oid(blob),
        .commit = id_from_oid(s->at->commit),
        .ref = tip ? tip_name(tip, s->v, s->arena) : NULL,
    };
}

/* Each file once, at the first place that has it so; of several in one commit the last path is taken, so that Rails'
 * .sql comes before its .rb. */
static void file_take(void *to, struct text path, const git_oid *base, const git_oid *head)
{
    struct search *s = to;
    size_t i = head ? s->wanted->match(s->wanted->to, path) : s->wanted->n;
    struct vcs_found *found;

    (void)base;
    if (i >= s->wanted->n)
        return;
    found = &s->out[i];
    if (!found->last.found) {
        sighting_set(&found->last, s, path, head);
        s->missing--;
    } else if (object_id_equal(found->last.commit, id_from_oid(s->at->commit)) &&
               text_compare(path, text_from(found->last.path)) > 0) {
        sighting_set(&found->last, s, path, head);
    }
    if (s->possible[i] && !found->exact.found && object_id_equal(s->wanted->blobs[i], id_from_oid(head))) {
        sighting_set(&found->exact, s, path, head);
        s->missing--;
    }
}

/* Everything in the tree that was shown last was looked at then. */
static bool tree_take(void *to, struct walk *w, size_t i, const git_oid *tree, const struct spot *at, struct err *e)
{
    struct search *s = to;

    s->at = at;
    s->join.trees = walk_trees(w);
    if (!join_trees(&s->join, &s->last_tree[i], tree, s->folders[i], e))
        return false;
    s->last_tree[i] = *tree;
    return true;
}

static bool nothing_missing(const void *to)
{
    return ((const struct search *)to)->missing == 0;
}

/* Without those that no commit can have: a database may have recorded any. */
static void folders_clean(const char ***out, size_t *n, const char *const *folders, struct arena *a)
{
    struct err ignored;
    size_t len = 0;

    while (folders[len])
        len++;
    *out = arena_make(a, const char *, len);
    *n = 0;
    for (size_t i = 0; i < len; i++)
        if (path_clean(&(*out)[*n], folders[i], a, &ignored))
            ++*n;
}

/* A content that is in no commit, or was pruned, need not be looked for. */
static void count_missing(struct search *s)
{
    s->missing = s->wanted->n;
    for (size_t i = 0; i < s->wanted->n; i++) {
        git_oid id = id_to_oid(s->wanted->blobs[i]);

        s->possible[i] = s->wanted->blobs[i].known && git_odb_exists(s->v->odb, &id);
        s->missing += s->possible[i];
    }
}

static bool is_on_line(const struct search *s)
{
    for (size_t i = 0; i < s->wanted->n; i++)
        if (s->out[i].last.ancestor || s->out[i].exact.ancestor)
            return true;
    return false;
}

/* The branch, or what else stands at the source, leads to its ancestors. */
static bool name_line(struct search *s, struct arena *own, struct err *e)
{
    const struct tip *best = NULL;
    const char *name;
    struct tips tips;

    if (!tips_collect(&tips, s->v, own, e))
        return false;
    for (size_t i = 0; i < tips.len; i++)
        if (tips.at[i].kind < TIP_REFLOG && object_id_equal(id_from_oid(&tips.at[i].id), s->wanted->source) &&
            (!best || tips.at[i].current))
            best = &tips.at[i];
    name = best ? tip_name(best, s->v, s->arena) : NULL;
    for (size_t i = 0; i < s->wanted->n; i++) {
        if (s->out[i].last.ancestor)
            s->out[i].last.ref = name;
        if (s->out[i].exact.ancestor)
            s->out[i].exact.ref = name;
    }
    return true;
}

bool vcs_search(struct vcs_found *out, struct vcs_places *places, struct vcs *v, const struct vcs_wanted *wanted,
                struct arena *a, struct err *e)
{
    struct search s = { .v = v, .wanted = wanted, .out = out, .arena = a };
    struct lookout l = {
        .source = wanted->source, .tree = tree_take, .enough = nothing_missing, .to = &s, .places = places
    };
    const char **folders;
    struct arena *own;
    bool ok;

    *places = (struct vcs_places) { .refs = 0 };
    for (size_t i = 0; i < wanted->n; i++)
        out[i] = (struct vcs_found) { .last = { .found = false } };
    if (!v->repo || wanted->n == 0)
        return true;
    folders_clean(&folders, &l.n, wanted->folders, a);
    s.folders = l.folders = folders;
    s.possible = arena_make(a, bool, wanted->n);
    s.last_tree = arena_make(a, git_oid, l.n);
    s.join = join_open(NULL, a);
    s.join.file = file_take;
    s.join.to = &s;
    count_missing(&s);
    own = arena_open();
    ok = everywhere_look(&l, v, e) && (!is_on_line(&s) || name_line(&s, own, e));
    arena_close(own);
    if (!ok)
        return false;
    for (size_t i = 0; i < wanted->n; i++)
        if (!wanted->blobs[i].known)
            out[i].exact = out[i].last;
    return true;
}
