#include <sys/stat.h>

#include "vcs/internal.h"

enum vcs_activity vcs_activity(struct vcs *v)
{
    if (!v->repo)
        return VCS_IDLE;
    switch (git_repository_state(v->repo)) {
    case GIT_REPOSITORY_STATE_MERGE:
        return VCS_MERGING;
    case GIT_REPOSITORY_STATE_REVERT:
    case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
        return VCS_REVERTING;
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
        return VCS_PICKING;
    case GIT_REPOSITORY_STATE_BISECT:
        return VCS_BISECTING;
    case GIT_REPOSITORY_STATE_REBASE:
    case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
    case GIT_REPOSITORY_STATE_REBASE_MERGE:
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX:
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE:
        return VCS_REBASING;
    default:
        return VCS_IDLE;
    }
}

const char *vcs_activity_word(enum vcs_activity activity)
{
    static const char *const words[] = { NULL, "a merge", "a rebase", "a cherry-pick", "a revert", "a bisect" };

    return words[activity];
}

static bool has_file(const struct vcs *v, const char *path)
{
    struct stat st;

    return stat(path_join(v->arena, v->directory, path), &st) == 0;
}

bool vcs_is_detached(struct vcs *v)
{
    return v->repo && git_repository_head_detached(v->repo) == 1;
}

bool vcs_has_worktrees(struct vcs *v)
{
    git_strarray names = { 0 };
    bool any = v->repo && git_worktree_list(&names, v->repo) == 0 && names.count > 0;

    git_strarray_dispose(&names);
    return any;
}

/* Whether a list of rebase's steps has one that does something; the file may be absent. */
static bool has_steps(struct vcs *v, const char *path)
{
    FILE *f = fopen(path_join(v->arena, v->directory, path), "re");
    char line[256];
    bool any = false;

    while (f && !any && fgets(line, sizeof line, f)) {
        struct text t = text_trim(text_from(line));

        any = t.len && t.at[0] != '#' && !text_is(t, "noop");
    }
    if (f)
        fclose(f);
    return any;
}

bool vcs_rebase_is_empty(struct vcs *v)
{
    return vcs_activity(v) == VCS_REBASING && has_file(v, "rebase-merge/git-rebase-todo") &&
           !has_steps(v, "rebase-merge/git-rebase-todo") && !has_steps(v, "rebase-merge/done");
}

/* A file of the git directory that holds one commit's id. */
static bool id_of_file(struct object_id *out, struct vcs *v, const char *path)
{
    FILE *f = fopen(path_join(v->arena, v->directory, path), "re");
    char line[OBJECT_ID_HEX + 1];
    bool ok = f && fgets(line, sizeof line, f) && object_id_parse(out, text_trim(text_from(line)));

    if (f)
        fclose(f);
    return ok;
}

struct object_id vcs_position_before(struct vcs *v)
{
    /* Two of git's own files of a rebase: ORIG_HEAD may have been moved meanwhile, by a `git reset` at a stop. */
    static const char *const files[] = { "rebase-merge/orig-head", "rebase-apply/orig-head", "ORIG_HEAD" };
    struct object_id id = { .known = false };

    for (size_t i = 0; v->repo && i < sizeof files / sizeof *files; i++)
        if (id_of_file(&id, v, files[i]))
            return id;
    return (struct object_id) { .known = false };
}
