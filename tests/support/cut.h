/* What a script is cut into, as a text to compare. */
#ifndef TESTS_SUPPORT_CUT_H
#define TESTS_SUPPORT_CUT_H

#include "tests/support/pieces.h"

struct cut {
    struct arena *arena;
    struct pg_script script;
    struct err err;
    bool ok;
};

/* Reads the first of some files whole. The caller closes the arena. */
struct cut cut_files(const struct pieces_file *files, size_t len, const char *separator);
/* A script alone, "m.sql". */
struct cut cut_sql(const char *sql);

/* Its statements, "|" between them, in one line each; or what is wrong, as "2:1 migration-file". */
const char *cut_text(struct cut *c);
/* Their marks by letter, a group a statement: o outside, c may commit, e ends its segment, i copies in. */
const char *cut_marks(struct cut *c);
/* The error's place, "m.sql:2:1 migration-file". */
const char *cut_error(struct cut *c);

#endif
