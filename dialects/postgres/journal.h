/* How far a script of several segments has come, in the row of the unit's before[0]. */
#ifndef DIALECTS_POSTGRES_JOURNAL_H
#define DIALECTS_POSTGRES_JOURNAL_H

#include "dialects/postgres/apply.h"
#include "dialects/postgres/resumed.h"

struct journal_count {
    uint64_t done;  /* statements that are done and kept, of an earlier run too */
    uint64_t begun; /* the one (from 1) that is under way outside a transaction; 0: none */
    char hash[65];  /* over the done ones */
};

/* As an earlier run has left it, or at the beginning. */
struct journal_count journal_open(const struct unit *unit);

/* The count behind a part that is all done then. Of a large script the chain is made where its statements are read: it
 * stays what it was, but for a part of a single one. */
struct journal_count journal_behind(const struct journal_count *before, const struct applying *p,
                                    const struct script_part *part);
/* The chain goes on from there. */
struct resumed_chain journal_chain(const struct journal_count *count, const struct applying *p);

/* The UPDATE that writes the count; false where no journal is kept. */
bool journal_change(struct row_change *out, const struct applying *p, const struct journal_count *count);
/* Writes it, in a transaction of its own, as ourselves. */
bool journal_write(const struct applying *p, const struct journal_count *count, struct err *e);

#endif
