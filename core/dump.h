/* structure.sql: the schema as the dialect's own tool dumps it, and the ledger's versions, as Rails writes the file. */
#ifndef CORE_DUMP_H
#define CORE_DUMP_H

#include "core/structure.h"
#include "core/workspace.h"

struct dump_options {
    const char *file;           /* from the current directory; "-": nowhere; NULL: the project's */
    const char *rails;          /* whose form it has; NULL: Gemfile.lock's, the file's own, the newest */
    const char *history;        /* "with" or "without" our own tables; NULL: with them in a Rails project, as Rails */
    const char *const *schemas; /* NULL-ended; NULL: as Rails chooses them */
    const char *program;        /* pg_dump; NULL: the one that is found */
    bool of_source;             /* the file to compare with is the source's: of a commit, of the index */
};

struct dump_file {
    const char *path;  /* to open it, NULL: it is no file; */
    const char *shown; /* for messages: from the root, or as it was asked for */
    bool exists;
    struct text content; /* what it holds now; of a commit or the index where these are the source */
};

struct dump {
    struct dump_file file;
    struct structure_form form;
    struct text content;
    size_t versions;
    bool current; /* the file is this already */
    bool written;
};

/* Where the project keeps the file, and what it holds: beside the folder of migrations, "db/structure.sql" of
 * "db/migrate", "db/pets_structure.sql" of "db/pets_migrate"; file as in struct dump_options. of_source: at the commit,
 * or in the index, where that is the source; else in the work tree. ERR_USAGE where there is no work tree to write to
 * and the file is not named. */
bool dump_file_find(struct dump_file *out, struct workspace *w, const char *file, bool of_source, struct err *e);

/* What the file should be. Reads the ledger anew; writes nothing. */
bool dump_make(struct dump *out, struct workspace *w, const struct dump_options *o, struct err *e);
/* Writes the file where it is not current: whole or not at all. */
bool dump_write(struct dump *d, struct workspace *w, struct err *e);
/* The lines that differ, of the file and of the database, as diff -u has them, at most that many; "" where it is
 * current. */
bool dump_difference(struct text *out, const struct dump *d, size_t lines, struct arena *a, struct err *e);

#endif
