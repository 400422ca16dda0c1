#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "core/base/descriptor.h"
#include "vcs/internal.h"

enum { HOOK_MAX = 1024 * 1024 };

/* What core.hooksPath says, and whether only for this clone. value NULL: it is not set. */
struct hooks_path {
    const char *value; /* as written */
    const char *expanded;
    bool shared;
};

static bool expand(struct hooks_path *out, const char *value, struct vcs *v, struct err *e)
{
    git_buf path = { 0 };

    out->value = arena_string(v->arena, value);
    if (git_config_parse_path(&path, value) < 0) {
        failure_other(e, v, "core.hooksPath '%s' can't be resolved", text_shown(v->arena, text_from(value)));
        return err_hint(e, "write the whole path: `git config core.hooksPath PATH`");
    }
    out->expanded = arena_string(v->arena, path.ptr);
    git_buf_dispose(&path);
    return true;
}

/* With extensions.worktreeConfig a work tree has a file of its own, which libgit2 1.5 does not read. */
static bool path_of_worktree(struct hooks_path *out, struct vcs *v, const git_config *all, struct err *e)
{
    AUTO(git_config) own = NULL;
    AUTO(git_config) snapshot = NULL;
    const char *value;
    int on = 0;

    if (git_config_get_bool(&on, all, "extensions.worktreeconfig") < 0 || !on ||
        git_config_open_ondisk(&own, path_join(v->arena, v->directory, "config.worktree")) < 0 ||
        git_config_snapshot(&snapshot, own) < 0 || git_config_get_string(&value, snapshot, "core.hookspath") < 0)
        return true;
    return expand(out, value, v, e);
}

static bool path_read(struct hooks_path *out, struct vcs *v, struct err *e)
{
    AUTO(git_config) config = NULL;
    git_config_entry *entry = NULL;
    bool ok = true;

    *out = (struct hooks_path) { .value = NULL };
    if (git_repository_config_snapshot(&config, v->repo) < 0)
        return failure_other(e, v, "cannot read the configuration");
    if (!path_of_worktree(out, v, config, e))
        return false;
    if (out->value || git_config_get_entry(&entry, config, "core.hookspath") < 0)
        return true;
    out->shared = entry->level != GIT_CONFIG_LEVEL_LOCAL;
    ok = expand(out, entry->value ? entry->value : "", v, e);
    git_config_entry_free(entry);
    return ok;
}

/* Symbolic links resolved as far as there is anything; what is not there yet is left as it is. */
static const char *resolved(struct arena *a, const char *path)
{
    char *at = arena_string(a, path), whole[PATH_MAX];
    const char *rest = "";

    while (!realpath(at, whole)) {
        char *slash = strrchr(at, '/');

        if (!slash || slash == at)
            return path;
        rest = path + (slash - at);
        *slash = '\0';
    }
    return arena_printf(a, "%s%s", whole, rest);
}

static bool lies_in(const char *path, const char *folder)
{
    return strcmp(path, folder) == 0 || (path_below(path, folder) && *folder);
}

static bool not_a_folder(struct err *e, const struct hooks_path *path, const char *folder, struct arena *a)
{
    if (!path->value) {
        err_plain(e, ERR_USAGE, "'%s' is no folder", text_shown(a, text_from(folder)));
        return err_hint(e, "move that file away");
    }
    err_plain(e, ERR_USAGE, "core.hooksPath is '%s', which is no folder: hooks are switched off in this clone",
              text_shown(a, text_from(path->value)));
    return err_hint(e, "`git config --unset core.hooksPath` switches them on");
}

