/* What a statement does to the tables that it touches, as one line. */
#ifndef TESTS_SUPPORT_EFFECTS_H
#define TESTS_SUPPORT_EFFECTS_H

#include "core/base/arena.h"
#include "core/base/effects.h"

/* "t ACCESS EXCLUSIVE rewrites scans; s.u SHARE", by name; a schema "public" is left out, "may" stands behind what
 * only the server knows. "unknown" where nobody can tell. */
const char *effects_words(const struct effects *e, struct arena *a);

#endif
