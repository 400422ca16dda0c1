/* A plan told in one SQL file, and what the rules say of it.
 *
 * The file may begin with lines that say what is reviewed with it:
 *   -- dialect: sqlite          (postgres)
 *   -- server: 150004           (not known)
 *   -- lock-timeout: 5000       of merganser's own, in milliseconds (none)
 *   -- rules: NAME NAME …       those that run (the one that the caller names)
 *   -- apart                    each script is a plan by itself
 * Each script of the plan begins with a line of its own, `-- script: NAME`, with `applied` behind it where it has run
 * before, and `down` where it is a down script. Without such a line the whole file is one script. */
#ifndef TESTS_SUPPORT_REVIEW_H
#define TESTS_SUPPORT_REVIEW_H

#include "core/review/sql.h"

/* Findings and warnings as text, a line each with its hint behind it; rule NULL: all of them run. Fails the test where
 * a script can't be read. */
struct text review_told(const char *path, struct text told, const char *rule, struct arena *a);

#endif
