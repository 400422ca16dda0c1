/* A script taken apart into statements, with what each does and costs: what plan prints, rules review and a trace
 * measures. */
#ifndef CORE_STATEMENTS_H
#define CORE_STATEMENTS_H

#include "core/base/actions.h"
#include "core/base/effects.h"
#include "core/migration.h"
#include "dialects/dialect.h"

struct planned_statement {
    uint64_t nth;       /* of the script, from 0; those that are not sent (its own BEGIN) count and are not here */
    struct pos at;      /* its first token */
    size_t from, to;    /* bytes of the script; from its first token to behind its last, no semicolon */
    struct text sql;    /* without secrets: literals behind PASSWORD are '***' */
    size_t segment;     /* index into segments */
    bool transactional; /* it shares its segment's transaction */
    struct actions actions;
    struct effects effects; /* by the dialect's documentation, or as a trace saw them */
};

struct planned_script {
    const struct migration *migration;
    enum direction direction;
    const char *path;
    struct text source; /* what from and to count in, included files where they are named; at NULL: it is too large */
    struct segments segments;
    struct planned_statement *at; /* at most STATEMENTS_MAX of them */
    size_t len, cap;
    uint64_t total; /* statements of the script; more than len where it was cut */
};

enum { STATEMENTS_MAX = 10000 };

/* Pure but for reading the script. r and f are what inspecting it was asked and said. */
bool statements_read(struct planned_script *out, const struct dialect *d, const struct script_request *r,
                     const struct script_facts *f, const struct migration *m, struct arena *a, struct err *e);

#endif
