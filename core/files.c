#include "core/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/descriptor.h"
#include "core/base/text.h"

static bool refused(const char *path, const char *what, struct arena *a, struct err *e)
{
    return err_set(e, ERR_SYSTEM, IN_FILE(text_shown(a, text_from(path))), "%s: %m", what);
}

static bool folders_make(char *whole, struct arena *a, struct err *e)
{
    for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(whole, 0777) != 0 && errno != EEXIST)
            return refused(whole, "can't make the folder", a, e);
        *slash = '/';
    }
    return true;
}

/* Makes the file and fills it. False: errno says why, and the file is gone again where this made it. */
static bool make_file(const char *path, struct text content, const struct stat *like)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_EXCL, 0666), why;
    bool ok;

    if (fd < 0)
        return false;
    ok = (!like || fchmod(fd, like->st_mode & 07777) == 0) && descriptor_write(fd, content) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    why = errno;
    if (!ok)
        unlink(path);
    errno = why;
    return ok;
}

bool files_replace(const char *path, struct text content, struct arena *a, struct err *e)
{
    char *real = realpath(path, NULL);
    const char *whole = real ? arena_string(a, real) : path;
    const char *made = arena_printf(a, "%s.%ld.new", whole, (long)getpid());
    struct stat before;
    bool there = stat(whole, &before) == 0, ok;

    free(real);
    unlink(made); /* of a process that had our number, and was killed */
    ok = make_file(made, content, there ? &before : NULL);
    if (ok && rename(made, whole) != 0) {
        int why = errno;

        unlink(made);
        errno = why;
        ok = false;
    }
    return ok || refused(path, "can't write", a, e);
}

bool files_write(const char *root, const char *path, struct text content, bool replace, struct arena *a, struct err *e)
{
    char *whole = arena_printf(a, "%s/%s", root, path);

    if (!folders_make(whole, a, e))
        return false;
    if (!replace)
        return make_file(whole, content, NULL) || refused(path, "can't write", a, e);
    if (files_replace(whole, content, a, e))
        return true;
    e->at.path = text_shown(a, text_from(path));
    return false;
}

bool files_read(struct text *out, const char *path, size_t max, struct arena *a, struct err *e)
{
    struct buf all = buf_open(a, max);
    FILE *f = fopen(path, "rbe");
    char piece[65536];
    bool failed;
    size_t n;

    if (!f)
        return refused(path, "can't read", a, e);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&all, piece, n);
    failed = ferror(f) != 0;
    fclose(f);
    if (failed || all.overflowed) {
        errno = failed ? EIO : EFBIG;
        return refused(path, "can't read", a, e);
    }
    *out = buf_content(&all);
    return true;
}

/* The first migration of all: the folder is not there yet, so its layout has to be named. */
static bool nothing_yet(struct source *out, const struct source_request *r, struct vcs *v, struct arena *a,
                        struct notices *notices)
{
    const struct layout *named = r->layout ? layout_named(r->layout) : NULL;

    if (!named || !r->folders || !r->folders[0] || r->folders[1])
        return false;
    *out = source_empty(v, r, a, notices);
    out->layout = named;
    out->nfolders = 1;
    out->folders = arena_make(a, struct source_folder, 1);
    out->folders[0].path = r->folders[0];
    out->folders[0].input = (struct layout_input) { .folder = r->folders[0], .arena = a, .notices = notices };
    out->migrations.order = named->order;
    return true;
}

bool files_new_migration(struct new_files *out, struct vcs *v, const struct source_request *r, const char *name,
                         struct arena *a, struct notices *notices, struct err *e)
{
    const char *root = vcs_root(v);
    struct source s;
    struct new_request request;

    if (!root || r->at.kind != VCS_WORKTREE) {
        err_plain(e, ERR_USAGE, "a new migration is written into a work tree");
        return err_hint(e, root ? "leave out --ref and --staged" : "this repository is bare; clone it");
    }
    if (!source_load(&s, v, r, a, notices, e) && (e->kind != ERR_NO_MIGRATIONS || !nothing_yet(&s, r, v, a, notices)))
        return false;
    request = (struct new_request) {
        .name = name,
        .folder = s.folders[0].path,
        .now_ms = time_now_ms(),
        .existing = &s.migrations,
        .input = &s.folders[0].input,
        .arena = a,
    };
    *out = (struct new_files) { 0 };
    if (!s.layout->create(out, &request, e))
        return false;
    for (size_t i = 0; i < out->len; i++) {
        bool journal = text_ends(text_from(out->at[i].path), "/_journal.json");

        if (!files_write(root, out->at[i].path, out->at[i].content, journal, a, e))
            return false;
    }
    return true;
}
