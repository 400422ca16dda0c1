/* Puts right what a run could not finish, and what two tables say differently. What writes takes and releases the lock,
 * and looks again under it. */
#ifndef CORE_REPAIR_H
#define CORE_REPAIR_H

#include "core/prepare.h"
#include "core/run.h"

/* ---- a version that stopped midway ---- */

/* What somebody did by hand with what was left. */
enum repair_kind {
    REPAIR_MARK_APPLIED,     /* finished it, or took the rollback back: it is applied */
    REPAIR_MARK_ROLLED_BACK, /* finished the rollback, or undid it: it is not applied */
    REPAIR_FORGET            /* undid what the run did: it is as if that had not begun */
};

/* ERR_UNKNOWN_VERSION; ERR_USAGE where it did not stop midway. */
bool repair_find(const struct version_entry **out, const struct workspace *w, const char *version, struct err *e);
/* Whether it was being rolled back. */
bool repair_goes_down(const struct version_entry *v);
bool repair_mark(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                 struct err *e);

/* A statement of the script, with what is known of it. */
struct repair_statement {
    uint64_t nth; /* of those that are sent, from 1: as the journal counts */
    struct pos at;
    const char *sql; /* one line, shortened, without secrets */
    enum evidence_label label;
    const char *why;
};

/* What a version that stopped midway has left. */
struct repair_look {
    const struct version_entry *version;
    const struct history_entry *open; /* the run's row, with its error */
    bool down;                        /* it was being rolled back */
    const char *path;                 /* of its script; NULL: nobody has that */
    bool edited;                      /* that was changed since the run: what follows is about the script that ran */
    bool examined;                    /* false: the dialect can't hold it against the database */
    uint64_t done, begun, total;      /* the journal's; begun 0: none */
    struct repair_statement *statements;
    size_t nstatements;
    uint64_t next;           /* the statement to go on with, from 1; behind the last one: all are done */
    const char *disputed;    /* why that is not certain: somebody has to say it; NULL: it is */
    struct down_script undo; /* of one that was being applied; script.read NULL: it has none */
    struct repair_statement *undo_statements;
    size_t nundo;
};

/* Without the lock, and without writing. */
bool repair_look(struct repair_look *out, struct workspace *w, const char *version, struct err *e);

/* Runs the down script of one that stopped midway while it was being applied: it is rolled back then. ERR_USAGE for one
 * that was being rolled back. */
bool repair_undo(struct plan *plan, struct workspace *w, const char *version, const struct run_events *events,
                 struct err *e);

/* ---- edited versions ---- */

struct repair_edits {
    const struct version_entry **at;
    size_t len;
};

/* The version, or all that are edited (version NULL); of these, where paths is given (NULL-ended), those whose up
 * script is among them. ERR_USAGE for a version that is not edited. */
bool repair_edited(struct repair_edits *out, struct workspace *w, const char *version, const char *const *paths,
                   struct err *e);
/* Records today's scripts of what was agreed to as the applied ones. ERR_STALE_PLAN where it is another list now. */
bool repair_accept(struct workspace *w, const struct repair_edits *agreed, const char *version,
                   const char *const *paths, struct err *e);

/* ---- two tables: repair_tables.c ---- */

/* Under the lock: rows that only Drizzle's own table has are added to schema_migrations, which is always safe. */
bool repair_adopt(struct workspace *w, struct err *e);

struct reconcile_result {
    const char **added_versions; /* only Drizzle's table had them: now schema_migrations has them too */
    size_t nadded;
    const char **removed_versions; /* only schema_migrations had them: their row is gone, they are pending again */
    size_t nremoved;
};

/* What would be settled; with write it is, in one transaction. forget says that rows which only schema_migrations has
 * go (else Drizzle's table gets them back). */
bool repair_reconcile(struct reconcile_result *out, struct workspace *w, bool forget, bool write, struct err *e);

/* ---- what these have in common ---- */

/* The up script's checksums: as the history has it, and of its bytes. */
bool repair_sha256(const char **script, const char **raw, struct workspace *w, const struct migration *m,
                   struct err *e);
/* The row that a run left open, settled; what else it says stays. */
void repair_settle(struct row_changes *rows, struct workspace *w, const struct version_entry *v, const char *outcome);
/* A row of the history: who repaired it and when, and whether it is applied now. */
void repair_sign(struct row_changes *rows, struct workspace *w, const struct version_entry *v, bool applied);

#endif
