/* One open SQLite file: the handle, how it waits and stops, and how its errors become ours. */
#ifndef DIALECTS_SQLITE_CONNECTION_H
#define DIALECTS_SQLITE_CONNECTION_H

#include <sqlite3.h>

#include "dialects/sqlite/address.h"

enum { SQLITE_CACHED = 16 };

struct sqlite_db {
    struct db db;
    struct arena *arena;
    struct db_options options;
    struct sqlite_address address;
    sqlite3 *handle; /* NULL: there is no file, and it was opened for reading only */
    int lock_fd;     /* ours, of the database file; -1: none. Closed only when handle is */
    bool locked;
    bool session_changed;                /* by a script: handle is opened anew before the next one */
    bool finishing;                      /* what runs must not be stopped by a signal */
    int64_t busy_ms;                     /* how long a statement waits for another connection */
    int64_t busy_since;                  /* monotonic */
    int64_t deadline;                    /* monotonic, of the statement that runs; 0: none */
    sqlite3_stmt *cached[SQLITE_CACHED]; /* known by their text */
    size_t next_cached;
};

/* dialect.h's open, close and reopen. */
bool sqlite_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
void sqlite_close(struct db *db);
bool sqlite_reopen(struct db *db, struct reopen *how, struct err *e);

/* First of all that uses the handle. Where a script changed the session, or the last try failed: a new handle with the
 * session's statements issued; the lock stays. True without a handle where there is no file. */
bool sqlite_ready(struct sqlite_db *c, struct err *e);
/* The same, and ERR_READ_ONLY where nothing can be written: opened for reading, or the file refuses. */
bool sqlite_writable(struct sqlite_db *c, struct err *e);

/* Makes the error of SQLite's last call on the handle; doing completes "can't …". Always false. */
bool sqlite_failed(struct sqlite_db *c, const char *doing, struct err *e);
/* Adds what to do about a code, and its name as the detail: to an error in other words. Always false. */
bool sqlite_explain(const struct sqlite_db *c, int code, struct err *e);

/* ---- statements of ours ---- */

/* Each is doing something for an error's sake: "read the ledger". */
bool sqlite_run(struct sqlite_db *c, const char *sql, const char *doing, struct err *e);
/* A statement kept for the next time, reset and without values. The connection owns it. NULL: *e is set. */
sqlite3_stmt *sqlite_prepared(struct sqlite_db *c, const char *sql, const char *doing, struct err *e);
/* Runs a statement that gives no row, or whose rows don't matter, and resets it. */
bool sqlite_finish(struct sqlite_db *c, sqlite3_stmt *stmt, const char *doing, struct err *e);
/* "a" as SQL has it, in double quotes. */
const char *sqlite_quoted(const char *name, struct arena *a);
/* main."a": the database's own table, whatever temporary or attached one has its name. */
const char *sqlite_table(struct table_name name, struct arena *a);

/* ---- transactions ---- */

/* BEGIN IMMEDIATE, or EXCLUSIVE. Waits for other connections up to busy_ms. */
bool sqlite_begin(struct sqlite_db *c, bool exclusive, struct err *e);
/* Waits alike; where it fails the transaction may still be open. */
bool sqlite_commit(struct sqlite_db *c, struct err *e);
/* Does nothing where none is open. Cannot fail in a way that matters: closing would roll back too. */
void sqlite_rollback(struct sqlite_db *c);
bool sqlite_in_transaction(const struct sqlite_db *c);

#endif
