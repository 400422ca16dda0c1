/* Comparing what a program printed with a file that a person has read. */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

#include "core/base/arena.h"

/* A string that differs from run to run, and the word that stands for it. */
struct golden_name {
    const char *is, *shown;
};

/* printed with the names (ended by a NULL is) replaced in that order, then the commits' ids, whole or cut, as
 * <commit 1> and so on, and then times, durations, process ids and run ids by <time>, <duration>, .... Times of 2024
 * are those of a story (story.h) and stay. */
struct text golden_normalised(struct arena *a, struct text printed, const struct golden_name *names,
                              const char *const *commits);

/* Fails the test, showing the difference, where the file does not hold got. With MERGANSER_UPDATE_GOLDEN=1 it is
 * rewritten instead. An empty got wants no file or an empty one. */
void golden_compare(const char *path, struct text got);

#endif
