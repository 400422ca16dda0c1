/* What a review compares: the tree under review, the base, where they part, and what changed since when. */
#include "core/base/text.h"
#include "core/layouts/drizzle_new.h"
#include "core/review/rule.h"

static bool journal_load(struct side *s, struct arena *a, struct err *e)
{
    const struct layout_input *in = side_input(s);

    if (s->source->layout != &drizzle_layout || !in || !in->len)
        return true;
    s->has_journal = drizzle_journal(&s->journal, in, a, e);
    return s->has_journal;
}

static bool side_load(struct side *out, struct review *r, const char *name, struct object_id commit, struct err *e)
{
    const struct source *head = r->head.source;
    const char **folders = arena_make(r->arena, const char *, head->nfolders + 1);
    struct notices *unseen = arena_make(r->arena, struct notices, 1);
    struct source_request q = {
        .folders = folders,
        .layout = head->layout->name,
        .at = { .kind = VCS_COMMIT, .commit = commit, .ref = name },
    };

    for (size_t i = 0; i < head->nfolders; i++)
        folders[i] = head->folders[i].path;
    unseen->arena = r->arena;
    *out = (struct side) { .name = name, .commit = commit };
    out->source = arena_make(r->arena, struct source, 1);
    if (!source_load_tolerant(out->source, r->vcs, &q, r->arena, unseen, e)) {
        /* A commit from before the folder was there. */
        if (e->kind == ERR_NO_MIGRATIONS || e->kind == ERR_OTHER_TOOL) {
            *out->source = (struct source) { .vcs = r->vcs, .layout = head->layout, .at = q.at };
            out->source->migrations.order = head->layout->order;
            return true;
        }
        return err_prefix(e, "at %s: ", text_shown(r->arena, text_from(name)));
    }
    return journal_load(out, r->arena, e) || err_prefix(e, "at %s: ", text_shown(r->arena, text_from(name)));
}

static bool revision_find(struct object_id *out, struct review *r, const char *rev, struct err *e)
{
    struct vcs_source at;

    if (!vcs_source_open(&at, r->vcs, VCS_COMMIT, rev, r->arena, e))
        return false;
    *out = at.commit;
    return true;
}

/* Git's own name for the commit that a CI service makes of a pull request: its first parent is the base. */
static bool base_of_merge(const char **name, struct object_id *commit, struct review *r)
{
    struct object_id other;
    struct err unseen;

    *name = "HEAD^1";
    return vcs_is_detached(r->vcs) && revision_find(&other, r, "HEAD^2", &unseen) &&
           revision_find(commit, r, *name, &unseen);
}

static const char no_base[] = "there is no origin/HEAD, origin/main, origin/master, main or master";

/* *name is NULL where there is no base and what is looked at is known without one. */
static bool base_find(const char **name, struct object_id *commit, struct review *r, struct err *e)
{
    *name = r->request->base;
    if (*name)
        return revision_find(commit, r, *name, e);
    *name = vcs_default_branch(commit, r->vcs);
    if (*name)
        return true;
    if (base_of_merge(name, commit, r)) {
        notice_add(r->notices, NOTICE_NOTE, "base", NOWHERE, NULL,
                   "compared with HEAD^1, the first parent of the merge commit that is checked out");
        return true;
    }
    *name = NULL;
    if (r->all || r->request->since || r->request->versions || r->request->source.at.kind == VCS_INDEX)
        return true;
    err_plain(e, ERR_REVISION, "no branch to compare with: %s", no_base);
    if (vcs_is_shallow(r->vcs))
        return err_hint(e, "history is shallow: set fetch-depth: 0 in the CI's checkout step, or name the branch with "
                           "--base REV");
    return err_hint(e, "name it with --base REV, or give --all to review every migration by itself");
}

/* Where the reviewed tree's line and the base's part. */
static bool shared_load(struct review *r, struct object_id head, struct err *e)
{
    struct vcs_commits found;

    if (!vcs_merge_bases(&found, r->vcs, head, r->base.commit, r->arena, e))
        return false;
    for (size_t i = 0; i < found.len; i++) {
        const char *hex = object_id_hex(r->arena, found.at[i]);

        if (!side_load(arena_push(r->arena, &r->shared), r, hex, found.at[i], e))
            return false;
    }
    if (found.len)
        return true;
    notice_add(r->notices, NOTICE_WARNING, "no-merge-base", NOWHERE, NULL,
               "this line and %s share no commit: what was deleted or renamed can't be known", r->base.name);
    return true;
}

