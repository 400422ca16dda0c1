/* The audit trail beside the ledger: one row for every attempt, as values; only dialects write SQL. */
#ifndef CORE_HISTORY_H
#define CORE_HISTORY_H

#include "core/recorded.h"
#include "dialects/dialect.h"

/* The format of the rows that this release writes, kept in their column `format`. */
#define HISTORY_FORMAT "1"

struct history {
    struct table_name table;
    bool exists;
    bool denied;                    /* can't be made or read: transactional migrations only */
    struct history_entries entries; /* oldest first; light: without down_script and error */
    struct history_records records;
    bool downs_known; /* the entries' has_down is set */
};

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
};

/* An appended row, and the change of the row that was appended `started` with the same run, version, direction. */
struct row_change history_append(const struct history *h, const struct history_note *n, struct arena *a);
struct row_change history_finish(const struct history *h, const struct history_note *n, struct arena *a);

#endif
