/* One statement of a script, and its run outside any transaction of ours. */
#ifndef DIALECTS_POSTGRES_SINGLE_H
#define DIALECTS_POSTGRES_SINGLE_H

#include "dialects/postgres/apply.h"
#include "dialects/postgres/resumed.h"

struct single {
    struct applying *p;
    struct statement s;          /* a large script lists only some: of the others number and place */
    struct text sql;             /* borrowed until another one is looked for */
    uint64_t nth;                /* among the statements that are sent */
    struct resumed_chain *chain; /* goes on over a large script's; NULL: none */
    bool nothing;                /* set where it fails: none of it is kept */
};

/* Sets s and sql to the script's at-th statement, dropped ones counted. */
bool single_find(struct single *x, uint64_t at, struct err *e);
/* Runs what was found. Errors have its place. */
bool single_run(struct single *x, struct err *e);

#endif
