#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "vcs/stream.h"

void inflater_close(struct inflater *f)
{
    if (f->open)
        inflateEnd(&f->z);
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    f->open = false;
}

/* "blob SIZE" and a NUL; the zlib stream goes on with the bytes. */
static bool loose_header(struct inflater *f)
{
    char header[32];
    size_t n = 0;

    do {
        if (n == sizeof header || inflater_read(f, header + n, 1) != 1)
            return false;
    } while (header[n++]);
    return strncmp(header, "blob ", 5) == 0 && text_to_u64(text_from(header + 5), &f->size);
}

bool inflater_open(struct inflater *f, const struct object_place *place)
{
    f->fd = open(place->path, O_RDONLY | O_CLOEXEC);
    f->at = place->from;
    f->z = (z_stream) { 0 };
    f->ended = false;
    f->open = f->fd >= 0 && inflateInit(&f->z) == Z_OK;
    if (f->open && (!place->loose || loose_header(f)))
        return true;
    inflater_close(f);
    return false;
}

static bool refill(struct inflater *f)
{
    ssize_t n;

    do {
        n = pread(f->fd, f->in, sizeof f->in, (off_t)f->at);
    } while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    f->z.next_in = f->in;
    f->z.avail_in = (uInt)n;
    f->at += (uint64_t)n;
    return true;
}

ssize_t inflater_read(struct inflater *f, void *out, size_t size)
{
    f->z.next_out = out;
    f->z.avail_out = (uInt)size;
    while (f->z.avail_out && !f->ended) {
        int rc;

        if (!f->z.avail_in && !refill(f))
            return -1;
        rc = inflate(&f->z, Z_NO_FLUSH);
        f->ended = rc == Z_STREAM_END;
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
            return -1;
    }
    return (ssize_t)(size - f->z.avail_out);
}
