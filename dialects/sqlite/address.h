/* Which file a URL means, and with which of SQLite's own parameters. */
#ifndef DIALECTS_SQLITE_ADDRESS_H
#define DIALECTS_SQLITE_ADDRESS_H

#include "dialects/dialect.h"

struct sqlite_address {
    const char *path;       /* from the root, or from the current directory where there was no base */
    const char *folder;     /* that it lies in */
    const char *parameters; /* SQLite's own, "mode=rw&vfs=unix", or "" */
    bool read_only;         /* mode=ro or immutable=1 */
    bool must_exist;        /* mode=rw */
    bool immutable;         /* immutable=1 */
};

/* Takes "sqlite:PATH", "sqlite://REL", "sqlite:///ABS", the same with sqlite3:, "file:PATH?mode=ro"
 * (https://www.sqlite.org/uri.html) and a bare path. A relative path starts at base. ERR_USAGE for a database in
 * memory, an empty path, and a mode that SQLite does not have. Parameters of others are left out with one note. */
bool sqlite_address_parse(struct sqlite_address *out, const char *url, const char *base, struct notices *notices,
                          struct arena *a, struct err *e);

/* True for a path of an existing database file, or of an empty one with an ending of SQLite's. */
bool sqlite_address_claims(const char *url, const char *base);

/* The file as a URI for sqlite3_open_v2, extra being one more parameter, or "". */
const char *sqlite_address_uri(const struct sqlite_address *at, const char *extra, struct arena *a);

/* The file's first bytes tell (https://www.sqlite.org/fileformat.html, 1.3): 0 where it can't be read, is empty, or is
 * no database; 1 for a rollback journal; 2 for a write-ahead log. The file is opened and closed: never call this while
 * SQLite has it open, since that would drop SQLite's locks. */
int sqlite_address_journal(const char *path);

#endif
