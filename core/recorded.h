/* What a database has recorded about versions: values only, no database. */
#ifndef CORE_RECORDED_H
#define CORE_RECORDED_H

#include "core/base/err.h"

/* A version of the ledger. */
struct ledger_row {
    const char *version;
    const char *applied_at; /* where the table has it, or NULL */
    bool in_main;           /* the version table has it */
    bool in_drizzle;        /* Drizzle's table has it, as: */
    const char *hash, *when;
    bool hash_differs; /* Drizzle recorded another hash than today's script has */
};

struct ledger_rows {
    struct ledger_row *at; /* sorted by the version's bytes */
    size_t len, cap;
};

/* A row of the history. Every member is NULL where the column is. */
struct history_entry {
    const char *run_id, *version, *name, *direction, *kind, *layout, *path;
    const char *sha256, *blob, *commit, *repository, *author, *database_user, *client_host, *merganser;
    const char *started_at, *finished_at, *outcome, *statements_done, *statements_total, *error;
    const char *ledger, *down_script;
    const char *statement_begun, *done_hash; /* of a script that is no transaction: see struct unit_journal */
    const char *waited_ms, *attempts;
    const char *id, *format; /* the database gives the id */
    bool has_down;           /* the row has a down script; not known until history_look_for_downs */
};

struct history_entries {
    struct history_entry *at;
    size_t len, cap;
};

/* What the history's rows of one version add up to. */
struct history_record {
    const char *version;
    const struct history_entry *applied; /* the newest up or baseline that stands; NULL: none is known */
    const struct history_entry *open;    /* one that was begun outside a transaction and did not finish; or NULL */
    bool baseline;                       /* applied is a baseline row */
};

struct history_records {
    struct history_record *at; /* sorted by the version's bytes */
    size_t len;
};

/* NULL: no such version. */
const struct ledger_row *ledger_row_find(const struct ledger_rows *rows, const char *version);
const struct history_record *history_record_find(const struct history_records *records, const char *version);

/* Rows, oldest first → records. */
struct history_records history_records_make(const struct history_entries *entries, struct arena *a);

#endif
