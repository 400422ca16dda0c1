#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vcs/walk.h"

/* gitformat-commit-graph(5). libgit2 1.5 refuses the files that git 2.39 writes. What does not hold together is passed
 * over: the objects say the same. */

enum {
    HEADER = 8,
    CHUNK = 12, /* a row of the table of chunks */
    FANOUT = 256 * 4,
    COMMIT = GIT_OID_RAWSZ + 16,
    NO_PARENT = 0x70000000,
};
#define MORE_PARENTS UINT32_C(0x80000000) /* the second parent is a place in the list of edges; there: the last one */

/* A file: alone, or one of a chain, in which each counts its commits on from those below. */
struct layer {
    const unsigned char *map;
    size_t size;
    const unsigned char *fanout, *ids, *commits, *edges, *bases;
    uint32_t below, len, edges_len;
};

struct graph {
    struct layer *at;
    size_t len, cap;
};

static uint32_t number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t large_number(const unsigned char *at)
{
    return (uint64_t)number(at) << 32 | number(at + 4);
}

static bool layer_map(struct layer *l, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    void *map = MAP_FAILED;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > HEADER + CHUNK + GIT_OID_RAWSZ)
        map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return false;
    l->map = map;
    l->size = (size_t)st.st_size;
    return true;
}

/* One chunk. git writes OIDF first, and once: its number of commits is what the others' sizes are held against. */
static bool chunk_take(struct layer *l, uint32_t id, const unsigned char *at, uint64_t size, size_t bases)
{
    switch (id) {
    case 0x4f494446: /* OIDF */
        if (l->fanout || l->ids || l->commits)
            return false;
        l->fanout = at;
        l->len = size == FANOUT ? number(at + FANOUT - 4) : 0;
        return size == FANOUT;
    case 0x4f49444c: /* OIDL */
        l->ids = at;
        return size == (uint64_t)l->len * GIT_OID_RAWSZ;
    case 0x43444154: /* CDAT */
        l->commits = at;
        return size == (uint64_t)l->len * COMMIT;
    case 0x45444745: /* EDGE */
        l->edges = at;
        l->edges_len = (uint32_t)(size / 4);
        return size % 4 == 0 && size / 4 < MORE_PARENTS;
    case 0x42415345: /* BASE */
        l->bases = at;
        return size == (uint64_t)bases * GIT_OID_RAWSZ;
    default:
        return true;
    }
}

static bool layer_parse(struct layer *l, size_t bases)
{
    const unsigned char *row = l->map + HEADER;
    size_t chunks = l->map[6];

    if (memcmp(l->map, "CGPH\1\1", 6) != 0 || l->map[7] != bases ||
        l->size < HEADER + (chunks + 1) * CHUNK + GIT_OID_RAWSZ)
        return false;
    for (size_t i = 0; i < chunks; i++, row += CHUNK) {
        uint64_t from = large_number(row + 4), to = large_number(row + CHUNK + 4);

        if (from < HEADER + (chunks + 1) * CHUNK || to < from || to > l->size - GIT_OID_RAWSZ ||
            !chunk_take(l, number(row), l->map + from, to - from, bases))
            return false;
    }
    for (size_t i = 0; l->fanout && i < FANOUT - 4; i += 4)
        if (number(l->fanout + i) > number(l->fanout + i + 4))
            return false;
    return number(row) == 0 && l->fanout && l->ids && l->commits && (bases == 0 || l->bases);
}

/* Whether the file fits on what was read before: its bases are the chain's first lines. */
static bool layer_add(struct graph *g, const char *path, const git_oid *chain, struct arena *a)
{
    struct layer l = { .map = NULL }, *last = g->len ? &g->at[g->len - 1] : NULL;

    if (!layer_map(&l, path))
        return false;
    l.below = last ? last->below + last->len : 0;
    if (!layer_parse(&l, g->len) || l.len >= NO_PARENT - l.below ||
        (g->len > 0 && memcmp(l.bases, chain, g->len * sizeof *chain) != 0)) {
        munmap((void *)l.map, l.size);
        return false;
    }
    *arena_push(a, g) = l;
    return true;
}

