#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "vcs/stream.h"

/* libgit2 1.5 opens no stream on an object of a pack (git_odb_open_rstream fails), so the place of the bytes is looked
 * up here: gitformat-pack(5), gitrepository-layout(5). Nothing is mapped: a pack may be larger than what a process
 * that is to stay small can hold. */

enum {
    ALTERNATES_DEEP = 5, /* as git itself */
    ALTERNATES_MAX = 64 * 1024,
    PACK_BLOB = 3,
};

struct lookup {
    struct object_place *out;
    const struct vcs *v;
    const git_oid *id;
    bool found;
};

static bool read_at(int fd, void *out, size_t size, uint64_t at)
{
    return pread(fd, out, size, (off_t)at) == (ssize_t)size;
}

static bool number_at(uint32_t *out, int fd, uint64_t at)
{
    unsigned char b[4];

    if (!read_at(fd, b, sizeof b, at))
        return false;
    *out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return true;
}

/* Version 2 begins with a magic number and has the names in a table of their own. */
struct pack_index {
    int fd;
    bool second;
    uint32_t count;
    uint64_t fanout;
};

static bool pack_index_open(struct pack_index *x)
{
    uint32_t magic, version;

    if (!number_at(&magic, x->fd, 0) || !number_at(&version, x->fd, 4))
        return false;
    x->second = magic == 0xff744f63;
    x->fanout = x->second ? 8 : 0;
    return (!x->second || version == 2) && number_at(&x->count, x->fd, x->fanout + 255 * 4);
}

static bool name_at(unsigned char out[20], const struct pack_index *x, uint32_t nth)
{
    uint64_t names = x->fanout + 256 * 4;

    return read_at(x->fd, out, 20, x->second ? names + 20ULL * nth : names + 24ULL * nth + 4);
}

static bool offset_at(uint64_t *out, const struct pack_index *x, uint32_t nth)
{
    uint64_t offsets = x->fanout + 256 * 4 + 24ULL * x->count, large;
    uint32_t given, low;

    if (!x->second) {
        if (!number_at(&given, x->fd, x->fanout + 256 * 4 + 24ULL * nth))
            return false;
        *out = given;
        return true;
    }
    if (!number_at(&given, x->fd, offsets + 4ULL * nth))
        return false;
    *out = given;
    if (!(given & 0x80000000))
        return true;
    large = offsets + 4ULL * x->count + 8ULL * (given & 0x7fffffff);
    if (!number_at(&given, x->fd, large) || !number_at(&low, x->fd, large + 4))
        return false;
    *out = (uint64_t)given << 32 | low;
    return true;
}

static bool pack_index_find(uint64_t *offset, const struct pack_index *x, const git_oid *id)
{
    uint32_t low = 0, high;
    unsigned char name[20];

    if ((id->id[0] && !number_at(&low, x->fd, x->fanout + 4ULL * (id->id[0] - 1))) ||
        !number_at(&high, x->fd, x->fanout + 4ULL * id->id[0]) || high > x->count)
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order;

        if (!name_at(name, x, middle))
            return false;
        order = memcmp(id->id, name, sizeof name);
        if (order == 0)
            return offset_at(offset, x, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* What stands before an entry's bytes: its kind, and its size by seven bits a byte, the lowest first. */
static bool entry_look(struct object_place *out, const char *pack, uint64_t at)
{
    int fd = open(pack, O_RDONLY | O_CLOEXEC), shift = 4;
    unsigned char b = 0;
    bool ok = fd >= 0 && read_at(fd, &b, 1, at);

    *out = (struct object_place) { .path = pack, .size = b & 15 };
    ok = ok && (b >> 4 & 7) == PACK_BLOB;
    while (ok && (b & 0x80)) {
        ok = shift < 64 && read_at(fd, &b, 1, ++at);
        out->size |= (uint64_t)(b & 0x7f) << shift;
        shift += 7;
    }
    out->from = at + 1;
    if (fd >= 0)
        close(fd);
    return ok;
}

static void look_in_pack(struct lookup *l, const char *index)
{
    struct pack_index x = { .fd = open(index, O_RDONLY | O_CLOEXEC) };
    uint64_t offset;

    if (x.fd < 0)
        return;
    if (pack_index_open(&x) && pack_index_find(&offset, &x, l->id)) {
        char *pack = arena_printf(l->v->arena, "%.*s.pack", (int)(strlen(index) - strlen(".idx")), index);

        l->found = entry_look(l->out, pack, offset);
    }
    close(x.fd);
}

static void look_in_packs(struct lookup *l, const char *objects)
{
    const char *folder = path_join(l->v->arena, objects, "pack");
    DIR *d = opendir(folder);

    if (!d)
        return;
    for (struct dirent *entry; !l->found && (entry = readdir(d));)
        if (text_ends(text_from(entry->d_name), ".idx"))
            look_in_pack(l, path_join(l->v->arena, folder, entry->d_name));
    closedir(d);
}

static void look_in_loose(struct lookup *l, const char *objects)
{
    char hex[GIT_OID_HEXSZ + 1];
    struct inflater f;

    git_oid_tostr(hex, sizeof hex, l->id);
    *l->out =
        (struct object_place) { .path = arena_printf(l->v->arena, "%s/%.2s/%s", objects, hex, hex + 2), .loose = true };
    l->found = inflater_open(&f, l->out);
    if (!l->found)
        return;
    l->out->size = f.size;
    inflater_close(&f);
}

static void look_in(struct lookup *l, const char *objects, int depth);

/* info/alternates: a folder of objects a line, relative ones from this one. A quoted one is left to libgit2. */
static void look_in_alternates(struct lookup *l, const char *objects, int depth)
{
    int fd = open(path_join(l->v->arena, objects, "info/alternates"), O_RDONLY | O_CLOEXEC);
    struct text rest = { arena_alloc(l->v->arena, fd < 0 ? 1 : ALTERNATES_MAX), 0 }, line;
    ssize_t n = fd < 0 ? 0 : read(fd, (char *)rest.at, ALTERNATES_MAX);

    if (fd >= 0)
        close(fd);
    rest.len = n > 0 ? (size_t)n : 0;
    while (!l->found && text_line(&rest, &line)) {
        const char *path = arena_cstr(l->v->arena, line);

        if (line.len && *path != '#' && *path != '"')
            look_in(l, *path == '/' ? path : path_join(l->v->arena, objects, path), depth + 1);
    }
}

static void look_in(struct lookup *l, const char *objects, int depth)
{
    look_in_packs(l, objects);
    if (!l->found)
        look_in_loose(l, objects);
    if (!l->found && depth < ALTERNATES_DEEP)
        look_in_alternates(l, objects, depth);
}

void object_find(struct object_place *out, bool *found, const struct vcs *v, const git_oid *id)
{
    struct lookup l = { .out = out, .v = v, .id = id };

    look_in(&l, path_join(v->arena, v->common_directory, "objects"), 0);
    *found = l.found;
}
