/* A plan as a value that can be shown, kept in a file, and applied later: the steps that would run, what each statement
 * does and costs, what the rules say of it, and what all of it stands on. */
#ifndef CORE_PLAN_DOCUMENT_H
#define CORE_PLAN_DOCUMENT_H

#include "core/json.h"
#include "core/plan_basis.h"
#include "core/plan_danger.h"
#include "core/review/review.h"
#include "core/trace.h"

struct plan_document {
    const struct workspace *work; /* source, database and ledger as they were looked at */
    const struct plan *plan;      /* prepared; its steps go up or relink */
    /* One a step. What is not taken apart (a relinked version; what lies behind PLAN_TEXT_MAX or PLAN_STATEMENTS_MAX)
     * has no statements. */
    struct planned_script *scripts;
    size_t undescribed;             /* steps that could not be taken apart, or lie behind those limits */
    bool offline, strict, fresh;    /* fresh: a database that records nothing was allowed to have tables */
    const struct plan_basis *basis; /* NULL: offline, nothing is known of the database */
    const struct trace_result *trace; /* NULL: locks are those of the documentation */
    struct review_result findings;
    struct plan_dangers dangers;
    const char *repository; /* its oldest root commit; NULL: not known */
    const char *unusable;   /* why `apply` would refuse it; NULL: it would not */
    int64_t created_at_ms;
};

/* Bytes of scripts, and statements, that are taken apart. */
#define PLAN_TEXT_MAX ((size_t)64 << 20)
enum { PLAN_STATEMENTS_MAX = 50000 };

struct plan_document_request {
    const struct plan *plan;
    bool offline, strict, fresh;
    const char *const *session; /* as in plan_basis_request */
    const char *const *ignore;
    const struct config_rule *rules; /* as in sql_review_request */
    size_t nrules;
    const char *const *check_ignore;
    int64_t lock_timeout_ms;
    const char *trace;               /* as trace_plan's url; NULL: nothing is traced */
    const struct db_options *opened; /* how the database was opened */
};

/* Of a workspace that was surveyed; offline its database is one that was never opened. */
bool plan_document_make(struct plan_document *out, struct workspace *w, const struct plan_document_request *r,
                        struct err *e);

/* A prepared plan's scripts, one a step; how many of them are not taken apart. */
bool plan_scripts_read(struct planned_script **out, size_t *undescribed, struct workspace *w, const struct plan *plan,
                       struct err *e);

/* ---- as JSON ---- */

/* Of the SQL of one statement, and of all together, as many bytes are written; what is left out is counted. */
enum { PLAN_SQL_MAX = 4096, PLAN_SQL_TOTAL_MAX = 8 * 1024 * 1024 };

/* Adds the plan's members, but for findings and checksum. */
void plan_document_json(struct json *object, const struct plan_document *d, struct arena *a);
/* The member `sha256` of a plan: over the whole object but `created_at` and `sha256` itself, as json_canonical writes
 * it. So the same commit, ledger and target have the same checksum whenever they are asked, and a file that was edited
 * or cut off is found out. It is no signature. */
const char *plan_document_sha256(const struct json *object, struct arena *a);

#endif
