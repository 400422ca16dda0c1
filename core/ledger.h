/* Which tables and columns say what is applied, per layout, as values; only dialects write SQL. */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "core/history.h"
#include "core/source.h"

enum ledger_kind {
    LEDGER_VERSIONS, /* schema_migrations: version */
    LEDGER_DIESEL,   /* __diesel_schema_migrations: version, run_on */
    LEDGER_DRIZZLE   /* schema_migrations in step with Drizzle's own table */
};

struct ledger {
    enum ledger_kind kind;
    struct table_name main, drizzle;
    bool exists, drizzle_exists; /* of the two tables */
    int version_length;          /* of the version's column, in characters; 0: no limit */
    bool with_metadata;          /* ar_internal_metadata belongs to it (a Rails project) */
    struct table_name metadata;
    bool metadata_exists;
    const char *name; /* for messages and the history's column `ledger`: "public.schema_migrations" */
    struct ledger_rows rows;
    struct history history;
};

struct ledger_request {
    struct table_name main, history; /* as configured; members NULL where they are not */
    const struct source *source;     /* layout, journal, and what stands in the repository */
};

/* Looks for the tables and decides which is the ledger. ERR_LEDGER_FOREIGN for a table that is not one of ours, with
 * the tool its shape belongs to. Reads no rows. */
bool ledger_locate(struct ledger *out, struct db *db, const struct ledger_request *r, struct arena *a, struct err *e);
/* What it would be, where no database can be asked. */
void ledger_unasked(struct ledger *out, const struct dialect *d, const struct ledger_request *r);
/* Reads the ledger's rows and the history's. */
bool ledger_read(struct ledger *l, struct db *db, const struct source *s, struct arena *a, struct notices *notices,
                 struct err *e);

/* Other tools' ledgers by name. */
const struct tool_table *ledger_tools(size_t *n);
/* ERR_BASELINE_NEEDED when nothing is recorded and the database holds another tool's ledger, or any table. */
bool ledger_refuse_unrecorded(const struct ledger *l, struct db *db, const struct source *s, struct arena *a,
                              struct notices *notices, struct err *e);
/* Makes the history where it is absent, and gives one of the first format what it lacks. What can't be is a warning,
 * and history.denied or first_format. */
bool ledger_create_history(struct ledger *l, struct db *db, struct notices *notices, struct err *e);
/* Makes what is absent of the ledger's tables. */
bool ledger_create(struct ledger *l, struct db *db, struct err *e);

void ledger_change_add(struct row_changes *out, struct row_change change, struct arena *a);
/* Appends what a version's application, or its rolling back, changes in the ledger's tables. row is the version's
 * row when it goes. sha256_raw is Drizzle's hash of the up script, NULL elsewhere; m NULL: Drizzle's own table, which
 * knows no version, is left alone. */
void ledger_changes(struct row_changes *out, const struct ledger *l, const struct migration *m, const char *version,
                    enum direction direction, const struct ledger_row *row, const char *sha256_raw,
                    bool script_writes_own_row, struct arena *a);

/* Drizzle's rows against the journal: gives each row its version. Pure but for reading scripts that have a row. */
struct drizzle_row {
    const char *hash, *when;
};
bool ledger_match_drizzle(struct ledger_rows *out, const struct drizzle_row *rows, size_t n, const struct source *s,
                          struct arena *a, struct err *e);
/* Whether Drizzle would have recorded that hash of a script. */
bool ledger_hash_is(bool *same, const struct script *script, const char *hash, struct arena *a, struct err *e);
/* A journal's entry that was regenerated under another tag matches Drizzle's row, while schema_migrations has the tag
 * that was applied: where the history says so, the two rows are one again, the applied version's. */
bool ledger_rejoin_drizzle(struct ledger *l, const struct source *s, struct arena *a, struct err *e);

#endif