static bool range_load(struct review *r, struct object_id head, struct err *e)
{
    const char *since = r->request->since;
    struct object_id commit;

    if (r->all || r->request->versions)
        return true;
    if (since)
        return revision_find(&commit, r, since, e) && side_load(arena_push(r->arena, &r->range), r, since, commit, e);
    if (r->request->source.at.kind == VCS_INDEX)
        return side_load(arena_push(r->arena, &r->range), r, "HEAD", head, e);
    r->range = r->shared;
    return true;
}

static bool with_load(struct review *r, struct err *e)
{
    for (const char *const *name = r->request->with; name && *name; name++) {
        struct object_id commit;

        if (!revision_find(&commit, r, *name, e) || !side_load(arena_push(r->arena, &r->with), r, *name, commit, e))
            return false;
    }
    return true;
}

static void say_situation(struct review *r)
{
    const char *activity = vcs_activity_word(vcs_activity(r->vcs));

    if (r->request->source.at.kind == VCS_COMMIT)
        return;
    if (activity)
        notice_add(r->notices, NOTICE_NOTE, "in-progress", NOWHERE, NULL,
                   "git is in the middle of %s: HEAD is not yet what it will be, and what is reviewed are the files as "
                   "they stand",
                   activity);
    else if (vcs_is_detached(r->vcs))
        notice_add(r->notices, NOTICE_NOTE, "detached", NOWHERE, NULL, "HEAD is detached at %.12s",
                   object_id_hex(r->arena, r->request->source.at.commit));
}

/* A branch that deleted its last migration has no folder any more: HEAD, or what the base has, still says where it was
 * and of which layout. */
static bool head_load(struct review *r, struct err *e)
{
    struct source *head = r->head.source;
    struct source_request q = r->request->source;
    struct source before;
    struct err unseen;
    const char *name = r->request->base;

    if (source_load_tolerant(head, r->vcs, &q, r->arena, r->notices, e))
        return true;
    if (e->kind != ERR_NO_MIGRATIONS || (!name && !(name = vcs_default_branch(&q.at.commit, r->vcs))) ||
        !vcs_source_open(&q.at, r->vcs, VCS_COMMIT, name, r->arena, &unseen) ||
        !source_load_tolerant(&before, r->vcs, &q, r->arena, r->notices, &unseen) || !before.migrations.len)
        return false;
    head->layout = before.layout;
    head->folders = before.folders;
    head->nfolders = before.nfolders;
    for (size_t i = 0; i < head->nfolders; i++)
        head->folders[i].input = (struct layout_input) { .folder = head->folders[i].path, .arena = r->arena };
    head->migrations.len = 0;
    head->migrations.order = before.layout->order;
    return true;
}

bool sides_open(struct review *r, struct source *head, const char **reason, struct err *e)
{
    const struct review_request *q = r->request;
    struct object_id commit = q->source.at.commit, base;
    const char *name;

    r->head = (struct side) { .name = "HEAD", .commit = commit, .source = head };
    if (!head_load(r, e) || !journal_load(&r->head, r->arena, e))
        return false;
    if (!vcs_is_git(r->vcs) && !r->all && !q->versions) {
        err_plain(e, ERR_GIT, "there is no git repository here, so nothing says what is new");
        return err_hint(e, "give --all to review every migration by itself");
    }
    /* Before the first commit everything is new. */
    if (!commit.known) {
        *reason = vcs_is_git(r->vcs) ? "there is no commit yet" : "there is no git repository here";
        r->all = !q->versions;
        return true;
    }
    say_situation(r);
    if (!base_find(&name, &base, r, e))
        return false;
    if (!name) {
        *reason = no_base;
        return range_load(r, commit, e);
    }
    r->has_base = true;
    return side_load(&r->base, r, name, base, e) && shared_load(r, commit, e) && range_load(r, commit, e) &&
           with_load(r, e);
}
