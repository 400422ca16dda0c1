#include "core/sync.h"

#include "core/base/text.h"
#include "core/partial.h"

static bool refuse(struct err *e)
{
    return err_state(e, "nothing was run");
}

/* The work tree is not what it will be while git is in the middle of something; at a bare commit nobody said that this
 * is the line to match. A named commit is another matter. */
static bool refuse_moment(struct workspace *w, struct err *e)
{
    enum vcs_activity activity = vcs_activity(w->source.vcs);

    if (w->source.at.kind == VCS_COMMIT)
        return false;
    if (activity != VCS_IDLE) {
        err_plain(e, ERR_SYNC_REFUSED, "git is in the middle of %s: the files are not what they will be",
                  vcs_activity_word(activity));
        err_hint(e, "finish it first (`git status` says how), or name what the database should match: `merganser sync "
                    "--ref BRANCH`");
        return true;
    }
    if (vcs_is_detached(w->source.vcs)) {
        err_plain(e, ERR_SYNC_REFUSED, "HEAD is detached: no branch says that this commit is the one to match");
        err_hint(e, "go to a branch, or say that it is: `merganser sync --ref HEAD`");
        return true;
    }
    return false;
}

void sync_warn(struct workspace *w, const struct plan *plan)
{
    bool down = false;

    for (size_t i = 0; i < plan->len; i++)
        down |= step_goes_down(&plan->at[i]);
    if (down && vcs_has_worktrees(w->source.vcs))
        notice_add(w->notices, NOTICE_WARNING, "other-worktrees", NOWHERE, "`git worktree list` shows them",
                   "this repository has several work trees: one of them may use this database for another branch");
}

bool sync_allowed(struct workspace *w, struct err *e)
{
    const struct config_policy *p = &w->config.policy;

    if (p->sync == POLICY_REFUSE) {
        err_set(e, ERR_POLICY, p->sync_at, "the policy refuses `sync` here");
        err_hint(e, "`merganser status` shows what differs, `merganser up` applies what is pending; the policy is "
                    "`sync` in merganser.yml");
    } else if (!vcs_is_git(w->source.vcs)) {
        err_plain(e, ERR_SYNC_REFUSED,
                  "sync needs git: there is no repository here that could tell whose a version "
                  "without a file is");
        err_hint(e, "`merganser up` and `merganser down` work without one");
    } else if (vcs_is_shallow(w->source.vcs)) {
        err_plain(e, ERR_SYNC_REFUSED, "the history is shallow: nobody can tell whose a version without a file is");
        err_hint(e, "get all of it with `git fetch --unshallow` (in CI: fetch-depth: 0), then run this again");
    } else if (!w->source.migrations.len) {
        err_plain(e, ERR_SYNC_REFUSED, "the source has no migrations: all that is applied would be rolled back");
        err_hint(e, "name the right folder with --migrations, or the right commit with --ref");
    } else if (!refuse_moment(w, e)) {
        return true;
    }
    return refuse(e);
}

/* Why a version without a file is none of sync's business; NULL: it is. */
static const char *why_left(const struct version_entry *v, const struct sync_options *o, const char *repository)
{
    const struct history_entry *applied = v->record ? v->record->applied : NULL;
    bool own = applied && applied->repository && repository && strcmp(applied->repository, repository) == 0;

    if (!o->include_foreign) {
        if (v->flags & FLAG_UNKNOWN)
            return "neither git nor the history knows whose it is; --include-foreign rolls it back";
        if (!applied)
            return "nothing records that merganser applied it; --include-foreign rolls it back";
        if (v->flags & FLAG_BASELINE)
            return "it was marked by `baseline`, never run; --include-foreign rolls it back";
        if (!own)
            return applied->repository ? "another repository applied it; --include-foreign rolls it back"
                                       : "nothing records which repository applied it; --include-foreign rolls it back";
    }
    if ((v->flags & FLAG_RETIRED) && !o->include_retired)
        return "this line of history had its file and deleted it; --include-retired rolls it back";
    return NULL;
}

static void leave(struct plan *out, const struct version_entry *v, const char *why, struct arena *a)
{
    *(struct left_version *)arena_push(a, &out->left) = (struct left_version) { v, why };
}

static struct step *step_add(struct plan *out, const struct version_entry *v, enum direction direction, struct arena *a)
{
    struct step *s = arena_push(a, out);

    s->direction = direction;
    s->entry = v;
    return s;
}

/* An edited version is one of ours by its file; only comments are no reason to touch it. */
static bool is_redone(const struct version_entry *v)
{
    return v->state == STATE_APPLIED && (v->flags & FLAG_EDITED) && !(v->flags & FLAG_COSMETIC);
}

