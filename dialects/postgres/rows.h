/* SQL for changes of ledger and history rows, with their checks. */
#ifndef DIALECTS_POSTGRES_ROWS_H
#define DIALECTS_POSTGRES_ROWS_H

#include "dialects/postgres/session.h"

/* SQL with its values: as $2, $3 … and a list for EXECUTE, or in place where `placed` is set. */
struct rows_sql {
    const struct pg *pg;
    struct buf sql, arguments; /* arguments: ", 'a', 'b'" */
    unsigned parameters;       /* the highest $n so far */
    bool placed;
    bool marked; /* rows_check_before marks the transaction, rows_change looks for the mark; without `placed` always */
    const char *started; /* what CELL_STARTED stands for, as a timestamptz text; NULL: the transaction's begin */
    int64_t waited_ms;   /* CELL_WAITED */
    unsigned attempts;   /* CELL_ATTEMPTS */
};

struct rows_sql rows_sql_open(const struct pg *pg, bool placed, const char *started, struct arena *a);

/* Before the script: one SELECT that fails with 22012 (division_by_zero) unless every row that will be inserted is
 * absent and every one that will be deleted is there. It also marks the transaction. */
void rows_check_before(struct rows_sql *out, const struct row_change *changes, size_t n);
/* After it: one statement that makes all changes, and fails with 22012 unless each met exactly one row and the
 * transaction is still the one that $1 (the first argument of EXECUTE) names. */
void rows_change(struct rows_sql *out, const struct row_change *changes, size_t n);

/* The key of the transaction's own advisory lock: of the first table whose rows are inserted or deleted. False where
 * the changes touch no such row. */
bool rows_lock_key(int64_t *key, const struct row_change *changes, size_t n);

/* The statement that fails with 22012 while another transaction holds the key. */
const char *rows_lock_sql(int64_t key, struct arena *a);

/* The name of a prepared statement, or NULL where it was not prepared since the connection was made. */
const char *rows_prepared(const struct pg *pg, const char *sql);
/* Prepares those of the n statements that are not yet, between head and tail: one round trip, or none. */
bool rows_prepare(struct pg *pg, const char *const *sql, size_t n, const char *head, const char *tail, struct err *e);
/* Appends PREPARE statements for the n, and takes note of them. */
void rows_prepare_text(struct buf *out, struct pg *pg, const char *const *sql, size_t n);

/* ERR_LEDGER_MOVED, about the first change that is checked. */
bool rows_moved(struct err *e, const struct row_change *changes, size_t n);
/* ERR_LEDGER_MOVED: another transaction holds the key. */
bool rows_busy(struct err *e, struct table_name ledger);

#endif
