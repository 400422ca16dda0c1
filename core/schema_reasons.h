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
    const char *other;      /* a ledger that shares this history, and ran since; or NULL */
    const char *server_was; /* the server's major version, where it is another one now; NULL: it is not */
};

/* other is schema_history_keep's. */
void schema_reasons_find(struct schema_reasons *out, const struct workspace *w, const struct schema_entry *last,
                         const char *other);
bool schema_reasons_any(const struct schema_reasons *r);

/* The history's row that a description stands behind: its place in history.entries. One that was taken before a run
 * stands before the first row of that. False: the row is gone. */
bool schema_reasons_place(size_t *at, const struct history_entries *entries, const struct schema_entry *of);
/* Whether a row of the history tells of something that may have changed the schema. */
bool schema_reasons_changes(const struct history_entry *h);

/* A row that is about to be written of what is there now. plan: the ledger is as it stands behind its steps that are
 * done; or NULL. */
struct schema_entry schema_entry_now(const struct workspace *w, const struct plan *plan, const char *version,
                                     const char *direction, const char *sha256);

#endif
