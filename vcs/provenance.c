#include "core/base/interrupt.h"
#include "vcs/walk.h"

/* The blame walk. Each file is a token that lies at a commit which has the file, at first the tip; each step moves a
 * commit's tokens to its parents, until the commit that made the file is met. Every token walks one path of its own, so
 * the order of the commits is only a matter of speed. Few tokens are touched in a step: all others move as one set, by
 * handing it over or by joining it to the parent's. */

enum { NO_SET = 0 }; /* a set is its index plus one, as commits keep it */

struct token {
    struct text path;
    struct vcs_origin origin;
    size_t set;
    /* In the step that last looked at it: */
    size_t step;
    struct walk_commit *from; /* the first parent that has the path */
    bool differs;             /* from the parent that is compared */
};

/* A disjoint-set forest: joined sets lead to the one that stands for all. */
struct set {
    size_t joined; /* itself where it stands for all */
    size_t len;    /* how many tokens there are then */
};

struct blame {
    struct walk *walk;
    struct join join;
    const char *folder;   /* the deepest that holds all of them */
    struct token *tokens; /* in path order, each path once */
    size_t len, left;     /* left: without an answer */
    struct sets {
        struct set *at;
        size_t len, cap;
    } sets;
    /* The step that is being done: the commit, its tokens, one of its parents, and what differs from those so far. */
    size_t step, set;
    struct walk_commit *commit, *parent;
    struct changed {
        struct token **at;
        size_t len, cap;
    } changed;
};

static struct set *set_get(struct blame *b, size_t set)
{
    return &b->sets.at[set - 1];
}

static size_t set_find(struct blame *b, size_t set)
{
    while (set_get(b, set)->joined != set)
        set = set_get(b, set)->joined = set_get(b, set_get(b, set)->joined)->joined;
    return set;
}

static size_t set_of_commit(struct blame *b, struct walk_commit *c)
{
    if (c->mine == NO_SET) {
        struct set *new = arena_push(walk_arena(b->walk), &b->sets);

        c->mine = new->joined = b->sets.len;
    }
    return set_find(b, c->mine);
}

static bool set_hand_over(struct blame *b, struct walk_commit *to, struct err *e)
{
    size_t other;

    if (set_get(b, b->set)->len == 0)
        return true;
    if (to->mine == NO_SET) {
        to->mine = b->set;
    } else {
        other = set_find(b, to->mine);
        set_get(b, b->set)->joined = other;
        set_get(b, other)->len += set_get(b, b->set)->len;
    }
    return walk_push(b->walk, to, e);
}

static bool token_move(struct blame *b, struct token *t, struct walk_commit *to, struct err *e)
{
    set_get(b, b->set)->len--;
    t->set = set_of_commit(b, to);
    set_get(b, t->set)->len++;
    return walk_push(b->walk, to, e);
}

static void token_settle(struct blame *b, struct token *t)
{
    t->origin.kind = b->commit->boundary ? VCS_ORIGIN_SHALLOW : VCS_ORIGIN_FOUND;
    if (!b->commit->boundary)
        t->origin.introduced = id_from_oid(&b->commit->id);
    t->set = NO_SET;
    set_get(b, b->set)->len--;
    b->left--;
}

static bool token_is_here(struct blame *b, const struct token *t)
{
    return t->set != NO_SET && set_find(b, t->set) == b->set;
}

static void set_settle(struct blame *b)
{
    for (size_t i = 0; i < b->len && set_get(b, b->set)->len > 0; i++)
        if (token_is_here(b, &b->tokens[i]))
            token_settle(b, &b->tokens[i]);
}

