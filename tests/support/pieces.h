/* Scripts that come in pieces of any size, and what has to be true of every script, however it comes. */
#ifndef TESTS_SUPPORT_PIECES_H
#define TESTS_SUPPORT_PIECES_H

#include "dialects/postgres/script.h"

struct pieces_file {
    const char *path;
    struct text text;
};

/* A source of some files; the first is the script itself. */
struct pieces {
    const struct pieces_file *files;
    size_t len;
    size_t piece; /* bytes that a read gives, 0: all */
    char room[64];
    size_t reads;
};

/* files[nth] as a script. Its pieces are overwritten by the next read, where they are not the whole. */
struct script pieces_script(struct pieces *p, size_t nth, struct arena *a);

/* NULL, or what is wrong: read in pieces of this size a script has to give the same statements, marks, places and
 * errors as whole; reader.h the same as script_read; every offset is in order and within; and the parser, where it
 * accepts it too, cuts it at the same places. */
const char *pieces_violated(const struct pieces_file *files, size_t len, size_t piece, const char *separator,
                            struct arena *a);

/* The same for the bytes of a fuzzer: the first one says in which pieces it is read and with which separator, the rest
 * is a script beside a.sql, sub/b.sql, which includes it, and c.sql, which includes itself. */
const char *pieces_file_violated(struct text bytes, struct arena *a);

/* NULL, or what is wrong: the parser accepts a script and it is refused or cut otherwise here. *accepted: by both. */
const char *pieces_against_parser(const struct pg_script *s, bool *accepted, struct arena *a);

#endif
