/* Waiting for what another process does, with an end: what does not come fails the test, which says what it was. */
#ifndef TESTS_SUPPORT_AWAIT_H
#define TESTS_SUPPORT_AWAIT_H

#include <stdbool.h>
#include <stdint.h>

struct await {
    const char *what;
    int64_t until;
};

/* what is kept. */
struct await await_begin(const char *what);
/* Lets others work for a moment. Fails the test where it has lasted longer than any machine takes. */
void await_again(const struct await *w);
/* Whether a child has ended; its exit code stays to be asked for. */
bool await_ended(int pid);

#endif
