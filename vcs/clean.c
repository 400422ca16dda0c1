#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "vcs/internal.h"

/* libgit2 runs the line-end and ident filters. What else git would run it passes over silently, and the bytes would
 * not be those that a commit holds: refused. */
static bool check_attributes(struct vcs *v, const char *path, struct err *e)
{
    const char *names[] = { "working-tree-encoding", "filter" };
    const char *values[] = { NULL, NULL };
    const char *shown;

    if (git_attr_get_many(values, v->repo, GIT_ATTR_CHECK_FILE_THEN_INDEX, path, 2, names) < 0)
        return failure_other(e, v, "cannot read the attributes of '%s'", text_shown(v->arena, text_from(path)));
    shown = text_shown(v->arena, text_from(path));
    if (git_attr_value(values[0]) == GIT_ATTR_VALUE_STRING && !text_is_nocase(text_from(values[0]), "utf-8") &&
        !text_is_nocase(text_from(values[0]), "utf8")) {
        err_set(e, ERR_GIT, IN_FILE(shown), "'%s' has the attribute working-tree-encoding=%s, which is not supported",
                shown, text_shown(v->arena, text_from(values[0])));
        return err_hint(e, "store it as UTF-8 and take the attribute out of .gitattributes; "
                           "or commit the file and read it with --ref HEAD");
    }
    if (git_attr_value(values[1]) == GIT_ATTR_VALUE_STRING) {
        err_set(e, ERR_GIT, IN_FILE(shown), "'%s' has the attribute filter=%s, an external program that is not run",
                shown, text_shown(v->arena, text_from(values[1])));
        return err_hint(e,
                        "take it out of the filter in .gitattributes (`%s -filter`); "
                        "or commit the file and read it with --ref HEAD",
                        shown);
    }
    return true;
}

/* *filters is NULL where nothing changes the bytes. */
static bool filters_open(git_filter_list **filters, struct vcs *v, const char *path, struct err *e)
{
    if (!check_attributes(v, path, e))
        return false;
    /* core.safecrlf must not refuse: nothing is added here. */
    if (git_filter_list_load(filters, v->repo, NULL, path, GIT_FILTER_TO_ODB, GIT_FILTER_ALLOW_UNSAFE) < 0)
        return failure_other(e, v, "cannot clean '%s'", text_shown(v->arena, text_from(path)));
    return true;
}

static bool filters_apply(struct text *out, git_filter_list *filters, struct vcs *v, const char *path, struct text raw,
                          struct arena *a, struct err *e)
{
    git_buf clean = GIT_BUF_INIT;

    if (git_filter_list_apply_to_buffer(&clean, filters, raw.len ? raw.at : "", raw.len) < 0)
        return failure_other(e, v, "cannot clean '%s'", text_shown(v->arena, text_from(path)));
    *out = arena_text(a, clean.ptr, clean.size);
    git_buf_dispose(&clean);
    return true;
}

bool clean_read(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                struct err *e)
{
    AUTO(git_filter_list) filters = NULL;
    struct text raw;

    if (!directory_read(&raw, found, v->root, path, max, v, a, e))
        return false;
    if (!*found)
        return true;
    if (!filters_open(&filters, v, path, e))
        return false;
    if (filters)
        return filters_apply(out, filters, v, path, raw, a, e);
    *out = raw;
    return true;
}

/* Beside $Id$ all that libgit2's filters do is to make LF of CR LF. */
bool clean_is_raw(bool *raw, struct vcs *v, const char *path, struct err *e)
{
    AUTO(git_filter_list) filters = NULL;
    const char *ident;
    bool has_crlf = false;

    if (!filters_open(&filters, v, path, e))
        return false;
    *raw = !filters;
    if (*raw)
        return true;
    if (git_attr_get(&ident, v->repo, GIT_ATTR_CHECK_FILE_THEN_INDEX, path, "ident") < 0)
        return failure_other(e, v, "cannot read the attributes of '%s'", text_shown(v->arena, text_from(path)));
    if (git_attr_value(ident) == GIT_ATTR_VALUE_TRUE)
        return true;
    if (!directory_has_crlf(&has_crlf, v->root, path, v->arena, e))
        return false;
    *raw = !has_crlf;
    return true;
}

/* A large file without filters is named piece by piece. */
static bool hash_file(struct object_id *out, int fd, const struct stat *st, struct err *e)
{
    char piece[64 * 1024];
    struct sha1 s;
    uint64_t left = (uint64_t)st->st_size;

    sha1_open_blob(&s, left);
    while (left > 0) {
        ssize_t n = read(fd, piece, left < sizeof piece ? left : sizeof piece);

        if (!interrupt_check(e))
            return false;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        sha1_add(&s, piece, (size_t)n);
        left -= (uint64_t)n;
    }
    /* Cut short under our hands: the name is no file's, so vcs_read will find a difference. */
    sha1_close(&s, out->raw);
    out->known = true;
    return true;
}

static bool hash_filtered(struct object_id *out, bool *found, struct vcs *v, const char *path, struct err *e)
{
    struct arena *own = arena_open();
    struct text clean;
    bool ok = clean_read(&clean, found, v, path, SIZE_MAX, own, e);

    if (ok && *found)
        *out = vcs_hash_blob(clean);
    arena_close(own);
    return ok;
}

bool clean_identify(struct object_id *out, bool *found, struct vcs *v, const char *path, struct err *e)
{
    AUTO(git_filter_list) filters = NULL;
    struct stat st;
    bool ok = true;
    int fd;

    if (!filters_open(&filters, v, path, e))
        return false;
    if (filters)
        return hash_filtered(out, found, v, path, e);
    fd = open(path_join(v->arena, v->root, path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno != ENOENT && errno != ELOOP && errno != ENOTDIR) {
        const char *shown = text_shown(v->arena, text_from(path));

        return err_set(e, ERR_SYSTEM, IN_FILE(shown), "cannot read '%s': %s", shown, strerror(errno));
    }
    *found = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (*found)
        ok = hash_file(out, fd, &st, e);
    if (fd >= 0)
        close(fd);
    return ok;
}
