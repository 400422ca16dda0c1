/* The list of versions in a dump: `INSERT INTO "schema_migrations" (version) VALUES ('1'), ('2');` as Rails writes it
 * for PostgreSQL, MySQL and SQLite, and dbmate likewise; or one such INSERT a version, as Rails did before 5.0. */
#ifndef CORE_VERSION_LIST_H
#define CORE_VERSION_LIST_H

#include "core/base/arena.h"

struct version_list {
    struct text bytes;                /* all of it, up to the last semicolon; at NULL: there is none */
    struct text open, between, close; /* around and between its rows; between is empty where there is one row */
    struct text *at;                  /* the versions, in the order found */
    size_t len, cap;
};

/* The last list of a file that begins at the start of a line. Borrows the file's bytes. */
struct version_list version_list_find(struct text file, struct arena *a);

#endif
