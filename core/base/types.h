/* The values that more than one room speaks of. */
#ifndef CORE_BASE_TYPES_H
#define CORE_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: never NUL-ended by promise, may hold any byte. */
struct text {
    const char *at;
    size_t len;
};

#define TEXT(literal) ((struct text) { literal, sizeof(literal) - 1 })

/* A git object's name (SHA-1). known is false where there is none: outside git, before it was computed. */
struct object_id {
    bool known;
    unsigned char raw[20];
};

#define OBJECT_ID_HEX 41

enum direction { DIRECTION_UP, DIRECTION_DOWN };

/* A place in a file. line and column are 1-based and count characters; 0 is unknown.
 * path is borrowed from whoever named the file (the command's arena). */
struct pos {
    const char *path;
    int line, column;
};

/* A script's bytes as they will run: cleaned of what git's filters clean, read in pieces.
 * read() puts the piece that begins at offset into *piece; an empty piece is the end. A piece is
 * borrowed until the next read or, where all of it is in memory already, as long as the script. */
struct err;
struct arena;
struct script {
    const char *path; /* from the source's root, for messages */
    size_t size;      /* bytes */
    bool (*read)(const struct script *s, size_t offset, struct text *piece, struct err *e);
    /* Another file of the same source, named as psql's \i does (from the root) or \ir (beside this one). A path that
     * leaves the source, or is not there, is ERR_MIGRATION_FILE without a place. NULL: a script that can't name any. */
    bool (*include)(const struct script *s, struct script *out, struct text path, bool beside, struct arena *a,
                    struct err *e);
    /* Asked behind the last read: false where the bytes are not those that the script was named by (a file that was
     * written meanwhile). NULL: that can't happen. */
    bool (*unchanged)(const struct script *s, struct err *e);
    const void *from; /* the reader's own */
};

#endif
