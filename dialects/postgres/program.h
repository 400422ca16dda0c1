/* PostgreSQL's own programs: found, run without a shell, read through pipes. */
#ifndef DIALECTS_POSTGRES_PROGRAM_H
#define DIALECTS_POSTGRES_PROGRAM_H

#include "core/base/err.h"

struct program {
    const char *path;
    int major, minor; /* of `--version` */
};

struct program_run {
    const char *const *arguments;   /* NULL-ended, the name first */
    const char *const *environment; /* NULL-ended; all that it gets */
    int descriptor;                 /* is its descriptor 3; -1: none */
};

struct program_output {
    struct text out, err; /* err cut off behind some kB */
};

/* Runs it to its end. ERR_SYSTEM where it can't be started, fails, or is killed: with what it said last, of which the
 * caller takes secrets. A stop signal ends it, and is the error then. */
bool program_run(struct program_output *out, const struct program *p, const struct program_run *r, struct arena *a,
                 struct err *e);

/* The pg_dump that reads a server of that major version: the named one; else that of the server's own version where
 * Debian and Red Hat keep them apart; else PATH's, and else a newer one. ERR_SYSTEM with the package to install where
 * there is none, or only one that is too old. Folders of PATH that are not absolute are passed over: a repository could
 * bring a program. */
bool program_find_dump(struct program *out, const char *named, int server_major, struct arena *a, struct err *e);

#endif
