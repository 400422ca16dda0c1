/* A script that does what no script should, between two that are good: the state of the database before and after. */
#ifndef TESTS_SUPPORT_BAD_INPUT_H
#define TESTS_SUPPORT_BAD_INPUT_H

#include <stddef.h>

enum bad_end {
    BAD_APPLIES,  /* in one transaction, without a warning; the next script has the session as it was */
    BAD_WARNS,    /* the same, with a warning */
    BAD_REFUSED,  /* exit 2: before anything ran, the history untouched */
    BAD_FAILS,    /* exit 1: nothing of it remains but a row of the history */
    BAD_PARTIAL,  /* exit 1: recorded as partial */
    BAD_LOCK_LOST /* exit 1, since the lock was lost; what is said to be applied is */
};

struct bad_input {
    const char *name;
    const char *script;
    enum bad_end end;
    const char *says;  /* in what is printed, the place too ("2_bad.sql:1:8"); NULL: nothing in particular */
    const char *check; /* a query that gives t afterwards; NULL: none */
    const char *setup; /* SQL before it; NULL: none */
};

/* Plays them all on one stage. Fails the test for each that ends in another way. */
void bad_input_play(const struct bad_input *rows, size_t n);

#endif
