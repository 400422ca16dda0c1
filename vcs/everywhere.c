#include "core/base/interrupt.h"
#include "vcs/search.h"

/* A clone without trees would have nothing else at each of its commits. */
enum { UNREADABLE_MAX = 1000 };

/* What a commit's `mine` says: 0 not met, else by what the walk came to it: the source, or a tip's number. */
enum { BY_SOURCE = 1, BY_TIPS };

struct everywhere {
    const struct lookout *l;
    struct vcs *v;
    struct walk *w;
    struct tips tips;
    struct walk_commit **commits; /* one a tip, NULL where it is none or not here */
    struct id_map *seen;          /* the trees of each folder */
    bool whole;                   /* nothing was passed over by the walk that is under way */
};

static bool enough(const struct everywhere *s)
{
    return s->l->enough(s->l->to);
}

/* An object that can't be read is counted; a stop signal is the only error. */
static bool passed_over(struct everywhere *s, struct err *e)
{
    s->whole = false;
    s->l->places->unreadable++;
    return interrupt_check(e);
}

static bool folders_show(struct everywhere *s, struct walk_commit *c, const struct tip *tip, struct err *e)
{
    const struct spot at = { .commit = &c->id, .tip = tip };
    const git_oid *folders;

    if (!walk_folders(&folders, s->w, c, e))
        return passed_over(s, e);
    for (size_t i = 0; i < s->l->n; i++) {
        git_oid *tree;

        if (git_oid_is_zero(&folders[i]) || id_map_find(&s->seen[i], &folders[i]))
            continue;
        tree = arena_alloc(walk_arena(s->w), sizeof *tree);
        *tree = folders[i];
        id_map_add(&s->seen[i], tree, walk_arena(s->w));
        if (!s->l->tree(s->l->to, s->w, i, tree, &at, e) && !passed_over(s, e))
            return false;
    }
    return true;
}

static bool push(struct everywhere *s, struct walk_commit *c, size_t mine, struct err *e)
{
    /* Reached by two ways it is named after the tip that comes first. */
    if (c->mine > mine && c->waiting)
        c->mine = mine;
    if (c->mine)
        return true;
    c->mine = mine;
    return walk_push(s->w, c, e) || passed_over(s, e);
}

static bool walk_all(struct everywhere *s, struct err *e)
{
    struct walk_commit *c;

    while (!enough(s) && s->l->places->unreadable < UNREADABLE_MAX && (c = walk_pop(s->w)) != NULL) {
        const struct tip *tip = c->mine >= BY_TIPS ? &s->tips.at[c->mine - BY_TIPS] : NULL;

        s->l->places->commits++;
        if (!interrupt_check(e) || !folders_show(s, c, tip, e))
            return false;
        s->whole &= !c->boundary;
        for (size_t i = 0; i < c->n_parents; i++)
            if (!push(s, c->parents[i], c->mine, e))
                return false;
    }
    s->whole &= s->l->places->unreadable < UNREADABLE_MAX;
    return true;
}

static bool look_at_line(struct everywhere *s, struct err *e)
{
    git_oid id = id_to_oid(s->l->source);

    s->whole = s->l->source.known;
    if (s->whole && (!push(s, walk_commit(s->w, &id), BY_SOURCE, e) || !walk_all(s, e)))
        return false;
    s->l->places->whole_line = s->whole;
    return true;
}

/* ---- tips ---- */

/* The tip's commit, also behind a tag; NULL where it leads to none, or to nothing that is here. */
static struct walk_commit *commit_of(struct everywhere *s, const struct tip *t)
{
    AUTO(git_object) object = NULL;
    AUTO(git_object) commit = NULL;
    struct walk_commit *c = walk_commit(s->w, &t->id);
    struct err ignored;

