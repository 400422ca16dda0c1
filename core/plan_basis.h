/* What a plan stands on: what is recorded, where it goes, what it meets, what it runs. Taken when a plan is made and
 * again before it is applied, since a plan holds only as long as none of the four has moved. */
#ifndef CORE_PLAN_BASIS_H
#define CORE_PLAN_BASIS_H

#include "core/plan_reach.h"
#include "core/workspace.h"

enum plan_part { PART_LEDGER, PART_TARGET, PART_SCHEMA, PART_SCRIPTS };
enum { PLAN_PARTS = PART_SCRIPTS + 1 };

const char *plan_part_word(enum plan_part p); /* "ledger", … */

/* Something by its name, and what it is: as it reads, or the first 16 digits of its sha256. */
struct plan_mark {
    const char *name, *is;
};

struct plan_marks {
    struct plan_mark *at; /* sorted by the name's bytes, each name once */
    size_t len, cap;
};

/* PART_LEDGER   one mark a version that is applied, or was begun: the tables that have its row, with Drizzle's hash and
 *               time; and of the history what the states of versions depend on: the checksum and blob that it was
 *               applied with, whether it is a baseline's, and of a script that stopped midway how far it came. Not:
 * when, by whom, with which release. PART_TARGET   dialect, server's cluster (a file: device and inode), database,
 * schema, search path, role, the server's major version, the ledger's table, and a checksum of the session's
 * statements. Not: host, port, the user that logs in, whatever else is only the way there. PART_SCHEMA   one mark an
 * object that the plan reaches (plan_reach.h): its kind and name; its description's checksum, and what it is a part of.
 *               The fingerprint is schema_fingerprint's over those objects.
 * PART_SCRIPTS  one mark a step, in the order of the plan: its version with direction and checksum.
 *
 * The other fingerprints are the sha256 over all marks, name and text each behind its length in bytes and a colon. */
struct plan_basis {
    struct plan_marks marks[PLAN_PARTS];
    const char *fingerprint[PLAN_PARTS];
    /* The schema has more than PLAN_MARKS_MAX objects, and only its fingerprint is kept. */
    bool unnamed;
    struct plan_reach reach;
    struct db_identity identity;
};

enum { PLAN_MARKS_MAX = 20000 };

struct plan_basis_request {
    const struct plan *plan;              /* prepared */
    const struct planned_script *scripts; /* what it can meet is told by these */
    size_t nscripts;
    bool blind; /* not all of the scripts could be taken apart */
    bool strict;
    const char *const *session; /* the connection's statements, NULL-ended */
    const char *const *ignore;  /* drift.ignore */
    /* The cluster of an earlier plan: where that was a file which was not there yet ("absent:PATH") and this one has
     * its path, it is the same one. NULL: there is none. */
    const char *planned_cluster;
};

/* Surveyed before. Asks the database for its identity and its schema. */
bool plan_basis_take(struct plan_basis *out, struct workspace *w, const struct plan_basis_request *r, struct err *e);

/* Adds a mark; is NULL: "". */
void plan_mark_add(struct plan_marks *list, const char *name, const char *is, struct arena *a);
/* NULL: there is none of that name. */
const struct plan_mark *plan_mark_find(const struct plan_marks *list, const char *name);

#endif
