#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "vcs/stream.h"

/* A file in pieces. The first time that it is read from its begin to its end its bytes are held against the blob's
 * name: the last piece only comes out when they agree. */

enum { PIECE = 128 * 1024 };

/* What reading takes; given back at the end of the file. */
struct open_file {
    struct arena *arena;
    int fd; /* of a file of the work tree */
    struct inflater inflater;
    char piece[PIECE];
};

struct stream {
    const char *path;      /* as messages have it */
    struct object_id blob; /* unknown: nothing to hold it against */
    const char *disk;      /* the file of the work tree; NULL: an object */
    struct stat st;        /* what it was when it was first looked at */
    struct object_place place;
    struct open_file *open; /* NULL: nothing is */
    size_t size;
    size_t at, len; /* of the file: what the piece holds */
    struct sha1 sha;
    size_t hashed;
    bool checked; /* it was read to its end once, and is what its name says */
};

static void stream_close(void *handle)
{
    struct stream *s = handle;

    if (!s->open)
        return;
    if (s->open->fd >= 0)
        close(s->open->fd);
    inflater_close(&s->open->inflater);
    arena_close(s->open->arena);
    s->open = NULL;
}

static bool changed(const struct stream *s, struct err *e)
{
    err_set(e, ERR_GIT, IN_FILE(s->path), "'%s' changed while it was being read", s->path);
    return err_hint(e, "run it again once nothing writes to that folder");
}

static bool damaged(const struct stream *s, struct err *e)
{
    git_oid id = id_to_oid(s->blob);

    if (s->path)
        err_set(e, ERR_GIT, IN_FILE(s->path), "object %s ('%s') is damaged", git_oid_tostr_s(&id), s->path);
    else
        err_plain(e, ERR_GIT, "object %s is damaged", git_oid_tostr_s(&id));
    return err_hint(e, "run `git fsck`; a copy may be fetched from another clone");
}

static bool wrong(const struct stream *s, struct err *e)
{
    return s->disk ? changed(s, e) : damaged(s, e);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return S_ISREG(b->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool is_as_it_was(const struct stream *s)
{
    struct stat now;

    return fstat(s->open->fd, &now) == 0 && is_same_file(&s->st, &now);
}

static bool stream_start(struct stream *s, struct err *e)
{
    struct arena *a = arena_open();

    stream_close(s);
    s->open = arena_alloc(a, sizeof *s->open);
    s->open->arena = a;
    s->open->fd = s->open->inflater.fd = -1;
    s->at = s->len = s->hashed = 0;
    sha1_open_blob(&s->sha, s->size);
    if (!s->disk)
        return inflater_open(&s->open->inflater, &s->place) || damaged(s, e);
    s->open->fd = open(s->disk, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    return (s->open->fd >= 0 && is_as_it_was(s)) || changed(s, e);
}

static ssize_t next_bytes(struct stream *s, size_t size)
{
    struct open_file *f = s->open;
    ssize_t n;

    if (!s->disk)
        return inflater_read(&f->inflater, f->piece, size);
    do {
        n = pread(f->fd, f->piece, size, (off_t)s->at);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* At the end of the file: it is what it was, and what it is called. */
static bool check_whole(struct stream *s, struct err *e)
{
    struct object_id found = { .known = true };

    if (s->disk && !is_as_it_was(s))
        return changed(s, e);
    if (s->checked || !s->blob.known)
        return true;
    sha1_close(&s->sha, found.raw);
    s->checked = object_id_equal(found, s->blob);
    return s->checked || wrong(s, e);
}

static bool next_piece(struct stream *s, struct err *e)
{
    size_t want = s->size - s->at - s->len;
    ssize_t n;

    s->at += s->len;
    s->len = 0;
    if (!interrupt_check(e))
        return false;
    n = next_bytes(s, want < PIECE ? want : PIECE);
    if (n <= 0)
        return wrong(s, e);
    s->len = (size_t)n;
    if (!s->checked && s->blob.known && s->hashed == s->at) {
        sha1_add(&s->sha, s->open->piece, s->len);
        s->hashed += s->len;
    }
    return s->at + s->len < s->size || check_whole(s, e);
}

static bool stream_read(const struct script *script, size_t offset, struct text *piece, struct err *e)
{
    struct stream *s = (struct stream *)script->from;

    *piece = (struct text) { "", 0 };
    if (offset >= s->size) {
        stream_close(s);
        return true;
    }
    if ((!s->open || offset < s->at) && !stream_start(s, e))
        return false;
    while (offset >= s->at + s->len)
        if (!next_piece(s, e))
            return false;
    *piece = (struct text) { s->open->piece + (offset - s->at), s->at + s->len - offset };
    return true;
}

static struct script stream_script(struct stream *s, struct arena *a)
{
    arena_own(a, s, stream_close);
    return (struct script) { .path = s->path, .size = s->size, .read = stream_read, .from = s };
}

static struct stream *stream_make(const char *path, struct object_id blob, size_t size, struct arena *a)
{
    struct stream *s = arena_make(a, struct stream, 1);

    *s = (struct stream) { .path = path ? text_shown(a, text_from(path)) : NULL, .blob = blob, .size = size };
    return s;
}

bool stream_of_object(struct script *out, struct vcs *v, struct object_id blob, const char *path, struct arena *a)
{
    git_oid id = id_to_oid(blob);
    struct object_place place;
    struct stream *s;
    bool found;

    object_find(&place, &found, v, &id);
    if (!found)
        return false;
    s = stream_make(path, blob, place.size, a);
    s->place = place;
    *out = stream_script(s, a);
    return true;
}

struct script stream_of_file(const struct vcs *v, const char *path, const struct stat *st, struct object_id blob,
                             struct arena *a)
{
    struct stream *s = stream_make(path, blob, (size_t)st->st_size, a);

    s->disk = path_join(a, v->root, path);
    s->st = *st;
    return stream_script(s, a);
}
