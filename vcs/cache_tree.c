#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vcs/internal.h"

/* The index file's TREE extension, which libgit2 1.5 reads and keeps to itself: gitformat-index(5). Whatever is not as
 * that says counts as not known. */

enum { HEADER = 12, EXTENSION_HEADER = 8, ENTRY = 62, ENTRY_EXTENDED = 64, FLAGS_AT = 60, ID = 20 };

static uint32_t number(struct text t, size_t at)
{
    const unsigned char *b = (const unsigned char *)t.at + at;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* One entry of the index itself. Version 4 has a number before the name and no padding behind it. */
static bool entry_skip(struct text *rest, uint32_t version)
{
    const char *end;
    size_t name = ENTRY, len;

    if (rest->len < ENTRY_EXTENDED)
        return false;
    if (version > 2 && (rest->at[FLAGS_AT] & 0x40))
        name = ENTRY_EXTENDED;
    if (version == 4)
        while (name < rest->len && (rest->at[name++] & 0x80))
            ;
    end = memchr(rest->at + name, '\0', rest->len - name);
    if (!end)
        return false;
    len = (size_t)(end - rest->at);
    len = version == 4 ? len + 1 : (len + 8) / 8 * 8;
    if (len > rest->len)
        return false;
    *rest = text_cut(*rest, len, rest->len);
    return true;
}

static bool extension_find(struct text *out, struct text index)
{
    struct text rest;
    uint32_t version;

    if (index.len < HEADER + ID || memcmp(index.at, "DIRC", 4) != 0)
        return false;
    version = number(index, 4);
    if (version < 2 || version > 4)
        return false;
    rest = text_cut(index, HEADER, index.len - ID);
    for (uint32_t left = number(index, 8); left > 0; left--)
        if (!entry_skip(&rest, version))
            return false;
    while (rest.len >= EXTENSION_HEADER) {
        size_t end = EXTENSION_HEADER + (size_t)number(rest, 4);

        if (end > rest.len)
            return false;
        if (memcmp(rest.at, "TREE", 4) == 0) {
            *out = text_cut(rest, EXTENSION_HEADER, end);
            return true;
        }
        rest = text_cut(rest, end, rest.len);
    }
    return false;
}

/* What is recorded of one folder. Its subtrees' records follow it, each with its own behind it. */
struct record {
    struct text name;
    uint64_t entries, subtrees;
    const char *id; /* NULL: something below was changed since it was recorded */
};

static bool cut_to(struct text *out, struct text *rest, char end)
{
    const char *at = rest->len ? memchr(rest->at, end, rest->len) : NULL;

    if (!at)
        return false;
    *out = (struct text) { rest->at, (size_t)(at - rest->at) };
    *rest = text_cut(*rest, out->len + 1, rest->len);
    return true;
}

static bool record_next(struct record *out, struct text *rest)
{
    struct text entries, subtrees;

    *out = (struct record) { .id = NULL };
    if (!cut_to(&out->name, rest, '\0') || !cut_to(&entries, rest, ' ') || !cut_to(&subtrees, rest, '\n') ||
        !text_to_u64(subtrees, &out->subtrees) || out->subtrees > rest->len)
        return false;
    if (text_is(entries, "-1"))
        return true;
    if (!text_to_u64(entries, &out->entries) || rest->len < ID)
        return false;
    out->id = rest->at;
    *rest = text_cut(*rest, ID, rest->len);
    return true;
}

static bool records_skip(struct text *rest, uint64_t n)
{
    struct record r;

    for (; n > 0; n += r.subtrees - 1)
        if (!record_next(&r, rest))
            return false;
    return true;
}

static bool subtree_find(struct record *r, struct text *rest, struct text name)
{
    for (uint64_t left = r->subtrees; left > 0; left--) {
        struct record below;

        if (!record_next(&below, rest))
            return false;
        if (text_compare(below.name, name) == 0) {
            *r = below;
            return true;
        }
        if (!records_skip(rest, below.subtrees))
            return false;
    }
    return false;
}

bool cache_tree_parse(git_oid *out, size_t *entries, struct text index, const char *folder)
{
    size_t end = 0, from = 0;
    struct record r;
    struct text rest;

    if (!extension_find(&rest, index) || !record_next(&r, &rest))
        return false;
    for (; path_next(folder, &end); from = end + 1)
        if (!subtree_find(&r, &rest, (struct text) { folder + from, end - from }))
            return false;
    if (!r.id)
        return false;
    memcpy(out->id, r.id, sizeof out->id);
    *entries = r.entries;
    return true;
}

bool cache_tree_find(git_oid *out, size_t *entries, const struct vcs *v, const char *folder)
{
    const git_oid *checksum = git_index_checksum(v->index);
    int fd = open(git_index_path(v->index), O_RDONLY | O_CLOEXEC);
    bool found = false;
    struct stat st;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && st.st_size >= HEADER + ID) {
        size_t size = (size_t)st.st_size;
        /* Never cut short under our hands: git writes another file and renames it. */
        char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

        if (bytes != MAP_FAILED) {
            /* The very bytes that libgit2 has read, and verified. */
            found = memcmp(bytes + size - ID, checksum->id, ID) == 0 &&
                    cache_tree_parse(out, entries, (struct text) { bytes, size }, folder);
            munmap(bytes, size);
        }
    }
    close(fd);
    return found;
}
