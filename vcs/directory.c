#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "vcs/internal.h"

static enum disk_kind kind_of(const struct stat *st)
{
    if (S_ISREG(st->st_mode))
        return DISK_FILE;
    if (S_ISLNK(st->st_mode))
        return DISK_SYMLINK;
    return S_ISDIR(st->st_mode) ? DISK_FOLDER : DISK_OTHER;
}

enum vcs_entry directory_entry(enum disk_kind kind)
{
    if (kind == DISK_REPOSITORY)
        return VCS_SUBMODULE;
    return kind == DISK_SYMLINK ? VCS_SYMLINK : VCS_FILE;
}

enum disk_kind directory_look(const char *root, const char *path, size_t *end, struct stat *st, struct arena *a)
{
    const char *whole = path_join(a, root, path);
    size_t base = strlen(whole) - strlen(path);

    *end = 0;
    while (path_next(path, end)) {
        char *part = arena_cstr(a, (struct text) { whole, base + *end });
        enum disk_kind kind;
        struct stat ignored;

        if (lstat(part, st) != 0)
            return DISK_NONE;
        kind = kind_of(st);
        if (kind == DISK_FOLDER && lstat(path_join(a, part, ".git"), &ignored) == 0)
            return DISK_REPOSITORY;
        if (!path[*end] || kind == DISK_SYMLINK)
            return kind;
        if (kind != DISK_FOLDER)
            return DISK_NONE;
    }
    return DISK_FOLDER;
}

struct folders {
    const char **at;
    size_t len, cap;
};

struct walk {
    struct disk_files *out;
    struct folders waiting;
    const char *root;
    bool (*enter)(void *to, const char *path);
    void *to;
    struct arena *a;
};

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void file_add(struct walk *w, const char *path, enum disk_kind kind, const struct stat *st)
{
    struct disk_file f = { .path = text_from(path), .kind = kind };

    if (st)
        f.st = *st;
    *arena_push(w->a, w->out) = f;
}

static bool system_failure(struct err *e, const char *what, const char *path, struct arena *a)
{
    int number = errno;
    const char *shown = text_shown(a, text_from(path));

    return err_set(e, ERR_SYSTEM, IN_FILE(shown), "cannot %s '%s': %s", what, shown, strerror(number));
}

/* One folder's own entries; folders among them wait. */
static bool folder_scan(struct walk *w, DIR *dir, const char *folder, struct err *e)
{
    size_t files = w->out->len, folders = w->waiting.len;

    for (struct dirent *d; errno = 0, (d = readdir(dir)) != NULL;) {
        enum disk_kind kind;
        const char *path;
        struct stat st;

        if (is_dots(d->d_name))
            continue;
        if (strcmp(d->d_name, ".git") == 0) {
            if (!*folder)
                continue;
            /* What is in a repository of its own is not ours: the folder stands for all of it. */
            w->out->len = files;
            w->waiting.len = folders;
            file_add(w, folder, DISK_REPOSITORY, NULL);
            return true;
        }
        path = path_join(w->a, folder, d->d_name);
        /* A file that went away since readdir is not there. */
        if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        kind = kind_of(&st);
        if (kind == DISK_FOLDER)
            *arena_push(w->a, &w->waiting) = path;
        else if (kind != DISK_OTHER)
            file_add(w, path, kind, &st);
    }
    return errno == 0 || system_failure(e, "read the folder", folder, w->a);
}

static int by_path(const void *a, const void *b)
{
    return text_compare(((const struct disk_file *)a)->path, ((const struct disk_file *)b)->path);
}

bool directory_list(struct disk_files *out, const char *root, const char *folder,
                    bool (*enter)(void *to, const char *path), void *to, struct arena *a, struct err *e)
{
    struct walk w = { .out = out, .root = root, .enter = enter, .to = to, .a = a };

    *out = (struct disk_files) { NULL, 0, 0 };
    *arena_push(a, &w.waiting) = folder;
    while (w.waiting.len > 0) {
        const char *next = w.waiting.at[--w.waiting.len];
        bool ok;
        DIR *dir;

        if (!interrupt_check(e))
            return false;
        if (next != folder && enter && !enter(to, next))
            continue;
        dir = opendir(path_join(a, root, next));
        if (!dir) {
            if (errno == ENOENT && next != folder)
                continue;
            return system_failure(e, "read the folder", *next ? next : root, a);
        }
        ok = folder_scan(&w, dir, next, e);
        closedir(dir);
        if (!ok)
            return false;
    }
    if (out->len > 0)
        qsort(out->at, out->len, sizeof *out->at, by_path);
    return true;
}

static bool read_all(struct text *out, int fd, const struct stat *st, const char *path, struct arena *a, struct err *e)
{
    size_t size = (size_t)st->st_size, len = 0;
    char *bytes = arena_alloc(a, size + 1);

    while (len < size) {
        ssize_t n = read(fd, bytes + len, size - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return system_failure(e, "read", path, a);
        if (n == 0)
            break;
        len += (size_t)n;
    }
    *out = (struct text) { bytes, len };
    return true;
}

bool directory_has_crlf(bool *has, const char *root, const char *path, struct arena *a, struct err *e)
{
    int fd = open(path_join(a, root, path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    char piece[64 * 1024];
    bool behind_cr = false, ok;
    ssize_t n;

    *has = false;
    if (fd < 0)
        return system_failure(e, "read", path, a);
    do {
        n = read(fd, piece, sizeof piece);
        *has = n > 0 && behind_cr && piece[0] == '\n';
        for (const char *at = piece; n > 0 && !*has && (at = memchr(at, '\r', (size_t)(piece + n - at))); at++)
            *has = at + 1 < piece + n && at[1] == '\n';
        behind_cr = n > 0 ? piece[n - 1] == '\r' : behind_cr;
        ok = interrupt_check(e);
    } while (ok && !*has && (n > 0 || (n < 0 && errno == EINTR)));
    if (ok && n < 0)
        ok = system_failure(e, "read", path, a);
    close(fd);
    return ok;
}

bool directory_read(struct text *out, bool *found, const char *root, const char *path, size_t max, struct vcs *v,
                    struct arena *a, struct err *e)
{
    int fd = open(path_join(a, root, path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    bool ok;

    *found = false;
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP || system_failure(e, "read", path, a);
    if (fstat(fd, &st) != 0)
        ok = system_failure(e, "read", path, a);
    else if (!S_ISREG(st.st_mode))
        ok = true;
    else if ((uint64_t)st.st_size > max)
        ok = failure_too_large(e, v, path, (uint64_t)st.st_size, max);
    else
        *found = ok = read_all(out, fd, &st, path, a, e);
    close(fd);
    return ok;
}
