#include <git2/sys/repository.h>

#include "vcs/internal.h"

struct object_id id_from_oid(const git_oid *id)
{
    struct object_id out = { .known = true };

    memcpy(out.raw, id->id, sizeof out.raw);
    return out;
}

git_oid id_to_oid(struct object_id id)
{
    git_oid out;

    memcpy(out.id, id.raw, sizeof out.id);
    return out;
}

void meanwhile(const struct vcs *v)
{
    if (v->meanwhile)
        v->meanwhile(v->to);
}

void verification_set(bool on)
{
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, on ? 1 : 0);
}

/* Options of the library are the process's own, so each is set, whatever was set before: who started the library
 * earlier (Criterion does) also fixed where the user's configuration lies. */
static bool library_open(bool trust, struct vcs *v, struct err *e)
{
    /* A reader needs nothing of these: config.worktree is not read, and an object that was promised but is not here
     * says so when it is asked for. */
    static const int levels[] = { GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL };
    const char *extensions[] = { "worktreeconfig", "partialclone", "preciousobjects", "relativeworktrees" };

    if (git_libgit2_init() < 0)
        return failure_other(e, v, "cannot start libgit2");
    v->started = true;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], NULL);
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof extensions / sizeof *extensions);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, trust ? 0 : 1);
    verification_set(true);
    /* Each commit and tree is read once; keeping them costs memory and time. */
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_COMMIT, (size_t)0);
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)0);
    return true;
}

static const char *without_slash(struct arena *a, const char *path)
{
    struct text t = text_from(path);

    while (t.len > 1 && t.at[t.len - 1] == '/')
        t.len--;
    return arena_cstr(a, t);
}

/* libgit2 1.5 ignores $GIT_DIR/shallow, so the file is looked at here: git-clone(1), --depth. */
static bool is_shallow(const struct vcs *v)
{
    struct stat st;

    return stat(path_join(v->arena, v->common_directory, "shallow"), &st) == 0 && st.st_size > 0;
}

static const char *below(const char *start, const char *root)
{
    size_t len = strlen(root);

    if (strcmp(root, "/") == 0)
        return start + 1;
    if (strncmp(start, root, len) == 0 && start[len] == '/')
        return start + len + 1;
    return "";
}

/* What a hook's environment says beyond GIT_DIR: githooks(5), git(1). */
static bool environment_apply(struct vcs *v, const struct place *p, struct err *e)
{
    const char *root;

    if (p->work_tree && git_repository_set_workdir(v->repo, p->work_tree, 0) < 0)
        return failure_other(e, v, "cannot use GIT_WORK_TREE '%s'", text_shown(v->arena, text_from(p->work_tree)));
    root = git_repository_workdir(v->repo);
    if (!p->index_file || !*p->index_file || !root)
        return true;
    if (git_index_open(&v->index, *p->index_file == '/' ? p->index_file : path_join(v->arena, root, p->index_file)) < 0)
        return failure_index(e, v);
    if (git_index_set_caps(v->index, 0) < 0 || git_repository_set_index(v->repo, v->index) < 0)
        return failure_index(e, v);
    return true;
}

static bool repository_open(struct vcs *v, const struct place *p, bool trust, struct err *e)
{
    const char *root;
    int rc;

    if (!library_open(trust, v, e))
        return false;
    rc = git_repository_open_ext(&v->repo, p->folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (rc < 0)
        return failure_open(e, rc, p, v->arena);
    if (git_repository_odb(&v->odb, v->repo) < 0)
        return failure_other(e, v, "cannot open the objects of '%s'", text_shown(v->arena, text_from(p->folder)));
    v->directory = without_slash(v->arena, git_repository_path(v->repo));
    v->common_directory = without_slash(v->arena, git_repository_commondir(v->repo));
    v->shallow = is_shallow(v);
    if (!environment_apply(v, p, e))
        return false;
    root = git_repository_workdir(v->repo);
    v->bare = p->is_git_directory || !root || git_repository_is_bare(v->repo);
    v->root = v->bare ? NULL : without_slash(v->arena, root);
    v->prefix = v->bare ? "" : below(p->start, v->root);
    return true;
}

bool vcs_open(struct vcs **out, const struct vcs_options *o, struct arena *a, struct err *e)
{
    struct vcs *v = arena_alloc(a, sizeof *v);
    struct place place;

    *out = NULL;
    v->arena = a;
    v->meanwhile = o->meanwhile;
    v->to = o->to;
    if (!discover_place(&place, o, a, e))
        return false;
    if (!place.folder) {
        v->root = place.start;
        v->prefix = "";
    } else if (!repository_open(v, &place, o->trust, e)) {
        vcs_close(v);
        return false;
    }
    *out = v;
    return true;
}

void vcs_close(struct vcs *v)
{
    if (!v || !v->started)
        return;
    large_trees_free(v);
    git_index_free(v->index);
    git_odb_free(v->odb);
    git_repository_free(v->repo);
    git_libgit2_shutdown();
    v->started = false;
}

bool vcs_is_git(const struct vcs *v)
{
    return v->repo;
}

bool vcs_is_bare(const struct vcs *v)
{
    return v->bare;
}

const char *vcs_root(const struct vcs *v)
{
    return v->root;
}

const char *vcs_prefix(const struct vcs *v)
{
    return v->prefix;
}

const char *vcs_git_directory(const struct vcs *v)
{
    return v->directory;
}

bool vcs_is_shallow(const struct vcs *v)
{
    return v->shallow;
}
