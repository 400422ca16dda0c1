/* Why a schema may differ from what was recorded of it last without anybody having changed it by hand. */
#ifndef CORE_SCHEMA_REASONS_H
#define CORE_SCHEMA_REASONS_H

#include "core/schema_history.h"
#include "core/workspace.h"

struct schema_reasons {
    const struct history_entry **late; /* the history's rows of what ran since, oldest first: nobody described it */
    size_t nlate;
    bool partial;           /* the last thing that ran stopped midway: somebody puts it right by hand */
    bool ledger_moved;      /* without any of these the ledger is not what it was: another tool wrote to it */
    uint64_t versions;      /* that it had then; meaningful where it moved */
    const char *server_was; /* the server's major version, where it is another one now; NULL: it is not */
};

void schema_reasons_find(struct schema_reasons *out, const struct workspace *w, const struct schema_entry *last);
bool schema_reasons_any(const struct schema_reasons *r);

/* The history's row that a description stands behind: its place in history.entries. One that was taken before a run
 * stands before the first row of that. False: the row is gone. */
bool schema_reasons_place(size_t *at, const struct history_entries *entries, const struct schema_entry *of);
/* Whether a row of the history tells of something that may have changed the schema. */
bool schema_reasons_changes(const struct history_entry *h);

/* A checksum over the versions that are applied. plan: as they are behind its steps that are done; or NULL. */
const char *schema_ledger_sha256(uint64_t *versions, const struct ledger_rows *rows, const struct plan *plan,
                                 struct arena *a);

#endif
