/* Rows of the ledger and the history, written and checked. */
#ifndef DIALECTS_SQLITE_ROWS_H
#define DIALECTS_SQLITE_ROWS_H

#include "dialects/sqlite/connection.h"

/* Whether each change's row is there, or is not, as its kind asks before anything is done: ERR_LEDGER_MOVED. */
bool sqlite_rows_check(struct sqlite_db *c, const struct row_change *changes, size_t n, struct arena *a, struct err *e);

/* Writes them in the transaction that is open. CELL_STARTED is started_ms of unix time. What a script had to do by
 * itself is checked: ERR_LEDGER_MOVED. */
bool sqlite_rows_put(struct sqlite_db *c, const struct row_change *changes, size_t n, int64_t started_ms,
                     struct arena *a, struct err *e);

/* Sets one integer of the row that a change wrote before: found by its keys, else by rowid. */
bool sqlite_row_count(struct sqlite_db *c, const struct row_change *row, sqlite3_int64 rowid, const char *column,
                      uint64_t value, struct arena *a, struct err *e);

/* The value of a statement's ?place; the cell's text must outlive the statement's run. */
void sqlite_cell_bind(sqlite3_stmt *stmt, int place, const struct cell *cell, int64_t started_ms);

/* dialect.h's rows_write and rows_read. */
bool sqlite_rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e);
bool sqlite_rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e);

#endif
