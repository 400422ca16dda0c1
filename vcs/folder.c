#include "vcs/internal.h"

/* A plain folder without git, as in a deploy image. */

bool folder_list(struct vcs_files *out, bool *found, struct vcs *v, const char *folder, struct arena *a, struct err *e)
{
    struct disk_files disk;
    struct stat st;
    size_t end;

    switch (directory_look(v->root, folder, &end, &st, a)) {
    case DISK_SYMLINK:
        return failure_symlink(e, v, (struct text) { folder, end });
    case DISK_REPOSITORY:
        return failure_submodule(e, v, (struct text) { folder, end });
    case DISK_FOLDER:
        break;
    default:
        *found = false;
        return true;
    }
    if (!directory_list(&disk, v->root, folder, NULL, NULL, a, e))
        return false;
    for (size_t i = 0; i < disk.len; i++) {
        struct vcs_file *f = arena_push(a, out);

        f->path = disk.at[i].path;
        f->kind = directory_entry(disk.at[i].kind);
    }
    *found = true;
    return true;
}

/* git's own test for what is no text: a NUL near the start. */
static bool is_binary(struct text t)
{
    return memchr(t.at, '\0', t.len < 8000 ? t.len : 8000) != NULL;
}

/* A checkout with CR LF has the hash that git's cleaned form has. */
static struct text without_cr(struct text t, struct arena *a)
{
    char *bytes;
    size_t len = 0;

    if (t.len == 0 || is_binary(t) || !memchr(t.at, '\r', t.len))
        return t;
    bytes = arena_alloc(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] != '\r' || i + 1 == t.len || t.at[i + 1] != '\n')
            bytes[len++] = t.at[i];
    return (struct text) { bytes, len };
}

bool folder_read_path(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                      struct err *e)
{
    struct text raw;
    struct stat st;
    size_t end;

    *found = directory_look(v->root, path, &end, &st, a) == DISK_FILE;
    if (!*found || !out)
        return true;
    if (!directory_read(&raw, found, v->root, path, max, v, a, e))
        return false;
    if (*found)
        *out = without_cr(raw, a);
    return true;
}
