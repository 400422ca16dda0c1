/* One migration on its way into the database. */
#ifndef DIALECTS_SQLITE_APPLY_H
#define DIALECTS_SQLITE_APPLY_H

#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/script.h"

struct sqlite_run {
    struct sqlite_db *c;
    const struct unit *unit;
    struct unit_result *result;
    struct sqlite_script script; /* empty where the unit has rows only */
    struct arena *arena;         /* of this run */
    uint64_t changes, kept;      /* statements that may change data: done, and of those committed */
    uint64_t committed;          /* statements_done when last no transaction was open */
    bool may_remain;             /* the failed statement, outside any transaction, may have changed something */
    sqlite3_int64 started_row;   /* rowid of before[0], once that is committed */
};

/* dialect.h's apply. */
bool sqlite_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e);

/* SCRIPT_ATOMIC and SCRIPT_REOPENING. */
bool sqlite_apply_inside(struct sqlite_run *run, struct err *e);
/* SCRIPT_STATEMENTS. */
bool sqlite_apply_statements(struct sqlite_run *run, struct err *e);

/* Runs one statement of the script as SQLite reads it from the text: *behind is where that reading ended. A failing one
 * is ERR_SCRIPT_FAILED at its place. */
bool sqlite_execute(struct sqlite_run *run, const struct sqlite_statement *s, size_t *behind, struct err *e);
/* Counts one that is done. */
void sqlite_statement_done(struct sqlite_run *run, const struct sqlite_statement *s);
/* ERR_SCRIPT_FAILED at a byte of the script, in our words. Always false. */
bool sqlite_script_refuse(struct sqlite_run *run, size_t byte, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
