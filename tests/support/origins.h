/* What vcs_origins answers, as text, and held against git. */
#ifndef TESTS_SUPPORT_ORIGINS_H
#define TESTS_SUPPORT_ORIGINS_H

#include "core/base/arena.h"

/* A line for each file below folder at rev: "1.sql: SUBJECT", behind it ", edited N times, last SUBJECT"; or
 * "1.sql: shallow". Paths are from the folder. "error: message | hint" where there is no answer. */
const char *origins_text(struct arena *a, const char *repo, const char *rev, const char *folder);

/* Fails the test unless each answer is the newest one of git log --diff-filter=A, or else names a commit that has the
 * file while none of its parents has it; and unless its edits fit what the commits hold. */
void origins_check(struct arena *a, const char *repo, const char *rev, const char *folder);

#endif