/* Two repositories on one database may number alike, and even run the same script. */
static bool is_anothers(const struct version_entry *v, const struct sync_options *o, const char *repository)
{
    const struct history_entry *applied = v->record ? v->record->applied : NULL;

    return !o->include_foreign && applied && applied->repository &&
           (!repository || strcmp(applied->repository, repository) != 0);
}

static bool is_relinked(const struct version_entry *v, const struct sync_options *o, const char *repository)
{
    return (v->flags & FLAG_RENAMED) && !is_anothers(v->renamed, o, repository);
}

static const char *why_not_redone(const struct version_entry *v, const struct sync_options *o, const char *repository)
{
    if (!o->redo_edited)
        return "it was edited after it was applied; --redo-edited rolls it back and applies it again";
    if ((v->flags & FLAG_BASELINE) && !o->include_foreign)
        return "it was marked by `baseline`, never run; --include-foreign rolls it back all the same";
    return is_anothers(v, o, repository)
               ? "another repository applied this version, with another script; --include-foreign rolls that back"
               : NULL;
}

/* Whether it is rolled back. */
static bool consider(struct plan *out, const struct version_entry *v, const struct sync_options *o,
                     const char *repository, struct arena *a)
{
    const char *why;

    if (is_redone(v))
        why = why_not_redone(v, o, repository);
    else if ((v->flags & FLAG_RENAMED) && !is_relinked(v, o, repository))
        why = arena_printf(a,
                           "it has the script of %s, which another repository applied; `merganser up --no-relink` runs "
                           "it, --include-foreign relinks it",
                           text_shown(a, text_from(v->renamed->id)));
    else if (v->state == STATE_MISSING && !v->renamed)
        why = why_left(v, o, repository);
    else
        return false;
    if (!why && (v->flags & FLAG_IRREVERSIBLE) && o->skip_irreversible)
        why = "no down script was found";
    if (why)
        leave(out, v, why, a);
    return !why;
}

static bool refuse_irreversible(const struct plan *down, const char *places, struct err *e)
{
    const struct version_entry *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < down->len; i++) {
        if (!(down->at[i].entry->flags & FLAG_IRREVERSIBLE))
            continue;
        first = first ? first : down->at[i].entry;
        count++;
    }
    if (!count)
        return false;
    err_plain(e, ERR_NO_DOWN_SCRIPT, "%s can't be rolled back: it has no down script", first->id);
    if (count > 1)
        err_prefix(e, "%zu versions can't be rolled back; ", count);
    if (places)
        err_detail(e, "looked at the file, the history's copy, and %s", places);
    refuse(e);
    err_hint(e,
             "`merganser sync --skip-irreversible` leaves what can't be rolled back; `merganser show %s` shows what "
             "is known of it",
             first->version);
    return true;
}

static bool refuse_many(const struct plan *down, const struct sync_options *o, struct err *e)
{
    uint64_t max = o->max_rollback ? o->max_rollback : SYNC_MAX_ROLLBACK;

    if (down->len <= max)
        return false;
    err_plain(e, ERR_SYNC_REFUSED, "%zu versions would be rolled back, and at most %llu may be", down->len,
              (unsigned long long)max);
    refuse(e);
    err_hint(e,
             "look at them with `merganser sync --dry-run --max-rollback %zu`; without --dry-run that rolls them back",
             down->len);
    return true;
}

bool sync_resolve(struct plan *out, const struct resolution *r, const struct sync_options *o, const char *repository,
                  const char *places, struct arena *a, struct err *e)
{
    struct plan down = { 0 };

    *out = (struct plan) { .verb = "sync" };
    for (size_t i = r->len; i-- > 0;)
        if (consider(out, &r->at[i], o, repository, a))
            step_add(&down, &r->at[i], DIRECTION_DOWN, a);
    if (refuse_irreversible(&down, places, e) || refuse_many(&down, o, e))
        return false;
    for (size_t i = 0; i < r->len; i++)
        if (is_relinked(&r->at[i], o, repository))
            step_add(out, &r->at[i], DIRECTION_UP, a)->relink = true;
    for (size_t i = 0; i < down.len; i++)
        step_add(out, down.at[i].entry, DIRECTION_DOWN, a);
    for (size_t i = 0; i < r->len; i++) {
        const struct version_entry *v = &r->at[i];
        bool again = is_redone(v) && !why_not_redone(v, o, repository) &&
                     !((v->flags & FLAG_IRREVERSIBLE) && o->skip_irreversible);

        if (again || (v->state == STATE_PENDING && !(v->flags & FLAG_RENAMED)))
            step_add(out, v, DIRECTION_UP, a);
    }
    return !partial_refuses(out, r, a, e) || refuse(e);
}
