/* What a merge driver asks: what is published already, and a merge of lines. */
#include "vcs/internal.h"

size_t vcs_published(struct object_id out[VCS_PUBLISHED_MAX], struct vcs *v)
{
    AUTO(git_reference) head = NULL;
    AUTO(git_reference) tracked = NULL;
    AUTO(git_reference) branch = NULL;
    const char *name;
    git_oid id;
    size_t n = 0;

    if (!v->repo)
        return 0;
    if (range_default_branch(&id, &name, v))
        out[n++] = id_from_oid(&id);
    if (git_repository_head(&head, v->repo) < 0 || git_branch_upstream(&tracked, head) < 0 ||
        git_reference_resolve(&branch, tracked) < 0)
        return n;
    out[n] = id_from_oid(git_reference_target(branch));
    return n + !(n && object_id_equal(out[0], out[n]));
}

const char *vcs_merge_attribute(struct vcs *v, const char *path, struct arena *a)
{
    const char *value;

    if (!v->repo || git_attr_get(&value, v->repo, GIT_ATTR_CHECK_FILE_THEN_INDEX, path, "merge") < 0 ||
        git_attr_value(value) != GIT_ATTR_VALUE_STRING)
        return NULL;
    return arena_string(a, value);
}

static uint32_t style_flags(struct vcs *v)
{
    AUTO(git_config) config = NULL;
    const char *style;

    if (!v || !v->repo || git_repository_config_snapshot(&config, v->repo) < 0 ||
        git_config_get_string(&style, config, "merge.conflictstyle") < 0)
        return GIT_MERGE_FILE_STYLE_MERGE;
    if (strcmp(style, "diff3") == 0)
        return GIT_MERGE_FILE_STYLE_DIFF3;
    return strcmp(style, "zdiff3") == 0 ? GIT_MERGE_FILE_STYLE_ZDIFF3 : GIT_MERGE_FILE_STYLE_MERGE;
}

static git_merge_file_input input(struct text t)
{
    return (git_merge_file_input) { .version = GIT_MERGE_FILE_INPUT_VERSION, .ptr = t.at ? t.at : "", .size = t.len };
}

static bool merge_lines(struct text *out, bool *conflicted, const struct vcs_merge *m, struct vcs *v, struct arena *a,
                        struct err *e)
{
    git_merge_file_input ancestor = input(m->ancestor), ours = input(m->ours), theirs = input(m->theirs);
    git_merge_file_options o = { .version = GIT_MERGE_FILE_OPTIONS_VERSION,
                                 .ancestor_label = "base",
                                 .our_label = "ours",
                                 .their_label = "theirs",
                                 .flags = style_flags(v),
                                 .marker_size = (unsigned short)m->marker_size };
    git_merge_file_result result = { 0 };

    if (git_merge_file(&result, &ancestor, &ours, &theirs, &o) < 0)
        return err_plain(e, ERR_GIT, "can't merge the lines: %s", git_error_last() ? git_error_last()->message : "?");
    /* libgit2 merges no lines of what is binary and leaves nothing; git itself leaves ours. */
    *out = result.ptr ? arena_text(a, result.ptr, result.len) : m->ours;
    *conflicted = !result.automergeable;
    git_merge_file_result_free(&result);
    return true;
}

bool vcs_merge_text(struct text *out, bool *conflicted, const struct vcs_merge *m, struct vcs *v, struct arena *a,
                    struct err *e)
{
    bool ok;

    if (git_libgit2_init() < 0)
        return err_plain(e, ERR_GIT, "can't start libgit2");
    ok = merge_lines(out, conflicted, m, v, a, e);
    git_libgit2_shutdown();
    return ok;
}
