/* What planned scripts really do: run in a database that is not the target, statement by statement, and watched. */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "core/scratch.h"
#include "core/statements.h"

/* A planned script, and what inspecting it was asked. */
struct trace_script {
    struct planned_script *planned;
    struct script_request request;
};

struct trace_result {
    const char *where; /* the database it ran in, without secrets */
    /* It was made for this from the live schema, so that all tables were empty: what is read and written anew shows,
     * how long it takes does not. */
    bool scratch;
};

/* Runs the scripts in that order and puts what was seen in place of every statement's effects: observed is true, or
 * untraced says why not. url: "scratch", or a database that may be tried in, where all of it is rolled back.
 * ERR_SCRATCH where that is the target itself; ERR_SCRIPT_FAILED with its place for a statement that fails. */
bool trace_plan(struct trace_result *out, struct trace_script *scripts, size_t n, const char *url,
                const struct scratch_request *r, struct arena *a, struct err *e);

#endif
