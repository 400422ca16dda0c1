/* Folders and processes that live as long as one test. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include "core/base/arena.h"

/* A new empty folder below $MERGANSER_TEST_DIR (which ./dev removes), else below /tmp. The path belongs to a. */
const char *scratch_folder(struct arena *a);
/* Writes folder/path, making the folders on the way. */
void scratch_write(const char *folder, const char *path, struct text content);
struct text scratch_read(struct arena *a, const char *path); /* at NULL: there is no such file */

struct process {
    const char *const *argv; /* NULL-ended; argv[0] is looked up in PATH */
    const char *const
        *environment;      /* "NAME=value" (or "NAME" to unset), NULL-ended, over this process's own; or NULL */
    const char *directory; /* NULL: this one */
    const char *input;     /* given on standard input; NULL: empty */
};

struct process_result {
    int exit_code; /* 128 + signal where it was killed */
    struct text out, err;
};

/* Runs it to its end. Fails the test when it can't be started. */
struct process_result process_run(const struct process *p, struct arena *a);
/* Starts it without waiting, its output into out_path and err_path. */
int process_start(const struct process *p, const char *out_path, const char *err_path);
int process_wait(int pid); /* its exit code, as above */

#endif
