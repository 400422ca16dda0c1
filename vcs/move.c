#include <fcntl.h>
#include <unistd.h>

#include "core/base/descriptor.h"
#include "core/base/interrupt.h"
#include "vcs/internal.h"

/* One change of the work tree, as it is undone. */
struct step {
    const char *from, *to; /* a rename */
    const char *path;      /* a rewrite */
    struct text before;
};

struct work {
    struct vcs *v;
    struct arena *arena;
    struct object_id head;
    struct {
        const char **at;
        size_t len, cap;
    } old_paths, new_paths; /* of the index: what goes and what comes */
    struct {
        struct step *at;
        size_t len, cap;
    } done;
};

static const char *whole(const struct work *w, const char *path)
{
    return path_join(w->arena, w->v->root, path);
}

static bool unclean(const char *path, const char *what, struct arena *a, struct err *e)
{
    err_set(e, ERR_UNCLEAN, IN_FILE(path ? text_shown(a, text_from(path)) : NULL), "%s", what);
    return err_hint(e, "commit or stash first, then try again");
}

/* The file is the same in HEAD, in the index and in the work tree: nothing can be lost. */
static bool check_committed(struct work *w, const git_index_entry *entry, struct err *e)
{
    struct object_id disk;
    git_oid committed;
    bool found;

    if (git_index_entry_stage(entry) != 0)
        return unclean(entry->path, "it is in the middle of a merge", w->arena, e);
    if (w->head.known && !tree_find_file(&committed, &found, w->v, w->head, entry->path, e))
        return false;
    if (!w->head.known || !found)
        return unclean(entry->path, "it is not committed", w->arena, e);
    if (!clean_identify(&disk, &found, w->v, entry->path, e))
        return false;
    if (!found || !git_oid_equal(&committed, &entry->id) || !object_id_equal(disk, id_from_oid(&committed)))
        return unclean(entry->path, "it has changes that are not committed", w->arena, e);
    return true;
}

/* An untracked file in a folder that moves would come along unseen. */
static bool check_folder(struct work *w, const char *folder, struct err *e)
{
    struct vcs_files listed = { 0 };
    bool found;

    if (!worktree_list(&listed, &found, w->v, w->head, folder, w->arena, e))
        return false;
    for (size_t i = 0; i < listed.len; i++)
        if (listed.at[i].uncommitted)
            return unclean(arena_cstr(w->arena, listed.at[i].path), "it is not committed as it stands", w->arena, e);
    return true;
}

static void rename_entry(struct work *w, const char *path, const char *from, const char *to)
{
    *arena_push(w->arena, &w->old_paths) = arena_string(w->arena, path);
    *arena_push(w->arena, &w->new_paths) = arena_printf(w->arena, "%s%s", to, path + strlen(from));
}

static bool is_freed(const struct vcs_move *moves, size_t before, const char *path)
{
    for (size_t i = 0; i < before; i++)
        if (strcmp(moves[i].from, path) == 0)
            return true;
    return false;
}

static bool check_move(struct work *w, const struct vcs_move *moves, size_t i, struct err *e)
{
    const struct vcs_move *m = &moves[i];
    size_t entries = w->old_paths.len;
    struct stat st;

    for (size_t k = 0; k < git_index_entrycount(w->v->index); k++) {
        const git_index_entry *entry = git_index_get_byindex(w->v->index, k);

        if (!path_below(entry->path, m->from) && strcmp(entry->path, m->from) != 0)
            continue;
        if (!check_committed(w, entry, e))
            return false;
        rename_entry(w, entry->path, m->from, m->to);
    }
    if (w->old_paths.len == entries)
        return unclean(m->from, "it is not committed", w->arena, e);
    if (lstat(whole(w, m->from), &st) == 0 && S_ISDIR(st.st_mode) && !check_folder(w, m->from, e))
        return false;
    if (lstat(whole(w, m->to), &st) == 0 && !is_freed(moves, i, m->to))
        return err_set(e, ERR_SYSTEM, IN_FILE(text_shown(w->arena, text_from(m->to))), "there is something already");
    return true;
}

static bool is_moved(const struct work *w, const char *path)
{
    for (size_t i = 0; i < w->old_paths.len; i++)
        if (strcmp(w->old_paths.at[i], path) == 0)
            return true;
    return false;
}

static bool check_rewrite(struct work *w, const char *path, struct err *e)
{
    const git_index_entry *entry;

    if (is_moved(w, path))
        return true;
    if (!index_find(&entry, w->v, path, e))
        return false;
    if (!entry)
        return unclean(path, "it is not committed", w->arena, e);
    rename_entry(w, path, path, path);
    return check_committed(w, entry, e);
}

