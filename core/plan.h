/* States of versions, and the plan that is made of them: values that can be printed, compared and run. */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/migration.h"
#include "core/recorded.h"

enum version_state { STATE_APPLIED, STATE_PENDING, STATE_MISSING };

enum version_flag {
    FLAG_EDITED = 1 << 0,         /* the applied up script was another one */
    FLAG_OUT_OF_ORDER = 1 << 1,   /* pending, older than the newest applied */
    FLAG_UNCOMMITTED = 1 << 2,    /* a file is not in HEAD, or not as in HEAD */
    FLAG_UNRENDERED = 1 << 3,     /* pending, a .rb without its .sql */
    FLAG_NO_TRANSACTION = 1 << 4, /* runs outside a transaction */
    FLAG_PARTIAL = 1 << 5,        /* a script without transaction stopped midway */
    FLAG_IRREVERSIBLE = 1 << 6,   /* applied or missing, no down script */
    FLAG_BASELINE = 1 << 7,       /* applied, marked so without running */
    FLAG_COSMETIC = 1 << 8,       /* edited, but only in comments and white space */
    FLAG_RENAMED = 1 << 9,        /* pending, its up script is that of one missing version */
    /* Of a missing version; none of them until somebody looked (workspace_recover). */
    FLAG_RETIRED = 1 << 10,   /* an ancestor of the source commit had its file */
    FLAG_ELSEWHERE = 1 << 11, /* none had, and it is this repository's */
    FLAG_UNKNOWN = 1 << 12,   /* nobody knows it, or the history is shallow */
};

/* id: what it is called: the name of its file, or the version with the name that the history has. */
struct version_entry {
    const char *version, *name, *id;
    enum version_state state;
    unsigned flags;
    const struct migration *migration;   /* NULL where missing */
    const struct ledger_row *row;        /* NULL where pending */
    const struct history_record *record; /* NULL where the history has none */
    /* Of a renamed one, the missing version that it was; of that version, the pending one; else NULL. */
    const struct version_entry *renamed;
};

struct resolution {
    struct version_entry *at; /* in the layout's order */
    size_t len;
    size_t applied, pending, missing, edited, out_of_order, partial, uncommitted, renamed;
};

/* The word of a flag as it is printed, by its bit's number; NULL behind the last. */
const char *version_flag_word(unsigned bit);
/* What a version without a file is called: VERSION_name where the history has its name, else VERSION alone. */
const char *version_id_of_gone(const char *version, const char *name, struct arena *a);

enum step_outcome {
    STEP_PLANNED,
    STEP_APPLIED,
    STEP_ROLLED_BACK,
    STEP_RELINKED,
    STEP_FAILED, /* and nothing of it remains */
    STEP_PARTIAL,
    STEP_UNKNOWN,
    STEP_NOT_RUN
};

enum script_from { FROM_FILE, FROM_HISTORY, FROM_BLOB, FROM_COMMIT, FROM_REF };

struct step {
    enum direction direction;
    const struct version_entry *entry;
    bool whole;  /* prepared as if nothing of it had run: to look at, not to run */
    bool relink; /* runs nothing: the row of entry->renamed becomes entry's; direction is DIRECTION_UP */
    /* Filled when the step's script was found: */
    const char *path, *sha256;
    enum script_from from;
    struct script script;
    const char *raw_sha256; /* of its bytes as they are, as Drizzle's table has it; NULL: it is not needed */
    struct text down;       /* of a step up, what the history keeps; at NULL: none */
    struct object_id blob;
    struct object_id commit; /* that a recovered script was read from; unknown: none */
    bool no_transaction;
    const char *separator; /* between its statements, dropped; NULL: none */
    uint64_t statements;
    uint64_t resumed_at; /* the statement (from 1) that it goes on with; 0: it begins at the beginning */
    /* Filled when it ran: */
    enum step_outcome outcome;
    uint64_t statements_done;
    uint64_t begun; /* of a partial one: the statement (from 1) that may or may not have run; 0: none */
    int64_t started_at_ms, duration_ms;
    int64_t lock_wait_ms; /* of duration_ms: waited for locks and between attempts, as far as looks tell */
    unsigned attempts;    /* of its transaction */
    bool run_again;       /* its connection was lost, and it was begun anew */
    const void *facts;    /* the dialect's struct script_facts */
};

/* An applied version that does not agree with the source and stays all the same. */
struct left_version {
    const struct version_entry *entry;
    const char *why;
};

struct left_versions {
    struct left_version *at;
    size_t len, cap;
};

struct plan {
    struct step *at;
    size_t len, cap;
    const char *verb;          /* the one that goes on where this run stops; NULL: up or down, as its steps go */
    struct left_versions left; /* only sync leaves any */
    int64_t lock_wait_ms;      /* how long the run's lock was waited for */
    size_t applied_before;     /* versions, when the run began */
    const char **remaining;    /* versions that stay pending */
    size_t nremaining;
};

bool step_goes_up(const struct step *s);     /* applies something */
bool step_goes_down(const struct step *s);   /* rolls something back */
const char *step_word(const struct step *s); /* "up", "down", "relink": as the history has it */

const char *step_outcome_word(enum step_outcome o);
const char *script_from_word(enum script_from f);

#endif
