/* The side table of the history: descriptions of the schema, as runs found and left it. Values only; dialects write
 * SQL.
 */
#ifndef CORE_SCHEMA_HISTORY_H
#define CORE_SCHEMA_HISTORY_H

#include "core/history.h"
#include "core/schema.h"

/* Of the table's rows, in their column `format`. What a description's text is made like, its first line says. */
#define SCHEMA_HISTORY_FORMAT "1"

/* What a row's direction says beside `up`, `down`, `relink`, `baseline`, `load` and `repair`, whose result it is. */
#define SCHEMA_FOUND  "found"  /* before a run: there was nothing to compare it with, or what differs is known */
#define SCHEMA_DRIFT  "drift"  /* before a run, and differing from the last one for no reason that is known */
#define SCHEMA_ACCEPT "accept" /* somebody said that it is as it should be */

/* A row but for its text. Every member is NULL where the column is. */
struct schema_entry {
    const char *id, *format, *ledger;
    const char *run_id, *version, *direction; /* of the history's row that it stands beside */
    const char *server;                       /* its version as struct db_info has it */
    const char *versions, *ledger_sha256;     /* how many the ledger had, and a checksum over them */
    const char *taken_at, *sha256;            /* sha256 is over the description's text */
};

struct schema_entries {
    struct schema_entry *at;
    size_t len, cap;
};

/* Newest first, whichever ledger they belong to; limit 0: all. Nothing where there is no such table. */
bool schema_history_list(struct schema_entries *out, struct db *db, const struct history *h, uint64_t limit,
                         struct arena *a, struct err *e);
/* Takes out those of other ledgers, which keep their history in the same table. *other is the ledger of the newest of
 * all, where that is another one; else NULL. */
void schema_history_keep(struct schema_entries *entries, const char **other, const char *ledger);

/* Why a description can't be had; NULL in *why where it can. An error is only what the database says. */
bool schema_history_load(struct schema *out, const char **why, struct db *db, const struct history *h,
                         const struct schema_entry *of, struct arena *a, struct err *e);

/* An appended row, with the description's canonical text; text.at NULL: an earlier row has it. */
struct row_change schema_history_append(const struct history *h, const struct schema_entry *entry, struct text text,
                                        struct arena *a);

/* Too long to be kept, and to be read back. */
bool schema_history_is_too_long(struct text text);

#endif