    if (!c->read && !git_odb_exists_ext(s->v->odb, &t->id, GIT_ODB_LOOKUP_NO_REFRESH)) {
        /* A log outlives its commits; a ref does not. */
        s->l->places->unreadable += t->kind < TIP_REFLOG;
        return NULL;
    }
    if (walk_read(s->w, c, &ignored))
        return c;
    if (git_object_lookup(&object, s->v->repo, &t->id, GIT_OBJECT_ANY) < 0 ||
        git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
        return NULL;
    c = walk_commit(s->w, git_object_id(commit));
    return walk_read(s->w, c, &ignored) ? c : NULL;
}

static void count(struct vcs_places *places, const struct tip *t)
{
    if (t->kind == TIP_REFLOG)
        places->reflog_entries += t->entry >= 0;
    else if (t->kind == TIP_STASH)
        places->stashes += t->ref != NULL;
    else
        places->refs++;
}

struct order {
    size_t tip;
    bool current;
    uint64_t time;
};

static int newest_first(const void *left, const void *right)
{
    const struct order *a = left, *b = right;

    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    if (a->current != b->current)
        return a->current ? -1 : 1;
    return (a->tip > b->tip) - (a->tip < b->tip);
}

/* A stash's parents are where HEAD was, the index, and what was untracked. */
static bool tip_show(struct everywhere *s, size_t tip, struct err *e)
{
    struct walk_commit *c = s->commits[tip];
    const struct tip *t = &s->tips.at[tip];
    struct err ignored;

    if (c && !folders_show(s, c, t, e))
        return false;
    for (size_t i = 1; c && t->kind == TIP_STASH && i < c->n_parents; i++)
        if (walk_read(s->w, c->parents[i], &ignored) && !folders_show(s, c->parents[i], t, e))
            return false;
    return interrupt_check(e);
}

/* The tips from..to, which are of one kind. Logs are in the order of time already. */
static bool kind_look(struct everywhere *s, size_t from, size_t to, struct err *e)
{
    struct order *order = arena_make(walk_arena(s->w), struct order, to - from);
    bool is_log = s->tips.at[from].kind >= TIP_REFLOG;

    for (size_t i = from; i < to; i++) {
        struct walk_commit *c = s->commits[i] = commit_of(s, &s->tips.at[i]);

        count(s->l->places, &s->tips.at[i]);
        order[i - from] = (struct order) { i, s->tips.at[i].current, c && !is_log ? c->time : 0 };
        if (!interrupt_check(e))
            return false;
    }
    qsort(order, to - from, sizeof *order, newest_first);
    for (size_t i = 0; i < to - from && !enough(s); i++)
        if (!tip_show(s, order[i].tip, e))
            return false;
    return true;
}

static bool look_at_tips(struct everywhere *s, struct err *e)
{
    if (!tips_collect(&s->tips, s->v, walk_arena(s->w), e))
        return false;
    s->commits = arena_make(walk_arena(s->w), struct walk_commit *, s->tips.len);
    for (size_t from = 0, to; from < s->tips.len && !enough(s); from = to) {
        for (to = from; to < s->tips.len && s->tips.at[to].kind == s->tips.at[from].kind; to++)
            ;
        if (!kind_look(s, from, to, e))
            return false;
    }
    return true;
}

static bool look_at_history(struct everywhere *s, struct err *e)
{
    for (size_t i = 0; i < s->tips.len && !enough(s); i++)
        if (s->commits[i] && !push(s, s->commits[i], BY_TIPS + i, e))
            return false;
    return walk_all(s, e);
}

bool everywhere_look(const struct lookout *l, struct vcs *v, struct err *e)
{
    struct everywhere s = { .l = l, .v = v };
    bool ok;

    l->places->shallow = v->shallow;
    if (!walk_open(&s.w, v, l->folders, l->n, e))
        return false;
    s.seen = arena_make(walk_arena(s.w), struct id_map, l->n);
    /* Once, instead of for every id of a log that is not here. */
    git_odb_refresh(v->odb);
    ok = look_at_line(&s, e) && (enough(&s) || (look_at_tips(&s, e) && look_at_history(&s, e)));
    walk_close(s.w);
    return ok;
}