static bool chain_read(struct graph *g, struct vcs *v, const char *folder, struct arena *a)
{
    enum { LARGEST = 1024 * 1024 };
    struct chain {
        git_oid *at;
        size_t len, cap;
    } chain = { NULL, 0, 0 };
    struct text rest, line;
    struct err ignored;
    bool found;

    if (!directory_read(&rest, &found, folder, "commit-graph-chain", LARGEST, v, a, &ignored) || !found)
        return false;
    while (text_line(&rest, &line)) {
        const char *path = arena_printf(a, "%s/graph-%s.graph", folder, arena_cstr(a, line));
        git_oid id;

        if (line.len != GIT_OID_HEXSZ || git_oid_fromstrn(&id, line.at, line.len) < 0 ||
            !layer_add(g, path, chain.at, a))
            return false;
        *arena_push(a, &chain) = id;
    }
    return g->len > 0;
}

struct graph *graph_open(struct vcs *v, struct arena *a)
{
    const char *folder = path_join(a, v->common_directory, "objects/info");
    struct graph *g = arena_alloc(a, sizeof *g);

    /* git does not use it either where parents are cut off. */
    if (v->shallow)
        return NULL;
    if (layer_add(g, path_join(a, folder, "commit-graph"), NULL, a) ||
        chain_read(g, v, path_join(a, folder, "commit-graphs"), a))
        return g;
    graph_close(g);
    return NULL;
}

void graph_close(struct graph *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->len; i++)
        munmap((void *)g->at[i].map, g->at[i].size);
    g->len = 0;
}

static bool layer_find(uint32_t *out, const struct layer *l, const git_oid *id)
{
    uint32_t low = id->id[0] ? number(l->fanout + 4 * (id->id[0] - 1)) : 0, high = number(l->fanout + 4 * id->id[0]);

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(l->ids + (size_t)middle * GIT_OID_RAWSZ, id->id, GIT_OID_RAWSZ);

        if (order == 0) {
            *out = l->below + middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool graph_find(uint32_t *out, const struct graph *g, const git_oid *id)
{
    for (size_t i = g->len; i-- > 0;)
        if (layer_find(out, &g->at[i], id))
            return true;
    return false;
}

static const struct layer *layer_of(const struct graph *g, uint32_t at)
{
    size_t i = g->len - 1;

    while (g->at[i].below > at)
        i--;
    return at - g->at[i].below < g->at[i].len ? &g->at[i] : NULL;
}

static bool parent_add(struct graph_commit *c, const struct graph *g, uint32_t at, struct arena *a)
{
    if (!layer_of(g, at))
        return false;
    *arena_push(a, &c->parents) = at;
    return true;
}

bool graph_commit(struct graph_commit *out, const struct graph *g, uint32_t at, struct arena *a)
{
    const struct layer *l = layer_of(g, at);
    const unsigned char *row = l->commits + (size_t)(at - l->below) * COMMIT;
    uint32_t first = number(row + GIT_OID_RAWSZ), second = number(row + GIT_OID_RAWSZ + 4), edge;

    out->parents.len = 0;
    memcpy(out->tree.id, row, GIT_OID_RAWSZ);
    out->time = large_number(row + GIT_OID_RAWSZ + 8) & ((UINT64_C(1) << 34) - 1);
    if (first != NO_PARENT && !parent_add(out, g, first, a))
        return false;
    if (second == NO_PARENT)
        return true;
    if (!(second & MORE_PARENTS))
        return parent_add(out, g, second, a);
    for (uint32_t i = second & ~MORE_PARENTS; i < l->edges_len; i++) {
        edge = number(l->edges + (size_t)i * 4);
        if (!parent_add(out, g, edge & ~MORE_PARENTS, a))
            return false;
        if (edge & MORE_PARENTS)
            return true;
    }
    return false;
}

git_oid graph_id(const struct graph *g, uint32_t at)
{
    const struct layer *l = layer_of(g, at);
    git_oid id;

    memcpy(id.id, l->ids + (size_t)(at - l->below) * GIT_OID_RAWSZ, GIT_OID_RAWSZ);
    return id;
}
