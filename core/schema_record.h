/* Keeps what the schema was before and after runs, in the history's side table. Nothing here makes a run fail: what
 * can't be recorded is a warning, and where the database offers no way to it, nothing at all. */
#ifndef CORE_SCHEMA_RECORD_H
#define CORE_SCHEMA_RECORD_H

#include "core/schema_history.h"
#include "core/workspace.h"

/* A run of so many steps is described after every one of them, a longer one only before and after it. */
enum { SCHEMA_RECORD_EACH = 10 };

struct schema_recorder {
    struct workspace *w;
    struct schema_entries known; /* newest first, as far as they were read; this run's among them */
    bool on, each;
    bool unusable;      /* the newest one's text can't be had: the next brings its own, whatever its checksum */
    const char *other;  /* another ledger that ran since; or NULL */
    size_t recorded;    /* steps of the plan that the newest one stands behind */
    bool lost;          /* the connection, while it was recording */
    const char *broken; /* SQLSTATE that it was lost with */
};

/* With the lock held and the history made, before anything runs. Where the schema is not as the newest one has it, that
 * is recorded too; and is a warning, where nothing that is known explains it. */
void schema_record_begin(struct schema_recorder *r, struct workspace *w, const char *version, size_t steps);
/* Behind step i of a plan, which is done. */
void schema_record_step(struct schema_recorder *r, const struct plan *plan, size_t i);
/* At the end of a run, however that ended: what is done and not described yet. */
void schema_record_end(struct schema_recorder *r, const struct plan *plan);

/* The same for what runs no plan, with the lock held: `load`, `baseline`, `repair`. Behind what was done; begun says
 * what schema_record_begin found before it; NULL: it was done by hand, and nobody looked. version is the one that it
 * was about, the newest of several. */
void schema_record_after(struct schema_recorder *begun, struct workspace *w, const char *version,
                         const char *direction);

#endif
