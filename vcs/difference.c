/* Two texts compared by lines. */
#include "vcs/internal.h"

/* The patch begins with lines that name files; what counts begins at its first hunk. */
static struct text hunks(const git_buf *patch)
{
    struct text all = { patch->ptr, patch->size };
    size_t at;

    if (!text_find(all, "\n@@ ", &at))
        return all;
    return text_cut(all, at + 1, all.len);
}

static bool compare(struct text *out, struct text before, struct text after, struct arena *a, struct err *e)
{
    git_diff_options o;
    git_buf bytes = GIT_BUF_INIT;
    git_patch *patch = NULL;
    struct text found;

    git_diff_options_init(&o, GIT_DIFF_OPTIONS_VERSION);
    o.context_lines = 1;
    o.flags = GIT_DIFF_FORCE_TEXT;
    if (git_patch_from_buffers(&patch, before.at ? before.at : "", before.len, "file", after.at ? after.at : "",
                               after.len, "file", &o) < 0 ||
        git_patch_to_buf(&bytes, patch) < 0) {
        git_patch_free(patch);
        return err_plain(e, ERR_GIT, "can't compare the lines: %s", git_error_last() ? git_error_last()->message : "?");
    }
    found = hunks(&bytes);
    *out = arena_text(a, found.at, found.len);
    git_buf_dispose(&bytes);
    git_patch_free(patch);
    return true;
}

bool vcs_difference(struct text *out, struct text before, struct text after, struct arena *a, struct err *e)
{
    bool ok;

    if (git_libgit2_init() < 0)
        return err_plain(e, ERR_GIT, "can't start libgit2");
    ok = compare(out, before, after, a, e);
    git_libgit2_shutdown();
    return ok;
}
