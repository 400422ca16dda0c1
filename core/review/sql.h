/* SQL rules: what is dangerous in the statements of a plan, by what they do, not by how they are written. */
#ifndef CORE_REVIEW_SQL_H
#define CORE_REVIEW_SQL_H

#include "core/review/review.h"
#include "core/statements.h"

struct sql_review_request {
    const struct planned_script *scripts; /* in the order in which they will run, down scripts behind the up scripts */
    size_t nscripts;
    size_t nbefore; /* so many of the first have run already: read for what they made, not reviewed */
    bool apart;     /* each of them is a plan by itself: what an earlier one made is no new table any more */
    const struct dialect *dialect;
    int server;              /* db_info.version; 0: not known */
    int64_t lock_timeout_ms; /* that merganser sets, 0: none; -1: nobody said otherwise than its own default */
    const struct config_rule *rules;
    size_t nrules;
    const char *const *ignore; /* check.ignore */
};

/* Appends findings, ignored ones left out, and sorts them all by path and line. ERR_CONFIG for a rule that is not
 * there. Opens no database. */
bool review_sql(struct review_findings *out, const struct sql_review_request *r, struct arena *a,
                struct notices *notices, struct err *e);

#endif
