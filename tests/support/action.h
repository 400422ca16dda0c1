/* The GitHub action of this repository, run as GitHub's runner does (tests/tools/runner.rb): its own action.yml and
 * scripts, the built merganser, and a GitHub on loopback that keeps the comments of one pull request. */
#ifndef TESTS_SUPPORT_ACTION_H
#define TESTS_SUPPORT_ACTION_H

#include "tests/support/stage.h"

struct action_run {
    const char *event;   /* "pull_request" */
    const char *payload; /* of testdata/action: "push" */
    const char *action;  /* of a pull request: "opened"; NULL: that */
    const char *owner;   /* of the head's repository; NULL: acme, whose the pull request is */
    const char *base;    /* revisions; NULL: main and feature */
    const char *head;
    const char *checkout; /* what is checked out; NULL: the head */
    const char *secrets;  /* of the job's environment, as the shell has it: "DATABASE_URL=..."; or NULL */
    const char *inputs;   /* words of the shell: "task=review" */
};

/* One on which nothing has happened: branches main and feature of the story are origin's too. */
struct stage action_stage(struct arena *a, struct text story, bool postgres);
/* Runs it; its exit code is 0 or 1. Fails the test where a file named PWNED comes of it. */
int action_run(struct stage *s, const struct action_run *r);
/* What the run printed, what it asked GitHub for (a line each, with the status behind), the job's summary. */
const char *action_log(struct stage *s);
const char *action_requests(struct stage *s);
const char *action_summary(struct stage *s);
const char *action_output(struct stage *s, const char *name);
/* The environments that merganser was started with, one behind the other. */
const char *action_environments(struct stage *s);
/* The command lines that merganser was started with. */
const char *action_lines(struct stage *s);
/* A value of the comments that GitHub has: a filter of jq's. */
const char *action_comments(struct stage *s, const char *filter);

#endif
