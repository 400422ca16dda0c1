/* The audit trail beside the ledger: one row for every attempt, as values; only dialects write SQL. */
#ifndef CORE_HISTORY_H
#define CORE_HISTORY_H

#include "core/recorded.h"
#include "dialects/dialect.h"

/* Formats of the table, kept in the rows' column `format`. The second adds columns: statement_begun, done_hash,
 * waited_ms and attempts. A table that can't be given them is written as the first. */
#define HISTORY_FORMAT   "2"
#define HISTORY_FORMAT_1 "1"

/* Of struct unit_journal. */
#define HISTORY_DONE  "statements_done"
#define HISTORY_BEGUN "statement_begun"
#define HISTORY_HASH  "done_hash"

struct history {
    struct table_name table;
    bool exists;
    bool first_format;         /* it lacks the columns of the second: what can't be resumed is not run */
    struct table_name schemas; /* the side table with the schema's descriptions: see core/schema_history.h */
    bool schemas_exist;
    bool denied;                    /* can't be made or read: transactional migrations only */
    struct history_entries entries; /* oldest first; light: without down_script and error */
    struct history_records records;
    bool downs_known; /* the entries' has_down is set */
};

/* The side table that keeps the schema's descriptions: HISTORY_schema. */
struct table_name history_schemas(const struct history *h, struct arena *a);
/* Where the run's lock stands when it is a row: beside the history. */
struct table_name history_lease(const struct history *h, struct arena *a);

/* Reads the light columns of every row of this ledger. Nothing where the table does not exist. */
bool history_read(struct history *h, struct db *db, const char *ledger, struct arena *a, struct err *e);
/* All columns, newest first; version NULL: of all; limit 0: no limit. */
bool history_list(struct history_entries *out, struct db *db, const struct history *h, const char *version,
                  uint64_t limit, struct arena *a, struct err *e);
/* Sets every entry's has_down, with one query that loads no script; once a reading. */
bool history_look_for_downs(struct history *h, struct db *db, struct arena *a, struct err *e);
/* The down script that was recorded when the version was applied; text.at NULL: none. */
bool history_down_script(struct text *out, struct db *db, const struct history *h, const struct history_entry *of,
                         struct arena *a, struct err *e);

/* What a new row says beside the times. */
struct history_note {
    struct history_entry entry;
    struct text error, down_script; /* at NULL: none */
    bool finished;                  /* finished_at is now */
    bool measured; /* waited_ms and attempts as far as they are known when the row is written: what its own transaction
                    * still waits for behind that, and in its last attempt, is not among it */
    bool settled;  /* no statement is under way any more: statement_begun is NULL */
};

/* What an open row says of how far its script came; false where it keeps no journal that a later run can go on from.
 * chain is not set. */
bool history_resume(struct resume *out, const struct history_entry *open);

/* An appended row, and the change of the row that was appended `started` with the same run, version, direction. */
struct row_change history_append(const struct history *h, const struct history_note *n, struct arena *a);
struct row_change history_finish(const struct history *h, const struct history_note *n, struct arena *a);
/* The change of a row that another run has left open: how that ended; what else it says stays. */
struct row_change history_settle(const struct history *h, const struct history_entry *open, const char *outcome,
                                 struct arena *a);

#endif
