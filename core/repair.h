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
/* Whether it is the undoing of one that had not been wholly applied that stopped: it goes down and has no row. */
bool repair_is_undone(const struct version_entry *v);
bool repair_mark(const struct version_entry **out, struct workspace *w, const char *version, enum repair_kind kind,
                 struct err *e);

/* A statement of the script, with what is known of it. */
struct repair_statement {
    uint64_t nth; /* of those that are sent, from 1: as the journal counts */
    struct pos at;
    const char *sql; /* one line, shortened, without secrets */
    enum evidence_label label;
    const char *why;
    bool repeats; /* it can be run again, whether it was done or not */
};

struct repair_statements {
    struct repair_statement *at;
    size_t len;
};

/* What a version that stopped midway has left. */
struct repair_look {
    const struct version_entry *version;
    const struct history_entry *open;    /* the run's row, with its error */
    bool down;                           /* it was being rolled back */
    struct step today;                   /* its script as it is now; path NULL: there is none that can be used, see: */
    struct err *unusable;                /* why; NULL: it can be */
    const char *path;                    /* today's */
    bool edited;                         /* it was changed since the run */
    bool as_it_ran;                      /* edited, and statements are those of the script that ran, which git has */
    uint64_t done, begun, total;         /* the journal's; begun 0: none */
    struct repair_statements statements; /* none where the dialect can't hold it against the database */
    struct repair_statements rest;       /* the same of today's script, all of it */
    uint64_t next;                       /* the statement to go on with, from 1; behind the last one: all are done */
    const char *disputed;                /* why that is not certain: somebody has to say it; NULL: it is */
    const struct repair_statement *dispute; /* the one that it is about; NULL: none alone */
    bool resumable;                         /* the dialect goes on with one */
    const char *goes_on;                    /* the command that goes on with it by itself; NULL: it would refuse */
    struct down_script undo;                /* of one that was being applied; script.read NULL: it has none */
    struct repair_statements undo_statements;
};

/* Without the lock, and without writing. */
bool repair_look(struct repair_look *out, struct workspace *w, const char *version, struct err *e);

/* Runs the down script of one that stopped midway while it was being applied: it is rolled back then. ERR_USAGE for one
 * that was being rolled back. */
bool repair_undo(struct plan *plan, struct workspace *w, const char *version, const struct run_events *events,
                 struct err *e);

/* ---- repair_resume.c: going on with it ---- */

/* What would run, as it was agreed to. */
struct repair_rest {
    uint64_t from;    /* the statement of today's script to go on with, from 1; total + 1: none is left */
    uint64_t total;   /* statements of today's script */
    const char *hash; /* the journal's chain over those before */
};

/* from 0: where the look says. ERR_PARTIAL where that is not certain, or nobody has its script; ERR_USAGE for a
 * statement that there is not; ERR_NOT_SUPPORTED of a dialect that goes on with none. */
bool repair_find_rest(struct repair_rest *out, const struct repair_look *look, struct workspace *w, uint64_t from,
                      struct err *e);
/* Writes to the journal that it goes on there and who said so, and runs the rest. ERR_STALE_PLAN where it is not as it
 * was looked at. */
bool repair_resume(struct plan *plan, struct workspace *w, const struct repair_look *agreed, uint64_t from,
                   const struct run_events *events, struct err *e);

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
/* The chain behind the first n statements of a step's script, as a journal has it; NULL: it has fewer. */
bool repair_chained(const char **hash, struct workspace *w, const struct step *s, uint64_t n, struct err *e);
/* One step, prepared and run under the lock that the caller holds. */
bool repair_run_alone(struct plan *plan, struct workspace *w, const struct version_entry *v, enum direction direction,
                      const struct run_events *events, struct err *e);

#endif
