/* What a hook has to compare: githooks(5) says what git gives it. */
#include "core/hooks.h"

static bool zero(struct text hex)
{
    for (size_t i = 0; i < hex.len; i++)
        if (hex.at[i] != '0')
            return false;
    return true;
}

/* Detached: a stop of some walk through history, or a look at an old commit; nobody's database should follow it. */
static bool in_the_midst(const struct hook_event *event, struct vcs *v)
{
    enum vcs_activity activity = vcs_activity(v);
    /* git runs these two before it cleans up behind itself. */
    bool ends = (event->hook == HOOK_POST_MERGE && activity == VCS_MERGING) ||
                (event->hook == HOOK_POST_REWRITE && activity == VCS_REBASING && event->args[0] &&
                 strcmp(event->args[0], "rebase") == 0);

    if (event->hook == HOOK_POST_CHECKOUT && vcs_rebase_is_empty(v))
        return false;
    return (activity != VCS_IDLE && !ends) || vcs_is_detached(v);
}

/* The first commit of the input's first line: what was amended. */
static bool amended(struct object_id *out, struct text input)
{
    struct text line;

    return text_line(&input, &line) && line.len >= OBJECT_ID_HEX - 1 &&
           object_id_parse(out, text_cut(line, 0, OBJECT_ID_HEX - 1));
}

static bool checked_out(struct hook_range *out, const struct hook_event *event)
{
    const char *const *args = event->args;

    /* The third says whether it was a branch that was checked out, and not only files. */
    if (!args[0] || !args[1] || !args[2] || strcmp(args[2], "1") != 0)
        return false;
    out->fresh = zero(text_from(args[0]));
    return out->fresh || object_id_parse(&out->base, text_from(args[0]));
}

static bool base_find(struct hook_range *out, const struct hook_event *event, struct vcs *v)
{
    const char *first = event->args[0] ? event->args[0] : "";

    switch (event->hook) {
    case HOOK_POST_MERGE:
        /* A squash merge has moved nothing yet. */
        if (strcmp(first, "1") == 0)
            return false;
        out->base = vcs_position_before(v);
        break;
    case HOOK_POST_CHECKOUT:
        return checked_out(out, event);
    case HOOK_POST_REWRITE:
        if (strcmp(first, "amend") == 0)
            return amended(&out->base, event->input);
        out->base = vcs_position_before(v);
        break;
    default:
        return false;
    }
    return out->base.known;
}

bool hook_range_find(struct hook_range *out, const struct hook_event *event, struct vcs *v, struct arena *a,
                     struct err *e)
{
    struct vcs_source head;

    *out = (struct hook_range) { .nothing = true };
    if (in_the_midst(event, v) || !base_find(out, event, v))
        return true;
    if (!vcs_source_open(&head, v, VCS_WORKTREE, NULL, a, e))
        return false;
    out->head = head.commit;
    out->nothing = !head.commit.known || object_id_equal(out->base, out->head);
    return true;
}

static bool folder_is_staged(bool *out, struct vcs *v, const struct vcs_source *index, const char *folder,
                             struct arena *a, struct err *e)
{
    const struct vcs_source head = { .kind = VCS_COMMIT, .commit = index->commit };
    struct vcs_files staged, committed = { .len = 0 };
    bool found;

    if (!vcs_list(&staged, &found, v, index, folder, a, e))
        return false;
    for (size_t i = 0; i < staged.len; i++)
        *out |= staged.at[i].uncommitted;
    /* Where every staged file is as in HEAD, only one that is gone makes a difference. */
    if (*out || !head.commit.known)
        return true;
    if (!vcs_list(&committed, &found, v, &head, folder, a, e))
        return false;
    *out = committed.len != staged.len;
    return true;
}

bool hook_is_staged(bool *out, struct vcs *v, const char *const *folders, struct arena *a, struct err *e)
{
    struct vcs_source index;

    *out = false;
    if (!vcs_source_open(&index, v, VCS_INDEX, NULL, a, e))
        return false;
    for (size_t i = 0; folders[i] && !*out; i++)
        if (!folder_is_staged(out, v, &index, folders[i], a, e))
            return false;
    return true;
}
