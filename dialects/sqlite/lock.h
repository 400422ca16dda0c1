/* The run lock: one writer of migrations a database file, whatever SQLite's own locks do meanwhile. */
#ifndef DIALECTS_SQLITE_LOCK_H
#define DIALECTS_SQLITE_LOCK_H

#include "dialects/sqlite/connection.h"

/* dialect.h's lock and unlock. An open-file-description lock (fcntl(2)) on one byte far outside the range that SQLite
 * locks. From then on statements wait for other connections at least as long as
 * this may wait, unless the options say how long. */
bool sqlite_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e);
bool sqlite_unlock(struct db *db, struct err *e);

#endif
