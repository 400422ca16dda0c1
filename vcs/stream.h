/* Large files in pieces: where their bytes lie, and how they come out. */
#ifndef VCS_STREAM_H
#define VCS_STREAM_H

#include <zlib.h>

#include "vcs/internal.h"

/* What is larger is read in pieces where that can be. */
enum { STREAM_FROM = 1024 * 1024 };

/* objects.c: where a blob lies as one zlib stream. */
struct object_place {
    const char *path; /* the pack, or the loose object's own file */
    uint64_t from;    /* byte of the file where the zlib stream begins */
    uint64_t size;    /* of the blob; a loose object says it itself */
    bool loose;       /* the stream begins with "blob SIZE" and a NUL */
};

/* *found is false where no pack and no loose object has it as a blob of its own: it is not here, or stored as what
 * differs from another one (a delta). What can't be read is not found either: libgit2 has the words for it. */
void object_find(struct object_place *out, bool *found, const struct vcs *v, const git_oid *id);

/* inflate.c: a zlib stream in a file, from its begin to its end. */
struct inflater {
    int fd; /* -1: closed */
    bool open, ended;
    uint64_t at;   /* of the file: what is read next */
    uint64_t size; /* of a loose blob, as its header has it */
    z_stream z;
    unsigned char in[32 * 1024];
};
bool inflater_open(struct inflater *f, const struct object_place *place);
void inflater_close(struct inflater *f);
/* Up to size more bytes; 0 at the end. -1: it is damaged, or cut short. */
ssize_t inflater_read(struct inflater *f, void *out, size_t size);

/* stream.c: scripts that are read in pieces; path is for messages and may be NULL of an object. The bytes have to be
 * the blob's, where that is known: else the last piece is ERR_GIT. A file that is written meanwhile is ERR_GIT too. */
/* False: it does not lie here as a blob of its own. */
bool stream_of_object(struct script *out, struct vcs *v, struct object_id blob, const char *path, struct arena *a);
/* A file of the work tree as it is; st is what it was when it was looked at. */
struct script stream_of_file(const struct vcs *v, const char *path, const struct stat *st, struct object_id blob,
                             struct arena *a);

#endif