/* The first token whose path is not before this one. */
static size_t token_from(const struct blame *b, struct text path)
{
    size_t low = 0, high = b->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (text_compare(b->tokens[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct token *token_find(const struct blame *b, struct text path)
{
    size_t i = token_from(b, path);

    return i < b->len && text_equal(b->tokens[i].path, path) ? &b->tokens[i] : NULL;
}

static bool tokens_below(void *to, struct text folder)
{
    const struct blame *b = to;
    size_t i = token_from(b, folder);

    return i < b->len && text_equal(text_cut(b->tokens[i].path, 0, folder.len), folder);
}

/* The files of the tip. */
static void tip_file(void *to, struct text path, const git_oid *base, const git_oid *head)
{
    struct blame *b = to;
    struct token *t = token_find(b, path);

    (void)base;
    if (!t || !head)
        return;
    t->set = set_of_commit(b, b->commit);
    set_get(b, t->set)->len++;
    b->left++;
}

static void first_parent_file(void *to, struct text path, const git_oid *base, const git_oid *head)
{
    struct blame *b = to;
    struct token *t = head ? token_find(b, path) : NULL;

    if (!t || !token_is_here(b, t))
        return;
    t->step = b->step;
    t->from = base ? b->parent : NULL;
    *arena_push(walk_arena(b->walk), &b->changed) = t;
}

static void other_parent_file(void *to, struct text path, const git_oid *base, const git_oid *head)
{
    struct blame *b = to;
    struct token *t = head ? token_find(b, path) : NULL;

    if (!t || t->step != b->step)
        return;
    t->differs = true;
    if (base && !t->from)
        t->from = b->parent;
}

static bool folders_compare(struct blame *b, void (*file)(void *, struct text, const git_oid *, const git_oid *),
                            struct err *e)
{
    static const git_oid none;
    const git_oid *base = &none, *head;

    b->join.file = file;
    return (!b->parent || walk_folders(&base, b->walk, b->parent, e)) && walk_folders(&head, b->walk, b->commit, e) &&
           (git_oid_equal(base, head) || join_trees(&b->join, base, head, b->folder, e));
}

/* What a merge brought in unchanged goes to the parent that it came from. */
static bool other_parent_look(struct blame *b, struct err *e)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->changed.len; i++)
        b->changed.at[i]->differs = false;
    if (!folders_compare(b, other_parent_file, e))
        return false;
    for (size_t i = 0; i < b->changed.len; i++) {
        struct token *t = b->changed.at[i];

        if (t->differs)
            b->changed.at[kept++] = t;
        else if (!token_move(b, t, b->parent, e))
            return false;
    }
    b->changed.len = kept;
    return true;
}

/* What is as in no parent: the commit made it, or edited what the first parent that has it had. */
static bool token_made_here(struct blame *b, struct token *t, struct err *e)
{
    if (!t->from) {
        token_settle(b, t);
        return true;
    }
    if (t->origin.edits++ == 0)
        t->origin.edited = id_from_oid(&b->commit->id);
    return t->from == b->commit->parents[0] || token_move(b, t, t->from, e);
}

static bool commit_step(struct blame *b, struct walk_commit *c, struct err *e)
{
    b->commit = c;
    b->set = set_of_commit(b, c);
    c->mine = NO_SET;
    if (c->n_parents == 0) {
        set_settle(b);
        return true;
    }
    b->step++;
    b->changed.len = 0;
    b->parent = c->parents[0];
    if (!folders_compare(b, first_parent_file, e))
        return false;
    for (size_t i = 1; i < c->n_parents && b->changed.len > 0; i++) {
        b->parent = c->parents[i];
        if (!other_parent_look(b, e))
            return false;
    }
    for (size_t i = 0; i < b->changed.len; i++)
        if (!token_made_here(b, b->changed.at[i], e))
            return false;
    return set_hand_over(b, c->parents[0], e);
}

static bool blame(struct blame *b, struct walk_commit *tip, struct err *e)
{
    b->commit = tip;
    if (!folders_compare(b, tip_file, e) || !walk_push(b->walk, tip, e))
        return false;
    while (b->left > 0)
        if (!interrupt_check(e) || !commit_step(b, walk_pop(b->walk), e))
            return false;
    return true;
}

static int by_path(const void *a, const void *b)
{
    return text_compare(((const struct token *)a)->path, ((const struct token *)b)->path);
}

static bool is_below(struct text path, const char *folder)
{
    size_t len = strlen(folder);

    return len == 0 || (text_starts(path, folder) && path.len > len && path.at[len] == '/');
}

static void tokens_make(struct blame *b, const char *folder, const struct text *paths, size_t n, struct arena *a)
{
    size_t all = 0;

    b->tokens = arena_make(a, struct token, n);
    for (size_t i = 0; i < n; i++)
        if (is_below(paths[i], folder))
            b->tokens[all++].path = paths[i];
    qsort(b->tokens, all, sizeof *b->tokens, by_path);
    for (size_t i = 0; i < all; i++)
        if (b->len == 0 || !text_equal(b->tokens[i].path, b->tokens[b->len - 1].path))
            b->tokens[b->len++].path = b->tokens[i].path;
    for (size_t i = 0; i < b->len; i++)
        b->tokens[i].origin.kind = VCS_ORIGIN_ABSENT;
}

/* What lies beside it is not compared. */
static const char *common_folder(const struct blame *b, struct arena *a)
{
    struct text first = b->tokens[0].path, last = b->tokens[b->len - 1].path;
    size_t end = 0;

    for (size_t i = 0; i < first.len && i < last.len && first.at[i] == last.at[i]; i++)
        if (first.at[i] == '/')
            end = i;
    return arena_cstr(a, text_cut(first, 0, end));
}

static bool tokens_answer(struct blame *b, struct vcs *v, const git_oid *tip, struct err *e)
{
    bool ok;

    if (!walk_open(&b->walk, v, &b->folder, 1, e))
        return false;
    b->join = join_open(walk_trees(b->walk), walk_arena(b->walk));
    b->join.enter = tokens_below;
    b->join.to = b;
    ok = blame(b, walk_commit(b->walk, tip), e);
    walk_close(b->walk);
    return ok;
}

bool vcs_origins(struct vcs_origin *out, struct vcs *v, struct object_id tip, const char *folder,
                 const struct text *paths, size_t n, struct arena *a, struct err *e)
{
    struct blame b = { .len = 0 };
    git_oid id = id_to_oid(tip);

    if (!path_clean(&folder, folder, a, e))
        return false;
    tokens_make(&b, folder, paths, n, a);
    if (v->repo && tip.known && b.len > 0) {
        b.folder = common_folder(&b, a);
        if (!tokens_answer(&b, v, &id, e))
            return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct token *t = token_find(&b, paths[i]);

        out[i] = t ? t->origin : (struct vcs_origin) { .kind = VCS_ORIGIN_ABSENT };
    }
    return true;
}
