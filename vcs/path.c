#include "vcs/internal.h"

bool path_clean(const char **out, const char *path, struct arena *a, struct err *e)
{
    struct buf clean = buf_open(a, strlen(path) + 1);

    if (path[0] == '/') {
        err_plain(e, ERR_USAGE, "'%s' is an absolute path", text_shown(a, text_from(path)));
        return err_hint(e, "give it relative to the root of the repository, as in db/migrate");
    }
    for (const char *at = path; *at;) {
        size_t len = strcspn(at, "/");
        struct text part = { at, len };

        if (text_is(part, "..") || text_is_nocase(part, ".git")) {
            err_plain(e, ERR_USAGE, "'%s' is not below the root of the repository", text_shown(a, text_from(path)));
            return err_hint(e, "give a path relative to that root, as in db/migrate");
        }
        if (len > 0 && !text_is(part, ".")) {
            if (clean.len > 0)
                buf_char(&clean, '/');
            buf_text(&clean, part);
        }
        at += len;
        at += *at == '/';
    }
    *out = buf_cstr(&clean);
    return true;
}

bool path_next(const char *path, size_t *end)
{
    size_t from = *end;

    if (path[from] == '/')
        from++;
    if (!path[from])
        return false;
    *end = from + strcspn(path + from, "/");
    return true;
}

bool path_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return len == 0 || (strncmp(path, folder, len) == 0 && path[len] == '/');
}

const char *path_join(struct arena *a, const char *folder, const char *name)
{
    size_t folder_len = strlen(folder), name_len = strlen(name);
    size_t slash = folder_len > 0 && folder[folder_len - 1] != '/';
    char *whole = arena_alloc(a, folder_len + slash + name_len + 1);

    /* By hand: a listing joins thousands of them. */
    memcpy(whole, folder, folder_len);
    if (slash)
        whole[folder_len] = '/';
    memcpy(whole + folder_len + slash, name, name_len);
    return whole;
}