static bool check_situation(struct work *w, struct err *e)
{
    const char *activity = vcs_activity_word(vcs_activity(w->v));
    struct stat st;

    if (!w->v->repo || w->v->bare) {
        err_plain(e, ERR_GIT, "renaming files needs git and a work tree");
        return err_hint(e, "do it in a clone");
    }
    if (activity) {
        err_plain(e, ERR_UNCLEAN, "git is in the middle of %s", activity);
        return err_hint(e, "finish it or abort it first: `git status` says how");
    }
    if (!index_open(w->v, e))
        return false;
    if (stat(arena_printf(w->arena, "%s.lock", git_index_path(w->v->index)), &st) == 0) {
        err_plain(e, ERR_UNCLEAN, "another git is at work: there is an index.lock");
        return err_hint(e, "wait for it to end; where none runs, delete %s.lock",
                        text_shown(w->arena, text_from(git_index_path(w->v->index))));
    }
    return revision_head(&w->head, w->v, e);
}

static bool put(const struct work *w, const char *path, struct text content, struct err *e)
{
    const char *beside = arena_printf(w->arena, "%s.merganser", whole(w, path));
    struct stat st;
    bool ok;
    int fd;

    if (stat(whole(w, path), &st) != 0)
        return err_set(e, ERR_SYSTEM, IN_FILE(text_shown(w->arena, text_from(path))), "can't be read: %m");
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777);
    ok = fd >= 0 && descriptor_write(fd, content) && fchmod(fd, st.st_mode & 0777) == 0 && fsync(fd) == 0 &&
         rename(beside, whole(w, path)) == 0;
    if (!ok)
        err_set(e, ERR_SYSTEM, IN_FILE(text_shown(w->arena, text_from(path))), "can't be written: %m");
    if (fd >= 0)
        close(fd);
    if (!ok && fd >= 0)
        unlink(beside);
    return ok;
}

static bool rewrite(struct work *w, const struct vcs_rewrite *r, struct err *e)
{
    struct step done = { .path = r->path };
    bool found;

    if (!directory_read(&done.before, &found, w->v->root, r->path, SIZE_MAX / 2, w->v, w->arena, e) ||
        !put(w, r->path, r->content, e))
        return false;
    *arena_push(w->arena, &w->done) = done;
    return true;
}

static bool move(struct work *w, const struct vcs_move *m, struct err *e)
{
    if (renameat2(AT_FDCWD, whole(w, m->from), AT_FDCWD, whole(w, m->to), RENAME_NOREPLACE) != 0)
        return err_set(e, ERR_SYSTEM, IN_FILE(text_shown(w->arena, text_from(m->from))), "can't be renamed to %s: %m",
                       text_shown(w->arena, text_from(m->to)));
    *arena_push(w->arena, &w->done) = (struct step) { .from = m->from, .to = m->to };
    return true;
}

static bool index_follow(struct work *w, struct err *e)
{
    for (size_t i = 0; i < w->old_paths.len; i++)
        if (git_index_remove_bypath(w->v->index, w->old_paths.at[i]) < 0)
            return failure_index(e, w->v);
    for (size_t i = 0; i < w->new_paths.len; i++)
        if (git_index_add_bypath(w->v->index, w->new_paths.at[i]) < 0)
            return failure_index(e, w->v);
    return git_index_write(w->v->index) == 0 || failure_index(e, w->v);
}

/* The error that led here stays; what can't be undone is added to it. */
static void undo(struct work *w, struct err *e)
{
    for (size_t i = w->done.len; i-- > 0;) {
        const struct step *s = &w->done.at[i];
        struct err failed = { 0 };

        if (s->from ? rename(whole(w, s->to), whole(w, s->from)) == 0 : put(w, s->path, s->before, &failed))
            continue;
        err_state(e, "%s could not be put back: `git status` shows how things stand",
                  text_shown(w->arena, text_from(s->from ? s->from : s->path)));
    }
    git_index_read(w->v->index, true);
}

bool vcs_rearrange(struct vcs *v, const struct vcs_rewrite *rewrites, size_t nrewrites, const struct vcs_move *moves,
                   size_t nmoves, struct arena *a, struct err *e)
{
    struct work w = { .v = v, .arena = a };
    bool ok = check_situation(&w, e);

    for (size_t i = 0; ok && i < nmoves; i++)
        ok = check_move(&w, moves, i, e);
    for (size_t i = 0; ok && i < nrewrites; i++)
        ok = check_rewrite(&w, rewrites[i].path, e);
    if (!ok || !interrupt_check(e))
        return false;
    for (size_t i = 0; ok && i < nrewrites; i++)
        ok = rewrite(&w, &rewrites[i], e);
    for (size_t i = 0; ok && i < nmoves; i++)
        ok = move(&w, &moves[i], e);
    ok = ok && index_follow(&w, e);
    if (!ok)
        undo(&w, e);
    return ok;
}
