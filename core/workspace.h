/* What a verb works on, together: source, database, ledger, and how the configuration says to treat them. */
#ifndef CORE_WORKSPACE_H
#define CORE_WORKSPACE_H

#include "core/config.h"
#include "core/ledger.h"
#include "core/origins.h"
#include "core/recover.h"
#include "core/resolve.h"

struct workspace {
    struct arena *arena;
    struct notices *notices;
    struct source source;
    struct db *db;
    struct ledger ledger;
    struct resolution versions;
    struct config_block config;      /* of the environment */
    const char *const *drift_ignore; /* patterns, NULL-ended: what of the schema nobody asks after; NULL: none */
    const char *run_id;
    const char *environment; /* --env, RAILS_ENV, RACK_ENV or "development": what Rails keeps in ar_internal_metadata */
    struct ledger_request where;
    bool locked;
    int64_t lock_wait_ms; /* how long the lock was waited for */
    /* What the history says of where a run comes from; made when the first row is written. */
    bool origin_known;
    const char *commit, *author, *repository;
    /* One a version, NULL where it is neither missing nor edited; the list NULL until workspace_recover looked. */
    const struct recovered **recovered;
    const char *places;           /* where it was looked, for messages */
    const struct origin *origins; /* one a migration of the source; NULL until workspace_origins looked */
    bool shallow_said;
};

/* Reads ledger and history anew and settles every version's state. */
bool workspace_survey(struct workspace *w, struct err *e);

/* Looks in git for every missing or edited version at once, and flags what kind of missing each is. Once a survey. */
bool workspace_recover(struct workspace *w, struct err *e);
/* The same for a version whose file is here: only its down script may be gone. */
bool workspace_recover_one(const struct recovered **out, struct workspace *w, const struct version_entry *v,
                           struct err *e);
/* What was found of a version; NULL where nobody looked, or there was nothing to look for. */
const struct recovered *workspace_recovered(const struct workspace *w, const struct version_entry *v);

/* Looks in git for who introduced and edited the files that are here; once. Where git lacks what it takes, a partial
 * clone or a damaged one, that is a warning. */
bool workspace_origins(struct workspace *w, struct err *e);
/* NULL where nobody looked, or the version has no file. */
const struct origin *workspace_origin(const struct workspace *w, const struct version_entry *v);

/* This repository's own name (its oldest root commit), as the history records it; NULL where it has none. */
const char *workspace_repository(struct workspace *w);

/* Takes the run's lock, for at most timeouts.wait (60 s), then surveys again: nothing is decided before. waiting may
 * be NULL. */
bool workspace_lock(struct workspace *w, void (*waiting)(void *to, const char *holder), void *to, struct err *e);
/* A lock that was lost meanwhile is an error; fine is false when *e is set already and has to stay. */
bool workspace_unlock(struct workspace *w, bool fine, struct err *e);

/* Make what is absent, under the lock: the history first, since without it not everything may run; then the ledger,
 * named as it then is. */
bool workspace_create_history(struct workspace *w, struct err *e);
bool workspace_create_ledger(struct workspace *w, struct err *e);

/* Stops what writes: a read-only server or standby. */
bool workspace_check_writable(const struct workspace *w, struct err *e);

/* A history row's beginnings: everything that is the same for all rows of this run. */
struct history_note workspace_note(struct workspace *w, const char *version, const char *name, const char *direction,
                                   const char *outcome);

#endif
