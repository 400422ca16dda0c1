#include "core/base/interrupt.h"
#include "vcs/walk.h"

/* "A..B" as gitrevisions(7) writes it, and the ends that a push leaves behind: zeros, and commits that are gone. */

struct ends {
    const char *base, *head;
    bool from_merge_base;
};

static struct ends split(const char *range, struct arena *a)
{
    const char *dots = strstr(range, "..");
    struct ends ends = { .base = range, .head = "HEAD" };

    if (!dots)
        return ends;
    ends.from_merge_base = dots[2] == '.';
    ends.base = dots == range ? "HEAD" : arena_cstr(a, (struct text) { range, (size_t)(dots - range) });
    dots += ends.from_merge_base ? 3 : 2;
    ends.head = *dots ? dots : "HEAD";
    return ends;
}

static bool is_full_id(const char *rev)
{
    struct object_id id;

    return object_id_parse(&id, text_from(rev));
}

static bool is_zero(const char *rev)
{
    return is_full_id(rev) && strspn(rev, "0") == strlen(rev);
}

static bool is_absent(struct vcs *v, const char *rev)
{
    struct object_id id;
    git_oid oid;

    if (!object_id_parse(&id, text_from(rev)))
        return false;
    oid = id_to_oid(id);
    return !git_odb_exists(v->odb, &oid);
}

bool range_default_branch(git_oid *out, const char **name, struct vcs *v)
{
    static const char *const names[] = { "refs/remotes/origin/HEAD", "refs/remotes/origin/main",
                                         "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(git_reference) ref = NULL;
        AUTO(git_reference) branch = NULL;

        if (git_reference_lookup(&ref, v->repo, names[i]) < 0 || git_reference_resolve(&branch, ref) < 0)
            continue;
        git_oid_cpy(out, git_reference_target(branch));
        *name = arena_string(v->arena, git_reference_shorthand(branch));
        return true;
    }
    return false;
}

bool range_failure_shallow(struct err *e, const char *what)
{
    err_plain(e, ERR_REVISION, "history is shallow: %s", what);
    return err_hint(e, "run `git fetch --unshallow`, or set fetch-depth: 0 in the CI's checkout step");
}

/* The base of a push that names none that is here. */
static bool base_from_default(struct vcs_changes *out, struct vcs *v, const char *why, struct arena *a, struct err *e)
{
    git_oid tip, base, head = id_to_oid(out->head);
    const char *name;

    if (v->shallow)
        return range_failure_shallow(e, "what the branch started from is not here");
    if (!range_default_branch(&tip, &name, v) || git_merge_base(&base, v->repo, &tip, &head) < 0) {
        out->note = arena_printf(a, "%s: compared with the empty tree", why);
        return true;
    }
    /* The default branch itself was pushed: it shares everything with itself, and all of it may be new. */
    if (git_oid_equal(&base, &head)) {
        out->note = arena_printf(a, "%s: compared with the empty tree, since %s is the default branch", why,
                                 text_shown(a, text_from(name)));
        return true;
    }
    out->base = id_from_oid(&base);
    out->note = arena_printf(a, "%s: compared with %.12s, which it shares with %s", why, object_id_hex(a, out->base),
                             text_shown(a, text_from(name)));
    return true;
}

static bool base_from_both(struct vcs_changes *out, struct vcs *v, struct object_id left, struct arena *a,
                           struct err *e)
{
    git_oid base, one = id_to_oid(left), other = id_to_oid(out->head);

    if (git_merge_base(&base, v->repo, &one, &other) == 0) {
        out->base = id_from_oid(&base);
        return true;
    }
    if (v->shallow)
        return range_failure_shallow(e, "what both commits share is not here");
    err_plain(e, ERR_REVISION, "%.12s and %.12s share no commit", object_id_hex(a, left), object_id_hex(a, out->head));
    return err_hint(e, "compare their ends instead, as in A..B");
}

/* The newest commits first, so that an ancestor is met long before the history's beginning. */
static bool walk_meets(bool *met, struct walk *w, const git_oid *base, const git_oid *head, struct err *e)
{
    const struct walk_commit *wanted = walk_commit(w, base);
    struct walk_commit *c = walk_commit(w, head);

    *met = c == wanted;
    c->mine = true;
    if (!walk_push(w, c, e))
        return false;
    while (!*met && (c = walk_pop(w))) {
        if (!interrupt_check(e))
            return false;
        *met = c == wanted;
        for (size_t i = 0; !*met && i < c->n_parents; i++) {
            if (c->parents[i]->mine)
                continue;
            c->parents[i]->mine = true;
            if (!walk_push(w, c->parents[i], e))
                return false;
        }
    }
    return true;
}

void range_note_rewritten(struct vcs_changes *out, struct vcs *v, struct arena *a)
{
    git_oid base = id_to_oid(out->base), head = id_to_oid(out->head);
    struct walk *w = NULL;
    struct err ignored;
    bool met = true, added = true;

    for (size_t i = 0; added && i < out->len; i++)
        added = out->at[i].kind == VCS_ADDED;
    if (added || out->note || !out->base.known)
        return;
    if (walk_open(&w, v, NULL, 0, &ignored) && !walk_meets(&met, w, &base, &head, &ignored))
        met = true;
    walk_close(w);
    if (!met)
        out->note = arena_printf(a, "history rewritten, or two lines of it: %.12s is no ancestor of %.12s",
                                 object_id_hex(a, out->base), object_id_hex(a, out->head));
}

static bool resolve(struct vcs_changes *out, bool *nothing, struct vcs *v, const char *range, struct arena *a,
                    struct err *e)
{
    struct ends ends = split(range, a);
    struct object_id left;

    *nothing = is_zero(ends.head);
    if (*nothing) {
        out->note = "the branch was deleted: nothing to compare";
        return true;
    }
    if (!revision_commit(&out->head, v, ends.head, e))
        return false;
    if (is_zero(ends.base))
        return base_from_default(out, v, "a new branch", a, e);
    if (is_absent(v, ends.base))
        return base_from_default(out, v, arena_printf(a, "%.12s is not here (a forced push)", ends.base), a, e);
    if (!revision_commit(&left, v, ends.base, e))
        return false;
    if (ends.from_merge_base)
        return base_from_both(out, v, left, a, e);
    out->base = left;
    return true;
}

bool range_resolve(struct vcs_changes *out, bool *nothing, struct vcs *v, const char *range, struct arena *a,
                   struct err *e)
{
    bool ok;

    verification_set(false);
    ok = resolve(out, nothing, v, range, a, e);
    verification_set(true);
    return ok;
}
