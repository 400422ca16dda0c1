#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "vcs/internal.h"

/* Plain stat calls: libgit2 costs milliseconds to start, and outside a repository nothing needs it. What counts as a
 * repository is gitrepository-layout(5). */

static bool is_folder(const char *folder, const char *name, struct arena *a)
{
    struct stat st;

    return stat(path_join(a, folder, name), &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_there(const char *folder, const char *name, struct arena *a)
{
    struct stat st;

    /* HEAD may be a symlink to a branch that does not exist yet. */
    return lstat(path_join(a, folder, name), &st) == 0;
}

static bool is_git_directory(const char *folder, struct arena *a)
{
    if (!is_there(folder, "HEAD", a))
        return false;
    return is_there(folder, "commondir", a) || (is_folder(folder, "objects", a) && is_folder(folder, "refs", a));
}

static bool holds_git(const char *folder, struct arena *a)
{
    const char *dot_git = path_join(a, folder, ".git");
    struct stat st;

    if (stat(dot_git, &st) != 0)
        return false;
    return S_ISDIR(st.st_mode) ? is_git_directory(dot_git, a) : S_ISREG(st.st_mode);
}

/* GIT_CEILING_DIRECTORIES, a list with colons: the search does not go up into one of them. */
static bool is_ceiling(const char *folder)
{
    const char *list = getenv("GIT_CEILING_DIRECTORIES");

    for (const char *at = list; at && *at;) {
        struct text one = { at, strcspn(at, ":") };

        while (one.len > 1 && one.at[one.len - 1] == '/')
            one.len--;
        if (text_is(one, folder))
            return true;
        at += strcspn(at, ":");
        at += *at == ':';
    }
    return false;
}

/* As git does, the search ends where another file system begins. */
static void search_upward(struct place *out, struct arena *a)
{
    char *at = arena_string(a, out->start);
    struct stat st;
    dev_t device;

    if (stat(at, &st) != 0)
        return;
    device = st.st_dev;
    while (stat(at, &st) == 0 && st.st_dev == device) {
        char *slash = strrchr(at, '/');

        if (holds_git(at, a) || is_git_directory(at, a)) {
            out->folder = at;
            out->is_git_directory = !holds_git(at, a);
            return;
        }
        if (!slash[1])
            return;
        slash[slash == at ? 1 : 0] = '\0';
        if (is_ceiling(at))
            return;
    }
}

static const char *from_environment(const char *name, const char *base, struct arena *a)
{
    const char *value = getenv(name);

    if (!value || !*value)
        return NULL;
    return *value == '/' ? value : path_join(a, base, value);
}

bool discover_place(struct place *out, const struct vcs_options *o, struct arena *a, struct err *e)
{
    char *start = realpath(o->start, NULL);
    const char *named;
    struct stat st;

    *out = (struct place) { .start = NULL };
    if (!start) {
        err_plain(e, ERR_USAGE, "cannot enter '%s': %s", text_shown(a, text_from(o->start)), strerror(errno));
        return err_hint(e, "name a folder that exists");
    }
    out->start = arena_string(a, start);
    free(start);
    if (stat(out->start, &st) != 0 || !S_ISDIR(st.st_mode)) {
        err_plain(e, ERR_USAGE, "'%s' is not a folder", text_shown(a, text_from(o->start)));
        return err_hint(e, "name the folder that it is in");
    }
    named = o->from_environment ? from_environment("GIT_DIR", out->start, a) : NULL;
    if (named)
        out->folder = named;
    else
        search_upward(out, a);
    if (o->from_environment && out->folder) {
        out->work_tree = from_environment("GIT_WORK_TREE", out->start, a);
        out->index_file = getenv("GIT_INDEX_FILE");
    }
    return true;
}