bool vcs_hooks_find(struct vcs_hooks *out, struct vcs *v, struct arena *a, struct err *e)
{
    struct hooks_path path;
    const char *root, *real;
    struct stat st;

    if (!v->repo || v->bare) {
        err_plain(e, ERR_GIT,
                  v->repo ? "'%s' has no work tree, so git never runs these hooks" : "'%s' is in no git repository",
                  text_shown(a, text_from(v->repo ? v->directory : v->root)));
        return err_hint(e, v->repo ? "run it in a clone with a work tree, or in one made by `git worktree add`"
                                   : "go to a clone, or name it with -C DIR");
    }
    if (!path_read(&path, v, e))
        return false;
    *out = (struct vcs_hooks) { .folder = path_join(a, v->common_directory, "hooks") };
    if (path.shared) {
        err_plain(e, ERR_USAGE, "core.hooksPath is '%s' for all your repositories, not for this one",
                  text_shown(a, text_from(path.value)));
        return err_hint(e,
                        "a hook there would act on every one of them; give this clone its own: "
                        "`git config --local core.hooksPath '%s'`",
                        text_shown(a, text_from(out->folder)));
    }
    if (path.value)
        out->folder = path.expanded[0] == '/' ? arena_string(a, path.expanded) : path_join(a, v->root, path.expanded);
    if (stat(out->folder, &st) == 0 && !S_ISDIR(st.st_mode))
        return not_a_folder(e, &path, out->folder, a);
    root = resolved(a, v->root);
    real = resolved(a, out->folder);
    out->in_tree = lies_in(real, root) && !lies_in(real, resolved(a, v->common_directory)) &&
                   !lies_in(real, resolved(a, v->directory));
    out->shown = lies_in(out->folder, v->root) && strcmp(out->folder, v->root) != 0 ? out->folder + strlen(v->root) + 1
                                                                                    : out->folder;
    return true;
}

static bool refused(struct err *e, const char *path, const char *what, struct arena *a)
{
    return err_set(e, ERR_SYSTEM, IN_FILE(text_shown(a, text_from(path))), "%s: %m", what);
}

bool vcs_hook_read(struct text *out, bool *found, const struct vcs_hooks *h, const char *name, struct arena *a,
                   struct err *e)
{
    const char *path = path_join(a, h->folder, name);
    struct stat st;
    char *bytes;
    ssize_t n;
    int fd;

    *out = (struct text) { NULL, 0 };
    *found = lstat(path, &st) == 0;
    if (!*found)
        return errno == ENOENT || errno == ENOTDIR || refused(e, path, "can't look at the hook", a);
    if (!S_ISREG(st.st_mode) || st.st_size > HOOK_MAX)
        return true;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return refused(e, path, "can't read the hook", a);
    bytes = arena_alloc(a, (size_t)st.st_size + 1);
    n = read(fd, bytes, (size_t)st.st_size);
    if (n < 0)
        refused(e, path, "can't read the hook", a);
    close(fd);
    if (n < 0)
        return false;
    *out = (struct text) { bytes, (size_t)n };
    return true;
}

/* Gives the finished file its name. Where the file system can't rename without replacing, a second link does it. */
static bool file_name(const char *beside, const char *path, bool replace)
{
    if (replace)
        return rename(beside, path) == 0;
    if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return link(beside, path) == 0 && unlink(beside) == 0;
}

static void folder_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

bool vcs_hook_write(const struct vcs_hooks *h, const char *name, struct text content, bool replace, struct arena *a,
                    struct err *e)
{
    const char *path = path_join(a, h->folder, name);
    char *beside = arena_printf(a, "%s/.merganser-XXXXXX", h->folder);
    bool ok;
    int fd;

    if (mkdir(h->folder, 0777) != 0 && errno != EEXIST)
        return refused(e, h->folder, "can't make the folder", a);
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return refused(e, path, "can't write the hook", a);
    ok = descriptor_write(fd, content) && fchmod(fd, 0755) == 0 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && file_name(beside, path, replace);
    if (!ok) {
        refused(e, path, "can't write the hook", a);
        unlink(beside);
        return false;
    }
    folder_sync(h->folder);
    return true;
}

bool vcs_hook_remove(const struct vcs_hooks *h, const char *name, struct arena *a, struct err *e)
{
    const char *path = path_join(a, h->folder, name);

    if (unlink(path) != 0 && errno != ENOENT)
        return refused(e, path, "can't remove the hook", a);
    folder_sync(h->folder);
    return true;
}
